package symphony.it.product;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

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
        try (var running = Start.on(home)
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
