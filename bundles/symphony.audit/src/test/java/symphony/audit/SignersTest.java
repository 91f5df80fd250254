package symphony.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import symphony.api.audit.AuditCheckpoint;
import symphony.api.audit.AuditEntry;
import symphony.api.audit.AuditRecord.Kind;
import symphony.api.audit.AuditUnavailableException;
import symphony.api.audit.AuditVerification;
import symphony.api.audit.AuditVerification.Verdict;
import symphony.api.audit.Outcome;

/** A trail that was plain and is sealed now: the key that lay there for everybody counts no more, whoever has a copy of it. */
@Timeout(120)
class SignersTest {
    private static final byte[] INNOCENT = Content.of(
                    new AuditEntry("somebody", "key:list", "event", Outcome.DONE, Map.of()))
            .encode();

    @TempDir
    private Path temp;

    private Rig rig;
    private SigningKey plain;
    private PublicKey sealed;
    private int folders;

    @BeforeEach
    void writeATrailThatIsSealedFromItsSecondLifeOn() throws Exception {
        rig = new Rig(temp);
        rig.crypto = new TestCrypto(false);
        restart("plain");
        plain = SigningKey.ofSeed(Files.readAllBytes(rig.folder.resolve(KeyFiles.PLAIN)));
        rig.crypto = new TestCrypto();
        restart("sealed");
        sealed = rig.publicKeys().all().get(1);
    }

    private void restart(String target) {
        rig.start().record(Rig.entry(target));
        rig.stop();
    }

    private Rig written(Forgery forgery) throws Exception {
        return rig.next(forgery.write(temp.resolve("attacked" + folders++)));
    }

    private AuditVerification verify(Forgery forgery) throws Exception {
        return written(forgery).verify(rig.publicKeys());
    }

    private static void assertFound(AuditVerification result, String what) {
        assertThat(result.verdict()).as("%s", result).isEqualTo(Verdict.TAMPERED);
        assertThat(result.findings()).anyMatch(finding -> finding.detail().contains(what));
    }

    @Test
    void theKeyBeforeSaysThatAnotherOneFollowsAndIsRemoved() throws Exception {
        assertThat(rig.folder.resolve(KeyFiles.PLAIN)).doesNotExist();
        List<Rig.Read> starts = rig.records(Kind.START);
        assertThat(starts.get(1).detail("before")).isEqualTo(plain.publicKey().idText());
        assertThat(starts.get(1).detail("handover")).hasSize(128);
        restart("sealed again");
        assertThat(rig.records(Kind.START).get(2).detail("before")).isNull();
        AuditVerification result = rig.verify(rig.publicKeys());
        assertThat(result.verdict()).isEqualTo(Verdict.INTACT);
        assertThat(result.notes())
                .contains(
                        "records 1 to 3 are signed by the key "
                                + plain.publicKey().idText(),
                        "records 4 to 9 are signed by the key " + sealed.idText())
                .noneMatch(note -> note.contains("has not said so"));
    }

    @Test
    void handsOverWhenTheCryptoServiceComesInTheSameLife() throws Exception {
        Rig other = new Rig(Files.createDirectory(temp.resolve("other")));
        AuditEngine audit = other.startWithoutCrypto();
        var first = CompletableFuture.runAsync(() -> audit.record(Rig.entry("plain")));
        other.settle();
        other.advance(Duration.ofSeconds(10));
        first.get(60, TimeUnit.SECONDS);
        audit.bind(other.crypto);
        audit.record(Rig.entry("sealed"));
        assertThat(other.folder.resolve(KeyFiles.PLAIN)).doesNotExist();
        other.stop();
        assertThat(other.records(Kind.START).get(1).detail("handover")).hasSize(128);
        assertThat(other.verify().notes()).noneMatch(note -> note.contains("has not said so"));
        other.assertIntact();
    }

    /** All since then anew, by somebody who has copied the key while it lay there. */
    @Test
    void theKeyThatWasLeftSignsNothingMore() throws Exception {
        var start = new Forgery(rig.folder);
        start.announce(plain, Kind.START, Map.of("sealed", "false"), true);
        start.add(Kind.SECURITY, false, false, INNOCENT);
        start.sign(plain);
        assertFound(verify(start), "goes on with the key " + plain.publicKey().idText() + ", which the trail has left");

        var checkpoint = new Forgery(rig.folder);
        checkpoint.add(Kind.SECURITY, true, false, new byte[100]);
        checkpoint.sign(plain);
        assertFound(
                verify(checkpoint), "is signed by the key " + plain.publicKey().idText());

        var beside = new Forgery(rig.folder);
        beside.add(Kind.SECURITY, true, false, new byte[100]);
        StoredRecord end = beside.bodies.get(beside.bodies.size() - 1).record();
        Rig attacked = written(beside);
        CheckpointFile.in(attacked.folder)
                .write(plain.checkpoint(new Statement(end.sequence(), end.timeMillis(), end.hash())));
        AuditVerification result = attacked.verify(rig.publicKeys());
        assertThat(result.verdict()).isEqualTo(Verdict.ANCHOR);
        assertThat(result.signed()).isLessThan(end.sequence());
    }

    @Test
    void aTrailThatWasSealedDoesNotGoOnInPlaintext() throws Exception {
        SigningKey another = SigningKey.random(new SecureRandom());
        var forgery = new Forgery(rig.folder);
        forgery.announce(another, Kind.START, Map.of("sealed", "false"), true);
        AuditVerification result = written(forgery).verify(rig.publicKeys().with(another.publicKey()));
        assertFound(result, "before it has not said so, nor is the trail sealed any more");
    }

    @Test
    void aSealedKeyDoesNotSignAPlainTrail() throws Exception {
        Rig before = rig.next(Forgery.copy(rig.folder, temp.resolve("before")));
        SigningKey key = before.start().writer().keys().open(Sealing.by(rig.crypto));
        before.stop();
        var forgery = new Forgery(rig.folder);
        forgery.announce(key, Kind.START, Map.of("sealed", "false"), true);
        assertFound(verify(forgery), "which belongs to a trail that is sealed");
    }

    /** The beginning with its key is known by a copy of the keys, and another one signs instead of the one that followed. */
    @Test
    void tellsWhichKeysHaveSignedNothing() throws Exception {
        var forgery = new Forgery(rig.folder);
        forgery.bodies.subList(3, forgery.bodies.size()).clear();
        forgery.add(Kind.SECURITY, false, false, INNOCENT);
        AuditCheckpoint beside = forgery.sign(plain);
        Rig attacked = written(forgery);
        CheckpointFile.in(attacked.folder).write(beside);
        AuditVerification result = attacked.verify(rig.publicKeys());
        assertThat(result.notes())
                .contains("the key " + sealed.idText() + ", which was given, has signed nothing here");
        AuditCheckpoint anchored = CheckpointFile.in(rig.folder).read().orElseThrow();
        assertThat(attacked.verify(rig.publicKeys(), anchored).verdict()).isEqualTo(Verdict.ANCHOR);
    }

    @Test
    void notesThatAKeyWasExchangedWithoutAWordOfTheOneBefore() throws Exception {
        Files.delete(rig.folder.resolve(KeyFiles.SEALED));
        restart("by another key");
        AuditVerification result = rig.verify(rig.publicKeys());
        assertThat(result.verdict()).isEqualTo(Verdict.INTACT);
        assertThat(result.notes())
                .anyMatch(note -> note.contains("the key " + sealed.idText() + " before it has not said so"));
    }

    /** It never signed this trail: somebody has put it there. */
    @Test
    void aForeignPlainKeyInASealedTrailHandsOverNothing() throws Exception {
        Path planted = rig.folder.resolve(KeyFiles.PLAIN);
        Files.write(planted, SigningKey.random(new SecureRandom()).seed());
        Files.setPosixFilePermissions(planted, PosixFilePermissions.fromString("rw-------"));
        restart("later");
        assertThat(planted).doesNotExist();
        assertThat(rig.records(Kind.START).get(2).detail("before")).isNull();
        Files.writeString(planted, "nonsense");
        restart("much later");
        assertThat(planted).doesNotExist();
        assertThat(rig.verify(rig.publicKeys()).verdict()).isEqualTo(Verdict.INTACT);
    }

    @Test
    void refusesAPlainKeyThatOthersCanRead() throws Exception {
        Rig other = new Rig(Files.createDirectory(temp.resolve("other")));
        other.crypto = new TestCrypto(false);
        other.start().record(Rig.entry("first"));
        other.stop();
        Path key = other.folder.resolve(KeyFiles.PLAIN);
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r-----"));
        AuditEngine audit = other.start();
        assertThatThrownBy(() -> audit.record(Rig.entry("refused")))
                .isInstanceOf(AuditUnavailableException.class)
                .hasMessageContaining(
                        "the signing key " + key + " is open to other users (rw-r-----): who has read it can sign")
                .hasMessageContaining("chmod 600");
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        other.advanceUntil(() -> !audit.writer().state().isDown());
        audit.record(Rig.entry("second"));
        other.stop();
        other.assertIntact();
    }
}
