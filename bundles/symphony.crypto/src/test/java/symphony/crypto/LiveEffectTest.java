package symphony.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import symphony.api.crypto.CryptoContext;
import symphony.api.crypto.CryptoService.KeyState;
import symphony.api.crypto.Envelope;

/** Each key, changed while threads seal and open: what it does is done from then on, and all that was sealed opens. G11. */
@Timeout(120)
class LiveEffectTest {
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    private final HandClock clock = new HandClock();
    private final Keysets keysets = Engines.keysets(Engines.key(1, KeyState.PRIMARY, 1));
    private final CryptoEngine engine = Engines.engine(keysets, SealSettings.defaults(), clock);
    private final Map<String, Object> config = new HashMap<>();
    private final List<Thread> threads = new ArrayList<>();
    /** Events by thread. */
    private final List<AtomicLong> opened = new ArrayList<>();

    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private volatile ByteBuffer salt = ByteBuffer.allocate(0);
    private volatile boolean open = true;

    @BeforeEach
    void clear() {
        CapturedLog.LINES.clear();
    }

    @AfterEach
    void end() throws Exception {
        open = false;
        for (Thread thread : threads) {
            thread.join();
        }
        engine.close();
        assertThat(failure.get()).isNull();
    }

    /** As the component does it. */
    private boolean set(String key, Object value) {
        config.put(key, value);
        return apply(config);
    }

    private boolean apply(Map<String, Object> changed) {
        return SealSettings.KEYS.ifValid(changed, values -> engine.apply(SealSettings.of(values)));
    }

    private void refuses(String key, Object bad, String what) {
        var changed = new HashMap<>(config);
        changed.put(key, bad);
        assertThat(apply(changed)).isFalse();
        assertThat(CapturedLog.LINES)
                .filteredOn(line -> line.startsWith("WARN symphony.crypto: " + key + " is " + bad + ", " + what))
                .singleElement()
                .asString()
                .endsWith("; keeping all as it was; set it in PID symphony.crypto");
    }

    /** Threads seal events, and open them and one that was there before. */
    private void load(int number) {
        Envelope before = Engines.seal(engine);
        for (int i = 0; i < number; i++) {
            var count = new AtomicLong();
            opened.add(count);
            var thread = new Thread(() -> {
                while (open) {
                    Envelope sealed = Engines.seal(engine);
                    salt = Engines.salt(sealed);
                    Stream.of(sealed, before).forEach(this::opens);
                    count.incrementAndGet();
                }
            });
            thread.setUncaughtExceptionHandler((t, e) -> failure.set(e));
            thread.start();
            threads.add(thread);
        }
    }

    private void opens(Envelope envelope) {
        assertThat(engine.open(CryptoContext.EVENT, envelope).key()).isEqualTo("ada");
    }

    private void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + DEADLINE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(failure.get()).isNull();
            assertThat(System.nanoTime() - deadline)
                    .as("it did not come to that")
                    .isNegative();
            LockSupport.parkNanos(200_000);
        }
    }

    /** Each thread seals and opens so many more events, from begin to end. */
    private void progress(int events) {
        for (AtomicLong count : opened) {
            long begun = count.get();
            await(() -> count.get() > begun + events);
        }
    }

    @Test
    void sealsAndOpensWithTheProviderThatIsConfigured() {
        try (var provider = FlakyProvider.install()) {
            load(3);
            progress(200);
            assertThat(FlakyProvider.GIVEN).isEmpty();
            assertThat(set("provider", provider.getName())).isTrue();
            await(() -> FlakyProvider.GIVEN.size() > 200 && !FlakyProvider.OPENED.isEmpty());
            refuses("provider", "Nope", "must be the name of an installed JCA provider, as SunJCE, or empty");
            int sealed = FlakyProvider.GIVEN.size();
            await(() -> FlakyProvider.GIVEN.size() > sealed + 200);
            set("provider", "");
            progress(1); // what was begun before is over
            int last = FlakyProvider.GIVEN.size();
            progress(200);
            assertThat(FlakyProvider.GIVEN).hasSize(last);
            assertThat(FlakyProvider.REPEATED).hasValue(0);
        }
    }

    /** After a moment less than this the salt is the same, after this it is a new one. */
    private void keepsItsSaltFor(Duration time) {
        progress(2); // one that began before may end with the salt of before
        ByteBuffer first = salt;
        clock.advance(time.minusMillis(1));
        progress(200);
        assertThat(salt).isEqualTo(first);
        clock.advance(Duration.ofMillis(1));
        await(() -> !salt.equals(first));
        ByteBuffer second = salt;
        progress(200);
        assertThat(salt).isEqualTo(second);
    }

    @Test
    void aSlotKeepsItsSaltAsLongAsConfigured() {
        load(1); // one slot
        keepsItsSaltFor(Duration.ofHours(1));
        set("salt.time", "1m");
        keepsItsSaltFor(Duration.ofMinutes(1));
        set("salt.time", "1d");
        keepsItsSaltFor(Duration.ofDays(1));
        refuses("salt.time", "1s", "must be 60s to 24h");
        keepsItsSaltFor(Duration.ofDays(1));
    }

    @Test
    void asManyDerivedKeysAreKeptAsConfigured() {
        try (var provider = FlakyProvider.install()) {
            var writers = Engines.engine(keysets, SealSettings.defaults().withSealsPerSalt(1), clock);
            List<Envelope> sealed =
                    Stream.generate(() -> Engines.seal(writers)).limit(1_000).toList();
            set("provider", provider.getName());
            load(2);
            set("derived.keys", 64);
            assertThat(derivedOnceMore(sealed)).isGreaterThan(900);
            set("derived.keys", 65_536);
            assertThat(derivedOnceMore(sealed)).isLessThan(50);
            refuses("derived.keys", "many", "must be a whole number, 64 to 65536");
            assertThat(derivedOnceMore(sealed)).isLessThan(50);
            set("derived.keys", 64);
            assertThat(derivedOnceMore(sealed)).isGreaterThan(900);
        }
    }

    /** How many keys are derived for events that have been opened just before. */
    private int derivedOnceMore(List<Envelope> sealed) {
        sealed.forEach(this::opens);
        int before = FlakyProvider.OPENED.size();
        assertThat(before).isGreaterThanOrEqualTo(sealed.size());
        sealed.forEach(this::opens);
        progress(10);
        return FlakyProvider.OPENED.size() - before;
    }
}
