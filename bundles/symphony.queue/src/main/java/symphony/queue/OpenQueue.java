package symphony.queue;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import symphony.api.crypto.Envelope;
import symphony.api.queue.DeadReason;
import symphony.api.queue.EventQueue;
import symphony.api.queue.Item;
import symphony.api.queue.Lease;
import symphony.api.queue.Offer;
import symphony.api.queue.QueueSpec;
import symphony.api.queue.QueueStats;
import symphony.api.queue.Target;

/** One opening of a queue: what a consumer holds between open and close. The queue itself outlives it. Thread-safe. */
final class OpenQueue implements EventQueue {
    private final MemoryQueueEngine engine;
    private final MemoryQueue queue;

    OpenQueue(MemoryQueueEngine engine, MemoryQueue queue) {
        this.engine = engine;
        this.queue = queue;
    }

    MemoryQueue queueOf(MemoryQueueEngine asking) {
        if (engine != asking) {
            throw new IllegalArgumentException(
                    spec().identity() + ": is a queue of another provider; push to the provider that opened it");
        }
        return queue;
    }

    @Override
    public QueueSpec spec() {
        return queue.spec();
    }

    @Override
    public void update(QueueSpec spec) {
        queue.update(this, spec);
    }

    @Override
    public Offer push(Item item) {
        return engine.push("", List.of(new Target(this, item)), Duration.ZERO).get(0);
    }

    @Override
    public Lease pop() {
        return queue.pop(this);
    }

    @Override
    public Lease pop(Duration timeout) throws InterruptedException {
        if (timeout.isNegative()) {
            throw new IllegalArgumentException("pop: timeout is " + timeout + ", must not be negative");
        }
        return queue.pop(this, Surroundings.nanosOf(timeout));
    }

    @Override
    public void whenReady(Runnable signal) {
        queue.whenReady(this, Objects.requireNonNull(signal, "signal"));
    }

    @Override
    public int readyPriority() {
        return queue.readyPriority(this);
    }

    @Override
    public void pause() {
        queue.pause(this);
    }

    @Override
    public void resume() {
        queue.resume(this);
    }

    @Override
    public QueueStats stats() {
        return queue.stats();
    }

    @Override
    public List<Envelope> peek(int most) {
        return queue.peek(this, most);
    }

    @Override
    public int deadLetterAll(DeadReason reason, String detail) {
        Objects.requireNonNull(reason, "reason");
        Objects.requireNonNull(detail, "detail");
        return queue.deadLetterAll(this, reason, detail);
    }

    @Override
    public void close() {
        queue.close(this);
    }

    @Override
    public String toString() {
        return "memory:" + spec().identity();
    }
}
