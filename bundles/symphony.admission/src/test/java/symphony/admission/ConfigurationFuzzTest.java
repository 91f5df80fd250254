package symphony.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Vector;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.apache.felix.fileinstall.ArtifactTransformer;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;

/**
 * Whatever stands in a configuration: it is in force as a whole, or nothing of it; nothing is thrown at declarative services,
 * and what is dropped is judged by the last limits that were good.
 */
class ConfigurationFuzzTest {
    private static final int ENTRIES = 30;

    private static Path folder;
    private static List<Path> jars;
    private static final Activator ACTIVATOR = new Activator();
    private static Gatekeeper gatekeeper;
    private static Admission component;
    private static ArtifactTransformer drops;

    /** The last limits that were good. */
    private static JarLimits limits = JarLimits.of(JarLimits.KEYS.orDefaults(Map.of()));

    @BeforeContainer
    static void start() throws IOException {
        folder = Files.createTempDirectory("symphony-fuzz");
        for (String sub : List.of("home", "data", "load", "tmp")) {
            Files.createDirectories(folder.resolve(sub));
        }
        Jar many = Jar.bundle("acme.many");
        for (int i = 0; i < ENTRIES; i++) {
            many.with("acme/" + i + ".txt", "a line, says a test");
        }
        jars = List.of(
                Jar.bundle("acme.small").write(folder.resolve("load/small.jar")),
                many.write(folder.resolve("load/many.jar")),
                Jar.bundle("acme.large").with("large.bin", new byte[100_000]).write(folder.resolve("load/large.jar")));
        ACTIVATOR.start(proxy(BundleContext.class, ConfigurationFuzzTest::context));
        component = component(Map.of());
    }

    @AfterContainer
    static void stop() throws IOException {
        component.deactivate();
        ACTIVATOR.stop(proxy(BundleContext.class, ConfigurationFuzzTest::context));
        try (var paths = Files.walk(folder)) {
            for (Path path : paths.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(path);
            }
        }
    }

    private static Admission component(Map<String, Object> configuration) {
        var made = new Admission(configuration, proxy(BundleContext.class, ConfigurationFuzzTest::context));
        made.activate();
        return made;
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(Admission.class.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private static Object context(Object proxy, Method method, Object[] arguments) {
        return switch (method.getName()) {
            case "getProperty" ->
                Map.of("symphony.home", folder.resolve("home").toString(), "symphony.admission", "open")
                        .get(arguments[0]);
            case "getDataFile" -> folder.resolve("data/" + arguments[0]).toFile();
            case "getBundles" -> new Bundle[0];
            case "getBundle" -> proxy(Bundle.class, ConfigurationFuzzTest::bundle);
            case "getService" -> gatekeeper;
            default -> {
                if (arguments[1] instanceof ArtifactTransformer gate) {
                    drops = gate;
                }
                if (arguments[1] instanceof Gatekeeper its) {
                    gatekeeper = its;
                }
                yield proxy(ServiceRegistration.class, (p, m, a) -> null);
            }
        };
    }

    private static Object bundle(Object proxy, Method method, Object[] arguments) {
        return switch (method.getName()) {
            case "getLastModified" -> System.currentTimeMillis();
            case "getRegisteredServices" ->
                new ServiceReference<?>[] {
                    proxy(ServiceReference.class, (p, m, a) -> new String[] {Gatekeeper.class.getName()})
                };
            default -> "system.bundle";
        };
    }

    @Provide
    Arbitrary<Map<String, Object>> configurations() {
        Arbitrary<String> keys = Arbitraries.of(Arrays.stream(Admission.Config.class.getDeclaredMethods())
                .map(key -> key.getName().replace('_', '.'))
                .sorted()
                .toList());
        Arbitrary<Object> likely =
                Arbitraries.of("1", 3, 10L, "32", 33, 34, "1024", 1_500, 4_000L, "100000", 1_000_000, "67108864");
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
                "1 MiB",
                "\u0000\u001b[31m",
                "9".repeat(300),
                "\ud800",
                new Object());
        Arbitrary<Object> random = Arbitraries.oneOf(
                Arbitraries.strings().ofMaxLength(12).map(text -> text),
                Arbitraries.integers().map(number -> number),
                Arbitraries.doubles().map(number -> number));
        return Arbitraries.maps(
                        keys, Arbitraries.frequencyOf(Tuple.of(8, likely), Tuple.of(1, hostile), Tuple.of(1, random)))
                .ofMaxSize(3);
    }

    @Property(tries = 300)
    void judgesByTheLastConfigurationThatIsGood(@ForAll("configurations") Map<String, Object> configuration)
            throws Exception {
        component.modified(configuration);
        JarLimits.KEYS.ifValid(configuration, values -> limits = JarLimits.of(values));
        assertHolds(limits);
    }

    @Property(tries = 50)
    void startsWithTheDefaultOfWhatIsBad(@ForAll("configurations") Map<String, Object> configuration) throws Exception {
        Admission other = component(configuration); // asked from now on
        assertHolds(JarLimits.of(JarLimits.KEYS.orDefaults(configuration)));
        other.deactivate();
        component.activate();
    }

    private static void assertHolds(JarLimits expected) throws Exception {
        int number = 0;
        for (Path jar : jars) {
            // Under another name each time: where one was admitted before, a refused update gets that.
            Path dropped = Files.copy(jar, folder.resolve("load/dropped-" + System.nanoTime() + number++ + ".jar"));
            File admitted =
                    drops.transform(dropped.toFile(), folder.resolve("tmp").toFile());
            Files.delete(dropped);
            assertThat(admitted != null)
                    .as("%s by %s", jar.getFileName(), expected)
                    .isEqualTo(fits(jar, expected));
            if (admitted != null) {
                Files.delete(admitted.toPath());
            }
        }
    }

    /** What the limits are told to mean, counted by hand. */
    private static boolean fits(Path jar, JarLimits expected) throws IOException {
        try (var zip = new ZipFile(jar.toFile())) {
            long unpacked = zip.stream().mapToLong(ZipEntry::getSize).sum();
            return Files.size(jar) <= expected.jarBytes()
                    && unpacked <= expected.unpackedBytes()
                    && zip.size() <= expected.entries();
        }
    }
}
