package symphony.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Converter;

/** Whatever is typed: a result or one harmless line, at once. */
class ArgumentsFuzzTest {
    private static final Rig RIG = Rig.complete();

    @AfterContainer
    static void close() {
        RIG.close();
    }

    @Property(tries = 3000)
    void answersInOneLine(@ForAll("commands") String name, @ForAll("words") List<Object> words) throws Exception {
        CommandSession session = RIG.session;
        try {
            Object result = RIG.engine.commands().get(name).execute(session, words);
            session.format(result, Converter.INSPECT);
            session.format(result, Converter.LINE);
        } catch (CommandException e) {
            assertThat(e.toString())
                    .startsWith(name.replaceFirst("^_", "") + ": ")
                    .doesNotContain("failed unexpectedly", "\n", "\u001b");
        }
    }

    @Provide
    Arbitrary<String> commands() {
        return Arbitraries.of(RIG.engine.commands().keySet());
    }

    @Provide
    Arbitrary<List<Object>> words() {
        Arbitrary<Object> known = Arbitraries.of(Arrays.<Object>asList(
                "a/b",
                "orders/*",
                "a=1",
                "a={",
                "--",
                "-",
                "--json",
                "--help",
                "--wait",
                "0",
                "--delay",
                "-1",
                "1s",
                "--count",
                "--for",
                "1ms",
                "--all",
                "list",
                "show",
                "redrive",
                "drop",
                "1",
                "--priority",
                "99999999999",
                "--name",
                "x",
                "{",
                "[",
                "\u001b[2J",
                "",
                "/",
                "=",
                "\ud800",
                "a\u0000b",
                "--columns",
                "--topic",
                "--at",
                5L,
                1.5,
                true,
                null,
                List.of("x", List.of("y")),
                Map.of("k", "v"),
                new Object()));
        Arbitrary<Object> random = Arbitraries.strings().ofMaxLength(12).map(text -> text);
        // A tail without an end would wait for events that never come.
        return Arbitraries.oneOf(known, known, random).list().ofMaxSize(6).map(ArgumentsFuzzTest::bounded);
    }

    private static List<Object> bounded(List<Object> words) {
        var all = new java.util.ArrayList<Object>(words);
        all.add(0, "--for=1ms");
        return all.contains("--count") || all.contains("--for") ? words.subList(0, 0) : words.isEmpty() ? words : all;
    }
}
