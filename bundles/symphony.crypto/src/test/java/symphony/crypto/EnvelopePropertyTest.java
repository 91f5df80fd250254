package symphony.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import symphony.api.crypto.CryptoContext;
import symphony.api.crypto.Envelope;
import symphony.api.crypto.SealException;
import symphony.api.event.Event;

class EnvelopePropertyTest {
    private final CryptoEngine engine = Engines.engine();

    @Property(tries = 500)
    void opensAnyEventAsItWas(
            @ForAll("events") Event event, @ForAll long idHigh, @ForAll long idLow, @ForAll("texts") String publisher) {
        var id = new UUID(idHigh, idLow);
        var context = (idLow & 1) == 0 ? CryptoContext.EVENT : CryptoContext.SCHEDULE;
        Envelope envelope = engine.seal(context, event, id, Engines.PUBLISHED, publisher);
        var opened = engine.open(context, Envelope.of(envelope.bytes().clone()));

        assertThat(envelope.topic()).isEqualTo(event.topic());
        assertThat(envelope.priority()).isEqualTo(event.priority());
        assertThat(envelope.eventId()).isEqualTo(id);
        assertThat(envelope.publisher()).isEqualTo(publisher);
        assertThat(opened.data()).isEqualTo(event.data());
        assertThat(opened.attributes()).isEqualTo(event.attributes());
        assertThat(opened.key()).isEqualTo(event.key().orElse(""));
        assertThat(envelope.expiresMillis())
                .isEqualTo(event.timeToLive()
                        .map(t -> Engines.PUBLISHED + t.toMillis())
                        .orElse(0L));
    }

    @Property(tries = 2000)
    void refusesAnyBytes(@ForAll byte[] bytes, @ForAll("cuts") int keep) {
        byte[] forged = Arrays.copyOf(Engines.seal(engine).bytes(), keep + bytes.length);
        System.arraycopy(bytes, 0, forged, keep, bytes.length);
        Throwable thrown = catchThrowable(() -> engine.open(CryptoContext.EVENT, Envelope.of(forged)));

        assertThat(thrown).isExactlyInstanceOf(SealException.class).hasMessage(SealException.MESSAGE);
        assertThat(catchThrowable(() -> engine.open(CryptoContext.MODEL, new byte[0], forged)))
                .isExactlyInstanceOf(SealException.class)
                .hasMessage(SealException.MESSAGE);
    }

    @Provide
    Arbitrary<Integer> cuts() {
        return Arbitraries.integers().between(0, 130);
    }

    @Provide
    Arbitrary<Event> events() {
        Arbitrary<String> topics = Arbitraries.of(
                "a", "orders/new", "bücher/neu", "заказы/новый", "注文/新規", "x-1/_y/$z", "𝒳/𝒴", "é".repeat(100));
        Arbitrary<Map<String, Object>> data =
                Arbitraries.maps(texts(), values()).ofMaxSize(5);
        Arbitrary<Map<String, String>> attributes =
                Arbitraries.maps(texts(), texts()).ofMaxSize(4);
        Arbitrary<String> keys = texts().filter(t -> t.length() <= 255).injectNull(0.3);
        Arbitrary<Duration> times =
                Arbitraries.longs().between(1, 1L << 50).map(Duration::ofMillis).injectNull(0.5);
        return Combinators.combine(
                        topics,
                        data,
                        attributes,
                        keys,
                        times,
                        Arbitraries.integers().between(0, 9))
                .as(EnvelopePropertyTest::event);
    }

    private static Event event(
            String topic,
            Map<String, Object> data,
            Map<String, String> attributes,
            String key,
            Duration ttl,
            int priority) {
        var event = Event.on(topic).data(data).attributes(attributes).priority(priority);
        if (key != null && !key.isEmpty()) {
            event.key(key);
        }
        if (ttl != null) {
            event.timeToLive(ttl);
        }
        return event.build();
    }

    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.oneOf(
                Arbitraries.strings().alpha().ofMaxLength(20),
                Arbitraries.of("", "ключ", "🎼", "\u0000", "a\nb", "注文"));
    }

    private static Arbitrary<Object> values() {
        return Arbitraries.oneOf(
                Arbitraries.longs().map(v -> (Object) v),
                Arbitraries.strings().ofMaxLength(10).map(v -> (Object) v),
                Arbitraries.of(true, false).map(v -> (Object) v));
    }
}
