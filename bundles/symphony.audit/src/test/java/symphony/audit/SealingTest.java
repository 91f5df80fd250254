package symphony.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import symphony.api.audit.AuditRecord.Kind;
import symphony.api.audit.AuditUnavailableException;

/** The crypto service comes, leaves, fails, rotates its keys, or was never there. */
@Timeout(120)
class SealingTest {
    @TempDir
    private Path temp;

    private Rig rig;

    @BeforeEach
    void makeRig() throws Exception {
        rig = new Rig(temp);
        CapturedLog.LINES.clear();
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    private static CompletableFuture<Void> recording(AuditEngine audit, String target) {
        return CompletableFuture.runAsync(() -> audit.record(Rig.entry(target)));
    }

    private List<Boolean> sealed() throws Exception {
        return rig.records().stream()
                .filter(read -> read.kind() == Kind.SECURITY || read.kind() == Kind.SUMMARY)
                .map(read -> read.stored().isSealed())
                .toList();
    }

    @Test
    void waitsAtTheStartForACryptoService() throws Exception {
        AuditEngine audit = rig.startWithoutCrypto();
        var waiting = recording(audit, "first");
        rig.settle();
        rig.advance(Duration.ofSeconds(9));
        rig.settle();
        assertThat(waiting).isNotDone();
        audit.bind(rig.crypto);
        waiting.get(60, TimeUnit.SECONDS);
        assertThat(sealed()).containsExactly(true);
        assertThat(rig.kinds()).startsWith(Kind.START);
    }

    @Test
    void writesPlaintextWhereThereNeverWasOneAndSaysSoOnce() throws Exception {
        AuditEngine audit = rig.startWithoutCrypto();
        var waiting = recording(audit, "first");
        rig.settle();
        rig.advance(Duration.ofSeconds(10));
        waiting.get(60, TimeUnit.SECONDS);
        audit.record(Rig.entry("second"));
        assertThat(sealed()).containsExactly(false, false);
        assertThat(rig.records(Kind.START).get(0).detail("sealed")).isEqualTo("false");
        assertThat(CapturedLog.LINES.stream().filter(line -> line.contains("THE TRAIL IS NOT SEALED")))
                .containsExactly(
                        "WARN symphony.audit: *** THE TRAIL IS NOT SEALED *** no crypto service is there: whoever"
                                + " can read its files can read who did what");
        rig.stop();
        rig.assertIntact();
    }

    @Test
    void writesPlaintextAtOnceWhereEncryptionIsOff() throws Exception {
        rig.crypto = new TestCrypto(false);
        rig.start().record(Rig.entry("first"));
        assertThat(sealed()).containsExactly(false);
        assertThat(CapturedLog.LINES).anyMatch(line -> line.contains("THE TRAIL IS NOT SEALED *** encryption is off"));
        rig.stop();
        rig.assertIntact();
    }

    @Test
    void sealsFromTheMomentACryptoServiceComes() throws Exception {
        AuditEngine audit = rig.startWithoutCrypto();
        var waiting = recording(audit, "first");
        rig.settle();
        rig.advance(Duration.ofSeconds(10));
        waiting.get(60, TimeUnit.SECONDS);
        audit.bind(rig.crypto);
        audit.record(Rig.entry("second"));
        rig.stop();
        assertThat(sealed()).containsExactly(false, true);
        assertThat(rig.records(Kind.START))
                .extracting(read -> read.detail("sealed"))
                .containsExactly("false", "true");
        rig.assertIntact();
        rig.start().record(Rig.entry("third"));
        rig.stop();
        assertThat(sealed()).containsExactly(false, true, true);
        rig.assertIntact();
    }

    @Test
    void waitsWhileTheCryptoServiceIsReplaced() throws Exception {
        AuditEngine audit = rig.start();
        audit.record(Rig.entry("first"));
        rig.betweenRounds(() -> audit.unbind(rig.crypto));
        var waiting = recording(audit, "second");
        rig.count("t", new UUID(1, 1));
        rig.settle();
        rig.advance(Duration.ofSeconds(9));
        rig.settle();
        assertThat(waiting).isNotDone();
        audit.bind(rig.crypto);
        waiting.get(60, TimeUnit.SECONDS);
        rig.stop();
        assertThat(rig.records(Kind.GAP)).isEmpty();
        assertThat(sealed()).containsExactly(true, true, true);
        rig.assertIntact();
    }

    @Test
    void isDownWithoutACryptoServiceNotInPlaintextAndComesBackWithIt() throws Exception {
        AuditEngine audit = rig.start();
        audit.record(Rig.entry("first"));
        rig.betweenRounds(() -> audit.unbind(rig.crypto));
        var waiting = recording(audit, "second");
        rig.advance(Duration.ofSeconds(1));
        rig.settle();
        rig.advance(Duration.ofSeconds(10));
        assertThatThrownBy(() -> waiting.get(60, TimeUnit.SECONDS))
                .cause()
                .isInstanceOf(AuditUnavailableException.class)
                .hasMessageContaining("is sealed, and no crypto service is there; start symphony.crypto");
        assertThatThrownBy(() -> audit.record(Rig.entry("third"))).isInstanceOf(AuditUnavailableException.class);
        rig.count("t", new UUID(1, 1));
        audit.bind(rig.crypto);
        Rig.await(() -> !audit.writer().state().isDown());
        audit.record(Rig.entry("fourth"));
        rig.stop();
        assertThat(rig.targets(Kind.SECURITY)).containsExactly("first", "fourth");
        assertThat(rig.kinds()).startsWith(Kind.START, Kind.SECURITY, Kind.GAP);
        assertThat(rig.records(Kind.GAP).get(0).detail("security")).isEqualTo("2");
        assertThat(rig.records(Kind.SUMMARY)).hasSize(1);
        assertThat(sealed()).containsOnly(true);
        rig.assertIntact();
    }

    @Test
    void neverGoesOnInPlaintextWithATrailThatWasSealedOnce() throws Exception {
        rig.start().record(Rig.entry("first"));
        rig.stop();
        AuditEngine audit = rig.startWithoutCrypto();
        var waiting = recording(audit, "second");
        rig.settle();
        rig.advance(Duration.ofSeconds(11));
        assertThatThrownBy(() -> waiting.get(60, TimeUnit.SECONDS))
                .cause()
                .isInstanceOf(AuditUnavailableException.class);
        rig.stop();
        assertThat(rig.targets(Kind.SECURITY)).containsExactly("first");
        assertThat(sealed()).containsOnly(true);
    }

    @Test
    void triesAgainWhatACryptoServiceThatIsStoppingDoesNotSeal() throws Exception {
        AuditEngine audit = rig.start();
        audit.record(Rig.entry("first"));
        rig.crypto.setBroken(true);
        var waiting = recording(audit, "second");
        rig.settle();
        assertThat(waiting).isNotDone();
        rig.crypto.setBroken(false);
        rig.advance(Duration.ofSeconds(1));
        waiting.get(60, TimeUnit.SECONDS);
        assertThat(rig.targets(Kind.SECURITY)).containsExactly("first", "second");
    }

    @Test
    void triesAgainWhileTheClassesOfTheCryptoServiceAreGone() throws Exception {
        AuditEngine audit = rig.start();
        audit.record(Rig.entry("first"));
        rig.crypto.setThrown(Optional.of(new NoClassDefFoundError("gone")));
        var waiting = recording(audit, "second");
        rig.settle();
        rig.advance(Duration.ofSeconds(9));
        rig.settle();
        assertThat(waiting).isNotDone();
        rig.crypto.setThrown(Optional.empty()); // before its patience ends with the next second
        rig.advanceUntil(waiting::isDone);
        waiting.get(60, TimeUnit.SECONDS);
        assertThat(rig.targets(Kind.SECURITY)).containsExactly("first", "second");
        assertThat(rig.records(Kind.GAP)).isEmpty();
        assertThat(CapturedLog.LINES).noneMatch(line -> line.startsWith("ERROR"));
    }

    @Test
    void staysUpThoughItCannotBeToldWhichKeySealsNow() throws Exception {
        rig.with("checkpoint.records", 1);
        rig.crypto = new TestCrypto(true);
        AuditEngine audit = rig.start();
        audit.record(Rig.entry("first"));
        rig.settle();
        rig.crypto.rotate();
        rig.crypto.failKeys(true);
        audit.record(Rig.entry("second"));
        rig.settle();
        assertThat(audit.writer().state().isDown()).isFalse();
        assertThat(audit.writer().keys().sealedBy()).hasValue(1);
        assertThat(CapturedLog.LINES)
                .anyMatch(line -> line.startsWith("WARN symphony.audit: the signing key in " + rig.folder
                        + " could not be sealed by the newest key; it is tried again"));
        rig.crypto.failKeys(false);
        rig.advance(Duration.ofSeconds(10));
        rig.settle();
        assertThat(audit.writer().keys().sealedBy())
                .as("without any more records")
                .hasValue(2);
        assertThat(rig.records(Kind.GAP)).isEmpty();
    }

    @Test
    void doesNotGoOnInPlaintextBecauseAServiceSaysSo() throws Exception {
        AuditEngine audit = rig.start();
        audit.record(Rig.entry("first"));
        var other = new TestCrypto(false);
        rig.betweenRounds(() -> audit.bind(other));
        var waiting = recording(audit, "second");
        rig.settle();
        assertThat(waiting).isNotDone();
        rig.advance(Duration.ofSeconds(10));
        assertThatThrownBy(() -> waiting.get(60, TimeUnit.SECONDS))
                .cause()
                .isInstanceOf(AuditUnavailableException.class)
                .hasMessageContaining("is sealed, and the crypto service that is there does not encrypt");
        audit.unbind(other);
        audit.bind(rig.crypto);
        Rig.await(() -> !audit.writer().state().isDown());
        audit.record(Rig.entry("third"));
        rig.stop();
        assertThat(rig.folder.resolve(KeyFiles.PLAIN)).doesNotExist();
        assertThat(sealed()).containsOnly(true);
    }

    @Test
    void goesOnInPlaintextAfterARestartIfTheLaunchPropertiesSaySoOnly() throws Exception {
        rig.start().record(Rig.entry("first"));
        rig.stop();
        TestCrypto sealing = rig.crypto;
        rig.crypto = new TestCrypto(false);
        AuditEngine audit = rig.start();
        rig.settle();
        rig.advance(Duration.ofSeconds(11));
        Rig.await(() -> audit.writer().state().isDown());
        assertThatThrownBy(() -> audit.record(Rig.entry("refused")))
                .isInstanceOf(AuditUnavailableException.class)
                .hasMessageContaining("set symphony.encryption=off and symphony.environment=dev and restart");
        rig.stop();
        rig.isEncryptionOff = true;
        rig.start().record(Rig.entry("second"));
        rig.stop();
        rig.crypto = sealing;
        assertThat(sealed()).containsExactly(true, false);
        assertThat(rig.targets(Kind.SECURITY)).containsExactly("first", "second");
    }

    @Test
    void writesTheCheckpointBesideTheTrailOnceItCan() throws Exception {
        AuditEngine audit = rig.start();
        audit.record(Rig.entry("first"));
        Path inTheWay =
                Files.createDirectories(rig.folder.resolve(CheckpointFile.NAME).resolve("in the way"));
        rig.advance(Duration.ofSeconds(10));
        rig.settle();
        long sequence = audit.writer().trail().orElseThrow().head().sequence();
        assertThat(rig.records(Kind.CHECKPOINT)).hasSize(1);
        assertThat(CapturedLog.LINES)
                .anyMatch(line ->
                        line.startsWith("WARN symphony.audit: the newest checkpoint could not be written beside the"
                                + " trail in " + rig.folder + "; it is tried again"));
        Files.delete(inTheWay);
        Files.delete(inTheWay.getParent());
        rig.advance(Duration.ofSeconds(10));
        rig.settle();
        assertThat(CheckpointFile.in(rig.folder).read().orElseThrow().sequence())
                .as("without any more records")
                .isEqualTo(sequence);
        assertThat(audit.writer().trail().orElseThrow().head().sequence()).isEqualTo(sequence);
    }

    @Test
    void isDownIfTheCryptoServiceGoesOnFailing() throws Exception {
        AuditEngine audit = rig.start();
        audit.record(Rig.entry("first"));
        rig.crypto.setBroken(true);
        var waiting = recording(audit, "second");
        rig.advanceUntil(() -> audit.writer().state().isDown());
        assertThatThrownBy(() -> waiting.get(60, TimeUnit.SECONDS))
                .cause()
                .hasMessageContaining("the crypto service does not seal");
        rig.crypto.setBroken(false);
        rig.advanceUntil(() -> !audit.writer().state().isDown());
        audit.record(Rig.entry("third"));
        assertThat(rig.targets(Kind.SECURITY)).containsExactly("first", "third");
        assertThat(rig.records(Kind.GAP)).hasSize(1);
    }

    @Test
    void signsByTheSameKeyThroughRotationsAndSealsItAnew() throws Exception {
        rig.with("checkpoint.records", 1);
        AuditEngine audit = rig.start();
        audit.record(Rig.entry("first"));
        rig.settle();
        assertThat(audit.writer().keys().sealedBy()).hasValue(1);
        rig.crypto.rotate();
        audit.record(Rig.entry("second"));
        rig.settle();
        assertThat(audit.writer().keys().sealedBy()).hasValue(2);
        rig.stop();
        rig.assertIntact();
        rig.start().record(Rig.entry("third"));
        rig.stop();
        rig.assertIntact();
        assertThat(rig.records(Kind.START).stream()
                        .map(read -> read.detail("key"))
                        .distinct())
                .hasSize(1);
    }

    @Test
    void saysHowToMendASigningKeyThatDoesNotOpenAndMakesNoOther() throws Exception {
        rig.start().record(Rig.entry("first"));
        rig.stop();
        TestCrypto other = rig.crypto;
        rig.crypto = new TestCrypto();
        byte[] before = Files.readAllBytes(rig.folder.resolve(KeyFiles.SEALED));
        AuditEngine audit = rig.start();
        assertThatThrownBy(() -> audit.record(Rig.entry("refused")))
                .isInstanceOf(AuditUnavailableException.class)
                .hasMessageContaining("the signing key " + rig.folder.resolve(KeyFiles.SEALED) + " does not open")
                .hasMessageContaining("or move it away to go on with a new one");
        assertThat(rig.folder.resolve(KeyFiles.SEALED)).hasBinaryContent(before);
        audit.unbind(rig.crypto);
        rig.crypto = other;
        audit.bind(rig.crypto);
        Rig.await(() -> !audit.writer().state().isDown());
        audit.record(Rig.entry("second"));
        rig.stop();
        rig.assertIntact();
    }

    @Test
    void makesANewKeyWhereTheOldOneWasMovedAwayAndVerifiesByBoth() throws Exception {
        rig.start().record(Rig.entry("first"));
        rig.stop();
        Files.delete(rig.folder.resolve(KeyFiles.SEALED));
        rig.start().record(Rig.entry("second"));
        rig.stop();
        assertThat(rig.records(Kind.START).stream()
                        .map(read -> read.detail("key"))
                        .distinct())
                .hasSize(2);
        rig.assertIntact();
    }

    @Test
    void keepsThePrivateHalfFromOthers() throws Exception {
        AuditEngine audit = rig.start();
        audit.record(Rig.entry("first"));
        byte[] stored = Files.readAllBytes(rig.folder.resolve(KeyFiles.SEALED));
        byte[] seed = audit.writer().key().orElseThrow().seed();
        assertThat(new String(stored, StandardCharsets.ISO_8859_1))
                .doesNotContain(new String(seed, StandardCharsets.ISO_8859_1));
        for (String name : List.of(KeyFiles.SEALED, KeyFiles.PUBLIC)) {
            assertThat(Files.getPosixFilePermissions(rig.folder.resolve(name))).hasSize(2);
        }
    }
}
