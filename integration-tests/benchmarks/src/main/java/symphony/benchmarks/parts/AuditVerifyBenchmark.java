package symphony.benchmarks.parts;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import symphony.api.audit.AuditVerification;
import symphony.api.audit.AuditVerification.Verdict;
import symphony.audit.WrittenTrail;

/**
 * Verifies a trail of the size that the product's are: reads its files, checks the chain, the signatures, and what an anchor knows. Beside it
 * the hash of as many bytes by the platform, in parts of the size of a record: no verifier does with less. An operation is a record.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 5)
@Measurement(iterations = 5, time = 5)
@Fork(2)
public class AuditVerifyBenchmark {
    private static final int RECORDS = 100_000;

    private WrittenTrail trail;
    private byte[] recordBytes;

    /** Writes it. */
    @Setup
    public void write() throws IOException {
        trail = new WrittenTrail(RECORDS);
        AuditVerification result = trail.verify();
        if (result.verdict() != Verdict.INTACT || result.records() < RECORDS) {
            throw new IllegalStateException("the trail is not as it was written: " + result);
        }
        recordBytes = new byte[(int) (trail.bytes() / RECORDS)];
    }

    /** Removes it. */
    @TearDown
    public void remove() throws IOException {
        trail.close();
    }

    /** As from the command line. */
    @Benchmark
    @OperationsPerInvocation(RECORDS)
    public AuditVerification ours() throws IOException {
        AuditVerification result = trail.verify();
        if (result.verdict() != Verdict.INTACT) {
            throw new IllegalStateException(result.toString());
        }
        return result;
    }

    @Benchmark
    @OperationsPerInvocation(RECORDS)
    public byte[] sha256() throws GeneralSecurityException {
        var digest = MessageDigest.getInstance("SHA-256");
        byte[] last = {};
        for (int i = 0; i < RECORDS; i++) {
            digest.update(last);
            last = digest.digest(recordBytes);
        }
        return last;
    }
}
