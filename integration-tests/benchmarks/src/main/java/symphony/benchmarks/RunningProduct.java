package symphony.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * A product that was started as users do, with a pipe to type into, and when it wrote what. What it writes is kept in a
 * file, too. Thread-safe.
 */
final class RunningProduct implements AutoCloseable {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(120);
    private static final long STOP_SECONDS = 15;
    private static final int SHOWN_LINES = 40;

    /**
     * A line of its output.
     *
     * @param nanos when it was read, by {@code System.nanoTime}
     * @param text without its end
     */
    record Line(long nanos, String text) {}

    private final long startedNanos;
    private final Process process;
    private final Thread hook;
    private final Writer input;
    private final Path output;
    private final List<Line> lines = new ArrayList<>(); // guarded by itself, as ended
    private boolean ended;

    /**
     * Starts it.
     *
     * @param base the product's folder
     * @param home its state folder
     * @param output where to keep what it writes
     * @param options for its JVM, separated by spaces
     */
    RunningProduct(Path base, Path home, Path output, String options) throws IOException {
        this.output = output;
        var builder = new ProcessBuilder(base.resolve("bin/symphony").toString()).redirectErrorStream(true);
        builder.environment().put("SYMPHONY_OPTS", options + ' ' + ProductLaunch.DEVELOPMENT);
        builder.environment().put("SYMPHONY_HOME", home.toString());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        startedNanos = System.nanoTime();
        process = builder.start();
        input = process.outputWriter(StandardCharsets.UTF_8);
        hook = new Thread(process::destroy, "end");
        Runtime.getRuntime().addShutdownHook(hook); // it would go on for ever
        var reader = new Thread(this::read, "output");
        reader.setDaemon(true);
        reader.start();
    }

    private void read() {
        try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
            for (String text = reader.readLine(); text != null; text = reader.readLine()) {
                var line = new Line(System.nanoTime(), text);
                synchronized (lines) {
                    lines.add(line);
                    lines.notifyAll();
                }
            }
        } catch (IOException e) {
            synchronized (lines) {
                lines.add(new Line(System.nanoTime(), "its output cannot be read: " + e));
            }
        } finally {
            synchronized (lines) {
                ended = true;
                lines.notifyAll();
            }
        }
    }

    /** When its start began. */
    long startedNanos() {
        return startedNanos;
    }

    long pid() {
        return process.pid();
    }

    /** Types a line. */
    void type(String line) throws IOException {
        input.write(line + "\n");
        input.flush();
    }

    /** Waits for the first line of those from the start that is wanted. */
    Line await(String what, Predicate<String> wanted) throws FailedRun, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        synchronized (lines) {
            for (int seen = 0; ; ) {
                for (; seen < lines.size(); seen++) {
                    if (wanted.test(lines.get(seen).text)) {
                        return lines.get(seen);
                    }
                }
                long millis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                if (ended || millis <= 0) {
                    throw new FailedRun((ended ? "it ended without " : "it waits for ever for ") + what, tail());
                }
                lines.wait(millis);
            }
        }
    }

    private String tail() {
        List<String> last = texts().subList(Math.max(0, lines.size() - SHOWN_LINES), lines.size());
        return "  all of it in " + output + "\n  | " + String.join("\n  | ", last);
    }

    private List<String> texts() {
        synchronized (lines) {
            return lines.stream().map(Line::text).toList();
        }
    }

    /** Stops it. */
    @Override
    public void close() throws IOException {
        try {
            process.destroy();
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        } finally {
            Runtime.getRuntime().removeShutdownHook(hook);
            Files.write(output, texts());
        }
    }
}
