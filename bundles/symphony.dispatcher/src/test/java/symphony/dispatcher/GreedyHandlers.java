package symphony.dispatcher;

import java.util.ArrayDeque;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import symphony.api.dispatcher.PoolView;
import symphony.api.event.Event;

/** A process of a small heap whose handlers fill it again and again, until nothing more can be allocated by anybody. */
final class GreedyHandlers {
    static final int GREEDY_EVENTS = 3;
    static final int GOOD_EVENTS = 300;
    static final int MOST_WORKERS = 8;

    private final AtomicInteger thrown = new AtomicInteger();
    private final AtomicInteger good = new AtomicInteger();

    private GreedyHandlers() {}

    public static void main(String[] args) throws Exception {
        new GreedyHandlers().run();
    }

    private void run() throws Exception {
        try (var bench = new Bench(
                "workers", 2, "workers.max", MOST_WORKERS, "quarantine.failures", 0, "quarantine.overruns", 0)) {
            bench.handle("greedy", delivery -> fill(1 << 16), named("large"));
            bench.handle("greedy", delivery -> fill(16), named("small"));
            bench.handle(
                    "good",
                    delivery -> good.incrementAndGet(),
                    "symphony.subscription",
                    "good",
                    "symphony.attempts",
                    1000);
            publish(bench, "greedy", GREEDY_EVENTS);
            publish(bench, "good", GOOD_EVENTS);
            for (String name : new String[] {"large", "small"}) {
                await(() -> bench.stats("acme/" + name).dead(), GREEDY_EVENTS, name);
            }
            await(() -> bench.stats("acme/good").handled(), GOOD_EVENTS, "good");
            goesOn(bench);
            tell(bench);
        }
    }

    private static Object[] named(String name) {
        return new Object[] {"symphony.subscription", name, "symphony.attempts", 2};
    }

    /** Takes all there is, in pieces of a size. */
    private void fill(int bytes) {
        var pieces = new ArrayDeque<byte[]>();
        try {
            while (true) {
                pieces.add(new byte[bytes]);
            }
        } catch (OutOfMemoryError e) {
            pieces.clear();
            thrown.incrementAndGet();
            throw e;
        }
    }

    /** What a publisher meets itself, it tries again. */
    private static void publish(Bench bench, String topic, int count) {
        for (int done = 0; done < count; ) {
            try {
                bench.publish(Event.on(topic).build()).orThrow();
                done++;
            } catch (OutOfMemoryError e) {
                LockSupport.parkNanos(1_000_000);
            }
        }
    }

    private static void await(LongSupplier value, long wanted, String what) {
        long end = System.nanoTime() + 90_000_000_000L;
        long seen = -1;
        while (seen != wanted) {
            try {
                seen = value.getAsLong();
            } catch (OutOfMemoryError e) {
                seen = -1;
            }
            if (System.nanoTime() - end > 0) {
                throw new IllegalStateException(what + " is at " + seen + ", not " + wanted);
            }
            LockSupport.parkNanos(5_000_000);
        }
    }

    /** Timer, watchdog and workers: another attempt after a back-off, and an interrupt over the time limit. */
    private static void goesOn(Bench bench) {
        bench.handle(
                "after",
                delivery -> {
                    if (delivery.attempt() == 1) {
                        new Gate().pass();
                    }
                },
                "symphony.subscription",
                "after",
                "symphony.time.limit",
                "20ms",
                "symphony.backoff",
                "20ms");
        bench.publish("after").orThrow();
        await(() -> bench.stats("acme/after").handled(), 1, "after");
    }

    private void tell(Bench bench) {
        PoolView pool = bench.engine.stats().pools().get(0);
        var told = new TreeMap<String, Object>(Map.of(
                "thrown",
                thrown,
                "failures",
                bench.view("acme/large").failures() + bench.view("acme/small").failures(),
                "good",
                good,
                "balanced",
                bench.engine.subscriptions().stream()
                        .allMatch(view -> view.queue().balanced()),
                "workers",
                pool.workers() + pool.spares(),
                "interrupted",
                bench.view("acme/after").overruns()));
        told.forEach((name, value) -> System.out.println(name + "=" + value));
    }
}
