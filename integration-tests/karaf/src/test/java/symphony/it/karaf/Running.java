package symphony.it.karaf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A process whose output goes into a file, errors into one beside it, and whose input is typed. Closing this ends it with all it started. */
final class Running implements AutoCloseable {
    /** Long, for a busy machine: only a test that fails waits as long. */
    static final Duration DEADLINE = Duration.ofSeconds(180);

    private final Process process;
    private final Path output;
    private final Thread hook;

    private Running(Process process, Path output) {
        this.process = process;
        this.output = output;
        this.hook = new Thread(this::kill);
        Runtime.getRuntime().addShutdownHook(hook); // should the tests be ended from outside
    }

    static Running start(Path folder, Path output, Map<String, String> environment, String... command)
            throws IOException {
        var builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectError(
                        output.resolveSibling("errors-" + output.getFileName()).toFile())
                .redirectOutput(output.toFile());
        builder.environment().remove("SYMPHONY_OPTS");
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("LC_ALL", "C.UTF-8");
        builder.environment().put("TERM", "dumb");
        builder.environment().putAll(environment);
        return new Running(builder.start(), output);
    }

    /** All that it printed so far. */
    String output() {
        try {
            return new String(Files.readAllBytes(output), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void type(String line) throws IOException {
        process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
    }

    void awaitTrue(String what, Callable<Boolean> condition) {
        await(what)
                .atMost(DEADLINE)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(50))
                .failFast(() -> assertThat(process.isAlive())
                        .as("runs, while we wait for %s; it printed:%n%s", what, output())
                        .isTrue())
                .until(condition);
    }

    /** SIGTERM; the exit code, once it has ended. */
    int terminate() throws InterruptedException {
        process.destroy();
        return awaitExit();
    }

    int awaitExit() throws InterruptedException {
        assertThat(process.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS))
                .as("ended; it printed:%n%s", output())
                .isTrue();
        return process.exitValue();
    }

    private void kill() {
        Stream.concat(process.descendants(), Stream.of(process.toHandle())).forEach(ProcessHandle::destroyForcibly);
    }

    @Override
    public void close() {
        kill();
        process.onExit().join();
        Runtime.getRuntime().removeShutdownHook(hook);
    }
}
