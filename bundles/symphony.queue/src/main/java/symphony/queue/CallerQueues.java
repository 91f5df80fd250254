package symphony.queue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import symphony.api.queue.Capability;
import symphony.api.queue.DeadLetters;
import symphony.api.queue.EventQueue;
import symphony.api.queue.Offer;
import symphony.api.queue.QueueProvider;
import symphony.api.queue.QueueSpec;
import symphony.api.queue.QueueWatcher;
import symphony.api.queue.QueuedEvent;
import symphony.api.queue.Target;

/** The queues as one caller uses them: with that caller's permissions. Thread-safe. */
final class CallerQueues implements QueueProvider {
    private final QueueProvider queues;
    private final Caller caller;
    private final DeadLetters deadLetters;

    CallerQueues(QueueProvider queues, Caller caller) {
        this.queues = queues;
        this.caller = caller;
        this.deadLetters = new CallerDeadLetters(queues.deadLetters(), caller);
    }

    @Override
    public String kind() {
        return queues.kind();
    }

    @Override
    public Set<Capability> capabilities() {
        return queues.capabilities();
    }

    @Override
    public EventQueue open(QueueSpec spec) {
        return caller.use(spec.identity(), "open", () -> queues.open(spec));
    }

    @Override
    public List<QueueSpec> queues() {
        caller.checkList();
        return queues.queues();
    }

    @Override
    public void limitShares(Map<String, Integer> percents) {
        caller.use(Caller.ALL, "limitShares", () -> {
            queues.limitShares(percents);
            return percents;
        });
    }

    @Override
    public List<Offer> push(String topic, List<Target> targets, Duration maxWait) {
        caller.checkUse();
        return queues.push(topic, targets, maxWait);
    }

    @Override
    public List<QueuedEvent> find(UUID eventId) {
        caller.checkList();
        return queues.find(eventId);
    }

    @Override
    public void watch(QueueWatcher watcher) {
        Objects.requireNonNull(watcher, "watcher");
        caller.use(Caller.ALL, "watch", () -> {
            queues.watch(watcher);
            return watcher;
        });
    }

    /** Whoever may watch no more may stop. */
    @Override
    public void unwatch(QueueWatcher watcher) {
        queues.unwatch(watcher);
    }

    @Override
    public DeadLetters deadLetters() {
        return deadLetters;
    }

    @Override
    public int forget(String identity) {
        return caller.use(identity, "forget", () -> queues.forget(identity));
    }
}
