package symphony.it.product;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Nothing is said that nobody asked for, on the Java that runs the tests and on the newest: not by us, not by Java.
 * {@link HeadlessIT} is about a headless start on the former.
 */
@Timeout(400)
class QuietIT {
    private static final Path OWN = Path.of(System.getProperty("java.home"));

    @TempDir
    private Path folder;

    @Test
    void saysNothingButWhatTheScriptSays() throws Exception {
        runScript(OWN);
    }

    @Test
    void saysNothingButWhatTheScriptSaysOnTheNewestJava() throws Exception {
        runScript(newest());
    }

    @Test
    void saysNothingHeadlessOnTheNewestJava() throws Exception {
        runHeadless();
    }

    private static Path newest() throws IOException {
        Optional<Path> newest = NewestJava.find();
        assumeTrue(newest.isPresent(), "no Java newer than " + OWN + " is beside it; name one by JAVA_NEWEST_HOME");
        return newest.get();
    }

    private void runScript(Path java) throws Exception {
        try (var running = start(java).script("echo one", "symphony:dead list", "echo two")) {
            running.endsWith(0);
            assertThat(running.output().lines().toList())
                    .containsExactly("one", "no dead letters", "two", "gosh: stopping framework");
            isQuiet(running);
        }
    }

    private void runHeadless() throws Exception {
        try (var running = start(newest()).headless()) {
            running.awaitStarted().terminate().endsWith(143);
            assertThat(running.output()).isEmpty();
            isQuiet(running);
        }
    }

    private Start start(Path java) {
        return Start.on(folder.resolve("home")).withoutOptions().environment("JAVA_HOME", java.toString());
    }

    private static void isQuiet(Running running) {
        assertThat(running.errors()).isEmpty();
        assertThat(running.log().complaints()).isEmpty();
        assertThat(running.log().text()).contains(" ready: ", "stopped: 0 events handled since, none left");
    }
}
