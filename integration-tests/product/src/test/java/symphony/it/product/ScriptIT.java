package symphony.it.product;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import symphony.it.handler.LateGogo;

/** Scripts on standard input, and exit codes. */
@Timeout(400)
class ScriptIT {
    @TempDir
    private Path folder;

    private Path home;

    @BeforeEach
    void chooseHome() {
        home = folder.resolve("home");
    }

    @Test
    void runsAScriptThenStops() throws Exception {
        Installation product = Installation.unpack(folder);
        product.drainFor("30s");
        try (var running = Start.of(product.command(), home)
                .script(
                        "symphony:on script/* { echo \"saw $($it topic) of $($it data)\" }",
                        "symphony:publish script/one n=1",
                        "symphony:status")) {
            running.endsWith(0);
            assertThat(running.output())
                    .contains("saw script/one of {n=1}", "accepted by 1 subscription", "AES-256-GCM");
            assertThat(running.errors()).isEmpty();
        }
    }

    @Test
    void runsALineOfAPipeWhenItComes() throws Exception {
        try (var running = Start.on(home).pipe()) {
            running.type("symphony:publish first n=1");
            running.awaitOutput("not wanted");
            running.type("exit");
            running.endsWith(0);
            assertThat(running.errors()).isEmpty();
        }
    }

    /** What a closure prints comes at any time, yet no line is broken by it. */
    @Test
    void printsWhatClosuresPrintInLinesOfTheirOwn() throws Exception {
        var lines = new ArrayList<String>();
        lines.add("symphony:on t/* { echo \"got $($it get n)\" }");
        for (int n = 0; n < 200; n++) {
            lines.add("symphony:publish t/a n=" + n);
        }
        try (var running = Start.on(home).script(lines.toArray(String[]::new))) {
            running.endsWith(0);
            assertThat(running.output().lines())
                    .allMatch(line -> line.matches("on-1 is on for .*"
                            + "|got \\d+"
                            + "|[0-9a-f-]{36} accepted by 1 subscription"
                            + "|gosh: stopping framework"));
            assertThat(running.output().lines().filter(line -> line.startsWith("got ")))
                    .isNotEmpty();
        }
    }

    @Test
    void goesOnAfterALineThatFailsAndEndsWithTheNumberOfExit() throws Exception {
        try (var running =
                Start.on(home).script("symphony:publish a//b", "symphony:nonsense", "exit 3", "echo never")) {
            running.endsWith(3);
            assertThat(running.output()).contains("a//b", "symphony:nonsense").doesNotContain("never");
            assertThat(running.output() + running.errors()).doesNotContain("\tat ");
        }
    }

    @Test
    void saysWhichCommandsFailedAndEndsWithOne() throws Exception {
        try (var running = Start.on(home)
                .script(
                        "echo first",
                        "symphony:publish a//b",
                        "# a comment, and a command of three lines",
                        "symphony:on a {",
                        "  echo handled",
                        "}",
                        "symphony:pause on-1 )", // Gogo alone would end here
                        "echo last",
                        "symphony:on b {")) {
            running.endsWith(1);
            assertThat(running.output()).contains("first", "a//b", "unexpected token", "last");
            assertThat(running.errors())
                    .isEqualTo("symphony: line 2 failed: symphony:publish a//b\n"
                            + "symphony: line 7 failed: symphony:pause on-1 )\n"
                            + "symphony: line 9 has no end, and was not run: symphony:on b {\n");
        }
    }

    @Test
    void exitEndsWithOneIfACommandFailedUnlessItHasANumber() throws Exception {
        try (var running = Start.on(home).script("symphony:nonsense", "exit")) {
            running.endsWith(1);
            assertThat(running.errors()).isEqualTo("symphony: line 1 failed: symphony:nonsense\n");
        }
        try (var running = Start.on(home).script("symphony:nonsense", "exit 0")) {
            running.endsWith(0);
        }
    }

    /** Gogo begins its shell before it looks for commands, and for those that follow a script; and then takes its time. */
    @ParameterizedTest
    @ValueSource(strings = {"osgi.command.scope", "CommandSessionListener"})
    void beginsOnceGogoIsThere(String heldAt) throws Exception {
        Installation product = Installation.unpack(folder);
        HandlerJar.write(product.load().resolve("gogo.jar"), "symphony.it.gogo", "1.0.0", LateGogo.class);
        try (var running = Start.of(product.command(), home)
                .option("-D" + LateGogo.HELD_AT + "=" + heldAt)
                .script("symphony:nonsense", "echo one")) {
            running.endsWith(1);
            assertThat(running.output()).startsWith("held\n").contains("\none\n");
            assertThat(running.errors()).isEqualTo("symphony: line 1 failed: symphony:nonsense\n");
        }
    }

    @Test
    void refusesArgumentsThatItDoesNotKnow() throws Exception {
        try (var running = Start.on(home).argument("--foo").headless()) {
            running.isRefused(2, "unknown argument --foo", "--help");
        }
        try (var running =
                Start.on(home).argument("--version").argument("--help").headless()) {
            running.isRefused(2, "at most one argument", "--help");
        }
        assertThat(home).doesNotExist();
    }

    @Test
    void explainsItself() throws Exception {
        try (var running = Start.on(home).argument("--help").headless()) {
            running.endsWith(0);
            assertThat(running.output()).contains("usage: symphony", "SYMPHONY_HOME", "SYMPHONY_OPTS", "JAVA_HOME");
        }
        assertThat(home).doesNotExist();
    }
}
