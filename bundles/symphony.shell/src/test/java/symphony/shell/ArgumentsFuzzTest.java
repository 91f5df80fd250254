package symphony.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import net.jqwik.api.lifecycle.BeforeTry;
import org.apache.felix.service.command.Converter;
import org.apache.felix.service.command.Function;
import symphony.api.dispatcher.HandlerState;
import symphony.api.dispatcher.MonitorEntry;
import symphony.api.event.Event;

/** Whatever is typed: a result or one harmless line, at once. */
class ArgumentsFuzzTest {
    /** Clears the screen, begins a line, turns the direction of writing. */
    private static final String HARMFUL = "\u001b[2J\nx\r\u009b1m\u202e\u0000\ud800";

    private static final Set<Integer> OBEYED = Set.of(
            (int) Character.CONTROL,
            (int) Character.FORMAT,
            (int) Character.SURROGATE,
            (int) Character.LINE_SEPARATOR,
            (int) Character.PARAGRAPH_SEPARATOR);

    private static final Rig RIG = Rig.complete();
    /** Deep enough that few words lead out of it; what is exported goes there. */
    private static Path folder;
    /** Lines that are good, and such that are not. */
    private static Path events;

    /** A command and what stands after it. */
    private record Line(String name, List<Object> words) {
        /** A tail without an end would wait for events that never come. The last value of an option counts. */
        static Line of(String name, List<Object> words) {
            var all = new ArrayList<>(words);
            if (name.equals("tail")) {
                all.replaceAll(word -> "--for".equals(word) ? "--count" : word);
                all.add(0, "--for=1ms");
            }
            if (name.equals("audit")) {
                all.replaceAll(word -> "--for".equals(word) ? "--limit" : word);
                for (int i = all.size(); i > 0; i--) {
                    if ("--follow".equals(all.get(i - 1))) {
                        all.add(i, "--for=1ms");
                    }
                }
            }
            return new Line(name, all);
        }
    }

    /** As strangers write it. */
    @BeforeContainer
    static void fill() throws IOException {
        folder = Files.createDirectories(
                Files.createTempDirectory("symphony-fuzz").resolve("a/b/c/d"));
        RIG.session.currentDir(folder);
        events = folder.resolve("events.jsonl");
        String lines = "{\"topic\": \"orders/new\", \"data\": {\"n\": 1}}\n" + HARMFUL + "\n{\"\u001b[2J\": 1}\n";
        Files.write(events, lines.getBytes(StandardCharsets.UTF_8));
        RIG.dispatcher
                .with("a/b", HandlerState.ACTIVE, HARMFUL, "orders/new")
                .with("x/y", HandlerState.QUARANTINED, HARMFUL, "orders/*")
                .handler("x", HandlerState.REFUSED, HARMFUL, HARMFUL);
    }

    @AfterContainer
    static void close() throws IOException {
        RIG.close();
        Path top = folder.resolve("../../../..").normalize();
        try (Stream<Path> all = Files.walk(top)) {
            for (Path one : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(one);
            }
        }
    }

    /** What the one before did is undone. */
    @BeforeTry
    void refill() {
        RIG.run("symphony:off --all");
        RIG.events.published.clear();
        RIG.events.schedules.clear();
        RIG.events.schedule(Event.on("orders/new").build(), Duration.ofHours(1));
        RIG.queues.letters.clear();
        RIG.queues.calls.clear();
        RIG.queues.with(1, "a/b", "orders/new", HARMFUL).with(2, "gone/one", "x", HARMFUL);
        RIG.monitor.entries.clear();
        RIG.monitor.add(MonitorEntry.Kind.FAILED, "a/b", 2, HARMFUL, HARMFUL);
        RIG.out.reset();
    }

    @Property(tries = 5000, edgeCases = EdgeCasesMode.NONE)
    void answersInOneLine(@ForAll("lines") Line line) {
        assertTimeoutPreemptively(Duration.ofSeconds(60), () -> answers(line));
        assertHarmless(RIG.out.toString(StandardCharsets.UTF_8));
    }

    private static void answers(Line line) throws Exception {
        try {
            Object result = RIG.engine.commands().get(line.name()).execute(RIG.session, line.words());
            assertHarmless(shown(result, Converter.INSPECT));
            assertHarmless(shown(result, Converter.LINE));
        } catch (CommandException e) {
            assertThat(e.toString())
                    .startsWith(line.name().replaceFirst("^_", "") + ": ")
                    .doesNotContain("failed unexpectedly", "\n");
            assertHarmless(e.toString());
        }
    }

    private static String shown(Object result, int level) {
        return String.valueOf(RIG.session.format(result, level));
    }

    /** Nothing in it that a terminal would obey. */
    private static void assertHarmless(String text) {
        assertThat(text.codePoints()
                        .filter(c -> c != '\n' && OBEYED.contains(Character.getType(c)))
                        .mapToObj(Character::getName))
                .as(text)
                .isEmpty();
    }

    @Provide
    Arbitrary<Line> lines() {
        return Arbitraries.of(RIG.engine.commands().keySet())
                .flatMap(
                        name -> words((Command) RIG.engine.commands().get(name)).map(words -> Line.of(name, words)));
    }

    /** Arguments that fit or do not, options with values that fit or do not, and anything. */
    private static Arbitrary<List<Object>> words(Command command) {
        Synopsis synopsis = command.synopsis();
        var phrases = new ArrayList<Arbitrary<List<Object>>>();
        synopsis.operands()
                .forEach(operand -> phrases.add(Arbitraries.frequencyOf(
                        Tuple.of(3, fitting(operand.name(), operand.kind()).map(Arrays::asList)),
                        Tuple.of(operand.many() ? 3 : 1, Arbitraries.just(List.of())))));
        phrases.add(options(synopsis).list().ofMaxSize(3).map(ArgumentsFuzzTest::flat));
        phrases.add(Arbitraries.frequencyOf(
                Tuple.of(3, Arbitraries.just(List.of())),
                Tuple.of(1, anything().list().ofMaxSize(3))));
        return Combinators.combine(phrases).as(ArgumentsFuzzTest::flat);
    }

    private static Arbitrary<List<Object>> options(Synopsis synopsis) {
        return Arbitraries.of(synopsis.options())
                .flatMap(option -> option.takesValue()
                        ? fitting(option.value(), option.kind()).map(value -> Arrays.asList(option.name(), value))
                        : Arbitraries.just(List.of(option.name())));
    }

    private static List<Object> flat(List<List<Object>> phrases) {
        var flat = new ArrayList<Object>();
        phrases.forEach(flat::addAll);
        return flat;
    }

    /** Mostly what the place is for. */
    private static Arbitrary<Object> fitting(String name, Kind kind) {
        Object[] words =
                switch (kind) {
                    case TOPIC -> new Object[] {"orders/new", "x"};
                    case FILTER -> new Object[] {"orders/*", "*", "a/b"};
                    case SUBSCRIPTION, DEAD_SUBSCRIPTION -> new Object[] {"a/b", "y", "gone/one"};
                    case POOL -> new Object[] {"reports", "default"};
                    case POLICY_ACTION -> new Object[] {"show", "reload", "try"};
                    case AUDIT_ACTION -> new Object[] {"tail", "find", "show", "verify", "export"};
                    case AUDIT_KIND -> new Object[] {"security", "SUMMARY", "gap,start"};
                    case AUDIT_OUTCOME -> new Object[] {"denied", "DONE"};
                    case ADMISSION_ACTION -> new Object[] {"list", "explain", "trust", "trusted"};
                    case USER_ACTION -> new Object[] {"list", "add", "passwd", "remove", "unlock"};
                    case QUARANTINE_ACTION -> new Object[] {"list", "lift", "set"};
                    case SCHEDULE -> new Object[] {"01976f0c", "01976f0c-7c5e-7000-0000-000000000001"};
                    case DEAD_LETTER -> new Object[] {"1", "memory:2", "00000000-0000-0000-0000-000000000009"};
                    case WIRING -> new Object[] {"w", "on-1"};
                    case COMMAND -> new Object[] {"publish", "symphony:dead"};
                    case DEAD_REASON -> new Object[] {"attempts", "attempts,expired"};
                    case DEAD_ACTION -> new Object[] {"list", "show", "redrive", "drop"};
                    case KEY_CONTEXT -> new Object[] {"event", "model", "EVENT"};
                    case ZONE -> new Object[] {"Europe/Berlin", "+02:00"};
                    case MISFIRE -> new Object[] {"skip", "once", "catch-up=3", "catch-up=9999"};
                    case NLP_ACTION ->
                        new Object[] {"train", "evaluate", "models", "activate", "rollback", "delete", "export"};
                    case NLP_SUBJECT -> new Object[] {"default", "w", events};
                    case MODEL -> new Object[] {"default", "w"};
                    case MODEL_VERSION -> new Object[] {"1", 2};
                    case FILE -> new Object[] {events, events, "/"};
                    case TEXT -> texts(name);
                };
        return Arbitraries.frequencyOf(Tuple.of(4, Arbitraries.of(words)), Tuple.of(1, anything()));
    }

    private static Object[] texts(String name) {
        return switch (name) {
            case "N", "ID" -> new Object[] {"1", 7, "1000000", "9223372036854775807"};
            case "TIME" -> new Object[] {"0", "1ms", "2h", "3653d", "99999999999999d", "P9999999D"};
            case "INSTANT", "WHEN" ->
                new Object[] {
                    "2026-12-01T10:00:00Z",
                    "+1000000000-12-31T23:59:59.999999999Z",
                    "-1000000000-01-01T00:00:00Z",
                    "99999999999999d"
                };
            case "EXPRESSION" -> new Object[] {"0 7 * * MON-FRI", "* * * * * *"};
            case "A,B", "key=value", "A=B" ->
                new Object[] {"a,b", "a=1", "a=" + HARMFUL, "a={", "{\"a\": [1, \"\u001b\"]}", Map.of("k", HARMFUL)};
            case "{ closure }" -> new Object[] {(Function) (session, arguments) -> null};
            default -> new Object[] {"w", "a b", HARMFUL};
        };
    }

    private static Arbitrary<Object> anything() {
        Arbitrary<Object> known = Arbitraries.of(Arrays.<Object>asList(
                "--",
                "-",
                "--json",
                "--help",
                "--delay",
                "--at",
                "--count",
                "--name",
                "--all",
                "-1",
                "99999999999",
                "{",
                "[",
                HARMFUL,
                "--" + HARMFUL,
                "--json=" + HARMFUL,
                "",
                "/",
                "=",
                "\ud800",
                "a\u0000b",
                5L,
                1.5,
                true,
                null,
                List.of("x", List.of("y")),
                Map.of("k", "v"),
                new Object()));
        Arbitrary<Object> random = Arbitraries.strings().ofMaxLength(12).map(text -> text);
        return Arbitraries.oneOf(known, known, random);
    }
}
