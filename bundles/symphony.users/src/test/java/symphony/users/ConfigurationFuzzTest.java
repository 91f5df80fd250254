package symphony.users;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

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
import symphony.api.user.AuthenticationException;
import symphony.api.user.Authenticator;
import symphony.api.user.UserAccounts;

/**
 * Whatever stands in a configuration: it is in force as a whole, or nothing of it; nothing is thrown at declarative services,
 * and who could log in still can.
 */
class ConfigurationFuzzTest {
    private static final String RIGHT = "correct horse battery";
    private static final Map<String, Object> CHEAP = Map.of("memory", 8192, "passes", 1);

    private static Path home;
    private static UserFile file;
    private static Users component;
    private static Authenticator authenticator;
    private static UserAccounts accounts;

    /** The last settings that were good. */
    private static UserSettings settings = UserSettings.of(UserSettings.KEYS.orDefaults(CHEAP));

    @BeforeContainer
    static void start() throws IOException {
        home = Files.createTempDirectory("symphony-fuzz");
        file = new UserFile(home);
        component = component(CHEAP);
        accounts.add("ada", RIGHT.toCharArray());
    }

    @AfterContainer
    static void stop() throws IOException {
        component.deactivate();
        try (var paths = Files.walk(home)) {
            for (Path path : paths.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(path);
            }
        }
    }

    private static Users component(Map<String, Object> configuration) {
        var context = (BundleContext) Proxy.newProxyInstance(
                Users.class.getClassLoader(), new Class<?>[] {BundleContext.class}, ConfigurationFuzzTest::context);
        var made = new Users(configuration, context);
        made.activate();
        return made;
    }

    private static Object context(Object proxy, Method method, Object[] arguments) {
        if (method.getName().equals("getProperty")) {
            return "symphony.home".equals(arguments[0]) ? home.toString() : null;
        }
        var shell = (Bundle) Proxy.newProxyInstance(
                Users.class.getClassLoader(), new Class<?>[] {Bundle.class}, (p, m, a) -> "symphony.shell");
        Object service = ((ServiceFactory<?>) arguments[1]).getService(shell, null);
        if (service instanceof Authenticator its) {
            authenticator = its;
        } else {
            accounts = (UserAccounts) service;
        }
        return Proxy.newProxyInstance(
                Users.class.getClassLoader(), new Class<?>[] {ServiceRegistration.class}, (p, m, a) -> null);
    }

    @Provide
    Arbitrary<Map<String, Object>> configurations() {
        Arbitrary<String> keys = Arbitraries.of(Arrays.stream(Users.Config.class.getDeclaredMethods())
                .map(key -> key.getName().replace('_', '.'))
                .sorted()
                .toList());
        Arbitrary<Object> likely = Arbitraries.of("8192", 8_193, 10_000L, "1", 2, 8, "20", 64, "1s", "1m", "1h", "1d");
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
                        keys, Arbitraries.frequencyOf(Tuple.of(8, likely), Tuple.of(1, hostile), Tuple.of(1, random)))
                .ofMaxSize(3);
    }

    @Property(tries = 200)
    void goesByTheLastConfigurationThatIsGood(@ForAll("configurations") Map<String, Object> configuration)
            throws AuthenticationException {
        component.modified(configuration);
        UserSettings.KEYS.ifValid(configuration, values -> settings = UserSettings.of(values));
        assertHolds(settings);
    }

    @Property(tries = 30)
    void startsWithTheDefaultOfWhatIsBad(@ForAll("configurations") Map<String, Object> configuration)
            throws AuthenticationException {
        Authenticator authenticatorBefore = authenticator;
        UserAccounts accountsBefore = accounts;
        Users other = component(configuration);
        assertHolds(UserSettings.of(UserSettings.KEYS.orDefaults(configuration)));
        other.deactivate();
        authenticator = authenticatorBefore;
        accounts = accountsBefore;
    }

    private static void assertHolds(UserSettings expected) throws AuthenticationException {
        String tooShort = "x".repeat(expected.least() - 1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> accounts.setPassword("ada", tooShort.toCharArray()))
                .withMessageContaining("must have " + expected.least() + " to ");
        assertThat(authenticator.authenticate("ada", RIGHT.toCharArray())).isEqualTo("user:ada");
        assertThat(file.read().get("ada").hash().isOf(expected.cost()))
                .as("cost of %s", expected)
                .isTrue();
    }
}
