package symphony.benchmarks.parts;

import java.security.GeneralSecurityException;
import java.util.UUID;
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
import org.openjdk.jmh.annotations.Warmup;
import symphony.api.crypto.CryptoContext;
import symphony.api.crypto.Envelope;
import symphony.api.event.Event;
import symphony.benchmarks.load.Order;
import symphony.benchmarks.rig.Sealer;
import symphony.codec.CodecEngine;
import symphony.codec.CodecLimits;
import symphony.crypto.CryptoEngine;

/**
 * Seal and open: of an event, which encodes and decodes its data, too; of its bytes alone; and of as many bytes with as much
 * associated data by the platform's AES-256-GCM, each thread with a {@code Cipher} that it keeps. Beside them the hash of an
 * order key. The warm-up is long: AES-GCM is interpreted for seconds.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 7, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(2)
public class SealBenchmark {
    /** With the header of sealed bytes, which is authenticated too, as much as the platform's cipher gets: 150 bytes. */
    private static final int ASSOCIATED_BYTES = 85;

    private static final UUID ID = new UUID(0x0190000000007000L, 0x8000000000000001L);
    private static final long PUBLISHED_MILLIS = 1_750_000_000_000L;

    private final CodecEngine codec = new CodecEngine(CodecLimits.DEFAULT);
    private final CryptoEngine ours = CryptoEngine.ephemeral(codec);
    private final Sealer platform = new Sealer();
    private final byte[] associated = new byte[ASSOCIATED_BYTES];
    private Event event;
    private Envelope envelope;
    private byte[] plaintext;
    private byte[] sealedByOurs;
    private Sealer.Sealed sealedByPlatform;

    /** The payload, and what each of them makes of it. */
    @Setup
    public void prepare() throws GeneralSecurityException {
        var order = Order.of(0, 77);
        event = Event.on("orders/t0").data(order).build();
        plaintext = codec.encode(order);
        envelope = sealEvent();
        sealedByOurs = sealBytes();
        sealedByPlatform = sealPlatform();
        if (!order.equals(openEvent())
                || !order.equals(codec.decode(openBytes(), 0, plaintext.length, Order.class))
                || !order.equals(codec.decode(openPlatform(), 0, plaintext.length, Order.class))) {
            throw new IllegalStateException("what was sealed is not what is opened");
        }
    }

    /** As the dispatcher does. */
    @Benchmark
    public Envelope sealEvent() {
        return ours.seal(CryptoContext.EVENT, event, ID, PUBLISHED_MILLIS, "shop");
    }

    /** As the dispatcher does for a typed handler. */
    @Benchmark
    public Order openEvent() {
        return ours.open(CryptoContext.EVENT, envelope).as(Order.class);
    }

    @Benchmark
    public byte[] sealBytes() {
        return ours.seal(CryptoContext.EVENT, associated, plaintext);
    }

    @Benchmark
    public byte[] openBytes() {
        return ours.open(CryptoContext.EVENT, associated, sealedByOurs);
    }

    @Benchmark
    public Sealer.Sealed sealPlatform() throws GeneralSecurityException {
        return platform.seal(plaintext);
    }

    @Benchmark
    public byte[] openPlatform() {
        return platform.open(sealedByPlatform);
    }

    @Benchmark
    public long orderKey() {
        return ours.orderKey("customer-17");
    }
}
