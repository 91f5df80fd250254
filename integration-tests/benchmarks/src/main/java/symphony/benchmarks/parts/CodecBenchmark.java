package symphony.benchmarks.parts;

import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.fasterxml.jackson.dataformat.cbor.CBORGenerator;
import com.fasterxml.jackson.dataformat.cbor.CBORParser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
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
import org.openjdk.jmh.annotations.Warmup;
import symphony.benchmarks.load.Order;
import symphony.codec.CodecEngine;
import symphony.codec.CodecLimits;

/**
 * The payload of all benchmarks as CBOR and back, by our codec and by Jackson's streaming CBOR, which does the same work
 * without our checks: names and texts become strings.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(2)
public class CodecBenchmark {
    private final CodecEngine codec = new CodecEngine(CodecLimits.DEFAULT);
    private final CBORFactory jackson = new CBORFactory();
    private Order order;
    private byte[] ours;
    private byte[] jacksons;

    /** The payload, and its bytes by each of the two. */
    @Setup
    public void prepare() throws IOException {
        order = Order.of(0, 77);
        ours = codec.encode(order);
        jacksons = encodeJackson();
        if (!order.equals(decodeOurs()) || !order.equals(decodeJackson())) {
            throw new IllegalStateException("what was encoded is not what is decoded");
        }
    }

    @Benchmark
    public byte[] encodeOurs() {
        return codec.encode(order);
    }

    @Benchmark
    public byte[] encodeJackson() throws IOException {
        var bytes = new ByteArrayOutputStream(256);
        try (CBORGenerator out = jackson.createGenerator(bytes)) {
            out.writeStartObject(order, 4);
            out.writeFieldName("customer");
            out.writeString(order.customer());
            out.writeFieldName("number");
            out.writeNumber(order.number());
            out.writeFieldName("amount");
            out.writeNumber(order.amount());
            out.writeFieldName("note");
            out.writeString(order.note());
            out.writeEndObject();
        }
        return bytes.toByteArray();
    }

    /** Into the record, as a typed handler gets it. */
    @Benchmark
    public Order decodeOurs() {
        return codec.decode(ours, 0, ours.length, Order.class);
    }

    /** Into the map that {@code Delivery.data()} gives. */
    @Benchmark
    public Map<String, Object> decodeOursToMap() {
        return codec.decode(ours, 0, ours.length);
    }

    @Benchmark
    public Order decodeJackson() throws IOException {
        String customer = null;
        long number = 0;
        double amount = 0;
        String note = null;
        try (CBORParser in = jackson.createParser(jacksons)) {
            in.nextToken();
            while (in.nextToken() == JsonToken.FIELD_NAME) {
                String name = in.currentName();
                in.nextToken();
                switch (name) {
                    case "customer" -> customer = in.getText();
                    case "number" -> number = in.getLongValue();
                    case "amount" -> amount = in.getDoubleValue();
                    case "note" -> note = in.getText();
                    default -> in.skipChildren();
                }
            }
        }
        return new Order(customer, number, amount, note);
    }
}
