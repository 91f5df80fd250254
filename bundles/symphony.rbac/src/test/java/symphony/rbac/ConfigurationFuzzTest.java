package symphony.rbac;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

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
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceFactory;
import org.osgi.framework.ServiceRegistration;
import symphony.api.rbac.AccessControl;
import symphony.api.rbac.AccessUndecidedException;
import symphony.api.rbac.Permission;

/**
 * Whatever stands in a configuration: it is in force as a whole, or nothing of it; nothing is thrown at declarative services,
 * and what was granted and denied stays so, since no file with another policy is there.
 */
class ConfigurationFuzzTest {
    private static final Permission GRANTED = Permission.of("event:publish:granted");
    private static final Permission OTHER = Permission.of("event:publish:other");

    private static Path home;
    private static Rbac component;
    private static RbacEngine engine;

    /** The last settings that were good. */
    private static RbacSettings settings = RbacSettings.of(RbacSettings.KEYS.orDefaults(Map.of()));

    @BeforeContainer
    static void start() throws IOException {
        home = Files.createTempDirectory("symphony-fuzz");
        PolicyFileTest.write(
                home.resolve("policy.json"), Policies.json(Policies.textGranting("event:publish:granted")));
        component = component(Map.of());
    }

    @AfterContainer
    static void stop() throws IOException {
        component.deactivate();
        Files.delete(home.resolve("policy.json"));
        Files.delete(home);
    }

    private static Rbac component(Map<String, Object> configuration) {
        var context = (BundleContext) Proxy.newProxyInstance(
                Rbac.class.getClassLoader(), new Class<?>[] {BundleContext.class}, ConfigurationFuzzTest::context);
        var made = new Rbac(configuration, context);
        made.activate();
        return made;
    }

    private static Object context(Object proxy, Method method, Object[] arguments) {
        return switch (method.getName()) {
            case "getProperty" -> "symphony.home".equals(arguments[0]) ? home.toString() : null;
            case "getBundles" -> new Bundle[0];
            case "getBundle" -> systemBundle();
            default -> {
                if (arguments[0] == AccessControl.class) {
                    engine = (RbacEngine) ((ServiceFactory<?>) arguments[1]).getService(systemBundle(), null);
                }
                yield Proxy.newProxyInstance(
                        Rbac.class.getClassLoader(), new Class<?>[] {ServiceRegistration.class}, (p, m, a) -> null);
            }
        };
    }

    /** It is none of our parts, and gets the engine as it is. */
    private static Bundle systemBundle() {
        return (Bundle) Proxy.newProxyInstance(
                Rbac.class.getClassLoader(), new Class<?>[] {Bundle.class}, (p, m, a) -> "system.bundle");
    }

    @Provide
    Arbitrary<Map<String, Object>> configurations() {
        Arbitrary<String> keys = Arbitraries.of(Arrays.stream(Rbac.Config.class.getDeclaredMethods())
                .map(key -> key.getName().replace('_', '.'))
                .sorted()
                .toList());
        Arbitrary<Object> likely = Arbitraries.of(
                "policy.json", "sub/other.json", "/nowhere.json", "64", 1_000, 1_000L, "1s", "100ms", "1h");
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
                ".json",
                "/",
                "..",
                "../../x.json",
                "\u0000.json",
                "PT-5S",
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
                .ofMaxSize(3);
    }

    @Property(tries = 500)
    void decidesAsBeforeByTheLastConfigurationThatIsGood(@ForAll("configurations") Map<String, Object> configuration) {
        component.modified(configuration);
        RbacSettings.KEYS.ifValid(configuration, values -> settings = RbacSettings.of(values));
        assertHolds(engine, settings, true);
    }

    @Property(tries = 30)
    void startsWithTheDefaultOfWhatIsBad(@ForAll("configurations") Map<String, Object> configuration) {
        RbacEngine before = engine;
        Rbac other = component(configuration);
        assertThat(engine).isNotSameAs(before);
        RbacSettings its = RbacSettings.of(RbacSettings.KEYS.orDefaults(configuration));
        assertHolds(engine, its, its.path().normalize().equals(Path.of("policy.json")));
        other.deactivate();
        engine = before;
    }

    private static void assertHolds(RbacEngine engine, RbacSettings settings, boolean hasPolicy) {
        Path lookedFor = home.resolve(settings.path()).normalize();
        assertThat(lookedFor).startsWithRaw(home);
        if (hasPolicy) {
            assertThat(engine.view().source())
                    .isEqualTo(home.resolve("policy.json").toString());
            assertThat(engine.decide("shop", GRANTED).allowed()).isTrue();
            assertThat(engine.decide("shop", OTHER).allowed()).isFalse();
        } else {
            assertThat(engine.view().source()).isEqualTo(lookedFor.toString());
            assertThatExceptionOfType(AccessUndecidedException.class).isThrownBy(() -> engine.decide("shop", GRANTED));
        }
    }
}
