package symphony.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import symphony.api.crypto.CryptoContext;
import symphony.api.crypto.Envelope;
import symphony.api.event.Event;
import symphony.codec.CodecEngine;
import symphony.codec.CodecLimits;

/** With the product's codec. */
class CborPayloadTest {
    private final CryptoEngine engine = CryptoEngine.ephemeral(new CodecEngine(CodecLimits.DEFAULT));

    record Order(String customer, long amount, Instant at, List<String> items) {}

    @Test
    void carriesEveryTypeOfData() {
        var event = Event.on("a")
                .with("text", "größer 🎼")
                .with("long", 12)
                .with("double", 1.5f)
                .with("true", true)
                .with("null", null)
                .with("big", BigInteger.ONE.shiftLeft(80))
                .with("decimal", new BigDecimal("1.10"))
                .with("instant", Instant.ofEpochSecond(1, 999_999_999))
                .with("duration", Duration.ofNanos(-1))
                .with("uuid", Engines.ID)
                .with("list", Arrays.asList(1, null, Map.of("deep", "er")))
                .build();
        Envelope envelope = Engines.seal(engine, event);
        var data = engine.open(CryptoContext.EVENT, envelope).data();

        assertThat(data)
                .containsEntry("text", "größer 🎼")
                .containsEntry("long", 12L)
                .containsEntry("double", 1.5d)
                .containsEntry("null", null)
                .containsEntry("big", BigInteger.ONE.shiftLeft(80))
                .containsEntry("decimal", new BigDecimal("1.10"))
                .containsEntry("instant", Instant.ofEpochSecond(1, 999_999_999))
                .containsEntry("duration", Duration.ofNanos(-1))
                .containsEntry("uuid", Engines.ID)
                .containsEntry("list", Arrays.asList(1L, null, Map.of("deep", "er")));
        assertThat(engine.reopen(CryptoContext.EVENT, envelope).data()).isEqualTo(data);
    }

    @Test
    void carriesRecords() {
        var order = new Order("ada", 12, Instant.ofEpochMilli(5), List.of("a", "b"));
        Envelope envelope =
                engine.seal(CryptoContext.SCHEDULE, Event.on("a").data(order).build(), UUID.randomUUID(), 1, "p");

        assertThat(engine.open(CryptoContext.SCHEDULE, envelope).as(Order.class))
                .isEqualTo(order);
    }
}
