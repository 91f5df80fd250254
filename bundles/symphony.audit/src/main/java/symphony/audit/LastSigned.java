package symphony.audit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import symphony.api.audit.AuditEntry;
import symphony.api.audit.AuditRecord.Kind;
import symphony.segmentlog.LogItem;
import symphony.segmentlog.LogReader;
import symphony.segmentlog.Position;
import symphony.segmentlog.SegmentInfo;

/**
 * Up to where a trail is signed that was just opened, and from where on it is kept by what is signed.
 *
 * @param sequence of the last record that is signed, or signs; 0 if none was found
 * @param signer the key that has signed it; empty if none was found
 * @param keptFrom the first record of the trail, as the newest record that is signed tells; 0 if none was found
 */
record LastSigned(long sequence, Optional<PublicKey> signer, long keptFrom) {
    /*
     * It looks from the end backwards, and finds both in the newest segment, mostly: each life signs as it begins, and each segment
     * of a trail that does not begin with 1 tells where it does. Where it would have to look far somebody has changed something, and it
     * gives up.
     */
    private static final int MOST_SEGMENTS = 64;

    private static final int MOST_CANDIDATES = 64;

    /** Looks for where the trail begins only if that is not with 1. */
    static LastSigned of(OpenTrail trail, PublicKeys keys) throws IOException {
        List<SegmentInfo> segments = trail.segments();
        boolean needsBeginning = trail.index().firstSequence() > 1;
        var found = new LastSigned(0, Optional.empty(), 0);
        int last = segments.size() - 1;
        for (int i = last; i >= 0 && last - i < MOST_SEGMENTS; i--) {
            for (Candidate candidate : candidates(trail, segments.get(i).number())) {
                found = found.with(candidate, keys);
                if (found.signer.isPresent() && (found.keptFrom > 0 || !needsBeginning)) {
                    return found;
                }
            }
        }
        return found;
    }

    /** A record that may be signed, and the hash of the one before it. */
    private record Candidate(StoredRecord record, byte[] before) {}

    /** Those of a segment, the newest first. */
    private static List<Candidate> candidates(OpenTrail trail, long segment) throws IOException {
        Deque<Candidate> checkpoints = new ArrayDeque<>();
        Deque<Candidate> announcements = new ArrayDeque<>();
        var items = new GapReader();
        try (LogReader reader = trail.read(new Position(segment, 0))) {
            Optional<byte[]> before = Optional.empty();
            Optional<LogItem> item = items.next(reader);
            for (; item.isPresent() && item.get().position().segment() == segment; item = items.next(reader)) {
                Optional<StoredRecord> read = StoredRecord.of(item.get());
                if (read.isPresent()) {
                    StoredRecord record = read.get();
                    Optional<byte[]> hash = record.hasPreviousHash() ? Optional.of(record.previousHash()) : before;
                    boolean isCheckpoint = record.kind() == Kind.CHECKPOINT;
                    if (hash.isPresent() && (isCheckpoint || Announcement.is(record.kind()))) {
                        add(isCheckpoint ? checkpoints : announcements, new Candidate(record, hash.get()));
                    }
                }
                before = read.map(StoredRecord::hash);
            }
        }
        return Stream.concat(checkpoints.stream(), announcements.stream())
                .sorted(Comparator.comparingLong(
                                (Candidate each) -> each.record().sequence())
                        .reversed())
                .toList();
    }

    private static void add(Deque<Candidate> candidates, Candidate candidate) {
        candidates.add(candidate);
        if (candidates.size() > MOST_CANDIDATES) {
            candidates.remove();
        }
    }

    /** What is not signed, or malformed, changes nothing: to say so is for who verifies. */
    private LastSigned with(Candidate candidate, PublicKeys keys) {
        StoredRecord record = candidate.record();
        try {
            if (record.kind() == Kind.CHECKPOINT) {
                return signer.isPresent() ? this : withCheckpoint(record, candidate.before(), keys);
            }
            Content content = Content.decode(record.content());
            return with(
                    Announcement.of(record, candidate.before(), content),
                    content.entry().details(),
                    keys);
        } catch (MalformedRecordException e) {
            return this;
        }
    }

    private LastSigned withCheckpoint(StoredRecord record, byte[] before, PublicKeys keys) {
        byte[] content = record.content();
        if (content.length != PublicKey.ID_BYTES + PublicKey.SIGNATURE_BYTES) {
            return this;
        }
        byte[] id = new byte[PublicKey.ID_BYTES];
        byte[] signature = new byte[PublicKey.SIGNATURE_BYTES];
        ByteBuffer.wrap(content).get(id).get(signature);
        var statement = new Statement(record.sequence() - 1, record.timeMillis(), before);
        return keys.find(id)
                .filter(key -> key.hasSigned(statement, signature))
                .map(key -> new LastSigned(record.sequence(), Optional.of(key), keptFrom))
                .orElse(this);
    }

    private LastSigned with(Announcement told, Map<String, String> details, PublicKeys keys)
            throws MalformedRecordException {
        Optional<byte[]> signature = Announcement.hex(details, Announcement.SIGNATURE, PublicKey.SIGNATURE_BYTES);
        Optional<PublicKey> key = Announcement.hex(details, AuditEntry.KEY, PublicKey.ID_BYTES)
                .flatMap(keys::find)
                .filter(known -> signature.isPresent() && known.hasSigned(told, signature.get()));
        if (key.isEmpty()) {
            return this;
        }
        boolean tellsBeginning = told.kind() != Kind.RECOVERY || details.containsKey(Announcement.BEGINNING);
        long from = tellsBeginning && keptFrom == 0 ? beginning(details) : keptFrom;
        return signer.isPresent() ? new LastSigned(sequence, signer, from) : new LastSigned(told.sequence(), key, from);
    }

    private static long beginning(Map<String, String> details) throws MalformedRecordException {
        String first = details.getOrDefault(Announcement.BEGINNING, details.getOrDefault(Announcement.FIRST, "1"));
        try {
            return Long.parseLong(first);
        } catch (NumberFormatException e) {
            throw new MalformedRecordException("where the trail begins is no number", e);
        }
    }
}
