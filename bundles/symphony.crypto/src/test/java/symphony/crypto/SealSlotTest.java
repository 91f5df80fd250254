package symphony.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import symphony.api.crypto.CryptoContext;
import symphony.api.crypto.CryptoService.KeyState;
import symphony.api.crypto.Envelope;

class SealSlotTest {
    private final HandClock clock = new HandClock();
    private final Keysets keysets = Engines.keysets(Engines.key(1, KeyState.PRIMARY, 1));

    private CryptoEngine engine(SealSettings settings) {
        return Engines.engine(keysets, settings, clock);
    }

    @Test
    void countsNoncesUpWithinASalt() {
        var engine = engine(SealSettings.defaults());
        for (long n = 0; n < 5; n++) {
            var in = ByteBuffer.wrap(Engines.seal(engine).bytes());
            assertThat(in.getInt(Envelope.NONCE_AT)).isZero();
            assertThat(in.getLong(Envelope.NONCE_AT + Integer.BYTES)).isEqualTo(n);
        }
    }

    @Test
    void drawsANewSaltAtItsLimitOfSeals() {
        var engine = engine(SealSettings.defaults().withSealsPerSalt(3));
        var seen = new HashSet<ByteBuffer>();
        var salts = new ArrayList<ByteBuffer>();
        for (int i = 0; i < 9; i++) {
            Envelope envelope = Engines.seal(engine);
            assertThat(seen.add(Engines.saltAndNonce(envelope))).isTrue();
            salts.add(Engines.salt(envelope));
            engine.open(CryptoContext.EVENT, envelope);
        }

        assertThat(new HashSet<>(salts)).hasSize(3);
        assertThat(new HashSet<>(salts.subList(0, 3))).hasSize(1);
    }

    @Test
    void drawsANewSaltAfterAnHourAndWhenTheClockGoesBack() {
        var engine = engine(SealSettings.defaults());
        var first = Engines.salt(Engines.seal(engine));
        clock.advance(Duration.ofHours(1).minusMillis(1));
        assertThat(Engines.salt(Engines.seal(engine))).isEqualTo(first);

        clock.advance(Duration.ofMillis(1));
        var second = Engines.salt(Engines.seal(engine));
        assertThat(second).isNotEqualTo(first);

        clock.advance(Duration.ofHours(-3));
        assertThat(Engines.salt(Engines.seal(engine))).isNotIn(first, second);
    }

    @Test
    void drawsANewSaltForANewKeyAndForNewSettings() {
        var slot = new SealSlot(SealSettings.defaults(), new SecureRandom(), new DerivedKeys(64));
        var one = seal(slot, Engines.key(1, KeyState.PRIMARY, 1));
        var two = seal(slot, Engines.key(2, KeyState.PRIMARY, 2));
        assertThat(one.keyId()).isEqualTo(1);
        assertThat(two.keyId()).isEqualTo(2);
        assertThat(one.salt()).isNotEqualTo(two.salt());

        var engine = engine(SealSettings.defaults());
        Envelope before = Engines.seal(engine);
        engine.apply(SealSettings.defaults());
        assertThat(Engines.salt(Engines.seal(engine))).isNotEqualTo(Engines.salt(before));
        engine.open(CryptoContext.EVENT, before);
    }

    private static Message seal(SealSlot slot, KeysetKey key) {
        var message = SealedBytes.layOut(
                new AesGcmSuite(Engines.keysets(key), SealSettings.defaults(), new HandClock(), new SecureRandom()),
                CryptoContext.EVENT,
                new byte[0],
                new byte[3]);
        slot.seal(key, 0, message);
        return message;
    }

    @Test
    @Timeout(120)
    void neverRepeatsSaltAndNonceUnderManyThreads() throws Exception {
        int threads = 24;
        int each = 4000;
        var engine = engine(SealSettings.defaults().withSealsPerSalt(1000));
        var pool = Executors.newFixedThreadPool(threads);
        try {
            Callable<List<ByteBuffer>> task = () -> {
                var made = new ArrayList<ByteBuffer>(each);
                for (int i = 0; i < each; i++) {
                    made.add(Engines.saltAndNonce(Engines.seal(engine)));
                }
                return made;
            };
            Set<ByteBuffer> seen = new HashSet<>();
            for (var made : pool.invokeAll(Collections.nCopies(threads, task))) {
                seen.addAll(made.get());
            }
            assertThat(seen.size()).isEqualTo(threads * each);
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void neverRepeatsANonceAfterAFailureInTheMiddle() {
        try (var provider = FlakyProvider.install()) {
            var engine = engine(new SealSettings(provider.getName(), 3_600_000, 1L << 31, 64, 0));
            Engines.seal(engine);
            for (int i = 0; i < 10; i++) {
                FlakyProvider.FAILS.set(true);
                assertThatIllegalStateException()
                        .isThrownBy(() -> Engines.seal(engine))
                        .withMessageContaining("Flaky cannot encrypt");
                FlakyProvider.FAILS.set(false);
                engine.open(CryptoContext.EVENT, Engines.seal(engine));
            }

            assertThat(FlakyProvider.GIVEN).hasSize(21);
            assertThat(FlakyProvider.REPEATED).hasValue(0);
            assertThat(engine.cipher()).isEqualTo("AES-256-GCM (Flaky)");
        }
    }

    @Test
    void refusesAlikeWhenTheProviderFails() {
        try (var provider = FlakyProvider.install()) {
            var engine = engine(new SealSettings(provider.getName(), 3_600_000, 1L << 31, 64, 0));
            Envelope envelope = Engines.seal(engine);
            FlakyProvider.FAILS.set(true);

            EnvelopeTest.assertSealException(catchThrowable(() -> engine.open(CryptoContext.EVENT, envelope)));
        }
    }

    @Test
    void saysWhatAProviderMustBe() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> GcmCipher.of("Nope"))
                .withMessage("must be the name of an installed JCA provider, as SunJCE, or empty");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> GcmCipher.of("SunRsaSign"))
                .withMessage("must be a JCA provider that has AES/GCM/NoPadding, as SunJCE");
    }
}
