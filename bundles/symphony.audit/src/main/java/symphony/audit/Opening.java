package symphony.audit;

import java.io.IOException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import symphony.api.audit.AuditCheckpoint;
import symphony.api.audit.AuditRecord.Kind;
import symphony.segmentlog.LogItem;
import symphony.segmentlog.LogReader;
import symphony.segmentlog.Position;

/**
 * What is found of a trail's signatures, and of the checkpoint beside it, when it was opened.
 *
 * @param problems for people, by their kind: details of a RECOVERY record
 * @param checkpoint the one beside the trail; empty if that cannot be believed
 * @param unsigned the records that the last process left without a signature; empty if there are none
 * @param signer the key that has signed last
 */
record Opening(
        Map<String, String> problems,
        Optional<AuditCheckpoint> checkpoint,
        Optional<String> unsigned,
        Optional<PublicKey> signer) {
    private static final String PROBLEM = Announcement.CHECKPOINT;

    /**
     * Looks at it.
     *
     * @param isOurs whether all of it was written by this very process, so that nothing needs a signature
     */
    static Opening of(OpenTrail trail, CheckpointFile side, PublicKeys keys, boolean isOurs) throws IOException {
        var problems = new TreeMap<String, String>();
        LastSigned signed = LastSigned.of(trail, keys);
        Optional<AuditCheckpoint> checkpoint = checkpoint(trail, side, keys, problems);
        long first = trail.index().firstSequence();
        if (first > 1 && signed.keptFrom() < first) {
            problems.put(Announcement.BEGINNING, Long.toString(first));
        }
        long last = trail.head().sequence();
        long from = Math.max(signed.sequence() + 1, first);
        Optional<String> unsigned = isOurs || from > last ? Optional.empty() : Optional.of(from + "-" + last);
        if (trail.endedInOrder()) { // and so it should have signed
            unsigned.ifPresent(range -> problems.put(Announcement.UNSIGNED, range));
        }
        return new Opening(problems, checkpoint, unsigned, signed.signer());
    }

    /** Anybody who can write the folder can have written it: it counts for what it has signed. */
    private static Optional<AuditCheckpoint> checkpoint(
            OpenTrail trail, CheckpointFile side, PublicKeys keys, Map<String, String> problems) throws IOException {
        Optional<AuditCheckpoint> found;
        try {
            found = side.read();
        } catch (IOException | IllegalArgumentException e) {
            problems.put(PROBLEM, "the file " + CheckpointFile.NAME + " cannot be read: " + e.getMessage());
            return Optional.empty();
        }
        if (found.isEmpty()) {
            if (hasTwoCheckpoints(trail)) {
                problems.put(PROBLEM, "the file " + CheckpointFile.NAME + " is missing");
            }
        } else if (!keys.haveSigned(found.get())) {
            problems.put(
                    PROBLEM,
                    "what is in the file " + CheckpointFile.NAME + " is not signed by a key of this trail: "
                            + found.get());
            return Optional.empty();
        } else if (!has(trail, found.get())) {
            problems.put(Announcement.LOST, Long.toString(found.get().sequence()));
            problems.put(PROBLEM, found.get().toString());
            return Optional.empty();
        }
        return found;
    }

    /** One may have been written before the process ended, and the file not yet. */
    private static boolean hasTwoCheckpoints(OpenTrail trail) throws IOException {
        int checkpoints = 0;
        var items = new GapReader();
        try (LogReader reader = trail.read(Position.BEGIN)) {
            Optional<LogItem> item = items.next(reader);
            for (; item.isPresent() && checkpoints < 2; item = items.next(reader)) {
                boolean isOne = StoredRecord.of(item.get())
                        .filter(record -> record.kind() == Kind.CHECKPOINT)
                        .isPresent();
                checkpoints += isOne ? 1 : 0;
            }
        }
        return checkpoints == 2;
    }

    private static boolean has(OpenTrail trail, AuditCheckpoint known) throws IOException {
        if (known.sequence() > trail.head().sequence()) {
            return false;
        }
        if (known.sequence() < trail.index().firstSequence()) {
            return true; // nobody can tell
        }
        var items = new GapReader();
        try (LogReader reader = trail.read(trail.index().before(known.sequence()))) {
            for (Optional<LogItem> item = items.next(reader); item.isPresent(); item = items.next(reader)) {
                Optional<StoredRecord> record = StoredRecord.of(item.get());
                if (record.filter(read -> read.sequence() >= known.sequence()).isPresent()) {
                    return items.failure().isPresent()
                            || HexFormat.of().formatHex(record.get().hash()).equals(known.hash());
                }
            }
        }
        return items.failure().isPresent(); // nobody can tell
    }

    boolean isSigner(PublicKey key) {
        return signer.filter(last -> last.idText().equals(key.idText())).isPresent();
    }

    /** Once a START of that key tells of it. */
    Opening asTold(PublicKey key) {
        var left = new TreeMap<>(problems);
        left.remove(Announcement.BEGINNING); // the next one may say again where the trail begins
        return new Opening(left, checkpoint, Optional.empty(), Optional.of(key));
    }
}
