package symphony.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

/** What a process finds that somebody has written while there was none: it tells of it, and its signature is no absolution. */
@Timeout(120)
class RestartTest {
    @TempDir
    private Path temp;

    private Rig rig;

    @BeforeEach
    void writeATrail() throws Exception {
        rig = new Rig(temp);
        restart(rig, "first");
        restart(rig, "second");
        CapturedLog.LINES.clear();
    }

    private static void restart(Rig rig, String target) {
        rig.start().record(Rig.entry(target));
        rig.stop();
    }

    private AuditCheckpoint checkpoint() throws Exception {
        return CheckpointFile.in(rig.folder).read().orElseThrow();
    }

    @Test
    void tellsForGoodWhatSomebodyHasWrittenBehindTheEndOfATrail() throws Exception {
        var forgery = new Forgery(rig.folder);
        long last = rig.verify().last();
        forgery.add(Kind.SECURITY, true, true, new byte[100]);
        forgery.add(Kind.SECURITY, true, false, new byte[200]);
        Rig attacked = rig.next(forgery.write(temp.resolve("attacked")));
        restart(attacked, "later");
        restart(attacked, "much later");
        String range = (last + 1) + "-" + (last + 2);
        AuditVerification result = attacked.verify(rig.publicKeys(), checkpoint());
        assertThat(result.notes())
                .anyMatch(
                        note -> note.startsWith("records " + range + " were not signed when their process had ended"));
        assertThat(CapturedLog.LINES)
                .as("it had ended in order, and a process that does signs")
                .anyMatch(line -> line.startsWith("WARN") && line.contains("is not whole: {unsigned=" + range + "}"));
    }

    @Test
    void tellsWhatAProcessHasLeftUnsignedThatWasKilled() throws Exception {
        AuditEngine audit = rig.start();
        audit.record(Rig.entry("third"));
        audit.record(Rig.entry("fourth"));
        Rig killed = rig.next(Forgery.copy(rig.folder, temp.resolve("killed")));
        Files.delete(killed.folder.resolve("lock"));
        rig.stop();
        restart(killed, "fifth");
        restart(killed, "sixth");
        List<Rig.Read> starts = killed.records(Kind.START);
        assertThat(starts).extracting(read -> read.detail("unsigned")).containsExactly(null, null, null, "8-9", null);
        assertThat(killed.records(Kind.RECOVERY)).isEmpty();
        AuditVerification result = killed.verify();
        assertThat(result.verdict()).isEqualTo(Verdict.INTACT);
        assertThat(result.notes()).anyMatch(note -> note.startsWith("records 8-9 were not signed"));
    }

    /** It has written them itself, and knows their hashes. */
    @Test
    void tellsNothingOfWhatItHasWrittenItselfBeforeAnOutage() throws Exception {
        AuditEngine audit = rig.start();
        audit.record(Rig.entry("third"));
        rig.disk.failForces(true);
        try {
            audit.submit(Rig.entry("fails"));
            Rig.await(() -> audit.writer().state().isDown());
        } finally {
            rig.disk.failForces(false);
        }
        rig.advanceUntil(() -> !audit.writer().state().isDown());
        audit.record(Rig.entry("fourth"));
        rig.stop();
        assertThat(rig.records(Kind.START))
                .hasSize(3)
                .allSatisfy(start -> assertThat(start.detail("unsigned")).isNull());
        assertThat(rig.records(Kind.RECOVERY)).isEmpty();
        rig.assertIntact();
    }

    @Test
    void comesBackAfterAnOutageThoughThePublicKeysWereRemoved() throws Exception {
        AuditEngine audit = rig.start();
        audit.record(Rig.entry("third"));
        Files.delete(rig.folder.resolve(KeyFiles.PUBLIC));
        rig.disk.failForces(true);
        audit.submit(Rig.entry("fails"));
        Rig.await(() -> audit.writer().state().isDown());
        rig.disk.failForces(false);
        rig.advanceUntil(() -> !audit.writer().state().isDown());
        audit.record(Rig.entry("fourth"));
        rig.stop();
        rig.assertIntact();
    }

    @Test
    void tellsThatTheCheckpointBesideTheTrailIsGone() throws Exception {
        Files.delete(rig.folder.resolve(CheckpointFile.NAME));
        AuditVerification result = rig.verify();
        assertThat(result.verdict()).isEqualTo(Verdict.MISSING);
        assertThat(result.findings().get(0).detail()).startsWith("the file checkpoint is missing");
        restart(rig, "third");
        assertThat(rig.records(Kind.RECOVERY))
                .singleElement()
                .satisfies(recovery ->
                        assertThat(recovery.detail("checkpoint")).isEqualTo("the file checkpoint is missing"));
        result = rig.verify();
        assertThat(result.verdict()).as("for good").isEqualTo(Verdict.MISSING);
        assertThat(result.findings().get(0).detail())
                .contains("says that the file checkpoint is missing: the end of the trail may have been cut off");
    }

    @Test
    void missesNoCheckpointWhereThereNeedBeNone() throws Exception {
        Rig young = new Rig(Files.createDirectory(temp.resolve("young")));
        restart(young, "first");
        Files.delete(young.folder.resolve(CheckpointFile.NAME));
        young.assertIntact();
        restart(young, "second");
        assertThat(young.records(Kind.RECOVERY)).isEmpty();
    }

    /** Whoever can write the folder can write that line. */
    @Test
    void doesNotBelieveACheckpointThatNobodyHasSigned() throws Exception {
        AuditCheckpoint known = checkpoint();
        var forged = new AuditCheckpoint(900_000_000, known.time(), known.hash(), known.key(), known.signature());
        CheckpointFile.in(rig.folder).write(forged);
        assertThat(rig.verify().verdict()).isEqualTo(Verdict.ANCHOR);
        AuditEngine audit = rig.start();
        audit.record(Rig.entry("third"));
        assertThat(new TrailReading(rig.folder, audit).status().checkpoint()).isEmpty();
        rig.stop();
        assertThat(CapturedLog.LINES).noneMatch(line -> line.startsWith("ERROR"));
        assertThat(rig.records(Kind.RECOVERY)).singleElement().satisfies(recovery -> {
            assertThat(recovery.detail("lost")).isNull();
            assertThat(recovery.detail("checkpoint"))
                    .startsWith("what is in the file checkpoint is not signed by a key of this trail: ");
        });
        assertThat(rig.verify().verdict()).as("for good").isEqualTo(Verdict.MISSING);
    }

    /** A record may name a checkpoint that nobody can have signed, if who wrote it was deceived. */
    @Test
    void doesNotBelieveARecordThatNamesSuchACheckpoint() throws Exception {
        SigningKey key = SigningKey.random(new SecureRandom());
        Rig plain = new Rig(Files.createDirectory(temp.resolve("plain")));
        plain.crypto = new TestCrypto(false);
        restart(plain, "first");
        SigningKey own = SigningKey.ofSeed(Files.readAllBytes(plain.folder.resolve(KeyFiles.PLAIN)));
        AuditCheckpoint known = CheckpointFile.in(plain.folder).read().orElseThrow();
        String line = key.checkpoint(new Statement(17, known.time().toEpochMilli(), new byte[32]))
                .toString();
        for (Map<String, String> details : List.of(
                Map.of("lost", "17", "checkpoint", line),
                Map.of("lost", "17"),
                Map.of("lost", "18", "checkpoint", known.toString()))) {
            var forgery = new Forgery(plain.folder);
            forgery.announce(own, Kind.RECOVERY, details, false);
            AuditCheckpoint beside = forgery.sign(own);
            Path folder = forgery.write(temp.resolve("deceived" + details.hashCode()));
            CheckpointFile.in(folder).write(beside);
            AuditVerification result = plain.next(folder).verify();
            assertThat(result.verdict()).as("%s", result).isEqualTo(Verdict.INTACT);
            assertThat(result.notes())
                    .anyMatch(note ->
                            note.contains("but the checkpoint that it names is not signed by a key of this trail"));
        }
    }

    @Test
    void keepsTheKnownCheckpointForAnchorsThatComeLater() throws Exception {
        AuditCheckpoint known = checkpoint();
        Path file = temp.resolve("later.anchor");
        AuditEngine audit = rig.with("anchor.file", file.toString()).start();
        Rig.await(() -> Files.exists(file));
        Rig.await(() -> kept(file).equals(List.of(known)));
        audit.record(Rig.entry("third"));
        assertThat(new TrailReading(rig.folder, audit).verify().verdict()).isEqualTo(Verdict.INTACT);
        rig.stop();
    }

    /** An anchor cannot take back what it was given, and would tell of a trail that is not this one for ever. */
    @Test
    void givesAnchorsNoCheckpointThatOnlyTheFolderVouchesFor() throws Exception {
        SigningKey planted = SigningKey.random(new SecureRandom());
        AuditCheckpoint known = checkpoint();
        byte[] hash = HexFormat.of().parseHex(known.hash());
        CheckpointFile.in(rig.folder)
                .write(planted.checkpoint(
                        new Statement(known.sequence(), known.time().toEpochMilli(), hash)));
        Files.writeString(
                rig.folder.resolve(KeyFiles.PUBLIC),
                rig.publicKeys().with(planted.publicKey()).pem());
        Path file = temp.resolve("planted.anchor");
        rig.with("anchor.file", file.toString()).start().record(Rig.entry("third"));
        rig.stop();
        assertThat(kept(file)).isNotEmpty().extracting(AuditCheckpoint::key).containsOnly(known.key());
    }

    /** Two records behind the end, written by somebody who has no key. */
    private Rig attacked() throws Exception {
        var forgery = new Forgery(rig.folder);
        forgery.add(Kind.SECURITY, true, true, new byte[100]);
        forgery.add(Kind.SECURITY, true, false, new byte[200]);
        return rig.next(forgery.write(temp.resolve("attacked")));
    }

    private void assertTold(Rig attacked, String range) throws Exception {
        List<Forgery.Body> starts = new Forgery(attacked.folder)
                .bodies.stream()
                        .filter(body -> body.record().kind() == Kind.START)
                        .toList();
        Content told = Content.decode(starts.get(2).record().content());
        assertThat(told.entry().details()).containsEntry("unsigned", range);
        assertThat(attacked.verify(rig.publicKeys(), checkpoint()).notes())
                .anyMatch(
                        note -> note.startsWith("records " + range + " were not signed when their process had ended"));
    }

    /** What it has only found is not its own, though it was open. */
    @Test
    void tellsWhatItFoundThoughItCouldNotTellSoAtFirst() throws Exception {
        Rig attacked = attacked();
        AuditEngine audit = attacked.startWithoutCrypto();
        attacked.settle();
        attacked.disk.failForces(true);
        audit.bind(attacked.crypto);
        Rig.await(() -> audit.writer().state().isDown());
        attacked.disk.failForces(false);
        attacked.advanceUntil(() -> !audit.writer().state().isDown());
        audit.record(Rig.entry("third"));
        attacked.stop();
        assertTold(attacked, "7-8");
    }

    @Test
    void tellsWhatItFoundThoughSomethingWasThrownMeanwhile() throws Exception {
        Rig attacked = attacked();
        AuditEngine audit = attacked.startWithoutCrypto();
        attacked.settle();
        attacked.thrownByClock = Optional.of(new OutOfMemoryError("not really"));
        audit.bind(attacked.crypto);
        Rig.await(() -> audit.writer().state().isDown());
        attacked.thrownByClock = Optional.empty();
        attacked.advanceUntil(() -> !audit.writer().state().isDown());
        audit.record(Rig.entry("third"));
        attacked.stop();
        assertTold(attacked, "7-8");
    }

    /** The first record then is a GAP, which is there though its force failed. */
    @Test
    void tellsWhatItFoundThoughAGapWasWrittenBefore() throws Exception {
        Rig attacked = attacked();
        AuditEngine audit = attacked.startWithoutCrypto();
        attacked.advanceUntil(() -> audit.writer().state().isDown());
        assertThatThrownBy(() -> audit.record(Rig.entry("refused"))).isInstanceOf(AuditUnavailableException.class);
        assertThat(audit.writer().trail()).isPresent();
        attacked.disk.failForcesAfter(2); // those of a new file and of its folder
        attacked.disk.failTruncates(true);
        audit.bind(attacked.crypto);
        Rig.await(() -> audit.writer().state().refusal().contains("Input/output error"));
        assertThat(audit.writer().trail()).isEmpty();
        attacked.disk.failForces(false);
        attacked.disk.failTruncates(false);
        attacked.advanceUntil(() -> !audit.writer().state().isDown());
        audit.record(Rig.entry("third"));
        attacked.stop();
        assertTold(attacked, "7-9"); // with the GAP, of which it could not know for sure
    }

    /** Keys leave before the audit does, and what was stored last is signed all the same. */
    @Test
    void signsAtAStopWhatWasFoundAfterAnOutage() throws Exception {
        AuditEngine audit = rig.start();
        audit.record(Rig.entry("third"));
        rig.disk.failForces(true);
        rig.disk.failTruncates(true);
        audit.submit(Rig.entry("unknown"));
        Rig.await(() -> audit.writer().state().isDown());
        rig.disk.failForces(false);
        rig.disk.failTruncates(false);
        audit.unbind(rig.crypto);
        for (int i = 0; i < 100 && audit.writer().trail().isEmpty(); i++) {
            rig.advance(Duration.ofSeconds(1));
            rig.settle();
        }
        rig.stop();
        AuditVerification result = rig.verify();
        assertThat(result.signed()).isEqualTo(result.last());
        restart(rig, "fourth");
        assertThat(rig.records(Kind.RECOVERY)).isEmpty();
        rig.assertIntact();
    }

    private static List<AuditCheckpoint> kept(Path file) {
        try {
            return new AnchorFile(file).kept();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void listsItsFolderAFewTimesHoweverManySegmentsThereAre() throws Exception {
        rig.with("segment.bytes", 64 << 10);
        AuditEngine audit = rig.start();
        String text = "x".repeat(1000);
        var large =
                new AuditEntry("acme", text, text, Outcome.DONE, Map.of("a", text, "b", text, "c", text, "d", text));
        for (int i = 0; i < 600; i++) {
            audit.submit(large);
            if (i % 100 == 99) {
                audit.record(large);
            }
        }
        rig.stop();
        long segments = rig.records().stream()
                .map(read -> read.position().segment())
                .distinct()
                .count();
        assertThat(segments).isGreaterThan(40);
        int before = rig.disk.lists();
        restart(rig, "again");
        assertThat(rig.disk.lists() - before).isLessThan(20);
    }
}
