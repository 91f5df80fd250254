package symphony.segmentlog;

import java.io.IOException;

/** Something else that the writer thread does, between what was appended before and after it. */
final class Task<T> extends Entry {
    private final Work<T> work;
    private T result;

    Task(Work<T> work) {
        this.work = work;
    }

    /** By the writer thread; an exception of it stops the log, but for a {@link SegmentLogException}. */
    void run() throws IOException {
        result = work.run();
    }

    /** Waits uninterruptibly; an interrupt stays for who asks next. */
    T await() throws SegmentLogException {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    awaitDone();
                    return result;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** What is to be done. */
    interface Work<T> {
        T run() throws IOException;
    }
}
