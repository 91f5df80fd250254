package symphony.it.container;

import static java.util.stream.Collectors.joining;
import static org.awaitility.Awaitility.await;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;
import static org.ops4j.pax.exam.CoreOptions.options;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.inject.Inject;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Converter;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import symphony.api.dispatcher.EventDispatcher;
import symphony.api.event.EventHandler;

/** Does what the README says, line by line: each command works and shows what the README shows. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class ReadmeIT {
    private static final Duration DEADLINE = Duration.ofSeconds(120);

    /** Lines that the examples' handlers print: not to the session, and in no certain order. */
    private static final Pattern OF_HANDLERS = Pattern.compile("(invoice|ALERT|hello|the lights) .*");

    /** Commands that change nothing, so that they can be asked again until what is under way is done. */
    private static final Pattern LISTING =
            Pattern.compile("symphony:(handlers|queues|subscriptions|status|dead list).*");

    private static final Pattern ENDLESS = Pattern.compile("symphony:tail (?!.*--(for|count) ).*");

    @Inject
    private BundleContext context;

    @Inject
    private CommandProcessor processor;

    @Inject
    private EventDispatcher dispatcher;

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final ByteArrayOutputStream errors = new ByteArrayOutputStream();
    private CommandSession session;
    private Readme readme;

    @Configuration
    public Option[] product() throws IOException {
        return options(Product.bundles(ReadmeIT.class));
    }

    /** The command of the line editor's bundle, which is not in this framework. */
    public static final class Echo {
        /** Prints words. */
        public void echo(Object... words) {
            System.out.println(Arrays.stream(words).map(String::valueOf).collect(joining(" ")));
        }
    }

    @Before
    public void openASession() throws IOException {
        readme = Readme.of(Path.of(System.getProperty("readme")));
        context.registerService(
                Echo.class,
                new Echo(),
                new Hashtable<>(Map.of("osgi.command.scope", "readme", "osgi.command.function", "echo")));
        session = processor.createSession(
                InputStream.nullInputStream(),
                new PrintStream(printed, true, StandardCharsets.UTF_8),
                new PrintStream(errors, true, StandardCharsets.UTF_8));
        session.currentDir(readme.folder());
    }

    @After
    public void closeTheSession() {
        session.close();
    }

    @Test
    public void eachLineWorksAndShowsWhatTheReadmeShows() throws Exception {
        List<Readme.Step> steps = readme.steps();
        assertTrue("a README with commands: " + steps, commands(steps).count() >= 12);
        assertTrue(
                "commands with output: " + steps,
                commands(steps).anyMatch(c -> !c.shown().isEmpty()));
        for (Readme.Step step : steps) {
            if (step instanceof Readme.Script script) {
                run(script);
            } else if (step instanceof Readme.Handler handler) {
                standInFor(handler);
            } else {
                run((Readme.Command) step);
            }
        }
        for (String mentioned : readme.mentioned()) {
            execute(mentioned.contains(" ") ? mentioned : mentioned.replace("symphony:", "symphony:help "));
        }
        assertEquals("on standard error", "", errors.toString(StandardCharsets.UTF_8));
    }

    private static Stream<Readme.Command> commands(List<Readme.Step> steps) {
        return steps.stream().filter(Readme.Command.class::isInstance).map(Readme.Command.class::cast);
    }

    // ---- commands ----

    private void run(Readme.Command command) {
        List<String> expected = command.shown().stream()
                .filter(line -> !OF_HANDLERS.matcher(line).matches())
                .map(ReadmeIT::shape)
                .toList();
        if (LISTING.matcher(command.line()).matches()) {
            await(command + " shows " + expected)
                    .atMost(DEADLINE)
                    .untilAsserted(() -> assertShown(command, expected, execute(command.line())));
            return;
        }
        int before = printed.size();
        String result = execute(command.line());
        // Closures print some time after the command that published.
        await(command + " shows " + expected)
                .atMost(DEADLINE)
                .untilAsserted(() -> assertShown(command, expected, printedSince(before) + "\n" + result));
    }

    private static void assertShown(Readme.Command command, List<String> expected, String shown) {
        Set<String> shapes = shown.lines().map(ReadmeIT::shape).collect(Collectors.toSet());
        for (String line : expected) {
            assertTrue("'" + command.line() + "' shows '" + line + "' in:\n" + shown, shapes.contains(line));
        }
    }

    /** Runs a line; what it printed meanwhile and, as the shell does, its result. */
    private String execute(String line) {
        int before = printed.size();
        try {
            Object result = session.execute(ENDLESS.matcher(line).matches() ? line + " --for 100ms" : line);
            String text = result == null
                    ? ""
                    : session.format(result, Converter.INSPECT).toString();
            return printedSince(before) + "\n" + text;
        } catch (Exception e) {
            throw new AssertionError("'" + line + "' fails: " + e.getMessage(), e);
        }
    }

    private String printedSince(int before) {
        byte[] bytes = printed.toByteArray();
        return new String(bytes, before, bytes.length - before, StandardCharsets.UTF_8);
    }

    /** A line without what differs from run to run: ids, versions, rates (there is none for no time), times, widths. */
    private static String shape(String line) {
        return line.replaceAll("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "ID")
                .replaceAll("\\d+\\.\\d+\\.\\d+([.-]\\w+)?", "VERSION")
                .replaceAll(", \\d[\\d.\\h]*/s", "")
                .replaceAll("\\d+(\\.\\d+)? ?(ms|s|m|h)\\b", "TIME")
                .replaceAll("\\bdue in (now|-)$", "due in TIME") // it may be due before it is shown
                .replaceAll("^ *\\d+ {2,}", "NUMBER ")
                .replaceAll("\\S*…\\S*", "…")
                .strip()
                .replaceAll(" +", " ");
    }

    // ---- bundles ----

    /** Runs lines of the system's shell as they stand, in a folder that looks like the README's but drops into this framework. */
    private void run(Readme.Script script) throws Exception {
        Path load = Path.of(System.getProperty("symphony.it.load"));
        Path folder = Files.createTempDirectory(load.getParent(), "readme");
        Files.createSymbolicLink(folder.resolve("bundles"), readme.folder().resolve("bundles"));
        Files.createDirectories(folder.resolve("bndrun/target/symphony"));
        Files.createSymbolicLink(folder.resolve("bndrun/target/symphony/load"), load);
        Process process = new ProcessBuilder("sh", "-e", "-c", script.lines())
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(script.lines() + "\n" + output, 0, process.waitFor());
        awaitHandlersOf(load);
    }

    private void awaitHandlersOf(Path load) throws IOException {
        List<String> dropped;
        try (var files = Files.list(load)) {
            dropped = files.map(f -> f.getFileName().toString())
                    .filter(name -> name.endsWith(".jar"))
                    .toList();
        }
        assertTrue("something was dropped", !dropped.isEmpty());
        await("handlers of " + dropped)
                .atMost(DEADLINE)
                .until(() -> dropped.stream().allMatch(this::handles));
    }

    private boolean handles(String jar) {
        return Arrays.stream(context.getBundles())
                .filter(bundle -> bundle.getLocation().endsWith("/" + jar))
                .map(Bundle::getSymbolicName)
                .anyMatch(name -> dispatcher.handlers().stream()
                        .anyMatch(handler -> handler.bundle().equals(name)));
    }

    /** The reader's own handler is not built here; another one takes its place. */
    private void standInFor(Readme.Handler handler) {
        context.registerService(
                EventHandler.class, delivery -> {}, new Hashtable<>(Map.of("symphony.topics", handler.topics())));
    }
}
