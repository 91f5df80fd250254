package symphony.segmentlog;

import java.util.concurrent.CountDownLatch;

/** Something that waits for the writer thread: a body, or a task. */
abstract class Entry {
    /** Guarded by {@link Inbox}: before it is taken, the one that came before; then the one that came after. */
    Entry next;

    private final CountDownLatch done = new CountDownLatch(1);
    private Failure failure;

    /** By the writer thread: who keeps this entry keeps no others. */
    final Entry takeNext() {
        Entry taken = next;
        next = null;
        return taken;
    }

    /** By the writer thread, last of all. */
    final void succeed() {
        done.countDown();
    }

    /** By the writer thread, last of all. */
    final void fail(Failure reason) {
        failure = reason;
        done.countDown();
    }

    /** Whether it was done or has failed. */
    public final boolean isDone() {
        return done.getCount() == 0;
    }

    /** Returns once it was done. */
    final void awaitDone() throws SegmentLogException, InterruptedException {
        done.await();
        if (failure != null) {
            throw failure.toException();
        }
    }
}
