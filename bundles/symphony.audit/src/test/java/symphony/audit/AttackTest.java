package symphony.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
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
import symphony.segmentlog.Frame;
import symphony.segmentlog.LogItem;
import symphony.segmentlog.LogReader;
import symphony.segmentlog.Position;
import symphony.segmentlog.SegmentLogOptions;

/** Rows 33 and 34: whatever somebody without the signing key does to the files of a trail is found, and where. */
@Timeout(900)
class AttackTest {
    private static final int LIVES = 3;
    private static final int EACH = 8;

    /** What an attacker would like to have been so. */
    private static final byte[] INNOCENT = Content.of(
                    new AuditEntry("somebody", "key:list", "event", Outcome.DONE, Map.of()))
            .encode();

    @TempDir
    private Path temp;

    private Rig rig;
    private long last;
    private int folders;

    /** Three segments, each signed after every four records and at its end. */
    @BeforeEach
    void writeATrail() throws Exception {
        rig = new Rig(temp);
        rig.with("checkpoint.records", 4);
        for (int life = 0; life < LIVES; life++) {
            live(life);
        }
        rig.assertIntact();
        last = rig.verify().last();
        assertThat(last).isGreaterThan(LIVES * EACH);
    }

    private void live(int life) {
        AuditEngine audit = rig.start();
        for (int i = 0; i < EACH; i++) {
            audit.record(Rig.entry("target " + life + "/" + i));
        }
        audit.count("event:publish", "acme", "topic", "", Outcome.DONE, new UUID(1, life));
        rig.stop();
    }

    private Path folder() {
        return temp.resolve("attacked" + folders++);
    }

    private AuditVerification verify(Path folder) throws IOException, TrailException {
        return verify(folder, List.of());
    }

    private AuditVerification verify(Path folder, List<AuditCheckpoint> anchored) throws IOException, TrailException {
        var verification = Verification.byOwn(new KeyFiles(folder, new SecureRandom())::publicKeys, () -> {});
        verification.add(CheckpointFile.in(folder));
        if (!anchored.isEmpty()) {
            verification.add("the anchor", anchored, 0);
        }
        return verification.run(() -> LogReader.open(folder, SegmentLogOptions.defaults(), Position.BEGIN));
    }

    /** Found as tampered; the first finding is about that record, and about no more than one beside it. */
    private static void assertTampered(AuditVerification result, long sequence) {
        assertThat(result.verdict()).as("record %d: %s", sequence, result).isEqualTo(Verdict.TAMPERED);
        Finding first = firstOf(Verdict.TAMPERED, result);
        assertThat(sequence).as("%s", result).isBetween(first.from(), first.to());
        assertThat(first.to() - first.from()).as("%s", result).isLessThanOrEqualTo(1);
    }

    private static Finding firstOf(Verdict verdict, AuditVerification result) {
        return result.findings().stream()
                .filter(finding -> finding.verdict() == verdict)
                .findFirst()
                .orElseThrow();
    }

    // ---- row 33 ----

    /** By somebody who knows nothing of the format: the segment log's checks show it. */
    @Test
    void anyByteOfTheFilesThatIsChangedIsFoundAtTheRightRecordOrMeansNothing() throws Exception {
        List<Rig.Read> records = rig.records();
        Path attacked = Forgery.copy(rig.folder, folder());
        for (long segment = 1; segment <= LIVES; segment++) {
            Path file = attacked.resolve(String.format("%016d.segment", segment));
            byte[] content = Files.readAllBytes(file);
            for (int at = 0; at < content.length; at += segment == 1 ? 3 : 11) {
                if (at > 80 && at < 4096 || at > 4180 && at < 8192) {
                    continue; // zeros between the copies of the header
                }
                Files.write(file, Forgery.flipped(content, at));
                AuditVerification result = verify(attacked);
                Optional<Rig.Read> hit = recordAt(records, segment, at);
                if (hit.isPresent()) {
                    assertTampered(result, hit.get().stored().sequence());
                } else if (result.verdict() == Verdict.INTACT) {
                    assertSameRecords(attacked, records);
                }
            }
            Files.write(file, content);
        }
        assertThat(verify(attacked).verdict()).isEqualTo(Verdict.INTACT);
    }

    @Test
    void anyByteOfTheFilesBesideTheTrailThatIsChangedIsFound() throws Exception {
        Path attacked = Forgery.copy(rig.folder, folder());
        for (String name : List.of(CheckpointFile.NAME, KeyFiles.PUBLIC)) {
            Path file = attacked.resolve(name);
            byte[] content = Files.readAllBytes(file);
            for (int at = 0; at + 1 < content.length; at++) { // but for the end of the last line
                Files.write(file, Forgery.flipped(content, at));
                assertThat(isFound(attacked)).as("%s at %d", name, at).isTrue();
            }
            Files.write(file, content);
        }
        assertThat(isFound(attacked)).isFalse();
    }

    private boolean isFound(Path attacked) throws IOException {
        try {
            return verify(attacked).verdict() != Verdict.INTACT;
        } catch (TrailException e) {
            return e.getMessage().contains("the public keys in ");
        }
    }

    private static Optional<Rig.Read> recordAt(List<Rig.Read> records, long segment, int at) {
        return records.stream()
                .filter(read -> read.position().segment() == segment
                        && read.position().offset() <= at
                        && at < read.position().offset() + 20 + read.stored().bytes().length)
                .findFirst();
    }

    private static void assertSameRecords(Path folder, List<Rig.Read> records) throws IOException {
        var found = new ArrayList<byte[]>();
        try (LogReader reader = LogReader.open(folder, SegmentLogOptions.defaults(), Position.BEGIN)) {
            for (Optional<LogItem> item = reader.next(); item.isPresent(); item = reader.next()) {
                if (item.get() instanceof Frame frame) {
                    found.add(frame.body());
                }
            }
        }
        assertThat(found)
                .usingElementComparator(Arrays::compare)
                .containsExactlyElementsOf(
                        records.stream().map(read -> read.stored().bytes()).toList());
    }

    @Test
    void anyByteOfAnyRecordThatIsChangedWithTheChecksOfTheLogIsFoundAtTheRightRecord() throws Exception {
        var original = new Forgery(rig.folder);
        for (int i = 0; i < original.bodies.size(); i++) {
            byte[] bytes = original.bodies.get(i).bytes;
            for (int at = 0; at < bytes.length; at += 29) {
                var forgery = new Forgery(rig.folder);
                forgery.bodies.get(i).bytes = Forgery.flipped(bytes, at);
                assertTampered(verify(forgery.write(folder())), i + 1);
            }
        }
    }

    @Test
    void aRecordThatIsTakenOutIsFound() throws Exception {
        for (long sequence = 1; sequence < last; sequence++) {
            var forgery = new Forgery(rig.folder);
            forgery.bodies.remove(forgery.indexOf(sequence));
            AuditVerification result = verify(forgery.write(folder()));
            if (sequence == 1) {
                assertThat(result.verdict()).isEqualTo(Verdict.TAMPERED);
                assertThat(firstOf(Verdict.TAMPERED, result).detail())
                        .isEqualTo("record 2 begins a segment and does not name the hash before it");
                assertThat(firstOf(Verdict.MISSING, result).to()).isEqualTo(1);
            } else {
                assertTampered(result, sequence);
                assertThat(result.findings().get(0).detail()).isEqualTo("record " + sequence + " is missing");
            }
        }
    }

    @Test
    void twoRecordsThatChangePlacesAreFound() throws Exception {
        for (int i = 0; i + 1 < last; i++) {
            var forgery = new Forgery(rig.folder);
            Collections.swap(forgery.bodies, i, i + 1);
            AuditVerification result = verify(forgery.write(folder()));
            assertThat(result.verdict()).as("%d %s", i + 1, result).isIn(Verdict.TAMPERED, Verdict.MISSING);
            assertThat(result.findings().get(0).from()).as("%s", result).isEqualTo(i + 1);
        }
    }

    @Test
    void aRecordThatIsForgedWithItsHashIsFound() throws Exception {
        for (int i = 0; i + 1 < last; i++) {
            var forgery = new Forgery(rig.folder);
            forgery.exchange(i, Kind.SECURITY, INNOCENT);
            assertTampered(verify(forgery.write(folder())), i + 1);
        }
    }

    @Test
    void aRecordThatIsPutInIsFound() throws Exception {
        for (int i = 0; i < last; i++) {
            var forgery = new Forgery(rig.folder);
            forgery.insertBehind(i, Kind.SECURITY, INNOCENT);
            AuditVerification result = verify(forgery.write(folder()));
            if (i + 1 < last) {
                assertTampered(result, i + 2);
            } else {
                // Behind all that is signed anybody can write: it is told that this is not signed.
                assertThat(result.notes())
                        .anyMatch(note -> note.startsWith("records " + (last + 1) + " to " + (last + 1)));
            }
        }
    }

    /** Found by the next signature; which record it is nobody can tell, but between which two checkpoints. */
    @Test
    void aTailThatIsHashedAnewIsFoundByItsNextCheckpoint() throws Exception {
        TreeSet<Long> checkpoints = new TreeSet<>();
        for (Rig.Read read : rig.records(Kind.CHECKPOINT)) {
            checkpoints.add(read.stored().sequence());
        }
        for (int i = 0; i < last; i++) {
            long sequence = i + 1;
            var forgery = new Forgery(rig.folder);
            boolean isCheckpoint = checkpoints.contains(sequence);
            if (isCheckpoint) {
                byte[] content = forgery.bodies.get(i).record().content();
                forgery.exchange(i, Kind.CHECKPOINT, Forgery.flipped(content, content.length - 1));
            } else {
                forgery.exchange(i, Kind.SECURITY, INNOCENT);
            }
            forgery.hashAnew(i);
            AuditVerification result = verify(forgery.write(folder()));
            assertThat(result.verdict()).as("%d %s", sequence, result).isEqualTo(Verdict.TAMPERED);
            Finding first = firstOf(Verdict.TAMPERED, result);
            assertThat(sequence).as("%s", result).isBetween(first.from(), first.to());
            assertThat(first.to()).isEqualTo(checkpoints.ceiling(sequence));
            assertThat(first.to() - first.from()).isLessThanOrEqualTo(6);
        }
    }

    /** A record may say which hash is before it; but not where that is known. */
    @Test
    void aTailThatIsHashedAnewIsFoundThoughItsCheckpointsNameWhatTheyHaveSigned() throws Exception {
        for (int i = 0; i + 1 < last; i++) {
            var forgery = new Forgery(rig.folder);
            if (forgery.bodies.get(i).record().kind() == Kind.CHECKPOINT) {
                continue;
            }
            forgery.exchange(i, Kind.SECURITY, INNOCENT);
            forgery.hashAnewAndNameWhatWasSigned(i + 1);
            Path attacked = forgery.write(folder());
            Files.delete(attacked.resolve(CheckpointFile.NAME));
            AuditVerification result = verify(attacked);
            assertThat(result.verdict()).as("%d %s", i + 1, result).isEqualTo(Verdict.TAMPERED);
            assertThat(firstOf(Verdict.TAMPERED, result).from()).isBetween(i + 1L, i + 6L);
        }
    }

    @Test
    void theFirstRecordOfASegmentThatDoesNotNameTheHashBeforeItIsFound() throws Exception {
        for (int i = 0; i < last; i++) {
            var forgery = new Forgery(rig.folder);
            StoredRecord record = forgery.bodies.get(i).record();
            byte[] previous = i == 0
                    ? ChainHash.none()
                    : forgery.bodies.get(i - 1).record().hash();
            var named = record.hasPreviousHash() ? Optional.<byte[]>empty() : Optional.of(previous);
            forgery.bodies.get(i).bytes = Forgery.naming(record, named, previous);
            AuditVerification result = verify(forgery.write(folder()));
            assertTampered(result, i + 1);
            assertThat(firstOf(Verdict.TAMPERED, result).detail())
                    .isEqualTo("record " + (i + 1)
                            + (record.hasPreviousHash()
                                    ? " begins a segment and does not name the hash before it"
                                    : " names the hash before it, and only the first one of a segment does"));
        }
    }

    /** That needs no key that seals. */
    @Test
    void aRecordThatIsNotSealedWhereAllOthersAreIsFoundThoughItIsNotSignedYet() throws Exception {
        var forgery = new Forgery(rig.folder);
        forgery.add(Kind.SECURITY, false, false, INNOCENT);
        AuditVerification result = verify(forgery.write(folder()));
        assertThat(result.verdict()).isEqualTo(Verdict.TAMPERED);
        assertThat(result.findings()).singleElement().satisfies(finding -> {
            assertThat(finding.from()).isEqualTo(last + 1);
            assertThat(finding.detail()).contains("is not sealed, and the trail is sealed there");
        });
        var about = new Forgery(rig.folder);
        about.add(Kind.GAP, true, false, INNOCENT);
        assertThat(verify(about.write(folder())).verdict()).isEqualTo(Verdict.TAMPERED);
    }

    @Test
    void whatTellsOfTheTrailWithoutAGoodSignatureIsFound() throws Exception {
        SigningKey other = SigningKey.random(new SecureRandom());
        for (Kind kind : List.of(Kind.START, Kind.RECOVERY, Kind.RETENTION)) {
            var plain = new Forgery(rig.folder);
            plain.add(kind, false, false, INNOCENT);
            assertTampered(verify(plain.write(folder())), last + 1);
            var unknown = new Forgery(rig.folder);
            unknown.announce(other, kind, Map.of("sealed", "true"), false);
            AuditVerification result = verify(unknown.write(folder()));
            assertTampered(result, last + 1);
            assertThat(firstOf(Verdict.TAMPERED, result).detail())
                    .contains(
                            "is signed by the unknown key " + other.publicKey().idText());
        }
        for (Rig.Read start : rig.records(Kind.START)) {
            var forgery = new Forgery(rig.folder);
            int index = forgery.indexOf(start.stored().sequence());
            var details = new TreeMap<>(start.content().orElseThrow().entry().details());
            details.put("unsigned", "1-2");
            byte[] changed = Content.of(
                            new AuditEntry(AuditEngine.PID, "audit:start", AuditEngine.TRAIL, Outcome.DONE, details))
                    .encode();
            forgery.exchange(index, Kind.START, changed);
            forgery.hashAnew(index + 1);
            AuditVerification result = verify(forgery.write(folder()));
            assertThat(start.stored().sequence())
                    .isBetween(
                            firstOf(Verdict.TAMPERED, result).from(),
                            firstOf(Verdict.TAMPERED, result).to());
        }
    }

    @Test
    void aRecordThatIsTakenOutAndTheRestNumberedAnewIsFound() throws Exception {
        for (int i = 1; i + 1 < last; i += 3) {
            var forgery = new Forgery(rig.folder);
            forgery.bodies.remove(i);
            forgery.hashAnew(i);
            AuditVerification result = verify(forgery.write(folder()));
            assertThat(result.verdict()).as("%d %s", i + 1, result).isEqualTo(Verdict.TAMPERED);
            assertThat(result.findings().get(0).from()).isLessThanOrEqualTo(i + 1);
        }
    }

    @Test
    void aCheckpointThatIsUsedOnceMoreIsFound() throws Exception {
        var forgery = new Forgery(rig.folder);
        List<Rig.Read> checkpoints = rig.records(Kind.CHECKPOINT);
        byte[] first = checkpoints.get(0).stored().content();
        int second = forgery.indexOf(checkpoints.get(1).stored().sequence());
        forgery.exchange(second, Kind.CHECKPOINT, first);
        forgery.hashAnew(second);
        assertThat(verify(forgery.write(folder())).verdict()).isEqualTo(Verdict.TAMPERED);
    }

    /** Everything anew by somebody who has made himself a key, and put it into the folder. */
    @Test
    void aTrailThatIsSignedByAnotherKeyIsFoundByWhoHasTheRightOne() throws Exception {
        PublicKeys right = new KeyFiles(rig.folder, new SecureRandom()).publicKeys();
        var forged = new Rig(Files.createDirectory(temp.resolve("forged")));
        forged.start().record(Rig.entry("innocent"));
        forged.stop();
        forged.assertIntact();
        var verification = Verification.by(right);
        verification.add(CheckpointFile.in(forged.folder));
        AuditVerification result =
                verification.run(() -> LogReader.open(forged.folder, SegmentLogOptions.defaults(), Position.BEGIN));
        assertThat(result.verdict()).isEqualTo(Verdict.TAMPERED);
        assertThat(result.findings()).extracting(Finding::verdict).contains(Verdict.TAMPERED, Verdict.ANCHOR);
    }

    // ---- row 34 ----

    @Test
    void theLastRecordThatIsRemovedIsFoundByTheFileBesideAndByAnAnchor() throws Exception {
        var checkpoint = CheckpointFile.in(rig.folder).read().orElseThrow();
        for (int removed = 1; removed <= 5; removed++) {
            var forgery = new Forgery(rig.folder);
            long from = last - removed + 1;
            forgery.bodies.subList((int) from - 1, (int) last).clear();
            Path attacked = forgery.write(folder());
            assertThat(verify(attacked).verdict()).isEqualTo(Verdict.ANCHOR);
            Files.delete(attacked.resolve(CheckpointFile.NAME));
            AuditVerification without = verify(attacked);
            assertThat(without.verdict()).as("nobody knows what it said").isEqualTo(Verdict.MISSING);
            assertThat(without.findings())
                    .singleElement()
                    .satisfies(finding -> assertThat(finding.detail()).startsWith("the file checkpoint is missing"));
            assertThat(without.notes()).anyMatch(note -> note.contains("that its end was not cut off"));
            AuditVerification result = verify(attacked, List.of(checkpoint));
            assertThat(result.verdict()).isEqualTo(Verdict.MISSING);
            Finding cut = firstOf(Verdict.ANCHOR, result);
            assertThat(cut.from()).isEqualTo(from);
            assertThat(cut.to()).isEqualTo(last);
        }
    }

    /** A checkpoint in the trail is none beside it: else any of them could stand for the end. */
    @Test
    void anEndThatIsCutOffIsFoundThoughACheckpointOfTheTrailStandsBeside() throws Exception {
        for (Rig.Read checkpoint : rig.records(Kind.CHECKPOINT)) {
            var forgery = new Forgery(rig.folder);
            int index = forgery.indexOf(checkpoint.stored().sequence());
            StoredRecord end = forgery.bodies.get(index - 1).record();
            forgery.bodies.subList(index, forgery.bodies.size()).clear();
            Path attacked = forgery.write(folder());
            byte[] content = checkpoint.stored().content();
            var hex = HexFormat.of();
            CheckpointFile.in(attacked)
                    .write(new AuditCheckpoint(
                            end.sequence(),
                            Instant.ofEpochMilli(checkpoint.stored().timeMillis()),
                            hex.formatHex(end.hash()),
                            hex.formatHex(content, 0, PublicKey.ID_BYTES),
                            hex.formatHex(content, PublicKey.ID_BYTES, content.length)));
            AuditVerification result = verify(attacked);
            assertThat(result.verdict()).as("%s", result).isEqualTo(Verdict.ANCHOR);
            assertThat(result.findings()).anyMatch(finding -> finding.detail().contains("is not signed by a key"));
        }
    }

    @Test
    void whatIsSignedBesideTheTrailSignsNothingInIt() throws Exception {
        AuditCheckpoint beside = CheckpointFile.in(rig.folder).read().orElseThrow();
        var forgery = new Forgery(rig.folder);
        StoredRecord end = forgery.bodies.get(forgery.bodies.size() - 1).record();
        var header = new StoredRecord.Header(
                Kind.CHECKPOINT, false, false, last + 1, beside.time().toEpochMilli());
        byte[] content = HexFormat.of().parseHex(beside.key() + beside.signature());
        forgery.bodies.add(new Forgery.Body(
                StoredRecord.make(header, content, end.hash(), new ChainHash()).bytes(),
                forgery.bodies.get(forgery.bodies.size() - 1).segment));
        assertTampered(verify(forgery.write(folder()), List.of(beside)), last + 1);
    }

    @Test
    void filesThatAreRemovedAreFound() throws Exception {
        Path first = Forgery.copy(rig.folder, folder());
        Files.delete(first.resolve("0000000000000001.segment"));
        AuditVerification result = verify(first);
        assertThat(result.verdict()).isEqualTo(Verdict.MISSING);
        assertThat(result.findings().get(0).detail())
                .contains("no signed record says that those before it were removed");

        Path middle = Forgery.copy(rig.folder, folder());
        Files.delete(middle.resolve("0000000000000002.segment"));
        result = verify(middle);
        assertThat(result.verdict()).isEqualTo(Verdict.MISSING);
        assertThat(result.findings().get(0).detail()).contains("files of segments 2 to 2 are missing");

        Path newest = Forgery.copy(rig.folder, folder());
        Files.delete(newest.resolve("0000000000000003.segment"));
        assertThat(verify(newest).verdict()).isEqualTo(Verdict.ANCHOR);

        Path all = Forgery.copy(rig.folder, folder());
        for (int i = 1; i <= LIVES; i++) {
            Files.delete(all.resolve("000000000000000" + i + ".segment"));
        }
        assertThat(verify(all).verdict()).isEqualTo(Verdict.MISSING);
    }

    @Test
    void yesterdaysCopyIsFoundByAnAnchor() throws Exception {
        Path yesterday = Forgery.copy(rig.folder, folder());
        live(LIVES);
        var anchored = CheckpointFile.in(rig.folder).read().orElseThrow();
        assertThat(verify(rig.folder, List.of(anchored)).verdict()).isEqualTo(Verdict.INTACT);
        assertThat(verify(yesterday).verdict())
                .as("with its own file beside it")
                .isEqualTo(Verdict.INTACT);
        assertThat(verify(yesterday, List.of(anchored)).verdict()).isEqualTo(Verdict.ANCHOR);
    }

    @Test
    void yesterdaysCopyThatWentOnIsFoundByAnAnchor() throws Exception {
        Path yesterday = Forgery.copy(rig.folder, folder());
        live(LIVES);
        var anchored = CheckpointFile.in(rig.folder).read().orElseThrow();
        var other = new Rig(Files.createDirectory(temp.resolve("other")));
        other.crypto = rig.crypto;
        Files.delete(other.folder);
        Forgery.copy(yesterday, other.folder);
        for (int i = 0; i < 2; i++) {
            AuditEngine audit = other.start();
            for (int k = 0; k < EACH; k++) {
                audit.record(Rig.entry("something else"));
            }
            other.stop();
        }
        assertThat(verify(other.folder).verdict()).isEqualTo(Verdict.INTACT);
        AuditVerification result = verify(other.folder, List.of(anchored));
        assertThat(result.verdict()).isEqualTo(Verdict.ANCHOR);
        assertThat(result.findings().get(0).detail()).contains("is not the one that the checkpoint of");
    }

    /** The engine itself finds it, too, says so in the trail, and the trail goes on. */
    @Test
    void aTrailThatIsBehindItsCheckpointSaysSoForGood() throws Exception {
        var forgery = new Forgery(rig.folder);
        forgery.bodies.subList((int) last - 3, (int) last).clear();
        var other = new Rig(Files.createDirectory(temp.resolve("other")));
        other.crypto = rig.crypto;
        Files.delete(other.folder);
        forgery.write(other.folder);
        CapturedLog.LINES.clear();
        other.start().record(Rig.entry("later"));
        other.stop();
        assertThat(CapturedLog.LINES)
                .anyMatch(line -> line.startsWith("ERROR symphony.audit: the trail in")
                        && line.contains("is not the one that its checkpoint knows: records up to " + last));
        assertThat(other.records(Kind.RECOVERY).get(0).detail("lost")).isEqualTo(Long.toString(last));
        other.start().record(Rig.entry("much later"));
        other.stop();
        AuditVerification result = other.verify();
        assertThat(result.verdict()).isEqualTo(Verdict.ANCHOR);
        assertThat(other.records(Kind.RECOVERY)).as("once").hasSize(1);
    }

    @Test
    void aBeginningThatIsRemovedWithAForgedRecordOfRetentionIsFound() throws Exception {
        long cut = rig.records().stream()
                .filter(read -> read.position().segment() == 2)
                .findFirst()
                .orElseThrow()
                .stored()
                .sequence();
        var details = Map.of(Announcement.FIRST, Long.toString(cut));
        byte[] retention = Content.of(
                        new AuditEntry(AuditEngine.PID, "audit:retain", AuditEngine.TRAIL, Outcome.DONE, details))
                .encode();
        var forgery = new Forgery(rig.folder);
        forgery.bodies.removeIf(body -> body.sequence() < cut);
        forgery.insertBehind(forgery.bodies.size() - 1, Kind.RETENTION, retention);
        AuditVerification result = verify(forgery.write(folder()));
        assertThat(result.verdict()).isEqualTo(Verdict.TAMPERED);
        assertThat(firstOf(Verdict.TAMPERED, result).from()).isEqualTo(last + 1);
        assertThat(firstOf(Verdict.MISSING, result).to()).isEqualTo(cut - 1);
    }

    @Test
    void anAnchorThatSomebodyWroteWithoutTheKeyIsFound() throws Exception {
        var checkpoint = CheckpointFile.in(rig.folder).read().orElseThrow();
        var forged =
                new AuditCheckpoint(3, checkpoint.time(), checkpoint.hash(), checkpoint.key(), checkpoint.signature());
        AuditVerification result = verify(rig.folder, List.of(checkpoint, forged));
        assertThat(result.verdict()).isEqualTo(Verdict.ANCHOR);
        assertThat(result.findings())
                .singleElement()
                .satisfies(finding -> assertThat(finding.detail()).contains("record 3 in the anchor is not signed"));
        Files.writeString(rig.folder.resolve(CheckpointFile.NAME), "nonsense", StandardCharsets.US_ASCII);
        assertThat(verify(rig.folder).verdict()).isEqualTo(Verdict.ANCHOR);
    }

    @Test
    void tellsTheGravestOfManyThings() throws Exception {
        var forgery = new Forgery(rig.folder);
        Set<Integer> removed = Set.of(3, 7, 11, 15);
        var kept = new ArrayList<Forgery.Body>();
        for (int i = 0; i < last - 2; i++) {
            if (!removed.contains(i)) {
                kept.add(forgery.bodies.get(i));
            }
        }
        forgery.bodies.clear();
        forgery.bodies.addAll(kept);
        AuditVerification result = verify(forgery.write(folder()));
        assertThat(result.verdict()).isEqualTo(Verdict.TAMPERED);
        assertThat(result.findings())
                .filteredOn(finding -> finding.verdict() == Verdict.TAMPERED)
                .extracting(Finding::from)
                .containsExactly(4L, 8L, 12L, 16L);
        assertThat(result.findings()).extracting(Finding::verdict).contains(Verdict.ANCHOR);
    }
}
