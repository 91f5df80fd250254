package symphony.audit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import symphony.api.audit.AuditCheckpoint;
import symphony.api.audit.AuditVerification.Verdict;

/** Checkpoints that lie outside of a trail, and which of them its records are. One thread only, for one reading. */
final class OutsideCheckpoints {
    private final Findings findings;
    private final List<Counted> sources = new ArrayList<>();
    private final Map<Long, List<Known>> known = new HashMap<>();
    private Optional<Known> newest = Optional.empty();

    /**
     * Where checkpoints are from.
     *
     * @param name for people
     * @param others how much there is that is no checkpoint
     * @param isBeside whether it lies in the trail's own folder
     */
    record Source(String name, List<AuditCheckpoint> checkpoints, long others, boolean isBeside) {
        Source {
            checkpoints = List.copyOf(checkpoints);
        }
    }

    private record Known(AuditCheckpoint checkpoint, Counted source) {
        long sequence() {
            return checkpoint.sequence();
        }
    }

    private static final class Counted {
        private final Source source;
        private long newest;
        private long met;

        Counted(Source source) {
            this.source = source;
        }

        String name() {
            return source.name();
        }
    }

    OutsideCheckpoints(List<Source> sources, PublicKeys keys, Findings findings) {
        this.findings = findings;
        for (Source source : sources) {
            var counted = new Counted(source);
            this.sources.add(counted);
            source.checkpoints().forEach(checkpoint -> add(checkpoint, counted, keys));
        }
    }

    private void add(AuditCheckpoint checkpoint, Counted source, PublicKeys keys) {
        if (!keys.haveSigned(checkpoint)) {
            findings.add(
                    Verdict.ANCHOR,
                    checkpoint.sequence(),
                    checkpoint.sequence(),
                    "the checkpoint of record " + checkpoint.sequence() + " in " + source.name() + " is not signed by "
                            + "a key of this trail");
            return;
        }
        var added = new Known(checkpoint, source);
        known.computeIfAbsent(checkpoint.sequence(), sequence -> new ArrayList<>(1))
                .add(added);
        source.newest = Math.max(source.newest, checkpoint.sequence());
        newest = newest.filter(before -> before.sequence() >= added.sequence()).or(() -> Optional.of(added));
    }

    /** The last record that somebody knows of; 0 if nobody knows any. */
    long newest() {
        return newest.map(Known::sequence).orElse(0L);
    }

    /** The key of a checkpoint that knows this record, if there is one that may sign it. */
    Optional<PublicKey> compare(StoredRecord record, long signed, Signers signers) {
        Optional<PublicKey> signer = Optional.empty();
        for (Known each : Optional.ofNullable(known.remove(record.sequence())).orElse(List.of())) {
            PublicKey key = signers.find(
                            HexFormat.of().parseHex(each.checkpoint().key()))
                    .orElseThrow();
            String problem = each.checkpoint().hash().equals(HexFormat.of().formatHex(record.hash()))
                    ? signers.objection(key)
                            .map(why -> "the checkpoint of record " + record.sequence() + " in "
                                    + each.source().name() + " is signed by " + why)
                            .orElse("")
                    : "record " + record.sequence() + " is not the one that the checkpoint of "
                            + each.checkpoint().time() + " in " + each.source().name() + " knows";
            if (problem.isEmpty()) {
                each.source().met++;
                signer = Optional.of(key);
            } else {
                findings.add(Verdict.ANCHOR, Math.min(signed + 1, record.sequence()), record.sequence(), problem);
            }
        }
        return signer;
    }

    /** At the end of a trail that has records from a first to a last one, and checkpoints up to there; 0 if it has none. */
    void end(long first, long last, long signed) {
        newest.filter(each -> each.sequence() > last)
                .ifPresent(each -> findings.add(
                        Verdict.ANCHOR,
                        last + 1,
                        each.sequence(),
                        "the trail ends with record " + last + ", and the checkpoint of "
                                + each.checkpoint().time() + " in "
                                + each.source().name() + " knows "
                                + each.sequence()));
        sources.forEach(source -> end(source, first, signed));
        if (sources.stream().allMatch(each -> each.source.isBeside() || each.newest == 0)) {
            findings.note(
                    "there was no checkpoint from outside of its folder to compare it with: that its end was not cut off,"
                            + " nor all of it exchanged, is not known");
        }
    }

    private void end(Counted each, long first, long signed) {
        if (each.newest > 0 && each.newest < first) {
            findings.add(
                    Verdict.ANCHOR,
                    each.newest,
                    first,
                    "the trail begins with record " + first + ", behind all that " + each.name() + " knows, up to "
                            + each.newest + ": it need not be the same one");
        }
        boolean isEmpty = each.source.checkpoints().isEmpty();
        if (isEmpty && signed > 0) {
            findings.add(
                    Verdict.ANCHOR,
                    1,
                    signed,
                    each.name() + " has no checkpoint, though the trail is signed up to record " + signed);
        }
        if (!each.source.isBeside() || each.source.others() > 0) {
            findings.note(each.name() + ": " + each.met + " of its "
                    + each.source.checkpoints().size() + " checkpoints are of records that are here"
                    + (each.source.others() > 0 ? "; lines that are no checkpoint: " + each.source.others() : ""));
        }
    }
}
