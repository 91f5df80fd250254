package symphony.api.dispatcher;

import java.util.List;
import java.util.Map;
import org.osgi.annotation.versioning.ProviderType;
import symphony.api.event.Refusal;

/**
 * The dispatcher as a whole, at one moment. Counters count from its start.
 *
 * @param running whether it was started and not stopped
 * @param paused whether no handler is called until it is resumed; pools may be paused one by one beside that
 * @param published events that came in, by whatever way
 * @param unhandled events that no subscription wanted
 * @param delivered calls of handlers that returned normally
 * @param failed calls of handlers that threw
 * @param overruns calls that went over their time limit
 * @param abandoned calls that ran on after their handler had to leave
 * @param refused refusals by reason; reasons that never happened are missing
 * @param publishedPerSecond mean of the last seconds
 * @param deliveredPerSecond mean of the last seconds
 * @param subscriptions how many there are, parked ones included
 * @param quarantined how many of them are in quarantine
 * @param pools its pools
 */
@ProviderType
public record DispatcherStats(
        boolean running,
        boolean paused,
        long published,
        long unhandled,
        long delivered,
        long failed,
        long overruns,
        long abandoned,
        Map<Refusal.Reason, Long> refused,
        double publishedPerSecond,
        double deliveredPerSecond,
        int subscriptions,
        int quarantined,
        List<PoolView> pools) {
    /** Copies the collections. */
    public DispatcherStats {
        refused = Map.copyOf(refused);
        pools = List.copyOf(pools);
    }
}
