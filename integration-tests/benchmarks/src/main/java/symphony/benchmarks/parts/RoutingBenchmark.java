package symphony.benchmarks.parts;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import symphony.api.event.Event;
import symphony.api.event.Receipt;
import symphony.benchmarks.engine.FlatEngine;
import symphony.benchmarks.load.Order;

/**
 * What publishing costs beside other subscriptions, sealed: to a topic that one of them wants, and to one that none does.
 * The handler only counts, so that it keeps up on a core of its own; {@code waits} tells how often it did not, and the
 * publisher waited for half of its window. One thread only.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 6, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
        value = 1,
        jvmArgsAppend = {"-Xms2g", "-Xmx2g"})
public class RoutingBenchmark {
    private static final int WINDOW = 8_192;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

    /** How many others there are. */
    @Param({"10", "10000", "100000"})
    public int others;

    /** What they want: a topic each, or a wildcard each. */
    @Param({"exact", "wildcard"})
    public String topics;

    private final Order order = Order.of(0, 77);
    private final AtomicLong published = new AtomicLong();
    private final AtomicLong handled = new AtomicLong();
    private FlatEngine engine;

    /** How often the publisher had to wait. */
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.EVENTS)
    public static class Waits {
        public long waits;
    }

    /** Subscribes all. */
    @Setup
    public void subscribe() {
        engine = new FlatEngine();
        engine.subscribe("orders/hot", "hot", delivery -> handled.incrementAndGet(), Map.of());
        String wildcard = topics.equals("wildcard") ? "/+" : "";
        for (int i = 0; i < others; i++) {
            engine.subscribe("orders/t" + i + wildcard, "t" + i, delivery -> {}, Map.of());
        }
    }

    /** Waits until all is handled: the next iteration begins with an empty queue. */
    @TearDown(Level.Iteration)
    public void drain() {
        await(published.get());
    }

    @TearDown
    public void close() {
        engine.close();
    }

    @Benchmark
    public Receipt hotTopic(Waits waits) {
        if (published.get() - handled.get() >= WINDOW) {
            waits.waits++;
            await(published.get() - WINDOW / 2);
        }
        Receipt receipt =
                engine.publish(Event.on("orders/hot").data(order).build()).orThrow();
        if (receipt.accepted() != 1) {
            throw new IllegalStateException("it was accepted " + receipt.accepted() + " times");
        }
        published.incrementAndGet();
        return receipt;
    }

    @Benchmark
    public Receipt nobodyWants() {
        return engine.publish(Event.on("orders/nobody").data(order).build());
    }

    private void await(long count) {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (handled.get() < count) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("only " + handled + " of " + published + " events were handled");
            }
            LockSupport.parkNanos(50_000);
        }
    }
}
