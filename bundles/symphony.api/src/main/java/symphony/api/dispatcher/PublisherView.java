package symphony.api.dispatcher;

import java.util.Objects;
import org.osgi.annotation.versioning.ProviderType;

/**
 * How much a bundle may publish, and how much of that it does.
 *
 * @param publisher symbolic name of the bundle
 * @param eventsPerSecond most events a second, 0 for no limit
 * @param bytesPerSecond most bytes of sealed events a second, 0 for no limit
 * @param queueShare most percent of the capacity of each queue that may be its events, 100 for no limit
 * @param published events that were within the limits per second, since these were set
 * @param refused publishes that were not, and offers to queues that were beyond its share of them, since then
 * @param refusing whether its last publish was refused for a limit per second
 */
@ProviderType
public record PublisherView(
        String publisher,
        long eventsPerSecond,
        long bytesPerSecond,
        int queueShare,
        long published,
        long refused,
        boolean refusing) {
    /** Checks that nothing is null. */
    public PublisherView {
        Objects.requireNonNull(publisher, "publisher");
    }
}
