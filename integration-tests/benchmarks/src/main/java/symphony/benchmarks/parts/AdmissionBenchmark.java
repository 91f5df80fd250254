package symphony.benchmarks.parts;

import java.io.IOException;
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
import symphony.admission.SignedJar;

/**
 * Judges a dropped bundle where bundles must be signed: copies it, reads both lists of its entries, its manifest and its signature. Meant to
 * take 50 ms for 132 KiB at most. Beside it what the platform takes to verify the same jar.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(2)
public class AdmissionBenchmark {
    private static final int BYTES = 132 << 10;

    private SignedJar jar;

    /** Makes and signs it. */
    @Setup
    public void sign() throws IOException {
        jar = new SignedJar(BYTES);
        if (jar.bytes() < BYTES || jar.admit().isEmpty() || jar.verify() == 0) {
            throw new IllegalStateException("the jar is not as it should be, of " + jar.bytes() + " bytes");
        }
    }

    /** Removes it. */
    @TearDown
    public void remove() throws IOException {
        jar.close();
    }

    /** As for the drop folder. */
    @Benchmark
    public String ours() throws IOException {
        return jar.admit();
    }

    /** By the platform. */
    @Benchmark
    public int platform() throws IOException {
        return jar.verify();
    }
}
