package symphony.testing;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import symphony.api.queue.Capability;
import symphony.api.queue.DeadLetters;
import symphony.api.queue.EventQueue;
import symphony.api.queue.Offer;
import symphony.api.queue.QueueProvider;
import symphony.api.queue.QueueSpec;
import symphony.api.queue.QueueStats;
import symphony.api.queue.QueueWatcher;
import symphony.api.queue.Target;

/** Queues as they are, remembered as they are opened, so that one can ask whether anything waits to be handled. */
final class ObservedQueues implements QueueProvider {
    private final QueueProvider queues;
    private final Map<String, EventQueue> opened = new ConcurrentHashMap<>();

    ObservedQueues(QueueProvider queues) {
        this.queues = queues;
    }

    /** Whether nothing can be taken and nothing is being handled; what waits for its time, or for a handler, is quiet. */
    boolean areQuiet() {
        return opened.values().stream()
                .allMatch(queue -> queue.readyPriority() < 0 && queue.stats().leased() == 0);
    }

    /** Grows with everything that happens to an event. */
    long activity() {
        long sum = 0;
        for (EventQueue queue : opened.values()) {
            QueueStats stats = queue.stats();
            sum += stats.accepted()
                    + stats.handled()
                    + stats.dead()
                    + stats.expired()
                    + stats.dropped()
                    + stats.retried();
        }
        return sum;
    }

    @Override
    public EventQueue open(QueueSpec spec) {
        EventQueue queue = queues.open(spec);
        opened.put(spec.identity(), queue);
        return queue;
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
    public List<QueueSpec> queues() {
        return queues.queues();
    }

    @Override
    public void limitShares(Map<String, Integer> percents) {
        queues.limitShares(percents);
    }

    @Override
    public List<Offer> push(String topic, List<Target> targets, Duration maxWait) {
        return queues.push(topic, targets, maxWait);
    }

    @Override
    public void watch(QueueWatcher watcher) {
        queues.watch(watcher);
    }

    @Override
    public void unwatch(QueueWatcher watcher) {
        queues.unwatch(watcher);
    }

    @Override
    public DeadLetters deadLetters() {
        return queues.deadLetters();
    }

    @Override
    public int forget(String identity) {
        opened.remove(identity);
        return queues.forget(identity);
    }
}
