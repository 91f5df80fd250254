package symphony.api.event;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Publishes, subscribes, schedules: the public face of Symphony Events. A service of scope bundle: it knows whose it is,
 * and acts with that bundle's permissions. Do not pass it on to another bundle.
 *
 * <p>It stays registered while a part below it is replaced, and then refuses with
 * {@link Refusal.Reason#UNAVAILABLE}. Thread-safe; callable from handlers.
 *
 * <p>All methods throw {@code NullPointerException} for null, {@code IllegalArgumentException} for a malformed topic,
 * data that cannot be encoded or is too large, and {@link symphony.api.rbac.AccessDeniedException} where a permission is
 * missing. The data of an event that no subscription wants is not looked at. Everything else that can happen to an event is
 * a value: see {@link Receipt}.
 */
@ProviderType
public interface EventSystem {
    /**
     * Publishes with the default priority. Never blocks.
     *
     * @param topic where to
     * @param data a record, a map or a single value, see {@link Event}
     * @return what became of it
     */
    Receipt publish(String topic, Object data);

    /**
     * Publishes. Never blocks on queues in memory: a subscription that is full refuses.
     *
     * @param event what
     * @return what became of it
     */
    Receipt publish(Event event);

    /**
     * Publishes, and waits for subscriptions that are full: back-pressure.
     *
     * @param event what
     * @param maxWait longest wait in total, not negative
     * @return what became of it; those still full when the time was over have refused, or, if the thread was interrupted, as
     *     {@link Refusal.Reason#INTERRUPTED}, and the interrupt stays pending
     * @throws IllegalArgumentException if the time is negative
     */
    Receipt publish(Event event, Duration maxWait);

    /**
     * Publishes without waiting for slow stores.
     *
     * @param event what
     * @return completed when each subscription has taken or refused the event, on any thread; what other methods throw is
     *     thrown here, too, before it returns
     */
    CompletionStage<Receipt> publishAsync(Event event);

    /**
     * Offers the same sealed event again to those that refused it.
     *
     * @param receipt made by this system
     * @return what became of it now; the same receipt if nobody had refused
     * @throws IllegalArgumentException if the receipt was not made by this system
     */
    Receipt retry(Receipt receipt);

    /**
     * Subscribes a handler; the subscription ends with its handle or with the caller's bundle.
     *
     * @param topicFilter what to get, see {@link TopicFilter}
     * @param handler who gets it
     * @return the handle
     * @throws IllegalStateException if the caller's bundle has stopped, or no dispatcher is there
     */
    Subscription subscribe(String topicFilter, EventHandler handler);

    /**
     * Subscribes a handler of records; the subscription ends with its handle or with the caller's bundle.
     *
     * @param <T> the type
     * @param topicFilter what to get, see {@link TopicFilter}
     * @param type a record, {@code Map}, or the type of a single value
     * @param handler who gets it
     * @return the handle
     * @throws IllegalStateException if the caller's bundle has stopped, or no dispatcher is there
     */
    <T> Subscription subscribe(String topicFilter, Class<T> type, TypedHandler<T> handler);

    /**
     * Subscribes a handler with properties.
     *
     * @param properties as a service would have, see {@link HandlerConstants}; {@link HandlerConstants#TOPICS} is needed
     * @param handler who gets the events
     * @return the handle
     * @throws IllegalArgumentException if a property is unknown or wrong; says which and what it takes
     * @throws IllegalStateException if the caller's bundle has stopped, or no dispatcher is there
     */
    Subscription subscribe(Map<String, ?> properties, EventHandler handler);

    /**
     * Publishes later. Wall-clock jumps do not move it. It is cancelled when the caller's bundle has stopped; one that is to be
     * published nevertheless is scheduled as {@code Recurrence.once(delay).keptWithoutOwner()}.
     *
     * @param event what; its time to live counts from when it is published
     * @param delay how much later, not negative, at most 10 years
     * @return a handle to watch and cancel it; refused if the system is stopping or its memory is full
     * @throws IllegalArgumentException if the delay is out of range
     */
    Schedule schedule(Event event, Duration delay);

    /**
     * Publishes at an instant of the wall clock; at once if it has passed.
     *
     * @param event what; its time to live counts from when it is published
     * @param at when, at most 10 years ahead
     * @return a handle to watch and cancel it; refused if the system is stopping or its memory is full
     * @throws IllegalArgumentException if the instant is too far ahead
     */
    Schedule schedule(Event event, Instant at);

    /**
     * Publishes again and again. Each time it is an event with an id of its own.
     *
     * @param event what, without an id; its time to live counts from each time it is published
     * @param recurrence when
     * @return a handle to watch and cancel it; refused if the system is stopping or its memory is full, or if no scheduler is
     *     there, which alone can read a cron expression
     * @throws IllegalArgumentException if the event has an id, the cron expression cannot be read or never comes true, the first
     *     time is too far ahead, or later than the last
     */
    Schedule schedule(Event event, Recurrence recurrence);
}
