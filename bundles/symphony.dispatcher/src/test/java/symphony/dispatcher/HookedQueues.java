package symphony.dispatcher;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import symphony.api.crypto.Envelope;
import symphony.api.queue.Capability;
import symphony.api.queue.DeadLetters;
import symphony.api.queue.DeadReason;
import symphony.api.queue.EventQueue;
import symphony.api.queue.Item;
import symphony.api.queue.Lease;
import symphony.api.queue.Offer;
import symphony.api.queue.QueueProvider;
import symphony.api.queue.QueueSpec;
import symphony.api.queue.QueueStats;
import symphony.api.queue.QueueWatcher;
import symphony.api.queue.Target;

/** Queues of any kind over queues in memory, with places where a test can wait or fail. */
final class HookedQueues implements QueueProvider {
    private final String kind;
    private final QueueProvider inner;
    private final Set<Capability> capabilities;
    /** How many are told of what ends without a call. */
    final AtomicInteger watchers = new AtomicInteger();

    volatile Runnable beforeOpen = () -> {};
    volatile Runnable beforePush = () -> {};
    volatile Runnable beforePop = () -> {};

    /** Before anything becomes of a lease. */
    volatile Runnable beforeSettle = () -> {};

    /** Told how long a retry is to wait. */
    volatile Consumer<Duration> beforeRetry = delay -> {};

    volatile Runnable beforeUpdate = () -> {};
    volatile Runnable beforeReadyPriority = () -> {};
    volatile Runnable beforePause = () -> {};
    volatile Runnable beforeStats = () -> {};
    volatile Runnable beforeDeadLetterAll = () -> {};

    private HookedQueues(String kind, QueueProvider inner, Set<Capability> capabilities) {
        this.kind = kind;
        this.inner = inner;
        this.capabilities = capabilities;
    }

    static HookedQueues memory(QueueProvider inner) {
        return new HookedQueues(inner.kind(), inner, inner.capabilities());
    }

    /** Counts as a durable kind, so that handlers that ask for one get it. */
    static HookedQueues durable(QueueProvider inner) {
        var all = EnumSet.copyOf(inner.capabilities());
        all.add(Capability.DURABLE);
        return new HookedQueues("journal", inner, all);
    }

    /** A durable kind that lacks something. */
    static HookedQueues durableWithout(QueueProvider inner, Capability missing) {
        var all = EnumSet.copyOf(inner.capabilities());
        all.add(Capability.DURABLE);
        all.remove(missing);
        return new HookedQueues("journal", inner, all);
    }

    @Override
    public String kind() {
        return kind;
    }

    @Override
    public Set<Capability> capabilities() {
        return capabilities;
    }

    @Override
    public EventQueue open(QueueSpec spec) {
        beforeOpen.run();
        return new Hooked(inner.open(spec));
    }

    @Override
    public List<QueueSpec> queues() {
        return inner.queues();
    }

    @Override
    public void limitShares(Map<String, Integer> percents) {
        inner.limitShares(percents);
    }

    @Override
    public List<Offer> push(String topic, List<Target> targets, Duration maxWait) {
        beforePush.run();
        var unwrapped = targets.stream()
                .map(target -> new Target(own(target).queue, target.item()))
                .toList();
        return inner.push(topic, unwrapped, maxWait);
    }

    private Hooked own(Target target) {
        if (target.queue() instanceof Hooked hooked && hooked.provider() == this) {
            return hooked;
        }
        throw new IllegalArgumentException("is a queue of another provider");
    }

    @Override
    public void watch(QueueWatcher watcher) {
        inner.watch(watcher);
        watchers.incrementAndGet();
    }

    @Override
    public void unwatch(QueueWatcher watcher) {
        inner.unwatch(watcher);
        watchers.decrementAndGet();
    }

    @Override
    public DeadLetters deadLetters() {
        return inner.deadLetters();
    }

    @Override
    public int forget(String identity) {
        return inner.forget(identity);
    }

    private final class HookedLease implements Lease {
        private final Lease lease;

        HookedLease(Lease lease) {
            this.lease = lease;
        }

        @Override
        public Item item() {
            return lease.item();
        }

        @Override
        public long sequence() {
            return lease.sequence();
        }

        @Override
        public boolean ack() {
            beforeSettle.run();
            return lease.ack();
        }

        @Override
        public boolean retry(Duration delay) {
            beforeSettle.run();
            beforeRetry.accept(delay);
            return lease.retry(delay);
        }

        @Override
        public boolean deadLetter(DeadReason reason, String exception, String detail) {
            beforeSettle.run();
            return lease.deadLetter(reason, exception, detail);
        }

        @Override
        public boolean release(Duration delay) {
            beforeSettle.run();
            return lease.release(delay);
        }
    }

    private final class Hooked implements EventQueue {
        private final EventQueue queue;

        Hooked(EventQueue queue) {
            this.queue = queue;
        }

        HookedQueues provider() {
            return HookedQueues.this;
        }

        @Override
        public QueueSpec spec() {
            return queue.spec();
        }

        @Override
        public void update(QueueSpec spec) {
            beforeUpdate.run();
            queue.update(spec);
        }

        @Override
        public Offer push(Item item) {
            return queue.push(item);
        }

        @Override
        public Lease pop() {
            beforePop.run();
            Lease lease = queue.pop();
            return lease.isPresent() ? new HookedLease(lease) : lease;
        }

        @Override
        public Lease pop(Duration timeout) throws InterruptedException {
            return queue.pop(timeout);
        }

        @Override
        public void whenReady(Runnable signal) {
            queue.whenReady(signal);
        }

        @Override
        public int readyPriority() {
            beforeReadyPriority.run();
            return queue.readyPriority();
        }

        @Override
        public void pause() {
            beforePause.run();
            queue.pause();
        }

        @Override
        public void resume() {
            queue.resume();
        }

        @Override
        public QueueStats stats() {
            beforeStats.run();
            return queue.stats();
        }

        @Override
        public List<Envelope> peek(int most) {
            return queue.peek(most);
        }

        @Override
        public int deadLetterAll(DeadReason reason, String detail) {
            beforeDeadLetterAll.run();
            return queue.deadLetterAll(reason, detail);
        }

        @Override
        public void close() {
            queue.close();
        }
    }
}
