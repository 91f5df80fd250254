package symphony.shell;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Ctrl-C for a command that has something to say after it. Gogo's own way interrupts the whole job: the result is lost and
 * an exception is printed instead. Where the terminal is known, the signal is taken here for as long as the command runs,
 * and interrupts only the command's thread. Made and closed on that thread; {@link #request()} may come on any.
 */
final class Interruption implements AutoCloseable {
    private final Thread thread = Thread.currentThread();
    private final AtomicBoolean requested = new AtomicBoolean();
    private Runnable release = () -> {};

    private Interruption() {}

    /** Takes the signal. */
    @FunctionalInterface
    interface Source {
        /**
         * Has {@code signal} run at Ctrl-C.
         *
         * @return takes that back
         */
        Runnable take(Runnable signal);
    }

    static Interruption of(Source source) {
        var interruption = new Interruption();
        interruption.release = source.take(interruption::request);
        return interruption;
    }

    private void request() {
        requested.set(true);
        thread.interrupt();
    }

    /** Whether an interrupt of the thread meant the end of this command, so that it may return what it has. */
    boolean isRequested() {
        return requested.get();
    }

    /** Gives the signal back; an interrupt that came by it is over. */
    @Override
    public void close() {
        release.run();
        if (requested.get()) {
            Thread.interrupted();
        }
    }
}
