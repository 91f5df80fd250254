package symphony.api.dispatcher;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ProviderType;
import symphony.api.event.Event;
import symphony.api.event.EventHandler;
import symphony.api.event.Receipt;
import symphony.api.event.Subscription;

/**
 * The engine between queues and handlers. A service of scope bundle: it knows who uses it and checks that bundle's
 * permissions. Applications use {@link symphony.api.event.EventSystem}. Thread-safe.
 *
 * <p>All methods throw {@code NullPointerException} for null, and {@link symphony.api.rbac.AccessDeniedException} where the
 * caller, or the publisher it names, lacks a permission.
 */
@ProviderType
public interface EventDispatcher {
    /**
     * Id of the OSGi condition that is there from the beginning of a stop, by {@link #stop} or of the container, until the
     * dispatcher's bundle has stopped: events of publishers are refused, handlers finish what is due.
     */
    String DRAINING_CONDITION = "symphony.draining";

    /**
     * Topic of the events that tell when a subscription comes into quarantine or out of it. Their data: {@code subscription},
     * its identity; {@code state}, {@code open} or {@code closed}; {@code quarantines}, how often it was in one; and, while it is
     * open, {@code reason}, {@code since}, {@code probe}, {@code probes} as in {@link Quarantine}.
     */
    String QUARANTINE_TOPIC = "symphony/health/quarantine";

    /**
     * Topic of the events that tell how the audit trail stands: when it cannot be written any more, every ten seconds while
     * that is so, and when it can be again. Their data: {@code state}, {@code CRITICAL} or {@code OK}; and, while it is
     * critical, {@code reason}.
     */
    String AUDIT_TOPIC = "symphony/health/audit";

    /**
     * Topic of the events that tell that events are not encrypted, likewise: {@code state}, {@code WARN} or {@code OK}; and
     * {@code reason}.
     */
    String ENCRYPTION_TOPIC = "symphony/health/encryption";

    /**
     * Registers a handler as if it were a service of the calling bundle, with that bundle's life.
     *
     * @param handler who gets the events
     * @param properties see {@link symphony.api.event.HandlerConstants}
     * @return the handle
     * @throws IllegalArgumentException if a property is unknown or wrong; says which and what it takes
     * @throws IllegalStateException if the caller's bundle or the dispatcher has stopped
     */
    Subscription registerHandler(EventHandler handler, Map<String, ?> properties);

    /**
     * Routes, seals and queues an event of the calling bundle. Never blocks on queues in memory.
     *
     * @param event what
     * @return what became of it
     * @throws IllegalArgumentException if a subscription wants it and its data cannot be encoded
     */
    Receipt dispatch(Event event);

    /**
     * Routes, seals and queues an event on behalf of a publisher. A caller that names another than itself needs the
     * permission {@code event:publish-as:<publisher>}; the publisher needs {@code event:publish:<topic>}.
     *
     * @param event what; an id it has is kept
     * @param publisher the symbolic name of a bundle
     * @param maxWait longest wait for full queues in total, not negative
     * @return what became of it
     * @throws IllegalArgumentException if the time is negative, or a subscription wants the event and its data cannot be
     *     encoded
     */
    Receipt dispatch(Event event, String publisher, Duration maxWait);

    /**
     * As {@link #dispatch(Event, String, Duration)} without waiting, also not for slow stores.
     *
     * @param event what
     * @param publisher the symbolic name of a bundle
     * @return completed when each subscription has taken or refused it
     * @throws IllegalArgumentException if a subscription wants the event and its data cannot be encoded
     */
    CompletionStage<Receipt> dispatchAsync(Event event, String publisher);

    /**
     * Offers the same sealed event again to those that refused it.
     *
     * @param receipt made by this dispatcher
     * @param publisher on whose behalf; must be the one that published it
     * @return what became of it now
     * @throws IllegalArgumentException if the receipt was not made by this dispatcher
     */
    Receipt retry(Receipt receipt, String publisher);

    /** Calls handlers, from now on. Done when the dispatcher's bundle starts. A second time it does nothing. */
    void start();

    /**
     * Refuses events from now on, lets handlers go on until what is due is handled or the time is over, then stops calling
     * them. Until then it still accepts what a handler publishes on the thread that calls it, so that work in progress can
     * end. What is left stays in its queues. A second time it returns the first report.
     *
     * @param deadline longest time, not negative
     * @return what was left
     * @throws IllegalArgumentException if the time is negative
     */
    StopReport stop(Duration deadline);

    /**
     * The handler services, also those that cannot be used: the caller's own, and with the permission {@code
     * dispatcher:list:dispatcher} those of all bundles.
     *
     * @return an unmodifiable list, by bundle and service id
     */
    List<HandlerView> handlers();

    /**
     * The subscriptions, also parked ones: of whom, see {@link #handlers()}.
     *
     * @return an unmodifiable list, by identity
     */
    List<SubscriptionView> subscriptions();

    /**
     * Stops calling the handlers of a subscription; its events wait.
     *
     * @param identity the subscription's
     * @return whether there is such a subscription
     */
    boolean pause(String identity);

    /**
     * Calls the handlers of a subscription again.
     *
     * @param identity the subscription's
     * @return whether there is such a subscription
     */
    boolean resume(String identity);

    /**
     * Stops calling handlers on the threads of a pool; their events wait, calls that run go on.
     *
     * @param name the pool's
     * @return whether there is such a pool
     */
    boolean pausePool(String name);

    /**
     * Calls handlers on the threads of a pool again, also if it was paused with all others.
     *
     * @param name the pool's
     * @return whether there is such a pool
     */
    boolean resumePool(String name);

    /** Stops calling handlers on whatever threads; events come in and wait, calls that run go on. */
    void pause();

    /** Calls handlers again, also on the threads of pools that were paused one by one. */
    void resume();

    /**
     * Brings a subscription into quarantine, as if its calls had failed too often: its handlers are not called until a probe,
     * after the configured time, succeeds. One that is in quarantine already begins that time anew, for this reason; whatever a
     * probe that runs comes to, it stays there. To shut a subscription for as long as you like, pause it.
     *
     * @param identity the subscription's
     * @param reason why, for people
     * @return whether there is such a subscription
     */
    boolean quarantine(String identity, String reason);

    /**
     * Lifts the quarantine of a subscription: its handlers are called again, and what they did before counts no longer.
     *
     * @param identity the subscription's
     * @return whether it was in quarantine
     */
    boolean lift(String identity);

    /**
     * The publishers that have limits: of these the caller itself or all, see {@link #handlers()}.
     *
     * @return an unmodifiable list, by publisher
     */
    default List<PublisherView> publishers() {
        return List.of();
    }

    /**
     * The dispatcher as a whole: totals that name no topic, no subscription and no bundle, for any caller.
     *
     * @return all of about one moment
     */
    DispatcherStats stats();
}
