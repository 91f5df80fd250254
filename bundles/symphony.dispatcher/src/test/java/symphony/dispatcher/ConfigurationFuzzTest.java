package symphony.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Vector;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import symphony.api.dispatcher.PoolView;
import symphony.component.Excerpt;

/**
 * Whatever stands in a configuration, of the dispatcher or of a pool: it is in force as a whole, or nothing of it and the log
 * names each bad value; nothing is thrown at declarative services, and events are handled as before.
 */
class ConfigurationFuzzTest {
    private static final String POOL_PID = "symphony.pool~fuzz";

    private static Path storage;
    private static TestFramework framework;
    private static Bench bench;
    private static DispatcherComponent component;

    /** The last configuration of the pool that was good. */
    private static Map<String, Object> goodPool = Map.of("service.pid", POOL_PID);

    @BeforeContainer
    static void start() throws IOException, BundleException {
        storage = Files.createTempDirectory("symphony-fuzz");
        framework = new TestFramework(storage);
        Bundle own = framework.install("symphony.dispatcher", "1.0.0");
        bench = new Bench();
        bench.engine.close();
        component = new DispatcherComponent(
                own.getBundleContext(), Map.of(), bench.sealer, bench.codec, bench.timer, bench.hooked);
        component.activate();
        bench.engine = component.engine();
        bench.handle("t", delivery -> {}, "symphony.capacity", 100, "symphony.grace", "1h");
    }

    @AfterContainer
    static void stop() throws IOException {
        component.deactivate();
        bench.close();
        framework.close();
        try (var files = Files.walk(storage)) {
            files.sorted((a, b) -> b.compareTo(a)).forEach(file -> file.toFile().delete());
        }
    }

    @Provide
    Arbitrary<Map<String, Object>> configurations() {
        return maps(Arrays.stream(DispatcherComponent.Config.class.getDeclaredMethods())
                .map(key -> key.getName().replace('_', '.'))
                .sorted()
                .toList());
    }

    @Provide
    Arbitrary<Map<String, Object>> pools() {
        return maps(List.of("name", "workers", "workers.max", "virtual"));
    }

    /** As ConfigAdmin gives them: single values, arrays and vectors of text, numbers and truth values. */
    private static Arbitrary<Map<String, Object>> maps(List<String> keys) {
        Arbitrary<Object> hostile = Arbitraries.of(
                new String[] {"5"},
                new int[] {1, 2},
                new byte[0],
                new Vector<>(List.of("1s")),
                'x',
                (short) -1,
                Double.NaN,
                Float.MAX_VALUE,
                Long.MIN_VALUE,
                new BigDecimal("1e1000000"),
                "",
                " ",
                "\u0000\u001b[31m",
                "9".repeat(300),
                "PT-5S",
                "1e9",
                "default",
                "../../etc",
                "\ud800");
        Arbitrary<Object> likely = Arbitraries.of("1", 2, 3L, "4ms", "5s", "0.5", "true", false, "fuzz-pool");
        Arbitrary<Object> random = Arbitraries.oneOf(
                Arbitraries.strings().ofMaxLength(12).map(text -> (Object) text),
                Arbitraries.integers().map(number -> (Object) number),
                Arbitraries.doubles().map(number -> (Object) number));
        return Arbitraries.maps(
                        Arbitraries.of(keys),
                        Arbitraries.frequencyOf(Tuple.of(6, likely), Tuple.of(2, hostile), Tuple.of(1, random)))
                .ofMaxSize(4);
    }

    @Property(tries = 400)
    void appliesAConfigurationOfTheDispatcherOrSaysWhatIsWrongWithIt(
            @ForAll("configurations") Map<String, Object> configuration) {
        DispatcherSettings before = bench.engine.settings();
        CapturedLog.clear();
        component.modified(configuration);
        if (saysWhatIsWrong("symphony.dispatcher", configuration)) {
            assertThat(bench.engine.settings()).isEqualTo(before);
        } else {
            assertThat(bench.engine.settings())
                    .isEqualTo(DispatcherSettings.of(DispatcherEngine.SETTINGS.orDefaults(configuration)));
        }
        assertHandles();
    }

    @Property(tries = 300)
    void makesAPoolOrSaysWhatIsWrongWithIt(@ForAll("pools") Map<String, Object> keys) {
        var configuration = new HashMap<String, Object>(keys);
        configuration.put("service.pid", POOL_PID);
        // when it changes
        var pool = new PoolComponent(goodPool, component);
        CapturedLog.clear();
        pool.modified(configuration);
        if (!saysWhatIsWrong(POOL_PID, keys)) {
            goodPool = Map.copyOf(configuration);
        }
        assertPool(goodPool);
        pool.deactivate();
        assertThat(namedPools()).isEmpty();
        // when it comes
        var other = new PoolComponent(configuration, component);
        assertThat(namedPools()).hasSize(1);
        other.deactivate();
        assertHandles();
    }

    private static void assertPool(Map<String, Object> configuration) {
        Object name = configuration.getOrDefault("name", "");
        assertThat(namedPools())
                .extracting(PoolView::name)
                .containsExactly(
                        name.toString().isBlank() ? "fuzz" : name.toString().strip());
    }

    private static List<PoolView> namedPools() {
        return bench.engine.stats().pools().stream()
                .filter(pool -> !pool.name().equals("default"))
                .toList();
    }

    /** Whether the change was refused: then for each bad value there is one line that names it, and none for the others. */
    private static boolean saysWhatIsWrong(String pid, Map<String, Object> configuration) {
        List<String> refusals = CapturedLog.lines().stream()
                .filter(line -> line.contains("; keeping all as it was; set it in PID " + pid))
                .toList();
        boolean applied = CapturedLog.lines().stream()
                .anyMatch(line -> line.startsWith("INFO " + pid + ": configuration is now "));
        assertThat(applied).as("%s", CapturedLog.lines()).isEqualTo(refusals.isEmpty());
        var named = new ArrayList<String>();
        configuration.forEach((key, value) -> {
            String shown = Excerpt.of(value, 80);
            String begin = "WARN " + pid + ": " + key + " is " + (shown.isEmpty() ? "empty" : shown) + ", must be ";
            refusals.stream().filter(line -> line.startsWith(begin)).forEach(named::add);
        });
        assertThat(named).containsExactlyInAnyOrderElementsOf(refusals);
        return !refusals.isEmpty();
    }

    private static void assertHandles() {
        long handled = bench.stats("acme/handler").handled();
        bench.publish("t").orThrow();
        Bench.await(() -> bench.stats("acme/handler").handled() == handled + 1);
        assertThat(bench.view("acme/handler").failures()).isZero();
    }
}
