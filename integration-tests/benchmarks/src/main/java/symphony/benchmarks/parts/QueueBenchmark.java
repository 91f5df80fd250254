package symphony.benchmarks.parts;

import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Group;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Control;
import symphony.api.crypto.CryptoContext;
import symphony.api.crypto.Envelope;
import symphony.api.event.Event;
import symphony.api.queue.Item;
import symphony.benchmarks.load.Order;
import symphony.codec.CodecEngine;
import symphony.codec.CodecLimits;
import symphony.crypto.CryptoEngine;

/**
 * Push, pop and acknowledge, while others wait: by one thread, and by one that pushes beside one that pops. Ours keeps
 * counters, expiry, aging, leases and a memory budget; the two others only the order.
 *
 * <p>Of ten priorities those that wait have the least urgent, as in a queue that is behind: what is pushed then overtakes all
 * of them, nine times of ten. Of one priority, the default, each that is popped has waited for all others.
 */
@State(Scope.Group)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
        value = 1,
        jvmArgsAppend = {"-Xms2g", "-Xmx2g"})
public class QueueBenchmark {
    private static final int ITEMS = 1 << 10;
    /** How far the thread that pushes may be before the one that pops; no event beyond the depth waits at the start. */
    private static final int AHEAD = 1 << 10;
    /** Place of a count: each has a cache line of its own. */
    private static final int PUSHED = 16;

    private static final int POPPED = 32;

    /** Who is measured. */
    @Param({"symphony", "heap", "deques"})
    public String queue;

    /** How many wait. */
    @Param({"1", "10000", "1000000"})
    public int depth;

    /** How many different ones are pushed. */
    @Param({"1", "10"})
    public int priorities;

    private final Item[] items = new Item[ITEMS];
    private final AtomicLongArray counts = new AtomicLongArray(48);
    private Waiting waiting;

    /** As many as are to wait. */
    @Setup
    public void fill() {
        waiting = switch (queue) {
            case "symphony" -> new MemoryWaiting(depth + 2 * AHEAD);
            case "heap" -> new HeapWaiting();
            case "deques" -> new DequesWaiting();
            default -> throw new IllegalArgumentException("queue is " + queue + ", must be symphony, heap or deques");
        };
        Envelope envelope = envelope();
        for (int i = 0; i < depth; i++) {
            waiting.push(item(envelope, priorities == 1 ? Event.DEFAULT_PRIORITY : Event.LEAST_URGENT));
        }
        var random = new SplittableRandom(1);
        for (int i = 0; i < ITEMS; i++) {
            items[i] = item(envelope, priorities == 1 ? Event.DEFAULT_PRIORITY : random.nextInt(priorities));
        }
    }

    /** The payload of all benchmarks, sealed. */
    static Envelope envelope() {
        var sealer = CryptoEngine.ephemeral(new CodecEngine(CodecLimits.DEFAULT));
        Event event = Event.on("orders/t0").data(Order.of(0, 77)).build();
        return sealer.seal(CryptoContext.EVENT, event, new UUID(0x7000, 1L << 63), 1, "shop");
    }

    static Item item(Envelope envelope, int priority) {
        return new Item(envelope, priority, 0, 0, 0, 0);
    }

    /** Checks that as many wait as at the beginning, but for what was pushed and not popped. */
    @TearDown
    public void check() {
        long expected = depth + counts.get(PUSHED) - counts.get(POPPED);
        long left = 0;
        while (waiting.take() >= 0) {
            left++;
        }
        waiting.close();
        if (left != expected) {
            throw new IllegalStateException(left + " events wait at the end, must be " + expected);
        }
    }

    @Benchmark
    @Group("oneThread")
    public int pushAndPop() {
        long number = counts.get(PUSHED);
        waiting.push(items[(int) number & ITEMS - 1]);
        counts.lazySet(PUSHED, number + 1);
        counts.lazySet(POPPED, number + 1);
        return waiting.take();
    }

    @Benchmark
    @Group("twoThreads")
    public void push(Control control) {
        long number = counts.get(PUSHED);
        while (number - counts.get(POPPED) >= AHEAD && !control.stopMeasurement) {
            Thread.onSpinWait();
        }
        waiting.push(items[(int) number & ITEMS - 1]);
        counts.lazySet(PUSHED, number + 1);
    }

    @Benchmark
    @Group("twoThreads")
    public int pop(Control control) {
        long number = counts.get(POPPED);
        while (number >= counts.get(PUSHED)) {
            if (control.stopMeasurement) {
                return -1;
            }
            Thread.onSpinWait();
        }
        counts.lazySet(POPPED, number + 1);
        return waiting.take();
    }
}
