package symphony.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;

/** The component under changed configurations, good and bad: G11. */
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConfigurationTest {
    private TestFramework framework;
    private Bundle own;
    private Bundle orders;
    private Bench bench;
    private DispatcherComponent component;

    @BeforeAll
    void startFramework(@TempDir Path storage) throws BundleException {
        framework = new TestFramework(storage);
        own = framework.install("symphony.dispatcher", "1.0.0");
        orders = framework.install("orders", "1.0.0");
    }

    @AfterAll
    void stopFramework() {
        framework.close();
    }

    @BeforeEach
    void activate() {
        bench = new Bench();
        bench.engine.close();
        component = make(Map.of());
        component.activate();
        bench.engine = component.engine();
    }

    private DispatcherComponent make(Map<String, ?> config) {
        return new DispatcherComponent(
                own.getBundleContext(), config, bench.sealer, bench.codec, bench.timer, bench.hooked);
    }

    @AfterEach
    void deactivate() {
        component.deactivate();
        bench.close();
    }

    /** Each key, its values that are just good enough, and some that are not. */
    static Stream<Arguments> keys() {
        return Stream.of(
                arguments("workers", new Object[] {0, 1024}, new Object[] {-1, 1025, "many", 1.5, ""}),
                arguments("workers.max", new Object[] {1, "4096"}, new Object[] {0, 4097, "all"}),
                arguments("spare.idle", new Object[] {"1ms", "1h"}, new Object[] {"0", "3601s", "-1s", "soon"}),
                arguments("watch.interval", new Object[] {"1ms", "10s"}, new Object[] {"0ms", "10001ms"}),
                arguments("fair", new Object[] {"1ms", "1m"}, new Object[] {"0s", "61s", "fair"}),
                arguments("batch", new Object[] {1, 10_000L}, new Object[] {0, 10_001, Long.MAX_VALUE}),
                arguments("subscriptions.max", new Object[] {1, 10_000_000}, new Object[] {0, 10_000_001}),
                arguments("time.limit", new Object[] {"1ms", "365d"}, new Object[] {"0", "366d"}),
                arguments("attempts", new Object[] {1, 1000}, new Object[] {0, 1001, "2 or 3"}),
                arguments("backoff", new Object[] {"0s", "1d"}, new Object[] {"-1ms", "25h"}),
                arguments("backoff.max", new Object[] {"1ms", "1d"}, new Object[] {"0ms", "2d"}),
                arguments("capacity", new Object[] {1, 10_000_000}, new Object[] {0, 10_000_001, -5}),
                arguments("grace", new Object[] {"0s", "365d"}, new Object[] {"-1s", "366d"}),
                arguments("quarantine.overruns", new Object[] {0, 100_000}, new Object[] {-1, 100_001}),
                arguments("quarantine.failures", new Object[] {0, 100_000}, new Object[] {-1, "many"}),
                arguments("quarantine.rate", new Object[] {0.01, 1}, new Object[] {-0.1, 1.1, "NaN", "half"}),
                arguments("quarantine.window", new Object[] {10, 10_000}, new Object[] {9, 10_001}),
                arguments("quarantine.wait", new Object[] {"1ms", "1d"}, new Object[] {"0", "25h"}),
                arguments("quarantine.wait.max", new Object[] {"1ms", "1d"}, new Object[] {"0", "25h"}),
                arguments("duplicates.window", new Object[] {"1ms", "365d"}, new Object[] {"-1s", "366d", "twice"}),
                arguments("departure.deadline", new Object[] {"0s", "10m"}, new Object[] {"-1s", "601s"}),
                arguments("stop.deadline", new Object[] {"0s", "10m"}, new Object[] {"-1s", "11m"}));
    }

    /** A configuration that differs from the defaults in each key. */
    private static Map<String, Object> good() {
        return new HashMap<>(Map.ofEntries(
                Map.entry("workers", 3),
                Map.entry("workers.max", 7),
                Map.entry("spare.idle", "2s"),
                Map.entry("watch.interval", "15ms"),
                Map.entry("fair", "90ms"),
                Map.entry("batch", 11),
                Map.entry("subscriptions.max", 1234),
                Map.entry("time.limit", "9s"),
                Map.entry("attempts", 2),
                Map.entry("backoff", "5ms"),
                Map.entry("backoff.max", "6s"),
                Map.entry("capacity", 77),
                Map.entry("grace", "8s"),
                Map.entry("quarantine.overruns", 4),
                Map.entry("quarantine.failures", 6),
                Map.entry("quarantine.rate", 0.5),
                Map.entry("quarantine.window", 20),
                Map.entry("quarantine.wait", "3s"),
                Map.entry("quarantine.wait.max", "4m"),
                Map.entry("duplicates.window", "3m"),
                Map.entry("departure.deadline", "400ms"),
                Map.entry("stop.deadline", "700ms")));
    }

    private DispatcherSettings settings() {
        return component.engine().settings();
    }

    @Test
    void knowsEachKeyThatItDocuments() {
        var documented = Stream.of(DispatcherComponent.Config.class.getDeclaredMethods())
                .map(method -> method.getName().replace('_', '.'));
        assertThat(documented)
                .containsExactlyInAnyOrderElementsOf(
                        keys().map(key -> (String) key.get()[0]).toList());
        assertThat(good()).hasSize((int) keys().count());
    }

    @ParameterizedTest
    @MethodSource("keys")
    void appliesEachKeyToTheEndsOfItsRange(String key, Object[] good, Object[] bad) {
        DispatcherSettings before = settings();
        for (Object value : good) {
            component.modified(Map.of(key, value));
            DispatcherSettings after = settings();
            component.modified(Map.of());
            assertThat(settings()).as("the defaults again").isEqualTo(before);
            boolean isDefault = key.equals("workers") && value.equals(0);
            assertThat(after.equals(before)).as(key + " = " + value).isEqualTo(isDefault);
        }
    }

    @ParameterizedTest
    @MethodSource("keys")
    void keepsTheLastGoodOneAsAWholeWhenOneValueIsBad(String key, Object[] good, Object[] bad) throws Exception {
        // given: a configuration in force, a handler, a call that runs and an event that waits
        component.modified(good());
        DispatcherSettings inForce = settings();
        var gate = new Gate();
        var handled = new AtomicInteger();
        var registration = TestFramework.register(
                orders,
                delivery -> {
                    gate.pass();
                    handled.incrementAndGet();
                },
                "symphony.topics",
                "t",
                "symphony.subscription",
                "s");
        bench.publish("t");
        bench.publish("t");
        gate.awaitEntered();
        for (Object value : bad) {
            // when: all else is good and different
            var changed = new HashMap<String, Object>(Map.of("attempts", 9, "capacity", 5, "batch", 2, "grace", "1s"));
            changed.put(key, value);
            component.modified(changed);
            // then
            assertThat(settings()).as(key + " = " + value).isEqualTo(inForce);
            assertThat(bench.view("orders/s").queue().capacity()).isEqualTo(77);
        }
        gate.open();
        bench.publish("t").orThrow();
        Bench.await(() -> handled.get() == 3);
        assertThat(bench.engine.stats().running()).isTrue();
        assertThat(bench.engine.handlers()).hasSize(1);
        registration.unregister();
    }

    @ParameterizedTest
    @MethodSource("keys")
    void startsWithTheDefaultOfWhatIsBad(String key, Object[] good, Object[] bad) {
        DispatcherSettings defaults = settings();
        for (Object value : bad) {
            var started = make(Map.of(key, value));
            assertThat(started.engine().settings()).as(key + " = " + value).isEqualTo(defaults);
            started.deactivate();
        }
    }

    @Test
    void changesWhatRunsWithoutRestartingIt() throws Exception {
        var calls = new AtomicInteger();
        var registration = TestFramework.register(
                orders, delivery -> calls.incrementAndGet(), "symphony.topics", "t", "symphony.subscription", "s");
        assertThat(bench.view("orders/s").queue().capacity()).isEqualTo(10_000);
        DispatcherEngine before = component.engine();
        component.modified(good());
        assertThat(component.engine()).isSameAs(before);
        assertThat(bench.view("orders/s").queue().capacity()).isEqualTo(77);
        assertThat(bench.engine.stats().pools().get(0).workers()).isEqualTo(3);
        bench.publish("t");
        Bench.await(() -> calls.get() == 1);
        registration.unregister();
    }

    @Test
    void leavesRoomForThreadsThatStandInWhateverTheMachineHas() {
        assertThat(PoolSettings.perCore(2, 64)).isEqualTo(2);
        assertThat(PoolSettings.perCore(32, 64)).isEqualTo(32);
        assertThat(PoolSettings.perCore(33, 64)).isEqualTo(32);
        assertThat(PoolSettings.perCore(63, 64)).isEqualTo(32);
        assertThat(PoolSettings.perCore(64, 64)).isEqualTo(32);
        assertThat(PoolSettings.perCore(8, 1)).isEqualTo(1);
    }
}
