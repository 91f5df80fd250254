package symphony.dispatcher;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.osgi.framework.Filter;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;
import symphony.api.crypto.Envelope;
import symphony.api.event.TopicFilter;
import symphony.api.queue.OrderFailure;
import symphony.api.queue.Overflow;
import symphony.api.queue.QueueSpec;
import symphony.component.HandlerProperties;

/**
 * How a subscription is set up: what its handler says, and configuration for what it leaves open. Immutable.
 *
 * @param spec its queue
 * @param filter what the data must match
 * @param orderPath where in the data its order key is, step by step; empty for no order by key
 * @param pool name of its pool
 * @param timeLimitNanos longest call
 * @param attempts attempts before an event is given up
 * @param backoff waits between attempts
 * @param noRetry names of exceptions after which an event is given up at once
 */
record LaneConfig(
        QueueSpec spec,
        Optional<Filter> filter,
        String[] orderPath,
        String pool,
        long timeLimitNanos,
        int attempts,
        Backoff backoff,
        Set<String> noRetry) {
    private static final long FOR_EVER = -1;

    /** For a handler. */
    static LaneConfig of(
            String identity, HandlerProperties handler, boolean programmatic, DispatcherSettings defaults) {
        var spec = new QueueSpec(
                identity,
                handler.topics(),
                handler.filter(),
                handler.capacity().orElse(defaults.capacity()),
                handler.full().orElse(Overflow.REFUSE),
                handler.orderKey().orElse(""),
                handler.orderFailure().orElse(OrderFailure.HOLD_BACK),
                handler.grace().map(Duration::toMillis).orElseGet(() -> grace(handler, programmatic, defaults)),
                handler.duplicatesWindow().orElse(defaults.duplicatesWindow()).toMillis(),
                handler.timeToLive().map(Duration::toMillis).orElse(0L));
        return new LaneConfig(
                spec,
                filter(spec.filter()),
                orderPath(spec),
                handler.pool(),
                handler.timeLimit().orElse(defaults.timeLimit()).toNanos(),
                handler.attempts().orElse(defaults.attempts()),
                backoff(handler, defaults),
                handler.noRetry());
    }

    /** For a queue that was kept while nobody was there. */
    static LaneConfig of(QueueSpec kept, DispatcherSettings defaults) {
        return new LaneConfig(
                kept,
                filter(kept.filter()),
                orderPath(kept),
                HandlerProperties.DEFAULT_POOL,
                defaults.timeLimit().toNanos(),
                defaults.attempts(),
                new Backoff(defaults.backoff(), defaults.mostBackoff()),
                Set.of());
    }

    /** The same with another's specification of the queue if both are equal, since there may be very many. */
    LaneConfig sharing(QueueSpec other) {
        return spec.equals(other)
                ? new LaneConfig(other, filter, orderPath, pool, timeLimitNanos, attempts, backoff, noRetry)
                : this;
    }

    /** A handler that only says how long the first wait is means that one, also if it is longer than others may wait. */
    private static Backoff backoff(HandlerProperties handler, DispatcherSettings defaults) {
        Duration most = defaults.mostBackoff();
        Duration first = handler.backoff().orElse(defaults.backoff());
        Duration longest = handler.backoff().isPresent() && first.compareTo(most) > 0 ? first : most;
        return new Backoff(first, handler.mostBackoff().orElse(longest));
    }

    private static long grace(HandlerProperties handler, boolean programmatic, DispatcherSettings defaults) {
        if (programmatic) {
            return 0;
        }
        return handler.durable() ? FOR_EVER : defaults.grace().toMillis();
    }

    private static Optional<Filter> filter(String text) {
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(FrameworkUtil.createFilter(text));
        } catch (InvalidSyntaxException e) {
            throw new IllegalArgumentException("filter '" + text + "' is no LDAP filter: " + e.getMessage(), e);
        }
    }

    private static String[] orderPath(QueueSpec spec) {
        return spec.orderPath().isEmpty() ? new String[0] : spec.orderPath().split("\\.");
    }

    List<TopicFilter> topics() {
        return spec.topics();
    }

    /** Whether another attempt after this would not help. */
    boolean isFinal(Throwable thrown) {
        if (noRetry.isEmpty()) {
            return false;
        }
        for (Class<?> type = thrown.getClass(); type != null; type = type.getSuperclass()) {
            if (noRetry.contains(type.getName())) {
                return true;
            }
        }
        return false;
    }

    /** When an event expires here, in epoch milliseconds, 0 = never. */
    long expiresMillis(Envelope envelope) {
        long own = envelope.expiresMillis();
        if (spec.timeToLiveMillis() == 0) {
            return own;
        }
        long here = envelope.publishedMillis() + spec.timeToLiveMillis();
        return own == 0 ? here : Math.min(own, here);
    }

    boolean needsData() {
        return filter.isPresent() || orderPath.length > 0;
    }

    /** Whether it wants an event with these data; they are as {@link FilterView} makes them. */
    boolean accepts(Map<String, Object> data) {
        return filter.isEmpty() || filter.get().matches(data);
    }
}
