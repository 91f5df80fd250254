package symphony.it.product;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ConditionFactory;

/** The product as a process; closing this ends it the hard way, if it still runs. */
final class Running implements AutoCloseable {
    /** Long, for a busy machine: only a test that fails waits as long. */
    static final Duration DEADLINE = Duration.ofSeconds(120);

    private static final Duration POLL = Duration.ofMillis(50);

    private final Process process;
    private final Path out;
    private final Path err;
    private final LogFile log;

    Running(Process process, Path out, Path err, LogFile log) {
        this.process = process;
        this.out = out;
        this.err = err;
        this.log = log;
    }

    Process process() {
        return process;
    }

    /** What it wrote to standard output so far. */
    String output() {
        return read(out);
    }

    /** What it wrote to standard error so far. */
    String errors() {
        return read(err);
    }

    /** What this start has logged. */
    LogFile log() {
        return log;
    }

    private static String read(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes a line to its standard input, which must be a pipe. */
    void type(String line) throws IOException {
        process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
    }

    /** Until all start levels are there, and with them what lies in the drop folder. */
    Running awaitStarted() {
        awaitLog("started in ");
        return this;
    }

    void awaitOutput(String text) {
        waiting("'" + text + "' in the output").until(() -> output().contains(text));
    }

    void awaitErrors(String text) {
        waiting("'" + text + "' in the errors").until(() -> errors().contains(text));
    }

    /** Types a line again and again until its output has the text. */
    void awaitAnswer(String line, String text) {
        waiting("'" + text + "' as the answer to " + line).until(() -> {
            type(line);
            return output().contains(text);
        });
    }

    /** Until the log has one text and, somewhere behind it, another. */
    void awaitLog(String text, String then) {
        waiting("'" + text + "', then '" + then + "' in the log").until(() -> {
            String all = log.text();
            int at = all.indexOf(text);
            return at >= 0 && all.indexOf(then, at) >= 0;
        });
    }

    void awaitLog(String text) {
        waiting("'" + text + "' in the log").until(() -> log.text().contains(text));
    }

    void awaitFile(Path file) {
        waiting(file.toString()).until(() -> Files.exists(file));
    }

    private ConditionFactory waiting(String what) {
        return await(what)
                .atMost(DEADLINE)
                .pollInterval(POLL)
                .pollDelay(Duration.ZERO)
                .failFast(() -> assertThat(process.isAlive())
                        .as("runs, while we wait for %s; %s", what, this)
                        .isTrue());
    }

    /** SIGTERM. */
    Running terminate() {
        process.destroy();
        return this;
    }

    /** SIGKILL. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        awaitExit();
    }

    int awaitExit() throws InterruptedException {
        assertThat(process.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS))
                .as("ended; %s", this)
                .isTrue();
        return process.exitValue();
    }

    /** Waits for the end and checks how it ended. */
    Running endsWith(int exitCode) throws InterruptedException {
        assertThat(awaitExit()).as("exit code; %s", this).isEqualTo(exitCode);
        return this;
    }

    /** Waits for the end and checks that the start was refused: with one line on standard error, and nothing else. */
    void isRefused(int exitCode, String... what) throws InterruptedException {
        endsWith(exitCode);
        assertThat(errors().lines()).as("%s", this).singleElement().asString().contains(what);
        assertThat(output()).isEmpty();
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }

    @Override
    public String toString() {
        return "output:\n" + output() + "errors:\n" + errors() + "log:\n" + log.text();
    }
}
