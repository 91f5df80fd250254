package symphony.benchmarks.parts;

import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import symphony.api.event.TopicFilter;
import symphony.api.queue.EventQueue;
import symphony.api.queue.Item;
import symphony.api.queue.Lease;
import symphony.api.queue.Offer;
import symphony.api.queue.OrderFailure;
import symphony.api.queue.Overflow;
import symphony.api.queue.QueueSpec;
import symphony.benchmarks.engine.FlatEngine;
import symphony.queue.MemoryQueueEngine;
import symphony.scheduler.TimerEngine;

/** Our queue in memory, with its defaults but for capacity and memory. */
final class MemoryWaiting implements Waiting {
    private final TimerEngine timer = new TimerEngine();
    private final MemoryQueueEngine engine;
    private final EventQueue queue;

    MemoryWaiting(int capacity) {
        engine = new MemoryQueueEngine(
                MemoryQueueEngine.SETTINGS.orDefaults(Map.of("memory.bytes", FlatEngine.mostMemory())),
                InstantSource.system(),
                timer::nanoTime);
        engine.bind(timer);
        queue = engine.open(new QueueSpec(
                "bench/orders",
                List.of(TopicFilter.of("orders/t0")),
                "",
                capacity,
                Overflow.REFUSE,
                "",
                OrderFailure.HOLD_BACK,
                0,
                0,
                0));
        queue.whenReady(() -> {});
    }

    @Override
    public void push(Item item) {
        if (!(queue.push(item) instanceof Offer.Accepted)) {
            throw new IllegalStateException("the queue does not take it; it has " + queue.stats());
        }
    }

    @Override
    public int take() {
        Lease lease = queue.pop();
        if (!lease.isPresent()) {
            return -1;
        }
        int priority = lease.item().priority();
        lease.ack();
        return priority;
    }

    @Override
    public void close() {
        engine.close();
        timer.close();
    }
}
