package symphony.audit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import symphony.api.audit.AuditCheckpoint;
import symphony.api.audit.AuditEntry;
import symphony.api.audit.AuditRecord.Kind;
import symphony.api.audit.AuditVerification;
import symphony.api.audit.AuditVerification.Verdict;
import symphony.segmentlog.Frame;
import symphony.segmentlog.Gap;
import symphony.segmentlog.LogItem;
import symphony.segmentlog.LogReader;

/** Reads a trail from its beginning to its end and finds what is wrong with it. Needs no key that opens seals. One thread only. */
final class Verifier {
    /*
     * Each record has the number after the one before, and a hash over itself and the hash before. So whatever is changed without
     * calculating anew shows at the very record. Who calculates all hashes anew from there on cannot sign: then it is the next
     * checkpoint that does not hold, and any record since the last good one may be the changed one. Who cuts off the end, or puts an older
     * copy in its place, is found by a checkpoint that lies elsewhere.
     *
     * Only the first record of a segment names the hash before it, and always does: so where the trail begins with another record
     * than the first one, that one is bound to what is signed, too. Where the hash before is known, what a record says that it is
     * counts for nothing.
     *
     * After something that is wrong it goes on from what is stored, so that one change is one finding.
     *
     * What records tell of the trail itself, that its beginning was removed for instance, is believed if they are signed themselves.
     */
    private final Findings findings = new Findings();
    private final ChainHash chain = new ChainHash();
    private final Signers signers;
    private final OutsideCheckpoints outside;

    private long records;
    private long first;
    private long last;
    /** Whether damage is known before the first record, which is why others are missing there. */
    private boolean isBeginningTold;

    /** Hash of the last record; empty if that cannot be known. */
    private Optional<byte[]> previous = Optional.of(ChainHash.none());

    private long signed;
    private long checkpoints;
    /** What was read last and is not judged yet. */
    private Optional<Parsed> waiting = Optional.empty();

    private Optional<Gap> gap = Optional.empty();
    /** From which record on a record that is signed says that the trail is kept. */
    private long keptFrom;

    /** Whether contents are sealed, by the last START; empty if that is not known. */
    private Optional<Boolean> isSealed = Optional.empty();

    /** The last record whose content may be sealed, since something was missing; empty if there was none. */
    private Optional<StoredRecord> lastOfContent = Optional.empty();

    private final GapReader items = new GapReader();

    Verifier(PublicKeys keys, List<OutsideCheckpoints.Source> sources) {
        this.signers = new Signers(keys, findings);
        this.outside = new OutsideCheckpoints(sources, keys, findings);
    }

    /** Something outside of the trail cannot be used. */
    void find(Verdict verdict, String detail) {
        findings.add(verdict, 0, Long.MAX_VALUE, detail);
    }

    void note(String text) {
        findings.note(text);
    }

    /** Whether a key has signed that is not known. */
    boolean hasMetUnknownKey() {
        return signers.hasMetUnknown();
    }

    /** How many checkpoints have been read that are signed. */
    long checkpoints() {
        return checkpoints;
    }

    /** Old records were removed while it read: it is to be begun anew, by another one. */
    static final class OvertakenException extends Exception {
        private static final long serialVersionUID = 1L;
    }

    /** All that the reader has now; once more for what was being written when it came to the end. */
    void read(LogReader reader) throws IOException, OvertakenException {
        for (Optional<LogItem> item = items.next(reader); item.isPresent(); item = items.next(reader)) {
            if (item.get() instanceof Frame frame) {
                var next = Parsed.of(frame);
                judge(next.sequence());
                waiting = Optional.of(next);
            } else if (item.get() instanceof Gap found) {
                judge(0);
                pass(found);
            }
        }
    }

    /** Nothing more is read. */
    void stop() {
        judge(0);
    }

    /**
     * What was found in all that was read.
     *
     * @throws IOException if nothing could be
     */
    AuditVerification result(LogReader reader, boolean areKeysFromOutside) throws IOException {
        if (records == 0 && items.failure().isPresent()) {
            throw items.failure().get();
        }
        end(reader);
        outside.end(first, last, checkpoints > 0 ? signed : 0);
        if (last > signed && first > 0) {
            note("records " + firstUnsigned() + " to " + last
                    + " are not signed yet: whoever can write the files could have written them");
        }
        signers.end(areKeysFromOutside);
        return findings.result(records, first, last, signed);
    }

    // ---- what is read ----

    private void pass(Gap found) throws OvertakenException {
        long next = last + 1;
        switch (found.cause()) {
            case TORN ->
                note("a process or a machine ended while record " + next
                        + " was being written; it was never acknowledged");
            case REMOVED -> throw new OvertakenException();
            case HEADER_COPY -> tampered(next, next, "before record " + next + ": " + found.detail());
            default -> {
                boolean isGraver = gap.filter(
                                before -> Findings.graver(verdict(before), verdict(found)) == verdict(before))
                        .isEmpty();
                gap = isGraver ? Optional.of(found) : gap;
            }
        }
    }

    /**
     * What a frame has: a record, or a reason why it is none.
     *
     * @param record empty if it is none
     * @param isFirst whether it begins its segment
     */
    private record Parsed(Optional<StoredRecord> record, boolean isFirst, String problem) {
        static Parsed of(Frame frame) {
            try {
                return new Parsed(Optional.of(StoredRecord.parse(frame.body())), frame.isFirst(), "");
            } catch (MalformedRecordException e) {
                return new Parsed(Optional.empty(), frame.isFirst(), e.getMessage());
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
        if (parsed.record().isEmpty()) {
            pass(last + 1, "what stands for record " + (last + 1) + " is none: " + parsed.problem());
            return;
        }
        records++;
        StoredRecord record = parsed.record().get();
        if (hasAnotherNumber(record, nextSequence)) {
            long place = last > 0 ? last + 1 : nextSequence - 1;
            pass(place, "record " + place + " has the number " + record.sequence());
            previous = Optional.of(record.hash());
            return;
        }
        if (isInOrder(record)) {
            checkPlace(record, parsed.isFirst());
            checkHash(record);
            checkSeal(record);
            interpret(record);
            last = record.sequence();
            previous = Optional.of(record.hash());
            outside.compare(record, signed, signers).ifPresent(key -> signed(key, record.sequence()));
        }
        gap = Optional.empty();
    }

    /** Something stands for a record, and is none. */
    private void pass(long sequence, String detail) {
        tampered(sequence, sequence, detail + why());
        if (first == 0) {
            first = sequence;
            isBeginningTold = true;
        }
        last = sequence;
        forget();
        gap = Optional.empty();
    }

    /** What the records that are missing here have told. */
    private void forget() {
        previous = Optional.empty();
        isSealed = Optional.empty();
        lastOfContent = Optional.empty();
        signers.forget();
    }

    /** Whether it stands where another number belongs, by the one that follows: else all after it would seem to come again. */
    private boolean hasAnotherNumber(StoredRecord record, long nextSequence) {
        long sequence = record.sequence();
        if (last > 0) {
            boolean isFollowed = nextSequence == last + 2 || nextSequence == 0 && outside.newest() == last + 1;
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
                previous = Optional.empty(); // who took those before it away is asked at the end
            }
        }
        if (sequence == last + 1) {
            gap.ifPresent(found -> findings.add(
                    verdict(found),
                    sequence,
                    sequence,
                    "before record " + sequence + " something was: " + found.detail()));
            return true;
        }
        if (sequence <= last) {
            tampered(
                    Math.min(sequence, last + 1),
                    last + 1,
                    "record " + sequence + " comes again where " + (last + 1) + " should be");
            return false;
        }
        String range = sequence - 1 == last + 1
                ? "record " + (last + 1) + " is"
                : "records " + (last + 1) + " to " + (sequence - 1) + " are";
        findings.add(
                gap.map(Verifier::verdict).orElse(Verdict.TAMPERED),
                last + 1,
                sequence - 1,
                range + " missing" + why());
        forget();
        return true;
    }

    private String why() {
        return gap.map(found -> " (" + found.detail() + ")").orElse("");
    }

    private static Verdict verdict(Gap found) {
        return found.cause() == Gap.Cause.MISSING ? Verdict.MISSING : Verdict.TAMPERED;
    }

    private void tampered(long from, long to, String detail) {
        findings.add(Verdict.TAMPERED, from, to, detail);
    }

    private void tampered(StoredRecord record, String what) {
        tampered(record.sequence(), record.sequence(), "record " + record.sequence() + what);
    }

    // ---- one record ----

    /** What no writer leaves out or puts in, though hash and signatures hold. */
    private void checkPlace(StoredRecord record, boolean isFirst) {
        if (isFirst && !record.hasPreviousHash()) {
            tampered(record, " begins a segment and does not name the hash before it");
        } else if (!isFirst && record.hasPreviousHash()) {
            tampered(record, " names the hash before it, and only the first one of a segment does");
        }
    }

    /** The hash before it; what it says itself counts only if nobody else knows. */
    private Optional<byte[]> before(StoredRecord record) {
        return previous.or(() -> record.hasPreviousHash() ? Optional.of(record.previousHash()) : Optional.empty());
    }

    private void checkHash(StoredRecord record) {
        long sequence = record.sequence();
        Optional<byte[]> before = before(record);
        if (before.isPresent() && !record.follows(before.get(), chain)) {
            // One that was exchanged, its own hash calculated anew, shows at the next one.
            long from = Math.max(1, sequence - 1 <= signed ? sequence : sequence - 1);
            tampered(
                    from,
                    sequence,
                    "record " + sequence + " has not the hash that it must have"
                            + (from < sequence ? ": it was changed, or the one before it was exchanged" : ""));
        }
    }

    /** What is plain where all is sealed needs no key to be forged. */
    private void checkSeal(StoredRecord record) {
        if (StoredRecord.isAboutTrail(record.kind())) {
            if (record.isSealed()) {
                tampered(record, " tells of the trail and is sealed, which such records are not");
            }
            return;
        }
        if (isSealed.isPresent() && isSealed.get() != record.isSealed()) {
            tampered(
                    record,
                    record.isSealed()
                            ? " is sealed, and the trail is not sealed there"
                            : " is not sealed, and the trail is sealed there: whoever can write the files can have written it");
        } else if (lastOfContent
                        .filter(before -> before.isSealed() != record.isSealed())
                        .isPresent()
                && isSealed.isEmpty()) {
            tampered(
                    lastOfContent.get().sequence(),
                    record.sequence(),
                    "one of the records " + lastOfContent.get().sequence() + " and " + record.sequence()
                            + " is sealed and the other one is not, and nothing between them says so");
        }
        lastOfContent = Optional.of(record);
    }

    private void interpret(StoredRecord record) {
        try {
            if (record.kind() == Kind.CHECKPOINT) {
                checkpoint(record);
            } else if (Announcement.is(record.kind()) && !record.isSealed()) {
                announcement(record);
            }
        } catch (MalformedRecordException e) {
            tampered(record, ": " + e.getMessage());
        }
    }

    private void checkpoint(StoredRecord record) throws MalformedRecordException {
        byte[] content = record.content();
        if (content.length != PublicKey.ID_BYTES + PublicKey.SIGNATURE_BYTES) {
            throw new MalformedRecordException("a checkpoint has a key's id and a signature");
        }
        var buffer = ByteBuffer.wrap(content);
        byte[] id = new byte[PublicKey.ID_BYTES];
        byte[] signature = new byte[PublicKey.SIGNATURE_BYTES];
        buffer.get(id).get(signature);
        long sequence = record.sequence();
        Optional<Statement> statement =
                before(record).map(before -> new Statement(sequence - 1, record.timeMillis(), before));
        if (isSigned("the checkpoint " + sequence, sequence, id, signature, statement)
                .isPresent()) {
            checkpoints++;
        }
    }

    private void announcement(StoredRecord record) throws MalformedRecordException {
        Content content = Content.decode(record.content());
        Map<String, String> details = content.entry().details();
        byte[] id = Announcement.hex(details, AuditEntry.KEY, PublicKey.ID_BYTES)
                .orElseThrow(() -> new MalformedRecordException("its detail " + AuditEntry.KEY + " is no key's id"));
        byte[] signature = Announcement.hex(details, Announcement.SIGNATURE, PublicKey.SIGNATURE_BYTES)
                .orElseThrow(() ->
                        new MalformedRecordException("its detail " + Announcement.SIGNATURE + " is no signature"));
        Optional<Announcement> told = before(record).map(before -> Announcement.of(record, before, content));
        String what = "record " + record.sequence() + ", which tells of the trail,";
        if (told.isPresent() && record.kind() == Kind.START) {
            Optional<PublicKey> key = signers.find(id);
            if (key.filter(known -> known.hasSigned(told.get(), signature)).isPresent()) {
                begin(key.get(), told.get(), details);
            }
        }
        if (isSigned(what, record.sequence(), id, signature, told).isPresent()) {
            interpret(record, details);
        }
    }

    private void begin(PublicKey key, Announcement start, Map<String, String> details) throws MalformedRecordException {
        String sealed = details.getOrDefault(Announcement.SEALED, "");
        if (!sealed.equals("true") && !sealed.equals("false")) {
            throw new MalformedRecordException("its detail " + Announcement.SEALED + " must be true or false");
        }
        isSealed = Optional.of(Boolean.valueOf(sealed));
        signers.begin(key, isSealed.get(), start);
    }

    /** The key, if the signature holds and that key may sign here. */
    private Optional<PublicKey> isSigned(
            String what, long sequence, byte[] id, byte[] signature, Optional<? extends Signable> statement) {
        if (statement.isEmpty()) {
            note("what " + what + " has signed cannot be told, since the record before it is missing");
            return Optional.empty();
        }
        Optional<PublicKey> key = signers.find(id);
        String idText = HexFormat.of().formatHex(id);
        if (key.isEmpty()) {
            unsigned(sequence, what + " is signed by the unknown key " + idText);
        } else if (!key.get().hasSigned(statement.get(), signature)) {
            unsigned(
                    sequence,
                    what + " is not signed: one of the records " + firstUnsigned() + " to " + sequence
                            + " was changed, and the hashes were calculated anew");
        } else if (signers.objection(key.get()).isPresent()) {
            tampered(
                    firstUnsigned(),
                    sequence,
                    what + " is signed by " + signers.objection(key.get()).get());
        } else {
            signed(key.get(), sequence);
            return key;
        }
        return Optional.empty();
    }

    private void unsigned(long sequence, String detail) {
        if (findings.isSoundSince(signed)) {
            tampered(firstUnsigned(), sequence, detail);
        }
    }

    private void signed(PublicKey key, long sequence) {
        signers.signed(key, firstUnsigned(), sequence);
        signed = Math.max(signed, sequence);
    }

    private long firstUnsigned() {
        return Math.max(signed, first - 1) + 1;
    }

    /** Of a record that is signed. */
    private void interpret(StoredRecord record, Map<String, String> details) throws MalformedRecordException {
        if (details.containsKey(Announcement.FIRST)) {
            keptFrom = Math.max(keptFrom, number(details, Announcement.FIRST));
        }
        if (record.kind() == Kind.START && details.containsKey(Announcement.UNSIGNED)) {
            note("records " + details.get(Announcement.UNSIGNED)
                    + " were not signed when their process had ended, as record " + record.sequence()
                    + " tells: whoever could write the files then can have written them");
        }
        if (details.containsKey(Announcement.LOST)) {
            lost(record, number(details, Announcement.LOST), details.getOrDefault(Announcement.CHECKPOINT, ""));
        } else if (details.containsKey(Announcement.CHECKPOINT)) {
            findings.add(
                    Verdict.MISSING,
                    record.sequence(),
                    record.sequence(),
                    "record " + record.sequence() + " says that " + details.get(Announcement.CHECKPOINT)
                            + ": the end of the trail may have been cut off before it");
        }
        if (details.containsKey(Announcement.BEGINNING)) {
            long beginning = number(details, Announcement.BEGINNING);
            findings.add(
                    Verdict.MISSING,
                    1,
                    beginning - 1,
                    "record " + record.sequence() + " says that the trail began with record " + beginning
                            + " then, and no signed record said that those before it were removed");
        }
    }

    /** The line that it tells of can be written by anybody, but not signed. */
    private void lost(StoredRecord record, long lost, String line) {
        String told = "record " + record.sequence() + " says that up to " + lost
                + " there had been more records than were found then, or others";
        try {
            AuditCheckpoint known = AuditCheckpoint.parse(line);
            if (known.sequence() == lost && signers.keys().haveSigned(known)) {
                findings.add(Verdict.ANCHOR, Math.min(record.sequence(), lost), lost, told);
                return;
            }
        } catch (IllegalArgumentException e) {
            // It is none.
        }
        note(told + ", but the checkpoint that it names is not signed by a key of this trail");
    }

    private static long number(Map<String, String> details, String name) throws MalformedRecordException {
        String text = details.get(name);
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new MalformedRecordException("its detail " + name + " is no number", e);
        }
    }

    // ---- at the end ----

    private void end(LogReader reader) {
        if (first == 0 && gap.isEmpty() && reader.tornTail().isEmpty()) {
            find(Verdict.MISSING, "there are no records");
        }
        gap.ifPresent(found ->
                findings.add(verdict(found), last + 1, mostMissing(), "behind record " + last + ": " + found.detail()));
        reader.tornTail()
                .ifPresent(torn -> findings.add(
                        Verdict.TORN,
                        last + 1,
                        mostMissing(),
                        "behind record " + last + " a group of records is torn, as by a crash: " + torn.detail()));
        if (first > 1 && !isBeginningTold && keptFrom < first) {
            findings.add(
                    Verdict.MISSING,
                    1,
                    first - 1,
                    "the trail begins with record " + first
                            + ", and no signed record says that those before it were removed");
        }
    }

    /** The last record that somebody knows of, if it is beyond the end. */
    private long mostMissing() {
        return outside.newest() > last ? outside.newest() : Long.MAX_VALUE;
    }
}
