package symphony.eventsystem;

import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import symphony.api.event.Subscription;
import symphony.api.event.TopicFilter;

/** A handler that was registered as a service of the caller; the dispatcher sees it leave. Thread-safe. */
final class RegisteredSubscription implements Subscription {
    private final String identity;
    private final List<TopicFilter> topics;
    private final AtomicReference<Runnable> end;

    RegisteredSubscription(String identity, List<TopicFilter> topics, Runnable end) {
        this.identity = identity;
        this.topics = topics;
        this.end = new AtomicReference<>(end);
    }

    @Override
    public String identity() {
        return identity;
    }

    @Override
    public List<TopicFilter> topics() {
        return topics;
    }

    @Override
    public void close() {
        Runnable once = end.getAndSet(null);
        if (once != null) {
            once.run();
        }
    }

    @Override
    public String toString() {
        return identity + " " + topics;
    }
}
