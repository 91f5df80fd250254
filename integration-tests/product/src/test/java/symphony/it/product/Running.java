package symphony.it.product;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The product as a process. */
final class Running implements AutoCloseable {
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    private final Process process;
    private final Path out;

    Running(Process process, Path out) {
        this.process = process;
        this.out = out;
    }

    Process process() {
        return process;
    }

    /** What it wrote to standard output and error so far. */
    String output() {
        try {
            return Files.readString(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int awaitExit() throws InterruptedException {
        if (!process.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("still runs after " + DEADLINE + ":\n" + output());
        }
        return process.exitValue();
    }

    void awaitOutput(String text) {
        await("output has '" + text + "'").atMost(DEADLINE).until(() -> output().contains(text));
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
