package symphony.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.apache.felix.gogo.jline.ParsedLineImpl;
import org.apache.felix.gogo.jline.Parser;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Converter;
import org.jline.reader.EOFError;
import org.jline.reader.ParsedLine;
import org.jline.reader.Parser.ParseContext;
import org.jline.reader.SyntaxError;
import symphony.api.dispatcher.HandlerState;

/** Whatever line is typed: Gogo takes it, what it prints is harmless, and the session goes on. */
class LinesFuzzTest {
    private static final Set<Integer> OBEYED = Set.of((int) Character.CONTROL, (int) Character.FORMAT);

    /** Of commands that end by themselves; nothing here assigns a variable, so that no closure can call itself for ever. */
    private static final List<String> WORDS = List.of(
            "symphony:publish",
            "symphony:queues",
            "symphony:dead",
            "symphony:quarantine",
            "symphony:on orders/* { symphony:publish other }",
            "symphony:off",
            "symphony:help",
            "symphony:" + LineParser.FAILING,
            "symphony:tail * --for 1ms",
            "queues",
            "test:echo",
            "test:args",
            "test:cat",
            "list",
            "orders/new",
            "orders/*",
            "**",
            "?",
            "~",
            "a/b",
            "--json",
            "--all",
            "--help",
            "n=1",
            "'a b'",
            "\"a $x b\"",
            "$x",
            "${x}",
            "$(test:echo a)",
            "(symphony:queues)",
            "size",
            "#",
            "\u001b[2J",
            "\u0000",
            "\ud800",
            "\u202e");

    private static final List<String> SIGNS = List.of(
            "|", ";", "&", "{", "}", "(", ")", "[", "]", "'", "\"", "\\", "$", "$(", "${", "%", "%(", "!", "<", "`",
            "\n", "\r", "\t", " ", ",", ":", "..");

    private static final Rig RIG = Rig.complete();
    private static Path folder;

    @BeforeContainer
    static void fill() throws IOException {
        folder = Files.createTempDirectory("symphony-fuzz");
        RIG.session.currentDir(folder);
        RIG.dispatcher.with("a/b", HandlerState.ACTIVE, "", "orders/new");
    }

    @AfterContainer
    static void close() throws IOException {
        RIG.close();
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path one : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(one);
            }
        }
    }

    @Provide
    Arbitrary<String> lines() {
        Arbitrary<String> random = Arbitraries.strings().ofMaxLength(4);
        return Arbitraries.frequencyOf(
                        Tuple.of(6, Arbitraries.of(WORDS)), Tuple.of(3, Arbitraries.of(SIGNS)), Tuple.of(1, random))
                .list()
                .ofMaxSize(8)
                .map(parts -> String.join(" ", parts))
                .flatMap(line -> Arbitraries.of(line, line.replace(" ", "")));
    }

    @Property(tries = 2000, edgeCases = EdgeCasesMode.NONE)
    void isAnsweredAndTheSessionGoesOn(@ForAll("lines") String line) {
        RIG.out.reset();
        assertTimeoutPreemptively(Duration.ofSeconds(60), () -> run(line));
        String printed = RIG.out.toString(StandardCharsets.UTF_8);
        assertThat(printed).doesNotContain("failed unexpectedly");
        RIG.run("symphony:off --all");
        assertThat(RIG.run("test:echo alive").lines()) // perhaps beside what a line that ended with & prints only now
                .as("after '%s'", line)
                .contains("alive");
        assertThat(RIG.session.get("gogo.option.noglob")).as("after '%s'", line).isNull();
    }

    private static void run(String line) {
        try {
            shown(RIG.session, RIG.session.execute(line));
        } catch (CommandException e) { // one line, which a terminal may show
            assertThat(e.toString()).doesNotContain("failed unexpectedly", "\n");
            assertThat(e.toString().codePoints().filter(c -> OBEYED.contains(Character.getType(c))))
                    .as(e.toString())
                    .isEmpty();
        } catch (AssertionError e) {
            failUnlessOfGogo(e);
        } catch (Exception e) { // Gogo's own: the line is none, or there is no such command
            assertThat(e.getStackTrace()).as("%s", e).noneMatch(LinesFuzzTest::isOurs);
        }
    }

    /** Gogo has assertions, which are switched on in tests only; without, it goes on and throws an error of its syntax. */
    private static void failUnlessOfGogo(AssertionError e) {
        if (!e.getStackTrace()[0].getClassName().startsWith("org.apache.felix.gogo.")) {
            throw e;
        }
    }

    /** Of the code of the product, at the place where it was thrown. */
    private static boolean isOurs(StackTraceElement frame) {
        return frame.getClassName().startsWith("symphony.shell.")
                && !frame.getClassName().contains("Fuzz")
                && !frame.getClassName().contains("Rig");
    }

    private static void shown(CommandSession session, Object result) {
        if (result != null) {
            session.format(result, Converter.INSPECT);
        }
    }

    @Example
    void isOneThatFailsWhereGogosParserFails() {
        var parser = new LineParser(new Parser(), RIG.script);
        for (String line : List.of("; #", "(".repeat(100_000) + ")".repeat(100_000))) {
            ParsedLine parsed = parser.parse(line, line.length(), ParseContext.ACCEPT_LINE);
            assertThat(RIG.run(parsed.line())).contains("this line cannot be read");
            for (ParseContext context : List.of(ParseContext.COMPLETE, ParseContext.SECONDARY_PROMPT)) {
                assertThatExceptionOfType(SyntaxError.class)
                        .isThrownBy(() -> parser.parse(line, line.length(), context));
            }
        }
    }

    /**
     * As the editor has it, with Gogo's own parser: a line that is accepted has a program, which is what Gogo's shell runs; without
     * one it would end. The text of the program need be no line by itself: of <code>;(a) b|;</code> it begins after the bracket.
     */
    @Property(tries = 5000, edgeCases = EdgeCasesMode.NONE)
    void isOneThatGogoCanParseOnceItIsAccepted(@ForAll("lines") String line) {
        var parser = new LineParser(new Parser(), RIG.script);
        try {
            ParsedLine parsed = parser.parse(line, line.length(), ParseContext.ACCEPT_LINE);
            assertThat(parsed)
                    .isInstanceOfSatisfying(
                            ParsedLineImpl.class,
                            accepted -> assertThat(accepted.program()).isNotNull());
        } catch (AssertionError e) {
            failUnlessOfGogo(e);
        } catch (EOFError e) {
            assertThat(e.getMessage()).as("more is wanted after '%s'", line).isNotNull();
        }
    }
}
