package symphony.audit;

import java.util.ArrayList;
import java.util.List;
import symphony.audit.OpenTrail.Attempt;

/** Records whose writing failed so that nobody knows which of them are stored, until the trail is open again. One thread only. */
final class Unsettled {
    private final List<Attempt> attempts = new ArrayList<>();
    private Fate doubt = Fate.doubted("", null);

    /** These follow those before. */
    void add(List<Attempt> more, Fate why) {
        attempts.addAll(more);
        doubt = why;
    }

    boolean isEmpty() {
        return attempts.isEmpty();
    }

    int size() {
        return attempts.size();
    }

    /** Whether the chain ends with one of them. */
    boolean has(Head head) {
        return attempts.stream().map(Attempt::record).anyMatch(record -> head.is(record.sequence(), record.hash()));
    }

    /** Tells whoever waits that nobody knows. */
    void tell() {
        for (Attempt attempt : attempts) {
            attempt.draft().doubt(doubt);
        }
    }

    /** Now it is known, by the end of the chain: all of them up to one are stored, those behind it are not. */
    void settle(Head head) {
        int stored = 0;
        for (int i = 0; i < attempts.size(); i++) {
            StoredRecord record = attempts.get(i).record();
            if (head.is(record.sequence(), record.hash())) {
                stored = i + 1;
            }
        }
        for (int i = 0; i < attempts.size(); i++) {
            Attempt attempt = attempts.get(i);
            if (i < stored) {
                attempt.draft().stored(attempt.record().sequence());
            } else {
                attempt.draft().refuse(Fate.refused("it is not stored", null));
            }
        }
        attempts.clear();
    }
}
