package symphony.audit;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import symphony.audit.OpenTrail.Attempt;

/** What is to be written: drafts that wait, and sums. The writer's thread only, but for what puts drafts in. */
final class Backlog {
    private static final int MOST_AT_ONCE = 2048;
    /** So that who waits has not to wait for all of a second's sums. */
    private static final int SUMS_AT_ONCE = 256;

    private static final Fate STOPPED = Fate.refused(AuditEngine.PID + ": it has stopped", null);

    private final Summaries summaries;
    private final Denials denials;
    private final Inbox inbox = new Inbox();
    private volatile boolean isClosed;

    /** In the order in which they are written. */
    private final List<Draft> due = new ArrayList<>();

    private final Deque<Draft> repeats = new ArrayDeque<>();

    private final Unsettled unsettled = new Unsettled();

    /** Of which it is known that they are not stored; they are told once it is down. */
    private final List<Draft> rejected = new ArrayList<>();

    private Fate rejection = STOPPED;

    Backlog(Summaries summaries, Denials denials) {
        this.summaries = summaries;
        this.denials = denials;
    }

    /** By any thread: takes a draft in; false if too many wait. One that comes too late is refused. */
    boolean offer(Draft draft) {
        if (!inbox.offer(draft)) {
            return false;
        }
        if (isClosed) {
            inbox.refuse(STOPPED);
        }
        return true;
    }

    /** In order; those that are written, or given up, are to be removed. */
    List<Draft> due() {
        return due;
    }

    /** Whether more is due than {@link #collect} has made so. */
    boolean isMore() {
        return !inbox.isEmpty() || hasSums();
    }

    /** Whether sums are waiting that were drained. */
    boolean hasSums() {
        return !repeats.isEmpty() || summaries.isDrained();
    }

    /** Whether anything was counted that is to be drained. */
    boolean hasCounts() {
        return !summaries.isEmpty() || !denials.isEmpty();
    }

    boolean isEmpty() {
        return due.isEmpty() && !isMore() && !hasCounts() && unsettled.isEmpty();
    }

    /** Makes sums of what was counted. */
    void drain(long nowMillis) {
        denials.drainTo(repeats, nowMillis);
        summaries.drain(nowMillis);
    }

    /** Makes due what waits, and a few of the sums. */
    void collect(long nowMillis) {
        inbox.moveTo(due, MOST_AT_ONCE);
        if (due.size() > MOST_AT_ONCE) {
            return; // some could not be sealed yet
        }
        for (int i = 0; i < SUMS_AT_ONCE && !repeats.isEmpty(); i++) {
            due.add(repeats.peek()); // may want memory, so it comes first
            repeats.remove();
        }
        summaries.moveTo(due, SUMS_AT_ONCE, nowMillis);
    }

    // ---- what could not be written ----

    /** These are not stored. */
    void reject(List<Attempt> attempts, Fate why) {
        rejection = why;
        for (Attempt attempt : attempts) {
            rejected.add(attempt.draft());
            due.remove(attempt.draft());
        }
    }

    /** Nobody knows which of these are stored. */
    void doubt(List<Attempt> attempts, Fate why) {
        unsettled.add(attempts, why);
        for (Attempt attempt : attempts) {
            due.remove(attempt.draft());
        }
    }

    /** Whether a chain that ends so may be ours: whether its last record was written when nobody knew whether it was stored. */
    boolean mayEndWith(Head head) {
        return unsettled.has(head);
    }

    /** By the end of the chain it is known now. */
    void settle(Head head) {
        unsettled.settle(head);
    }

    /** Tells all who wait; sums are counted on. Returns how many entries they were that are not stored. */
    int refuseAll(Fate why) {
        int entries = refuse(rejected, rejection);
        unsettled.tell();
        entries += refuse(due, why);
        refuse(repeats, why);
        return entries + inbox.refuse(why);
    }

    private static int refuse(Collection<Draft> drafts, Fate why) {
        int entries = 0;
        for (Draft draft : drafts) {
            entries += draft.isEntry() && draft.fate().isOpen() ? 1 : 0;
            draft.refuse(why);
        }
        drafts.clear();
        return entries;
    }

    // ---- at the end ----

    /** The same, because it ends. */
    int refuseRest() {
        return refuseAll(STOPPED);
    }

    /** Nobody takes anything any more. */
    void close() {
        isClosed = true;
        refuseRest();
    }

    /** How many denials were counted and cannot be told. */
    long lostDenials() {
        return denials.left();
    }

    /** How many steps of events were. */
    long lostSteps(long nowMillis) {
        return summaries.left(nowMillis);
    }

    /** Of how many records nobody knows whether they are stored. */
    int doubted() {
        return unsettled.size();
    }
}
