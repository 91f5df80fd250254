package symphony.api.dispatcher;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;
import symphony.api.queue.QueueStats;

/**
 * A subscription, as it is at one moment.
 *
 * @param identity {@code <bundle symbolic name>/<name>}
 * @param state how it stands
 * @param reason why, where the state alone does not tell; else empty
 * @param topics its topic filters
 * @param filter its LDAP filter, empty for none
 * @param kind the kind of its queue, as {@code memory}
 * @param pool whose threads call its handlers
 * @param concurrency calls that may run at once
 * @param running calls that run now
 * @param handlers services that share it
 * @param failures calls that threw, since it was made
 * @param overruns calls that went over their time limit, since it was made
 * @param abandoned calls that ran on after their handler had to leave, since it was made
 * @param quarantines how often it came into quarantine, since it was made
 * @param quarantine the one it is in; empty if it is in none
 * @param queue its counters
 */
@ProviderType
public record SubscriptionView(
        String identity,
        HandlerState state,
        String reason,
        List<String> topics,
        String filter,
        String kind,
        String pool,
        int concurrency,
        int running,
        int handlers,
        long failures,
        long overruns,
        long abandoned,
        long quarantines,
        Optional<Quarantine> quarantine,
        QueueStats queue) {
    /** Checks and copies. */
    public SubscriptionView {
        Objects.requireNonNull(identity, "identity");
        Objects.requireNonNull(quarantine, "quarantine");
        topics = List.copyOf(topics);
    }
}
