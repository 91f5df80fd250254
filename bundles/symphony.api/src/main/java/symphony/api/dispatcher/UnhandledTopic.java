package symphony.api.dispatcher;

import java.time.Instant;
import java.util.Objects;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A topic on which there were events that no subscription wanted.
 *
 * @param topic the topic
 * @param count how many there were, since it is listed
 * @param last when the last one was published
 * @param publisher symbolic name of the bundle that published the last one
 */
@ProviderType
public record UnhandledTopic(String topic, long count, Instant last, String publisher) {
    /** Checks that nothing is null. */
    public UnhandledTopic {
        Objects.requireNonNull(topic, "topic");
        Objects.requireNonNull(last, "last");
        Objects.requireNonNull(publisher, "publisher");
    }
}
