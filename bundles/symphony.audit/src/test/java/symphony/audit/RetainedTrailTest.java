package symphony.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
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
import symphony.api.audit.AuditVerification;
import symphony.api.audit.AuditVerification.Finding;
import symphony.api.audit.AuditVerification.Verdict;
import symphony.api.audit.Outcome;

/** Attacks on a trail that does not begin with its first record any more. */
@Timeout(300)
class RetainedTrailTest {
    private static final byte[] INNOCENT = Content.of(
                    new AuditEntry("somebody", "key:list", "event", Outcome.DONE, Map.of()))
            .encode();

    @TempDir
    private Path temp;

    private Rig rig;
    private long first;

    /** Some thirty days of a segment each, of which the oldest are gone; three lives, the last one without retention. */
    @BeforeEach
    void writeATrail() throws Exception {
        rig = new Rig(temp).with("segment.bytes", 64 << 10);
        for (int life = 0; life < 3; life++) {
            rig.with("retention.time", life == 2 ? "0s" : "10d");
            AuditEngine audit = rig.start();
            for (int day = 0; day < 10; day++) {
                rig.advance(Duration.ofDays(1));
                for (int i = 0; i < 8; i++) {
                    audit.submit(large(day));
                }
                audit.record(large(day));
            }
            rig.stop();
        }
        rig.assertIntact();
        first = rig.verify().first();
        assertThat(first).isGreaterThan(50);
    }

    private static AuditEntry large(int day) {
        String text = "x".repeat(1000);
        return new AuditEntry(
                "acme",
                "day " + day,
                text,
                Outcome.DONE,
                Map.of("a", text, "b", text, "c", text, "d", text, "e", text));
    }

    private static Finding firstOf(Verdict verdict, AuditVerification result) {
        return result.findings().stream()
                .filter(finding -> finding.verdict() == verdict)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void tellsInEachSegmentWhereItBeginsAndSignsThat() throws Exception {
        List<Rig.Read> records = rig.records();
        long segments = records.stream()
                .map(read -> read.position().segment())
                .distinct()
                .count();
        assertThat(segments).isGreaterThan(3);
        for (Rig.Read read : records) {
            boolean isFirst = read.stored().hasPreviousHash();
            if (isFirst && read.position().segment() > records.get(0).position().segment() + 1) {
                assertThat(read.kind()).isIn(Kind.START, Kind.RETENTION);
                assertThat(read.detail("signature")).hasSize(128);
                assertThat(Long.parseLong(read.detail("first"))).isGreaterThan(1);
            }
        }
    }

    /** It has no hash before it, and is not bound to what is signed: so it could be any. */
    @Test
    void theFirstRecordIsBoundToWhatIsSigned() throws Exception {
        var forgery = new Forgery(rig.folder);
        StoredRecord original = forgery.bodies.get(0).record();
        byte[] header = new StoredRecord.Header(Kind.SECURITY, true, false, original.sequence(), original.timeMillis())
                .encode();
        byte[] forged = new byte[header.length + INNOCENT.length + ChainHash.BYTES];
        System.arraycopy(header, 0, forged, 0, header.length);
        System.arraycopy(INNOCENT, 0, forged, header.length, INNOCENT.length);
        System.arraycopy(original.hash(), 0, forged, forged.length - ChainHash.BYTES, ChainHash.BYTES);
        forgery.bodies.get(0).bytes = forged;
        Rig attacked = rig.next(forgery.write(temp.resolve("attacked")));
        AuditVerification result = attacked.verify();
        assertThat(result.verdict()).isEqualTo(Verdict.TAMPERED);
        assertThat(firstOf(Verdict.TAMPERED, result).from()).isEqualTo(first);

        var another = new Forgery(rig.folder);
        another.bodies.get(0).bytes = Forgery.naming(original, Optional.of(new byte[32]), new byte[32]);
        result = rig.next(another.write(temp.resolve("another"))).verify();
        assertThat(firstOf(Verdict.TAMPERED, result).from()).isEqualTo(first);
    }

    /** The process is stopped meanwhile; the engine must not sign what it finds. */
    @Test
    void aBeginningThatIsRemovedWithAForgedRecordOfRetentionIsToldForGood() throws Exception {
        AuditCheckpoint anchored = CheckpointFile.in(rig.folder).read().orElseThrow();
        var forgery = new Forgery(rig.folder);
        long kept = forgery.bodies.get(forgery.bodies.size() - 1).segment;
        forgery.bodies.removeIf(body -> body.segment < kept);
        long begins = forgery.bodies.get(0).sequence();
        byte[] retention = Content.of(new AuditEntry(
                        AuditEngine.PID,
                        "audit:retain",
                        AuditEngine.TRAIL,
                        Outcome.DONE,
                        Map.of(
                                "first",
                                Long.toString(begins),
                                "key",
                                rig.publicKeys().all().get(0).idText(),
                                "signature",
                                "00".repeat(64))))
                .encode();
        forgery.add(Kind.RETENTION, false, true, retention);
        Rig attacked = rig.next(forgery.write(temp.resolve("attacked")));
        restart(attacked);
        AuditVerification result = attacked.verify(rig.publicKeys(), anchored);
        assertThat(result.verdict()).as("%s", result).isEqualTo(Verdict.TAMPERED);
        assertThat(firstOf(Verdict.TAMPERED, result).detail()).contains("which tells of the trail, is not signed");
        assertThat(attacked.records(Kind.RECOVERY).get(0).detail("beginning")).isEqualTo(Long.toString(begins));
    }

    @Test
    void aBeginningThatIsRemovedIsToldForGoodAlsoOnceTheTrailHasGoneOn() throws Exception {
        Path copy = Forgery.copy(rig.folder, temp.resolve("copy"));
        List<Rig.Read> records = rig.records();
        long newest = records.get(records.size() - 1).position().segment();
        for (long segment = 1; segment < newest; segment++) {
            Files.deleteIfExists(copy.resolve(String.format("%016d.segment", segment)));
        }
        Rig attacked = rig.next(copy);
        long begins = attacked.verify().first();
        assertThat(begins).isGreaterThan(first);
        CapturedLog.LINES.clear();
        restart(attacked);
        assertThat(CapturedLog.LINES).anyMatch(line -> line.contains("is not whole: {beginning=" + begins + "}"));
        restart(attacked);
        assertThat(attacked.records(Kind.RECOVERY)).as("once").singleElement().satisfies(recovery -> {
            assertThat(recovery.detail("beginning")).isEqualTo(Long.toString(begins));
        });
        AuditVerification result = attacked.verify();
        assertThat(result.verdict()).isEqualTo(Verdict.MISSING);
        assertThat(result.findings()).singleElement().satisfies(finding -> {
            assertThat(finding.from()).isEqualTo(1);
            assertThat(finding.to()).isEqualTo(begins - 1);
            assertThat(finding.detail()).contains("says that the trail began with record " + begins + " then");
        });
    }

    /** By who has a copy of a key that signed in plaintext once: the records that said that another one follows are gone. */
    @Test
    void anOldKeyDoesNotComeBack() throws Exception {
        SigningKey old = SigningKey.random(new SecureRandom());
        PublicKeys keys = PublicKeys.none().with(old.publicKey()).with(rig.publicKeys());
        assertThat(rig.verify(keys).verdict()).isEqualTo(Verdict.INTACT);

        var withoutStart = new Forgery(rig.folder);
        long newest = withoutStart.bodies.get(withoutStart.bodies.size() - 1).segment;
        withoutStart.bodies.removeIf(body -> body.segment < newest);
        withoutStart.add(Kind.SECURITY, true, false, INNOCENT);
        withoutStart.sign(old);
        AuditVerification result =
                rig.next(withoutStart.write(temp.resolve("without"))).verify(keys);
        assertThat(firstOf(Verdict.TAMPERED, result).detail())
                .contains("is signed by the key " + old.publicKey().idText() + ", and since record ");

        var withStart = new Forgery(rig.folder);
        withStart.announce(old, Kind.START, Map.of("sealed", "true", "first", Long.toString(first)), true);
        withStart.add(Kind.SECURITY, true, false, INNOCENT);
        withStart.sign(old);
        result = rig.next(withStart.write(temp.resolve("with"))).verify(keys);
        assertThat(firstOf(Verdict.TAMPERED, result).detail()).contains("has not said so: it is an older one");
    }

    private static void restart(Rig rig) {
        rig.start().record(Rig.entry("later"));
        rig.stop();
    }

    /** By somebody with a key of his own, which he has put into the folder. */
    @Test
    void anotherTrailThatBeginsBehindAllThatTheAnchorKnowsIsFound() throws Exception {
        AuditCheckpoint anchored = CheckpointFile.in(rig.folder).read().orElseThrow();
        SigningKey his = SigningKey.random(new SecureRandom());
        var forgery = new Forgery(rig.folder);
        StoredRecord end = forgery.bodies.get(forgery.bodies.size() - 1).record();
        byte[] before = new byte[ChainHash.BYTES];
        var head = new Head(anchored.sequence() + 1000, before);
        var details = Map.of("first", Long.toString(head.sequence() + 1));
        var entry = new AuditEntry(AuditEngine.PID, "audit:retain", AuditEngine.TRAIL, Outcome.DONE, details);
        byte[] content =
                his.announce(Kind.RETENTION, head, end.timeMillis(), entry).encode();
        var header = new StoredRecord.Header(Kind.RETENTION, false, true, head.sequence() + 1, end.timeMillis());
        byte[] begin =
                StoredRecord.make(header, content, before, new ChainHash()).bytes();
        forgery.bodies.clear();
        forgery.bodies.add(new Forgery.Body(begin, 1));
        forgery.add(Kind.SECURITY, true, false, INNOCENT);
        AuditCheckpoint beside = forgery.sign(his);
        Rig attacked = rig.next(forgery.write(temp.resolve("attacked")));
        CheckpointFile.in(attacked.folder).write(beside);
        Files.writeString(
                attacked.folder.resolve(KeyFiles.PUBLIC),
                rig.publicKeys().with(his.publicKey()).pem());
        attacked.assertIntact();
        AuditVerification result = attacked.verify(attacked.publicKeys(), anchored);
        assertThat(result.verdict()).isEqualTo(Verdict.ANCHOR);
        assertThat(result.findings())
                .singleElement()
                .satisfies(finding -> assertThat(finding.detail())
                        .isEqualTo("the trail begins with record " + (head.sequence() + 1)
                                + ", behind all that the anchor knows, up to " + anchored.sequence()
                                + ": it need not be the same one"));
        assertThat(attacked.verify(rig.publicKeys(), anchored).verdict())
                .as("with the right keys")
                .isEqualTo(Verdict.TAMPERED);
    }
}
