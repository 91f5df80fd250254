package symphony.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import symphony.api.crypto.CryptoContext;
import symphony.api.crypto.CryptoService.KeyState;
import symphony.api.crypto.Envelope;
import symphony.api.crypto.OpenEvent;
import symphony.api.crypto.SealException;
import symphony.api.event.Event;

class EnvelopeTest {
    private final TinyCodec codec = new TinyCodec();
    private final CryptoEngine engine = CryptoEngine.ephemeral(codec);

    @Test
    void opensWhatItSealed() {
        Envelope envelope = Engines.seal(engine);
        OpenEvent opened = engine.open(CryptoContext.EVENT, envelope);

        assertThat(opened.data()).containsExactly(Map.entry("amount", 12L), Map.entry("customer", "ada"));
        assertThat(opened.attributes()).containsExactly(Map.entry("traceparent", "00-ab-cd-01"));
        assertThat(opened.key()).isEqualTo("ada");
        assertThat(envelope.topic()).isEqualTo("orders/new");
        assertThat(envelope.publisher()).isEqualTo(Engines.PUBLISHER);
        assertThat(envelope.schema()).isEmpty();
        assertThat(envelope.eventId()).isEqualTo(Engines.ID);
        assertThat(envelope.publishedMillis()).isEqualTo(Engines.PUBLISHED);
        assertThat(envelope.expiresMillis()).isZero();
        assertThat(envelope.priority()).isEqualTo(3);
        assertThat(envelope.keyId()).isEqualTo(1);
        assertThat(envelope.suite()).isEqualTo(Envelope.SUITE_AES_256_GCM);
    }

    @Test
    void showsNothingOfDataAttributesAndKey() {
        var event = Event.on("a/b")
                .with("secretname", "secretvalue")
                .attribute("secretattr", "secretattrvalue")
                .key("secretkey");
        byte[] bytes = Engines.seal(engine, event.build()).bytes();

        assertThat(new String(bytes, StandardCharsets.ISO_8859_1)).doesNotContain("secret", "s\0e\0c\0r\0e\0t");
        assertThat(engine.toString() + engine.keys() + engine.open(CryptoContext.EVENT, Envelope.of(bytes)))
                .doesNotContain("secret");
    }

    @Test
    void readsDataOnceAndOnlyWhenAsked() {
        OpenEvent opened = engine.open(CryptoContext.EVENT, Engines.seal(engine));

        assertThat(codec.decoded).hasValue(0);
        assertThat(opened.data()).isSameAs(opened.data());
        assertThat(opened.attributes()).isSameAs(opened.attributes());
        assertThat(codec.decoded).hasValue(1);
    }

    @Test
    @Timeout(120)
    void givesAllThreadsTheSameData() throws Exception {
        int threads = 4;
        var pool = Executors.newFixedThreadPool(threads);
        try {
            for (int round = 0; round < 200; round++) {
                OpenEvent opened = engine.open(CryptoContext.EVENT, Engines.seal(engine));
                var barrier = new CyclicBarrier(threads);
                Callable<Map<String, Object>> task = () -> {
                    barrier.await(60, TimeUnit.SECONDS);
                    return opened.data();
                };
                var all = pool.invokeAll(Collections.nCopies(threads, task));
                for (var one : all) {
                    assertThat(one.get()).isSameAs(opened.data());
                }
            }
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void readsASingleValueAsItsType() {
        Envelope envelope = Engines.seal(engine, Event.on("a").data("hello").build());

        assertThat(engine.open(CryptoContext.EVENT, envelope).as(String.class)).isEqualTo("hello");
    }

    @Test
    void refusesEverySingleFlippedBitAlike() {
        byte[] bytes = Engines.seal(engine).bytes();
        for (int bit = 0; bit < bytes.length * Byte.SIZE; bit++) {
            byte[] flipped = bytes.clone();
            flipped[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
            assertRefused(engine, flipped);
        }
    }

    @Test
    void refusesEveryTruncationAlike() {
        byte[] bytes = Engines.seal(engine).bytes();
        for (int length = 0; length < bytes.length; length++) {
            assertRefused(engine, Arrays.copyOf(bytes, length));
            assertRefused(engine, Arrays.copyOfRange(bytes, bytes.length - length, bytes.length));
        }
    }

    @Test
    void refusesATruncationWithAFittingLength() {
        Envelope envelope = Engines.seal(engine);
        int payload = envelope.size() - envelope.headerSize() - Envelope.TAG_BYTES;
        for (int less = 1; less <= payload; less++) {
            byte[] cut = Arrays.copyOf(envelope.bytes(), envelope.size() - less);
            ByteBuffer.wrap(cut).putInt(envelope.headerSize() - Integer.BYTES, payload - less);
            assertRefused(engine, cut);
        }
    }

    @Test
    void refusesAnAppendedByte() {
        Envelope envelope = Engines.seal(engine);
        byte[] longer = Arrays.copyOf(envelope.bytes(), envelope.size() + 1);
        assertRefused(engine, longer.clone());

        int payload = envelope.size() - envelope.headerSize() - Envelope.TAG_BYTES;
        ByteBuffer.wrap(longer).putInt(envelope.headerSize() - Integer.BYTES, payload + 1);
        assertRefused(engine, longer);
    }

    @ParameterizedTest
    @CsvSource({"104, 0", "96, 1", "88, 1", "72, 0", "107, 120", "119, 120", "8, 2"})
    void refusesAHeaderThatWasRewritten(int at, byte value) {
        byte[] bytes = Engines.seal(engine).bytes().clone();
        assertThat(bytes[at]).isNotEqualTo(value);
        bytes[at] = value;

        assertRefused(engine, bytes);
    }

    @Test
    void refusesPayloadUnderTheHeaderOfAnotherEvent() {
        byte[] one = Engines.seal(engine).bytes();
        byte[] other = Engines.seal(
                        engine,
                        Event.on("orders/old")
                                .with("amount", 12L)
                                .with("customer", "ada")
                                .attribute("traceparent", "00-ab-cd-01")
                                .key("ada")
                                .build())
                .bytes();
        byte[] mixed = one.clone();
        int header = Envelope.of(one).headerSize();
        System.arraycopy(other, header, mixed, header, other.length - header);

        assertRefused(engine, mixed);
    }

    @Test
    void refusesTheOtherContext() {
        Envelope event = Engines.seal(engine);
        Envelope schedule =
                engine.seal(CryptoContext.SCHEDULE, Engines.event(), Engines.ID, Engines.PUBLISHED, Engines.PUBLISHER);

        assertThat(engine.open(CryptoContext.SCHEDULE, schedule).key()).isEqualTo("ada");
        assertSealException(catchThrowable(() -> engine.open(CryptoContext.SCHEDULE, event)));
        assertSealException(catchThrowable(() -> engine.open(CryptoContext.EVENT, schedule)));
        assertSealException(catchThrowable(() -> engine.reopen(CryptoContext.EVENT, schedule)));
    }

    @Test
    void refusesTheOtherContextEvenWhereItsKeyHasTheSameBytes() {
        var keysets = Engines.keysets(Engines.key(1, KeyState.PRIMARY, 9));
        byte[] bytes = Engines.seal(Engines.engine(keysets)).bytes().clone();
        bytes[Envelope.CONTEXT_AT] = (byte) CryptoContext.SCHEDULE.code();

        assertSealException(
                catchThrowable(() -> Engines.engine(keysets).open(CryptoContext.SCHEDULE, Envelope.of(bytes))));
    }

    @ParameterizedTest
    @EnumSource(
            value = CryptoContext.class,
            names = {"EVENT", "SCHEDULE"},
            mode = EnumSource.Mode.EXCLUDE)
    void sealsEventsForEventAndScheduleOnly(CryptoContext context) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> engine.seal(context, Engines.event(), Engines.ID, 1, "p"))
                .withMessageContaining(context.name());
    }

    @ParameterizedTest
    @EnumSource(KeyState.class)
    void opensAsTheStateOfTheKeyAllows(KeyState state) {
        Envelope envelope = Engines.seal(Engines.engine(Engines.keysets(Engines.key(1, KeyState.PRIMARY, 1))));
        var later = Engines.engine(
                state == KeyState.PRIMARY
                        ? Engines.keysets(Engines.key(1, state, 1))
                        : Engines.keysets(Engines.key(1, state, 1), Engines.key(2, KeyState.PRIMARY, 2)));

        Throwable thrown = catchThrowable(() -> later.open(CryptoContext.EVENT, envelope));
        if (state == KeyState.PRIMARY || state == KeyState.ENABLED) {
            assertThat(thrown).isNull();
        } else {
            assertSealException(thrown);
        }
    }

    @Test
    void refusesAnUnknownKey() {
        Envelope envelope = Engines.seal(Engines.engine(Engines.keysets(Engines.key(7, KeyState.PRIMARY, 1))));
        var other = Engines.engine(Engines.keysets(Engines.key(8, KeyState.PRIMARY, 1)));

        assertSealException(catchThrowable(() -> other.open(CryptoContext.EVENT, envelope)));
    }

    @Test
    void refusesAnotherKeyOfTheSameIdByItsCommitment() throws Exception {
        Envelope envelope = Engines.seal(Engines.engine(Engines.keysets(Engines.key(1, KeyState.PRIMARY, 1))));
        var other = Engines.keysets(Engines.key(1, KeyState.PRIMARY, 2));

        assertSealException(catchThrowable(() -> Engines.engine(other).open(CryptoContext.EVENT, envelope)));
        var message = Message.ofEnvelope(envelope.bytes(), envelope.headerSize());
        assertThatExceptionOfType(NotOpenedException.class)
                .isThrownBy(() -> new DerivedKeys(64).get(other.primary(CryptoContext.EVENT), message))
                .satisfies(e -> assertThat(e.failure()).isEqualTo(OpenFailure.COMMITMENT));
    }

    @Test
    void keepsKeyIdsBeyondTheSignedRange() {
        var keysets = Engines.keysets(Engines.key(0xffff_fffe, KeyState.PRIMARY, 1));
        Envelope envelope = Engines.seal(Engines.engine(keysets));

        assertThat(Integer.toUnsignedLong(envelope.keyId())).isEqualTo(4_294_967_294L);
        assertThat(Engines.engine(keysets).open(CryptoContext.EVENT, envelope).key())
                .isEqualTo("ada");
    }

    @Test
    void expiresAfterTheTimeToLiveAndNeverOverflows() {
        assertThat(expiry(1000, Duration.ofMillis(5))).isEqualTo(1005);
        assertThat(expiry(1000, Duration.ofSeconds(Long.MAX_VALUE, 999_999_999)))
                .isEqualTo(Long.MAX_VALUE);
        assertThat(expiry(1000, Duration.ofMillis(Long.MAX_VALUE))).isEqualTo(Long.MAX_VALUE);
        assertThat(expiry(Long.MAX_VALUE, Duration.ofMillis(1))).isEqualTo(Long.MAX_VALUE);
        assertThat(expiry(-5, Duration.ofMillis(5))).as("0 would be for ever").isEqualTo(1);
    }

    private long expiry(long publishedMillis, Duration timeToLive) {
        var event = Event.on("a").timeToLive(timeToLive).build();
        return engine.seal(CryptoContext.EVENT, event, Engines.ID, publishedMillis, "p")
                .expiresMillis();
    }

    @Test
    void putsTheEventTogetherAgain() {
        var clock = new HandClock();
        var clocked = CryptoEngine.ephemeral(codec, clock);
        var original = Event.on("bücher/neu")
                .with("a", 1L)
                .priority(9)
                .key("k")
                .attribute("x", "y")
                .timeToLive(Duration.ofSeconds(10))
                .build();
        var envelope = clocked.seal(CryptoContext.SCHEDULE, original, Engines.ID, clock.millis(), "p");
        clock.advance(Duration.ofSeconds(4));

        Event event = clocked.reopen(CryptoContext.SCHEDULE, envelope);
        assertThat(event.topic()).isEqualTo("bücher/neu");
        assertThat(event.data()).isEqualTo(Map.of("a", 1L));
        assertThat(event.priority()).isEqualTo(9);
        assertThat(event.id()).contains(Engines.ID);
        assertThat(event.key()).contains("k");
        assertThat(event.attributes()).isEqualTo(Map.of("x", "y"));
        assertThat(event.timeToLive()).contains(Duration.ofSeconds(6));

        clock.advance(Duration.ofHours(1));
        assertThat(clocked.reopen(CryptoContext.SCHEDULE, envelope).timeToLive())
                .contains(Duration.ofMillis(1));
    }

    @Test
    void putsABareEventTogetherAgain() {
        Event event = engine.reopen(
                CryptoContext.EVENT, Engines.seal(engine, Event.on("a").build()));

        assertThat(event.key()).isEmpty();
        assertThat(event.timeToLive()).isEmpty();
        assertThat(event.attributes()).isEmpty();
        assertThat(event.priority()).isEqualTo(Event.DEFAULT_PRIORITY);
    }

    @Test
    void takesTheLongestHeader() {
        String topic = "é".repeat(127) + "x";
        String publisher = "p".repeat(255);
        var envelope =
                engine.seal(CryptoContext.EVENT, Event.on(topic).build(), new UUID(-1, -1), Long.MAX_VALUE, publisher);

        engine.open(CryptoContext.EVENT, envelope);
        assertThat(envelope.topic()).isEqualTo(topic);
        assertThat(envelope.publisher()).isEqualTo(publisher);
    }

    @Test
    void refusesAPublisherThatIsTooLongOrNoText() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> engine.seal(CryptoContext.EVENT, Engines.event(), Engines.ID, 1, "é".repeat(128)))
                .withMessage("publisher has 256 bytes in UTF-8, at most 255 are allowed");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> engine.seal(CryptoContext.EVENT, Engines.event(), Engines.ID, 1, "a\ud800b"))
                .withMessageContaining("half a surrogate pair at position 1");
    }

    @Test
    void refusesAttributesThatAreTooLargeOrNoText() {
        var tooLarge =
                Event.on("a/b").attribute("n", "v".repeat(65_528)).key("k").build();
        var fits = Event.on("a/b").attribute("n", "v".repeat(65_527)).key("k").build();
        var noText = Event.on("a/b").attribute("n", "\udc00").build();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> Engines.seal(engine, tooLarge))
                .withMessage("event on a/b: key and attributes have 65536 bytes, at most 65535 are allowed; "
                        + "move some into the data");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Engines.seal(engine, noText))
                .withMessageContaining("event on a/b: attribute has half a surrogate pair");
        assertThat(engine.open(CryptoContext.EVENT, Engines.seal(engine, fits))
                        .attributes()
                        .get("n"))
                .hasSize(65_527);
    }

    @Test
    void refusesAPayloadThatNoneOfUsWrote() {
        byte[][] payloads = {
            {}, {0}, {0, 1}, {0, 2, 0}, {0, 1, 0}, {0, 2, 0, 5}, {0, 4, 0, 0, 0, 0}, {(byte) 0xff, (byte) 0xff, 0}
        };
        for (byte[] payload : payloads) {
            assertThatExceptionOfType(NotOpenedException.class)
                    .as(Arrays.toString(payload))
                    .isThrownBy(() -> new Payload(codec, payload));
        }
    }

    @Test
    void hashesOrderKeys() {
        var keysets = Engines.keysets(Engines.key(1, KeyState.PRIMARY, 1));
        var rotated = Engines.keysets(Engines.key(1, KeyState.DESTROYED, 0), Engines.key(2, KeyState.PRIMARY, 2));
        long hash = Engines.engine(keysets).orderKey("ada");

        assertThat(hash).isNotZero().isEqualTo(Engines.engine(rotated).orderKey("ada"));
        assertThat(hash).isNotEqualTo(Engines.engine(keysets).orderKey("bob"));
        assertThat(hash).as("keyed").isNotEqualTo(engine.orderKey("ada"));
        assertThat(engine.orderKey("")).isNotZero();
    }

    static void assertRefused(CryptoEngine engine, byte[] bytes) {
        assertSealException(catchThrowable(() -> engine.open(CryptoContext.EVENT, Envelope.of(bytes))));
    }

    static void assertSealException(Throwable thrown) {
        assertThat(thrown)
                .isExactlyInstanceOf(SealException.class)
                .hasMessage(SealException.MESSAGE)
                .hasNoCause();
        assertThat(thrown.getSuppressed()).isEmpty();
    }
}
