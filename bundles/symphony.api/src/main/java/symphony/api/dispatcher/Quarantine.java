package symphony.api.dispatcher;

import java.time.Instant;
import java.util.Objects;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Why the handlers of a subscription are not called for a while, a circuit breaker that is open. Its events wait.
 *
 * @param reason what the calls did that led to it, or who asked for it
 * @param since when it began
 * @param probe when one event is tried, by the wall clock as it is now; in the past while that is being done, or while a call
 *     that went over its time limit still runs and no other may begin
 * @param probes how many events were tried since it began, in vain
 */
@ProviderType
public record Quarantine(String reason, Instant since, Instant probe, int probes) {
    /** Checks that nothing is null. */
    public Quarantine {
        Objects.requireNonNull(reason, "reason");
        Objects.requireNonNull(since, "since");
        Objects.requireNonNull(probe, "probe");
    }
}
