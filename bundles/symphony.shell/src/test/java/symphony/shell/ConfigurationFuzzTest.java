package symphony.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Dictionary;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Vector;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.CommandSessionListener;
import org.apache.felix.service.command.Function;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.framework.Version;
import symphony.component.Settings;

/**
 * Whatever stands in a configuration: it is in force as a whole, or nothing of it; nothing is thrown at declarative services,
 * and commands and sessions work as before.
 */
class ConfigurationFuzzTest {
    private static final Map<String, Function> COMMANDS = new HashMap<>();
    private static final FakeMonitor MONITOR = new FakeMonitor();

    /** Its own shell says nothing in sessions. */
    private static final Rig RIG = new Rig();

    private static CommandSessionListener listener;
    private static ShellCommands component;

    /** The last values that were good. */
    private static Settings.Values values = ShellEngine.SETTINGS.orDefaults(Map.of());

    @BeforeContainer
    static void start() {
        component = component(Map.of());
        RIG.processor.addListener(listener);
    }

    @AfterContainer
    static void stop() {
        component.deactivate();
        RIG.close();
    }

    private static ShellCommands component(Map<String, Object> configuration) {
        var made = new ShellCommands(proxy(BundleContext.class, ConfigurationFuzzTest::context), configuration);
        made.bindMonitor(MONITOR);
        return made;
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private static Object context(Object proxy, Method method, Object[] arguments) {
        return switch (method.getName()) {
            case "getBundle" -> proxy(Bundle.class, (p, m, a) -> new Version(1, 2, 3));
            case "registerService" -> {
                if (arguments[1] instanceof CommandSessionListener registered) {
                    listener = registered;
                } else if (arguments[1] instanceof Function command) {
                    COMMANDS.put(
                            String.valueOf(((Dictionary<?, ?>) arguments[2]).get(CommandProcessor.COMMAND_FUNCTION)),
                            command);
                }
                yield proxy(ServiceRegistration.class, (p, m, a) -> null);
            }
            default -> null;
        };
    }

    @Provide
    Arbitrary<Map<String, Object>> configurations() {
        Arbitrary<String> keys = Arbitraries.of(Arrays.stream(ShellCommands.Config.class.getDeclaredMethods())
                .map(key -> key.getName().replace('_', '.'))
                .sorted()
                .toList());
        Arbitrary<Object> likely = Arbitraries.of("true", false, "1", 2, 3L, "1000000", "required", "optional");
        Arbitrary<Object> hostile = Arbitraries.of(
                new String[] {"5"},
                new int[] {1, 2},
                new byte[0],
                new Vector<>(List.of("1s")),
                Map.of("a", 1),
                'x',
                (short) -1,
                Double.NaN,
                Long.MIN_VALUE,
                new BigDecimal("1e1000000"),
                "",
                " ",
                "TRUE",
                "\u0000\u001b[31m",
                "9".repeat(300),
                "\ud800",
                new Object());
        Arbitrary<Object> random = Arbitraries.oneOf(
                Arbitraries.strings().ofMaxLength(12).map(text -> text),
                Arbitraries.integers().map(number -> number),
                Arbitraries.doubles().map(number -> number));
        return Arbitraries.maps(
                keys, Arbitraries.frequencyOf(Tuple.of(6, likely), Tuple.of(2, hostile), Tuple.of(1, random)));
    }

    @Property(tries = 400)
    void worksByTheLastConfigurationThatIsGood(@ForAll("configurations") Map<String, Object> configuration)
            throws Exception {
        component.modified(configuration);
        ShellEngine.SETTINGS.ifValid(configuration, good -> values = good);
        assertHolds(values);
    }

    @Property(tries = 50)
    void startsWithTheDefaultOfWhatIsBad(@ForAll("configurations") Map<String, Object> configuration) throws Exception {
        RIG.processor.removeListener(listener);
        CommandSessionListener before = listener;
        Map<String, Function> commands = Map.copyOf(COMMANDS);
        ShellCommands other = component(configuration);
        RIG.processor.addListener(listener);
        assertHolds(ShellEngine.atStart(configuration));
        RIG.processor.removeListener(listener);
        other.deactivate();
        // the one before is asked again
        listener = before;
        COMMANDS.putAll(commands);
        RIG.processor.addListener(listener);
    }

    /** Who wrote it wanted something, and that is not that anybody may do what the shell may. */
    @Example
    void wantsALogInIfItCannotBeReadWhether() {
        for (Object unreadable : List.of("requird", "Required", true, "", 1)) {
            assertThat(ShellEngine.atStart(Map.of("login", unreadable)).text("login"))
                    .isEqualTo("required");
        }
        assertThat(ShellEngine.atStart(Map.of("login", "optional")).text("login"))
                .isEqualTo("optional");
        assertThat(ShellEngine.atStart(Map.of("banner", "x")).text("login")).isEqualTo("optional");
    }

    private static void assertHolds(Settings.Values expected) throws Exception {
        MONITOR.calls.clear();
        List<Object> arguments = List.of("orders/*", "--outcomes", "--for", "0");
        if (expected.text("login").equals("required")) {
            assertThatThrownBy(() -> COMMANDS.get("tail").execute(RIG.session, arguments))
                    .hasMessage("tail: log in first, with symphony:login NAME");
        } else {
            COMMANDS.get("tail").execute(RIG.session, arguments);
            assertThat(MONITOR.calls).contains("open orders/* " + Math.min(expected.integer("tail.buffer"), 100_000));
        }
        assertThat(begins().contains("Symphony Events")).isEqualTo(expected.flag("banner"));
    }

    /** What a session on a terminal shows when it begins. */
    private static String begins() throws Exception {
        var out = new ByteArrayOutputStream();
        try (CommandSession session = RIG.newSession(out)) {
            session.put(".reader", CompletionTest.reader(new StringBuilder()));
            session.put("TERM", "xterm");
            session.execute("test:echo");
        }
        return out.toString(StandardCharsets.UTF_8);
    }
}
