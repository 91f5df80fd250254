package symphony.api.dispatcher;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Shows what happens to events while it happens, to people who look. A service of scope bundle: it knows who uses it, and its
 * streams end when that bundle gives it back or stops. Thread-safe.
 *
 * <p>A stream is lossy: whoever reads too slowly loses the oldest entries, which are counted, and slows nobody. It shows that an
 * event is there and what became of it, never its data: events are sealed from publishing to handling. Who wants the data
 * subscribes, with the permissions and the bounds of a subscription.
 *
 * <p>Throws {@code NullPointerException} for null.
 */
@ProviderType
public interface EventMonitor {
    /** Most entries that a stream may hold. */
    int MAX_CAPACITY = 100_000;

    /**
     * Opens a stream. Needs the permission {@code event:monitor:<topic filter>}; it is asked for again with each reading, and
     * once it was taken away the stream is closed.
     *
     * @param topicFilter which events, see {@link symphony.api.event.TopicFilter}
     * @param capacity entries that may wait to be read, 1 to {@value #MAX_CAPACITY}
     * @return the stream; close it
     * @throws IllegalArgumentException if the filter is none or the capacity is out of range
     * @throws IllegalStateException if the dispatcher has stopped, or too many streams are open
     * @throws symphony.api.rbac.AccessDeniedException if the caller lacks the permission
     */
    MonitorStream open(String topicFilter, int capacity);

    /**
     * The topics on which there were events lately that no subscription wanted; about a thousand are kept, those not seen for
     * longest go first. Needs the permission {@code event:monitor:<topic filter>}.
     *
     * @param topicFilter which topics
     * @param most at most so many
     * @return an unmodifiable list, the last one first
     * @throws IllegalArgumentException if the filter is none
     * @throws symphony.api.rbac.AccessDeniedException if the caller lacks the permission
     */
    List<UnhandledTopic> unhandled(String topicFilter, int most);
}
