package symphony.benchmarks.parts;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import symphony.component.EventIds;

/** Ids of events, and the platform's random ones; {@code -t 2} has two threads ask. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class IdBenchmark {
    /** As many slots as the dispatcher has. */
    private final EventIds ids = new EventIds(
            InstantSource.system(), new SecureRandom(), Runtime.getRuntime().availableProcessors() * 4);

    @Benchmark
    public UUID ours() {
        return ids.next();
    }

    @Benchmark
    public UUID platform() {
        return UUID.randomUUID();
    }
}
