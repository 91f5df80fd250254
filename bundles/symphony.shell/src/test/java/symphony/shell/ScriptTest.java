package symphony.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.jline.reader.EOFError;
import org.jline.reader.LineReader;
import org.jline.reader.ParsedLine;
import org.jline.reader.Parser;
import org.jline.reader.Parser.ParseContext;
import org.jline.reader.SyntaxError;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import symphony.component.Guard;

@Timeout(120)
class ScriptTest {
    private final Rig rig = new Rig(new Guard(false), new JlineEditor());
    private final List<String> parsed = new ArrayList<>();
    /** Gogo's: of brackets outside of quotes one may be missing, or one too much. */
    private final Parser gogo = (line, cursor, context) -> {
        parsed.add(line);
        String unquoted = line.replaceAll("'[^']*'", "");
        int open = unquoted.replaceAll("[^{]", "").length();
        int closed = unquoted.replaceAll("[^}]", "").length();
        if (open > closed) {
            throw new EOFError(1, 1, "unexpected end");
        }
        if (open < closed) {
            throw new SyntaxError(1, 1, "unexpected token '}'");
        }
        return (ParsedLine) Proxy.newProxyInstance(
                ParsedLine.class.getClassLoader(),
                new Class<?>[] {ParsedLine.class},
                (proxy, method, arguments) -> line);
    };

    private final LineParser parser = new LineParser(gogo, rig.script);

    @AfterEach
    void close() {
        rig.close();
    }

    /** As Gogo's shell does with each line of its input: those of a command that is not complete come again with the next. */
    private void script(String... lines) {
        rig.session.put(
                ".reader",
                Proxy.newProxyInstance(
                        LineReader.class.getClassLoader(),
                        new Class<?>[] {LineReader.class},
                        (proxy, method, arguments) -> null));
        rig.run("test:echo profile; test:unknown"); // whatever the profile does is no line of the script
        String buffer = "";
        for (String line : lines) {
            buffer += line;
            try {
                rig.run(parser.parse(buffer, buffer.length(), ParseContext.ACCEPT_LINE)
                        .line());
                buffer = "";
            } catch (EOFError e) {
                buffer += "\n";
            }
        }
    }

    @Test
    void tellsTheLineOfEachCommandThatFails() {
        script(
                "test:echo 1",
                "",
                "# a comment",
                "symphony:pause nobody",
                "closure = {",
                "  test:echo 2",
                "}",
                "nonsense",
                "test:unknown {",
                "}",
                "test:echo end");
        assertThat(rig.failures)
                .containsExactly(
                        "line 4 failed: symphony:pause nobody",
                        "line 8 failed: nonsense",
                        "line 9 failed: test:unknown {");
    }

    @Test
    void tellsOfALineThatIsNoCommandAndGoesOn() {
        script("test:echo 1 }", "test:echo 2");
        assertThat(rig.failures).containsExactly("line 1 failed: test:echo 1 }");
        assertThat(parsed).contains("symphony:_syntax 'unexpected token \"}\"'", "test:echo 2");
        assertThat(rig.run("symphony:_syntax 'unexpected token \"}\"'"))
                .isEqualTo("syntax: unexpected token \"}\"; text that has brackets needs quotes around it");
    }

    @Test
    void tellsOfACommandThatIsCutOff() {
        script("test:echo 1", "symphony:on a {", "  test:echo 2");
        assertThat(rig.failures).isEmpty();
        rig.engine.close();
        assertThat(rig.failures).containsExactly("line 2 has no end, and was not run: symphony:on a {");
        rig.engine.close();
        assertThat(rig.failures).hasSize(1);
    }

    @Test
    void tellsOfALastLineWithoutEndUnlessItRuns() {
        var script = new Script(rig.failures::add);
        script.read("exit");
        script.runs();
        script.end("exit");
        assertThat(rig.failures).isEmpty();
        script.over();
        script.end("test:echo 2");
        assertThat(rig.failures).containsExactly("line 2 has no end, and was not run: test:echo 2");
    }

    /** The session that reads the lines has them in its editor, the one that began it has no editor. */
    @Test
    void tellsOnceOfWhatIsCutOffThoughSeveralSessionsEnd() {
        var script = new Script(rig.failures::add);
        script.readPart("symphony:on a {");
        script.end("");
        script.end("symphony:on a {");
        script.end("");
        assertThat(rig.failures).containsExactly("line 1 has no end, and was not run: symphony:on a {");
    }

    /** What exit does: the shell is interrupted while its command runs. */
    @Test
    void anInterruptIsTheEndAndNoFailure() {
        var script = new Script(rig.failures::add);
        script.read("exit");
        script.runs();
        script.over(new InterruptedException());
        script.end("exit");
        assertThat(rig.failures).isEmpty();
    }

    /** A listener that comes while something runs is told of its end, and was not told of its begin. */
    @Test
    void tellsWhatFailsThoughItCameInTheMidstOfSomething() {
        var script = new Script(rig.failures::add);
        script.over();
        script.over(new IllegalStateException());
        assertThat(rig.failures).isEmpty();
        script.read("test:unknown");
        script.runs();
        script.over(new IllegalStateException());
        assertThat(rig.failures).containsExactly("line 1 failed: test:unknown");
    }

    @Test
    void tellsOfWhatFailsWithinACommandOnlyIfTheCommandFails() {
        rig.processor.addCommand(
                "test",
                new org.apache.felix.gogo.runtime.CommandProxy(
                        (org.apache.felix.service.command.Function) (session, arguments) -> {
                            try {
                                return session.execute("test:unknown");
                            } catch (Exception e) {
                                return "handled";
                            }
                        },
                        "handle"),
                "handle");
        script("test:handle");
        assertThat(rig.failures).isEmpty();
    }

    @Test
    void tellsOfACommandInOneShortHarmlessLine() {
        script("test:unknown \u001b[2J" + "x".repeat(1000));
        assertThat(rig.failures)
                .singleElement()
                .satisfies(told -> assertThat(told)
                        .startsWith("line 1 failed: test:unknown \\u001b[2Jxxx")
                        .endsWith("…")
                        .hasSizeLessThan(80));
    }

    @Test
    void leavesAllButWholeLinesToGogo() {
        assertThatThrownBy(() -> parser.parse("x }", 3, ParseContext.COMPLETE)).isInstanceOf(SyntaxError.class);
        assertThat(parser.original()).isSameAs(gogo);
        assertThat(parser.isEscapeChar('\\')).isEqualTo(gogo.isEscapeChar('\\'));
        assertThat(parser.getCommand("a b")).isEqualTo(gogo.getCommand("a b"));
        assertThat(parser.getVariable("a=b")).isEqualTo(gogo.getVariable("a=b"));
        assertThat(parser.validCommandName("a")).isEqualTo(gogo.validCommandName("a"));
        assertThat(parser.validVariableName("a")).isEqualTo(gogo.validVariableName("a"));
    }
}
