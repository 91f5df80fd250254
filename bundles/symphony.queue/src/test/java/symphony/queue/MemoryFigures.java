package symphony.queue;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import symphony.api.event.TopicFilter;
import symphony.api.queue.EventQueue;
import symphony.api.queue.Item;
import symphony.api.queue.Offer;
import symphony.api.queue.OrderFailure;
import symphony.api.queue.Overflow;
import symphony.api.queue.QueueSpec;
import symphony.api.queue.Target;
import symphony.queue.contract.Envelopes;

/** Prints how much heap waiting events and refusals cost; started by hand, see the README. */
final class MemoryFigures {
    private static final int EVENTS = 500_000;
    private static final int PAYLOAD = 200;

    private MemoryFigures() {}

    /** No arguments. */
    public static void main(String[] args) {
        var engine = new MemoryQueueEngine(
                MemoryQueueEngine.SETTINGS.orDefaults(Map.of()), InstantSource.system(), System::nanoTime);
        EventQueue queue = engine.open(spec("orders/billing"));
        long empty = usedBytes();
        Item[] items = new Item[EVENTS];
        for (int i = 0; i < EVENTS; i++) {
            items[i] = Item.of(Envelopes.of("orders/new", i % 10, 0, PAYLOAD), 0);
        }
        long made = usedBytes();
        for (Item item : items) {
            require(queue.push(item));
        }
        long pushed = usedBytes();
        print("envelope", items[0].envelope().size(), "bytes each, as the budget counts them");
        print("envelope and item", (made - empty) / EVENTS, "bytes of heap each");
        print("in one queue", (pushed - made) / EVENTS, "bytes of heap more each");
        EventQueue second = engine.open(spec("orders/stock"));
        for (Item item : items) {
            queue.pop().ack();
            var targets = List.of(new Target(queue, item), new Target(second, item));
            engine.push("orders/new", targets, Duration.ZERO).forEach(MemoryFigures::require);
        }
        print("in two queues", (usedBytes() - made) / EVENTS, "bytes of heap more each");
        time("push and take", () -> {
            require(queue.push(items[0]));
            queue.pop().ack();
        });
        engine.budget().reserve(engine.budget().limit());
        time("refusal", () -> queue.push(items[0]));
        engine.close();
    }

    private static QueueSpec spec(String identity) {
        return new QueueSpec(
                identity,
                List.of(TopicFilter.of("orders/*")),
                "",
                QueueSpec.MAX_CAPACITY,
                Overflow.REFUSE,
                "",
                OrderFailure.HOLD_BACK,
                0,
                0,
                0);
    }

    private static void require(Offer offer) {
        if (!(offer instanceof Offer.Accepted)) {
            throw new IllegalStateException(offer + "; give a larger heap");
        }
    }

    private static void time(String what, Runnable step) {
        long begun = 0;
        for (int i = -EVENTS; i < EVENTS; i++) {
            if (i == 0) {
                begun = System.nanoTime();
            }
            step.run();
        }
        print(what, (System.nanoTime() - begun) / EVENTS, "ns each, one thread");
    }

    private static long usedBytes() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static void print(String what, long value, String unit) {
        System.out.printf("%-18s %5d %s%n", what, value, unit);
    }
}
