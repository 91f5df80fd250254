package symphony.benchmarks.scale;

import java.util.Map;
import symphony.api.event.Event;
import symphony.api.event.HandlerConstants;
import symphony.api.queue.QueueStats;
import symphony.benchmarks.engine.FlatEngine;
import symphony.benchmarks.load.Order;
import symphony.benchmarks.load.Report;

/** Events that were published, sealed, to one subscription that is paused. */
final class WaitingEvents {
    private static final String TOPIC = "orders/t0";

    private WaitingEvents() {}

    static Report measure(int events) throws InterruptedException {
        try (var engine = new FlatEngine()) {
            String identity =
                    engine.subscribe(TOPIC, "waiting", delivery -> {}, Map.of(HandlerConstants.CAPACITY, events + 1));
            engine.pause(identity);
            publish(engine, 0);
            long before = Heap.used();
            long began = System.nanoTime();
            for (int i = 1; i <= events; i++) {
                publish(engine, i);
            }
            long nanos = System.nanoTime() - began;
            long after = Heap.used();
            QueueStats stats = engine.stats(identity);
            if (stats.waiting() != events + 1) {
                throw new IllegalStateException("there wait " + stats.waiting() + " instead of " + (events + 1));
            }
            double envelope = stats.bytes() / (double) stats.waiting();
            var report = new Report();
            report.add("events", events);
            report.add("envelope_bytes", envelope);
            report.add("beyond_bytes", (after - before) / (double) events - envelope);
            report.add("publish_nanos", nanos / (double) events);
            return report;
        }
    }

    private static void publish(FlatEngine engine, int number) {
        engine.publish(Event.on(TOPIC).data(Order.of(0, number)).build()).orThrow();
    }
}
