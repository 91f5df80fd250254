package symphony.dispatcher;

import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.spi.AbstractInterruptibleChannel;

/** Ends a thread's wait in a channel that a handler began to wait in and never told the end of. Thread-safe. */
final class NoChannel extends AbstractInterruptibleChannel {
    /*
     * A thread knows which channel it waits in, whether it does or not: its next interrupt would close that one, by code of
     * whoever made it, and until then it keeps that one's class loader. There is one place for that in a thread, and the end of
     * a wait in any channel clears it.
     */
    private static final NoChannel INSTANCE = new NoChannel();

    private NoChannel() {}

    /** The current thread waits in no channel from now on. Takes nanoseconds, but waits while it is being interrupted. */
    static void leaveAny() {
        try {
            INSTANCE.end(true);
        } catch (AsynchronousCloseException e) {
            throw new IllegalStateException("a channel that nobody waits in and nobody closes was closed", e);
        }
    }

    @Override
    protected void implCloseChannel() {
        // there is nothing to close
    }
}
