package symphony.audit;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import symphony.api.audit.AuditRecord.Kind;

/** Drafts that wait to be written, in their order. Any thread puts them in, one takes them. */
final class Inbox {
    // Each leaves room for what matters more than itself: an event can be counted in a summary, an operation is
    // refused.
    private static final int MOST_BEHIND_WHICH_EVENTS = 1024;
    private static final int MOST_BEHIND_WHICH_OPERATIONS = 2048;
    private static final int MOST = 4096;

    private final Queue<Draft> drafts = new ConcurrentLinkedQueue<>();
    private final AtomicInteger size = new AtomicInteger();

    /** False if too many wait. */
    boolean offer(Draft draft) {
        if (size.incrementAndGet() > most(draft.kind())) {
            size.decrementAndGet();
            return false;
        }
        drafts.add(draft);
        return true;
    }

    private static int most(Kind kind) {
        return switch (kind) {
            case EVENT -> MOST_BEHIND_WHICH_EVENTS;
            case OPERATION -> MOST_BEHIND_WHICH_OPERATIONS;
            default -> MOST;
        };
    }

    boolean isEmpty() {
        return drafts.isEmpty();
    }

    /** The first ones, until the list has so many. */
    void moveTo(List<Draft> list, int most) {
        for (Draft draft = drafts.peek(); draft != null && list.size() < most; draft = drafts.peek()) {
            list.add(draft); // may want memory, so it comes first
            drafts.remove();
            size.decrementAndGet();
        }
    }

    /** All there are; by any thread. Returns how many entries they were. */
    int refuse(Fate why) {
        int entries = 0;
        for (Draft draft = drafts.poll(); draft != null; draft = drafts.poll()) {
            size.decrementAndGet();
            entries += draft.isEntry() && draft.fate().isOpen() ? 1 : 0;
            draft.refuse(why);
        }
        return entries;
    }
}
