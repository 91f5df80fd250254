package symphony.dispatcher;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
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
            warmUp(bench);
            bench.handle("greedy", delivery -> fill(1 << 16), named("large"));
            bench.handle("greedy", delivery -> fill(16), named("small"));
            bench.handle(
                    "good",
                    delivery -> good.incrementAndGet(),
                    "symphony.subscription",
                    "good",
                    "symphony.attempts",
                    1000,
                    "symphony.duplicates.window",
                    "1h");
            List<Event> greedyEvents = events("greedy", GREEDY_EVENTS);
            List<Event> goodEvents = events("good", GOOD_EVENTS);
            LongSupplier large = () -> bench.stats("acme/large").dead();
            LongSupplier small = () -> bench.stats("acme/small").dead();
            LongSupplier handled = () -> bench.stats("acme/good").handled();
            publish(bench, greedyEvents); // from here on this thread needs memory only where it may run out
            publish(bench, goodEvents);
            await(large, GREEDY_EVENTS, "large");
            await(small, GREEDY_EVENTS, "small");
            await(handled, GOOD_EVENTS, "good");
            goesOn(bench);
            tell(bench);
        }
    }

    /** A class that runs out of memory as it is first used is broken for good, which nobody can mend: all are used before. */
    private static void warmUp(Bench bench) {
        bench.handle(
                "warm",
                delivery -> {
                    throw new OutOfMemoryError("thrown to try how that goes");
                },
                named("warm"));
        publish(bench, events("warm", 1));
        await(() -> bench.stats("acme/warm").dead(), 1, "warm");
    }

    private static List<Event> events(String topic, int count) {
        return Stream.generate(() -> Event.on(topic).id(UUID.randomUUID()).build())
                .limit(count)
                .toList();
    }

    private static Object[] named(String name) {
        return new Object[] {"symphony.subscription", name, "symphony.attempts", 2, "symphony.duplicates.window", "1h"};
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

    /** What a publisher meets itself, it tries again; whether the event was taken it cannot know, its id tells. */
    private static void publish(Bench bench, List<Event> events) {
        for (int done = 0; done < events.size(); ) {
            try {
                bench.publish(events.get(done)).orThrow();
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
