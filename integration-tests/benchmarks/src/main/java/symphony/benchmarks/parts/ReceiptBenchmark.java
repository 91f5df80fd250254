package symphony.benchmarks.parts;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import symphony.api.event.Event;
import symphony.api.event.HandlerConstants;
import symphony.api.event.Receipt;
import symphony.benchmarks.engine.FlatEngine;
import symphony.benchmarks.load.Order;

/** What a publish costs that comes to nothing: refused, since the one subscription is full, and wanted by nobody. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 7, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(2)
public class ReceiptBenchmark {
    private final Order order = Order.of(0, 77);
    private FlatEngine engine;

    /** One subscription, paused, with all that it takes. */
    @Setup
    public void fill() {
        engine = new FlatEngine();
        engine.pause(engine.subscribe("orders/full", "full", delivery -> {}, Map.of(HandlerConstants.CAPACITY, 1)));
        publish("orders/full").orThrow();
        if (refused().refusals().size() != 1 || nobodyWants().accepted() != 0) {
            throw new IllegalStateException("it is not refused, or somebody wants it");
        }
    }

    @TearDown
    public void close() {
        engine.close();
    }

    /** Sealed all the same: that it is full shows when it is pushed. */
    @Benchmark
    public Receipt refused() {
        return publish("orders/full");
    }

    @Benchmark
    public Receipt nobodyWants() {
        return publish("orders/nobody");
    }

    private Receipt publish(String topic) {
        return engine.publish(Event.on(topic).data(order).build());
    }
}
