package symphony.audit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import symphony.api.audit.AuditCheckpoint;
import symphony.api.audit.AuditVerification;
import symphony.api.audit.AuditVerification.Finding;
import symphony.api.audit.AuditVerification.Verdict;
import symphony.segmentlog.Frame;
import symphony.segmentlog.Gap;
import symphony.segmentlog.LogItem;
import symphony.segmentlog.LogReader;

/**
 * Reads a trail from its beginning to its end and finds what is wrong with it. Needs no key that opens seals. One thread only, for
 * one trail.
 */
final class Verifier {
    /*
     * Each record has the number after the one before, and a hash over itself and the hash before. So whatever is changed without
     * calculating anew shows at the very record. Who calculates all hashes anew from there on cannot sign: then it is the next
     * checkpoint that does not hold, and any record since the last good one may be the changed one. Who cuts off the end, or puts an older
     * copy in its place, is found by a checkpoint that lies elsewhere.
     *
     * After something that is wrong it goes on from what is stored, so that one change is one finding.
     *
     * That the beginning is missing is right if a RETENTION record says so that is signed itself.
     */
    /** Detail of a RECOVERY record: up to which sequence a checkpoint knew more records than there are, or others. */
    static final String LOST = "lost";
    /** Detail of a RETENTION record: the first sequence that is kept. */
    static final String FIRST_KEPT = "first";

    private static final List<Verdict> FROM_GRAVE_TO_LESS =
            List.of(Verdict.TAMPERED, Verdict.MISSING, Verdict.ANCHOR, Verdict.TORN);

    private final PublicKeys keys;
    private final ChainHash chain = new ChainHash();
    private final List<Finding> findings = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private final Map<Long, List<Known>> known = new HashMap<>();
    private long newestKnown;

    private long records;
    private long first;
    private long last;
    /** Whether damage is known before the first record, which is why others are missing there. */
    private boolean isBeginningTold;

    /** Hash of the last record; null if that cannot be known. */
    private byte[] previous = ChainHash.none();

    private long signed;
    /** What was read last and is not judged yet. */
    private Optional<Parsed> waiting = Optional.empty();

    private Optional<Gap> gap = Optional.empty();
    private final List<Long> firstKept = new ArrayList<>();
    private final List<Long> firstKeptUnsigned = new ArrayList<>();

    /** A checkpoint from outside, and where it is from. */
    private record Known(AuditCheckpoint checkpoint, String source) {}

    Verifier(PublicKeys keys) {
        this.keys = keys;
    }

    /** A checkpoint that lies outside of the trail, to be compared with it. */
    void add(AuditCheckpoint checkpoint, String source) {
        if (!keys.haveSigned(checkpoint)) {
            find(
                    Verdict.ANCHOR,
                    checkpoint.sequence(),
                    checkpoint.sequence(),
                    "the checkpoint of record " + checkpoint.sequence() + " in " + source + " is not signed by "
                            + "a key of this trail");
            return;
        }
        known.computeIfAbsent(checkpoint.sequence(), sequence -> new ArrayList<>(1))
                .add(new Known(checkpoint, source));
        newestKnown = Math.max(newestKnown, checkpoint.sequence());
    }

    /** Something outside of the trail cannot be used. */
    void find(Verdict verdict, String detail) {
        find(verdict, 0, Long.MAX_VALUE, detail);
    }

    /** Old records were removed while it read: it is to be begun anew, by another one. */
    static final class OvertakenException extends Exception {
        private static final long serialVersionUID = 1L;
    }

    /** All that the reader has; it begins at the beginning. */
    AuditVerification verify(LogReader reader) throws IOException, OvertakenException {
        for (Optional<LogItem> item = reader.next(); item.isPresent(); item = reader.next()) {
            if (item.get() instanceof Frame frame) {
                var next = Parsed.of(frame);
                judge(next.sequence());
                waiting = Optional.of(next);
            } else if (item.get() instanceof Gap found) {
                judge(0);
                pass(found);
            }
        }
        judge(0);
        end(reader);
        return result();
    }

    // ---- what is read ----

    private void pass(Gap found) throws OvertakenException {
        long next = last + 1;
        switch (found.cause()) {
            case TORN ->
                notes.add("a process or a machine ended while record " + next
                        + " was being written; it was never acknowledged");
            case REMOVED -> throw new OvertakenException();
            case HEADER_COPY -> find(Verdict.TAMPERED, next, next, "before record " + next + ": " + found.detail());
            default -> gap = Optional.of(found);
        }
    }

    /**
     * What a frame has: a record, or a reason why it is none.
     *
     * @param record empty if it is none
     */
    private record Parsed(Optional<StoredRecord> record, String problem) {
        static Parsed of(Frame frame) {
            try {
                return new Parsed(Optional.of(StoredRecord.parse(frame.body())), "");
            } catch (MalformedRecordException e) {
                return new Parsed(Optional.empty(), e.getMessage());
            }
        }

        /** 0 if it has none. */
        long sequence() {
            return record.map(StoredRecord::sequence).orElse(0L);
        }
    }

    /** What was read last, now that the sequence of the next one is known; 0 if it is not. */
    private void judge(long nextSequence) {
        if (waiting.isEmpty()) {
            return;
        }
        Parsed parsed = waiting.get();
        waiting = Optional.empty();
        records++;
        if (parsed.record().isEmpty()) {
            pass(last + 1, "what stands for record " + (last + 1) + " is none: " + parsed.problem());
            return;
        }
        StoredRecord record = parsed.record().get();
        if (hasAnotherNumber(record, nextSequence)) {
            long place = last > 0 ? last + 1 : nextSequence - 1;
            pass(place, "record " + place + " has the number " + record.sequence());
            previous = record.hash();
            return;
        }
        boolean isNewest = isInOrder(record);
        if (isNewest) {
            checkHash(record);
            interpret(record);
            last = record.sequence();
            previous = record.hash();
            compare(record);
        }
        gap = Optional.empty();
    }

    /** Something stands for a record, and is none. */
    private void pass(long sequence, String detail) {
        find(Verdict.TAMPERED, sequence, sequence, detail);
        if (first == 0) {
            first = sequence;
            isBeginningTold = true;
        }
        last = sequence;
        previous = null;
        gap = Optional.empty();
    }

    /** Whether it stands where another number belongs, by the one that follows: else all after it would seem to come again. */
    private boolean hasAnotherNumber(StoredRecord record, long nextSequence) {
        long sequence = record.sequence();
        if (last > 0) {
            boolean isFollowed = nextSequence == last + 2 || nextSequence == 0 && newestKnown == last + 1;
            return isFollowed && sequence != last + 1;
        }
        boolean isItself = record.hasPreviousHash() && record.follows(record.previousHash(), chain);
        return !isItself && nextSequence > 1 && nextSequence != sequence + 1;
    }

    /** Whether the trail goes on with this one: it may still be too late, but is none that comes again. */
    private boolean isInOrder(StoredRecord record) {
        long sequence = record.sequence();
        if (first == 0) {
            first = sequence;
            isBeginningTold = gap.isPresent();
            if (sequence > 1 && last == 0 && !isBeginningTold) {
                last = sequence - 1;
                previous = null; // who took those before it away is asked at the end
            }
        }
        if (sequence == last + 1) {
            gap.ifPresent(found -> find(
                    verdict(found),
                    sequence,
                    sequence,
                    "before record " + sequence + " something was: " + found.detail()));
            return true;
        }
        if (sequence <= last) {
            find(
                    Verdict.TAMPERED,
                    Math.min(sequence, last + 1),
                    last + 1,
                    "record " + sequence + " comes again where " + (last + 1) + " should be");
            return false;
        }
        String range = sequence - 1 == last + 1
                ? "record " + (last + 1) + " is"
                : "records " + (last + 1) + " to " + (sequence - 1) + " are";
        String why = gap.map(found -> " (" + found.detail() + ")").orElse("");
        find(gap.map(Verifier::verdict).orElse(Verdict.TAMPERED), last + 1, sequence - 1, range + " missing" + why);
        previous = null;
        return true;
    }

    private static Verdict verdict(Gap found) {
        return found.cause() == Gap.Cause.MISSING ? Verdict.MISSING : Verdict.TAMPERED;
    }

    private void checkHash(StoredRecord record) {
        long sequence = record.sequence();
        byte[] before = previous == null && record.hasPreviousHash() ? record.previousHash() : previous;
        if (before != null && !record.follows(before, chain)) {
            // One that was exchanged, its own hash calculated anew, shows at the next one.
            long from = Math.max(1, sequence - 1 <= signed ? sequence : sequence - 1);
            find(
                    Verdict.TAMPERED,
                    from,
                    sequence,
                    "record " + sequence + " has not the hash that it must have"
                            + (from < sequence ? ": it was changed, or the one before it was exchanged" : ""));
        }
    }

    private void interpret(StoredRecord record) {
        try {
            switch (record.kind()) {
                case CHECKPOINT -> checkSignature(record);
                case RETENTION -> firstKeptUnsigned.add(number(record, FIRST_KEPT));
                case RECOVERY -> {
                    if (content(record).entry().details().containsKey(LOST)) {
                        long lost = number(record, LOST);
                        find(
                                Verdict.ANCHOR,
                                Math.min(record.sequence(), lost),
                                lost,
                                "record " + record.sequence() + " says that up to " + lost
                                        + " there had been more records than were found then, or others");
                    }
                }
                default -> {
                    // Its content is for those who may read it.
                }
            }
        } catch (MalformedRecordException e) {
            find(
                    Verdict.TAMPERED,
                    record.sequence(),
                    record.sequence(),
                    "record " + record.sequence() + ": " + e.getMessage());
        }
    }

    private static Content content(StoredRecord record) throws MalformedRecordException {
        if (record.isSealed()) {
            throw new MalformedRecordException("it is sealed, which records about the trail are not");
        }
        return Content.decode(record.content());
    }

    private static long number(StoredRecord record, String detail) throws MalformedRecordException {
        String text = content(record).entry().details().getOrDefault(detail, "");
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new MalformedRecordException("its detail " + detail + " is no number", e);
        }
    }

    private void checkSignature(StoredRecord record) throws MalformedRecordException {
        byte[] content = record.content();
        if (record.isSealed() || content.length != PublicKey.ID_BYTES + PublicKey.SIGNATURE_BYTES) {
            throw new MalformedRecordException("a checkpoint has a key's id and a signature");
        }
        long sequence = record.sequence();
        byte[] before = record.hasPreviousHash() ? record.previousHash() : previous;
        if (before == null) {
            notes.add("what record " + sequence + " has signed cannot be told, since the one before it is missing");
            return;
        }
        var buffer = ByteBuffer.wrap(content);
        byte[] id = new byte[PublicKey.ID_BYTES];
        byte[] signature = new byte[PublicKey.SIGNATURE_BYTES];
        buffer.get(id).get(signature);
        Optional<PublicKey> key = keys.find(id);
        if (key.isEmpty()) {
            if (isSoundSince(signed)) {
                find(
                        Verdict.TAMPERED,
                        signed + 1,
                        sequence,
                        "the checkpoint " + sequence + " is signed by the unknown key "
                                + HexFormat.of().formatHex(id));
            }
        } else if (!key.get().hasSigned(new Statement(sequence - 1, record.timeMillis(), before), signature)) {
            if (isSoundSince(signed)) {
                find(
                        Verdict.TAMPERED,
                        signed + 1,
                        sequence,
                        "the checkpoint " + sequence + " is not signed: one of the records " + (signed + 1) + " to "
                                + sequence + " was changed, and the hashes were calculated anew");
            }
        } else {
            signed(sequence - 1);
        }
    }

    /** Whether no record after that is known to be wrong, which would explain that a signature does not hold. */
    private boolean isSoundSince(long sequence) {
        return findings.stream()
                .noneMatch(finding ->
                        finding.verdict() == Verdict.TAMPERED && finding.to() > sequence && finding.from() != 0);
    }

    private void signed(long sequence) {
        signed = Math.max(signed, sequence);
        firstKept.addAll(firstKeptUnsigned);
        firstKeptUnsigned.clear();
    }

    private void compare(StoredRecord record) {
        List<Known> all = known.remove(record.sequence());
        if (all == null) {
            return;
        }
        String hash = HexFormat.of().formatHex(record.hash());
        for (Known each : all) {
            if (each.checkpoint().hash().equals(hash)) {
                signed(record.sequence());
            } else {
                find(
                        Verdict.ANCHOR,
                        Math.min(signed + 1, record.sequence()),
                        record.sequence(),
                        "record " + record.sequence() + " is not the one that the checkpoint of "
                                + each.checkpoint().time() + " in " + each.source() + " knows");
            }
        }
    }

    // ---- at the end ----

    private void end(LogReader reader) {
        if (first == 0 && gap.isEmpty() && reader.tornTail().isEmpty()) {
            find(Verdict.MISSING, "there are no records");
        }
        gap.ifPresent(found ->
                find(verdict(found), last + 1, mostMissing(), "behind record " + last + ": " + found.detail()));
        reader.tornTail()
                .ifPresent(torn -> find(
                        Verdict.TORN,
                        last + 1,
                        mostMissing(),
                        "behind record " + last + " a group of records is torn, as by a crash: " + torn.detail()));
        if (first > 1 && !isBeginningTold && firstKept.stream().noneMatch(kept -> kept >= first)) {
            find(
                    Verdict.MISSING,
                    1,
                    first - 1,
                    "the trail begins with record " + first
                            + ", and no signed record says that those before it were removed");
        }
        known.entrySet().stream()
                .filter(each -> each.getKey() > last)
                .flatMap(each -> each.getValue().stream())
                .max(Comparator.comparingLong(each -> each.checkpoint().sequence()))
                .ifPresent(each -> find(
                        Verdict.ANCHOR,
                        last + 1,
                        each.checkpoint().sequence(),
                        "the trail ends with record " + last + ", and the checkpoint of "
                                + each.checkpoint().time() + " in " + each.source() + " knows "
                                + each.checkpoint().sequence()));
        if (last > signed && first > 0) {
            notes.add("records " + (Math.max(signed, first - 1) + 1) + " to " + last
                    + " are not signed yet: whoever can write the files could have written them");
        }
        if (newestKnown == 0) {
            notes.add(
                    "there was no checkpoint outside of the trail to compare it with: that its end was not cut off is not known");
        }
    }

    /** The last record that somebody knows of, if it is beyond the end. */
    private long mostMissing() {
        return newestKnown > last ? newestKnown : Long.MAX_VALUE;
    }

    private void find(Verdict verdict, long from, long to, String detail) {
        if (findings.size() < AuditVerification.MOST_FINDINGS || FROM_GRAVE_TO_LESS.indexOf(verdict) < gravest()) {
            findings.add(new Finding(verdict, from, to, detail));
        }
    }

    private int gravest() {
        return findings.stream()
                .mapToInt(finding -> FROM_GRAVE_TO_LESS.indexOf(finding.verdict()))
                .min()
                .orElse(Integer.MAX_VALUE);
    }

    private AuditVerification result() {
        Verdict verdict = findings.isEmpty() ? Verdict.INTACT : FROM_GRAVE_TO_LESS.get(gravest());
        findings.sort(Comparator.comparingLong(Finding::from));
        List<Finding> told = findings.subList(0, Math.min(findings.size(), AuditVerification.MOST_FINDINGS));
        return new AuditVerification(verdict, records, first, first == 0 ? 0 : last, signed, told, notes);
    }
}
