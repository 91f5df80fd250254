package symphony.api.dispatcher;

import java.util.Map;
import org.osgi.annotation.versioning.ProviderType;

/**
 * What was left when the dispatcher stopped.
 *
 * @param drained events handled between the call and the end
 * @param left events that still waited, by the identity of their subscription; without those that have none
 * @param abandoned calls that still ran
 */
@ProviderType
public record StopReport(long drained, Map<String, Long> left, int abandoned) {
    /** Copies the map. */
    public StopReport {
        left = Map.copyOf(left);
    }

    /**
     * How many events were left.
     *
     * @return the sum over all subscriptions
     */
    public long leftInAll() {
        return left.values().stream().mapToLong(Long::longValue).sum();
    }
}
