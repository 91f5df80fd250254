package symphony.api.dispatcher;

import java.util.List;
import java.util.Objects;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A handler service, as it is at one moment; also one that cannot be used.
 *
 * @param serviceId the framework's number of the service
 * @param bundle symbolic name of its bundle
 * @param version version of its bundle
 * @param subscription the identity of its subscription; empty if it cannot be used
 * @param state how it stands
 * @param reason why, where the state alone does not tell, as the bad property and how to mend it; else empty
 * @param topics its topic filters, as registered
 */
@ProviderType
public record HandlerView(
        long serviceId,
        String bundle,
        String version,
        String subscription,
        HandlerState state,
        String reason,
        List<String> topics) {
    /** Checks and copies. */
    public HandlerView {
        Objects.requireNonNull(bundle, "bundle");
        topics = List.copyOf(topics);
    }
}
