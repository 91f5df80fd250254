package symphony.segmentlog;

import org.osgi.annotation.versioning.ProviderType;

/** A body that a log has accepted and will write. Thread-safe. */
@ProviderType
public interface PendingAppend {
    /**
     * Waits until the body is forced to the disk, or is known not to be; any number of threads may, any number of times.
     *
     * @return where its frame is
     * @throws AppendInterruptedException if the thread is interrupted meanwhile, or was before; may be called again
     * @throws SegmentLogException with the reason {@code NO_ROOM}, {@code KEY} or {@code STOPPED}
     */
    Position await() throws SegmentLogException;

    /**
     * Whether {@link #await} would return or throw at once.
     *
     * @return true once its outcome is known
     */
    boolean isDone();
}
