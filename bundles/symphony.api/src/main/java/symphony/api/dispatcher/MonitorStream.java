package symphony.api.dispatcher;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/**
 * What happens to some events, see {@link EventMonitor}: a bounded buffer that is read at the reader's pace. Thread-safe; an
 * entry is given to one reader.
 */
@ProviderType
public interface MonitorStream extends AutoCloseable {
    /**
     * Takes the next entry, and waits for one.
     *
     * @param timeout longest wait, not negative
     * @return the entry; empty if the time was over or the stream is closed
     * @throws IllegalArgumentException if the time is negative
     * @throws InterruptedException if the thread was interrupted; nothing was taken
     * @throws symphony.api.rbac.AccessDeniedException if the permission was taken away; the stream is closed then
     */
    Optional<MonitorEntry> poll(Duration timeout) throws InterruptedException;

    /**
     * Takes what is there, without waiting.
     *
     * @param most at most so many
     * @return an unmodifiable list, oldest first
     * @throws symphony.api.rbac.AccessDeniedException if the permission was taken away; the stream is closed then
     */
    List<MonitorEntry> drain(int most);

    /**
     * How many entries were dropped since it was opened, the oldest each time, to make room for newer ones.
     *
     * @return 0 or more
     */
    long dropped();

    /**
     * Whether it gives nothing any more: closed by its reader, with its bundle, with the dispatcher or for want of a
     * permission.
     *
     * @return whether it does
     */
    boolean isClosed();

    /** Ends it, drops what was not read and wakes those who wait. A second time it does nothing. */
    @Override
    void close();
}
