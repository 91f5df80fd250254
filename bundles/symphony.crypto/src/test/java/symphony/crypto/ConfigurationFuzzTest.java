package symphony.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
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
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import symphony.api.crypto.CryptoContext;
import symphony.api.crypto.Envelope;
import symphony.component.StateHome;

/**
 * Whatever stands in a configuration: it is in force as a whole, or nothing of it; nothing is thrown at declarative services,
 * and events are sealed and opened as before.
 */
class ConfigurationFuzzTest {
    private static Path home;
    private static FlakyProvider provider;
    private static Crypto component;
    private static CryptoEngine engine;

    /** Sealed before any change. */
    private static Envelope first;

    /** The last settings that were good. */
    private static SealSettings settings = SealSettings.defaults();

    @BeforeContainer
    static void start() throws IOException {
        home = Files.createTempDirectory("symphony-fuzz");
        provider = FlakyProvider.install();
        component = component(Map.of());
        first = Engines.seal(engine);
    }

    @AfterContainer
    static void stop() throws IOException {
        component.deactivate();
        provider.close();
        try (var files = Files.walk(home)) {
            files.sorted((a, b) -> b.compareTo(a)).forEach(file -> file.toFile().delete());
        }
    }

    /** With the keys of the home. */
    private static Crypto component(Map<String, Object> configuration) {
        var context = (BundleContext) Proxy.newProxyInstance(
                Crypto.class.getClassLoader(), new Class<?>[] {BundleContext.class}, ConfigurationFuzzTest::context);
        var made = new Crypto(configuration, context, new TinyCodec());
        made.activate();
        engine = made.engine().orElseThrow();
        return made;
    }

    private static Object context(Object proxy, Method method, Object[] arguments) {
        if (method.getName().equals("registerService")) {
            return Proxy.newProxyInstance(
                    Crypto.class.getClassLoader(), new Class<?>[] {ServiceRegistration.class}, (p, m, a) -> null);
        }
        return StateHome.HOME.equals(arguments[0]) ? home.resolve("home").toString() : null;
    }

    @Provide
    Arbitrary<Map<String, Object>> configurations() {
        Arbitrary<String> keys = Arbitraries.of(Arrays.stream(Crypto.Config.class.getDeclaredMethods())
                .map(key -> key.getName().replace('_', '.'))
                .sorted()
                .toList());
        Arbitrary<Object> likely =
                Arbitraries.of(FlakyProvider.NAME, " SunJCE ", "64", 65_536, 1_000L, "1m", "PT2H", "1d");
        Arbitrary<Object> hostile = Arbitraries.of(
                new String[] {"5"},
                new int[] {1, 2},
                new byte[0],
                new Vector<>(List.of("1s")),
                Map.of("a", 1),
                'x',
                true,
                (short) -1,
                Double.NaN,
                Long.MIN_VALUE,
                new BigDecimal("1e1000000"),
                "",
                " ",
                "SUN",
                "PT-5S",
                "../../etc",
                "\u0000\u001b[31m",
                "9".repeat(300),
                "\ud800",
                new Object());
        Arbitrary<Object> random = Arbitraries.oneOf(
                Arbitraries.strings().ofMaxLength(12).map(text -> text),
                Arbitraries.integers().map(number -> number),
                Arbitraries.doubles().map(number -> number));
        return Arbitraries.maps(
                        keys, Arbitraries.frequencyOf(Tuple.of(6, likely), Tuple.of(2, hostile), Tuple.of(1, random)))
                .ofMaxSize(2);
    }

    @Property(tries = 500)
    void sealsAndOpensByTheLastConfigurationThatIsGood(@ForAll("configurations") Map<String, Object> configuration) {
        component.modified(configuration);
        SealSettings.KEYS.ifValid(configuration, values -> settings = SealSettings.of(values));
        assertHolds(engine, settings);
    }

    @Property(tries = 10)
    void startsWithTheDefaultOfWhatIsBad(@ForAll("configurations") Map<String, Object> configuration) {
        CryptoEngine before = engine;
        Crypto other = component(configuration);
        assertThat(engine).isNotSameAs(before);
        assertHolds(engine, SealSettings.of(SealSettings.KEYS.orDefaults(configuration)));
        other.deactivate();
        engine = before;
    }

    /** Its provider seals, and what was sealed by any opens. */
    private static void assertHolds(CryptoEngine engine, SealSettings settings) {
        int before = FlakyProvider.GIVEN.size();
        Envelope sealed = Engines.seal(engine);
        assertThat(FlakyProvider.GIVEN.size() > before)
                .isEqualTo(settings.provider().equals(FlakyProvider.NAME));
        assertThat(FlakyProvider.REPEATED).hasValue(0);
        for (Envelope envelope : List.of(first, sealed)) {
            assertThat(engine.open(CryptoContext.EVENT, envelope).key()).isEqualTo("ada");
        }
    }
}
