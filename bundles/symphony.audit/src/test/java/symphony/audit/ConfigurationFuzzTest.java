package symphony.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Vector;
import java.util.stream.Stream;
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
import symphony.api.audit.AuditSink;
import symphony.api.audit.AuditUnavailableException;

/**
 * Whatever stands in a configuration: it is in force as a whole, or nothing of it; nothing is thrown at declarative services, and
 * entries are recorded as before.
 */
class ConfigurationFuzzTest {
    private static Path home;
    private static Audit component;
    private static AuditEngine engine;

    /** The last settings that were good. */
    private static AuditSettings settings = AuditSettings.of(AuditSettings.KEYS.orDefaults(Map.of()));

    @BeforeContainer
    static void start() throws IOException {
        home = Files.createTempDirectory("symphony-fuzz");
        component = component(home.resolve("first"), Map.of());
    }

    @AfterContainer
    static void stop() throws IOException {
        component.deactivate();
        try (Stream<Path> files = Files.walk(home)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private static Audit component(Path folder, Map<String, Object> configuration) {
        var context = (BundleContext) Proxy.newProxyInstance(
                Audit.class.getClassLoader(),
                new Class<?>[] {BundleContext.class},
                (proxy, method, arguments) -> context(folder, method, arguments));
        var made = new Audit(configuration, context);
        made.bindCrypto(new TestCrypto(false));
        made.activate();
        return made;
    }

    private static Object context(Path folder, Method method, Object[] arguments) {
        switch (method.getName()) {
            case "getProperty" -> {
                return "symphony.home".equals(arguments[0]) ? folder.toString() : null;
            }
            case "getBundle" -> {
                return ours(folder);
            }
            case "getBundles" -> {
                return new Bundle[] {ours(folder)};
            }
            default -> {
                if (arguments[0] == AuditSink.class) {
                    engine = (AuditEngine) ((ServiceFactory<?>) arguments[1]).getService(ours(folder), null);
                }
            }
        }
        return Proxy.newProxyInstance(
                Audit.class.getClassLoader(), new Class<?>[] {ServiceRegistration.class}, (p, m, a) -> null);
    }

    /** One that gets the engine as it is. */
    private static Bundle ours(Path folder) {
        return (Bundle) Proxy.newProxyInstance(
                Audit.class.getClassLoader(),
                new Class<?>[] {Bundle.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "getSymbolicName" -> "symphony.crypto";
                    case "getBundleId" -> 7L;
                    case "getBundleContext" ->
                        Proxy.newProxyInstance(
                                Audit.class.getClassLoader(),
                                new Class<?>[] {BundleContext.class},
                                (p, asked, with) -> context(folder, asked, with));
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }

    @Provide
    Arbitrary<Map<String, Object>> configurations() {
        Arbitrary<String> keys = Arbitraries.of(Arrays.stream(Audit.Config.class.getDeclaredMethods())
                .map(key -> key.getName().replace('_', '.'))
                .sorted()
                .toList());
        Arbitrary<Object> likely = Arbitraries.of(
                "", "*", "a/*,b/+", "1", "100", 1_000, 65_536L, "1s", "100ms", "1h", "10s", home + "/x.anchor");
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
                " ",
                "/etc/passwd",
                "x.anchor",
                "\u0000.anchor",
                "a/**",
                "a,,b",
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

    @Property(tries = 300)
    void recordsByTheLastConfigurationThatIsGood(@ForAll("configurations") Map<String, Object> configuration) {
        component.modified(configuration);
        AuditSettings.KEYS.ifValid(configuration, values -> settings = AuditSettings.of(values));
        assertHolds(engine, settings);
    }

    @Property(tries = 30)
    void startsWithTheDefaultOfWhatIsBad(@ForAll("configurations") Map<String, Object> configuration)
            throws IOException {
        AuditEngine before = engine;
        Audit other = component(Files.createTempDirectory(home, "other"), configuration);
        assertThat(engine).isNotSameAs(before);
        assertHolds(engine, AuditSettings.of(AuditSettings.KEYS.orDefaults(configuration)));
        other.deactivate();
        engine = before;
    }

    private static void assertHolds(AuditEngine engine, AuditSettings wanted) {
        assertThat(engine.settings()).isEqualTo(wanted);
        long before =
                engine.writer().trail().map(trail -> trail.head().sequence()).orElse(0L);
        Rig.await(() -> isTaken(engine)); // not at once if the disk needs more than the time that is configured
        Rig.await(() ->
                engine.writer().trail().map(trail -> trail.head().sequence()).orElse(0L) > before);
        assertThat(engine.anchors()).hasSize(wanted.anchorFile().isPresent() ? 1 : 0);
    }

    private static boolean isTaken(AuditEngine engine) {
        try {
            engine.submit(Rig.entry("recorded"));
            return true;
        } catch (AuditUnavailableException e) {
            return false;
        }
    }
}
