package symphony.benchmarks;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import symphony.benchmarks.load.Plan;
import symphony.benchmarks.load.Report;

/** One process that measures. What it writes is kept in {@code output.txt} of its folder. */
final class Child {
    /** For start, drain and stop; the longest of them is a minute. */
    private static final long SPARE_SECONDS = 150;

    private static final long STOP_SECONDS = 15;
    private static final int SHOWN_LINES = 40;

    private final ProcessBuilder builder;
    private final Path output;
    private final long deadlineSeconds;

    Child(ProcessBuilder builder, Path folder, Plan plan) {
        this(builder, folder, plan.mostWarmupSeconds() + plan.measureSeconds() + SPARE_SECONDS);
    }

    Child(ProcessBuilder builder, Path folder, long deadlineSeconds) {
        this.builder = builder;
        this.output = folder.resolve("output.txt");
        this.deadlineSeconds = deadlineSeconds;
    }

    Map<String, Object> result() throws FailedRun, IOException, InterruptedException {
        Process process = builder.redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .start();
        var end = new Thread(process::destroy, "end");
        Runtime.getRuntime().addShutdownHook(end); // a product would go on for ever
        try {
            String line = verdict(process);
            if (line.startsWith(Report.RESULT)) {
                return parse(line.substring(Report.RESULT.length()));
            }
            throw new FailedRun(line, tail());
        } finally {
            stop(process);
            Runtime.getRuntime().removeShutdownHook(end);
        }
    }

    private String verdict(Process process) throws InterruptedException {
        var verdict = new CompletableFuture<String>();
        var reader = new Thread(() -> read(process, verdict), "output");
        reader.setDaemon(true);
        reader.start();
        try {
            return verdict.get(deadlineSeconds, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            return "gave no result within " + deadlineSeconds + " s";
        } catch (ExecutionException e) {
            return "its output cannot be read: " + e.getCause();
        }
    }

    private void read(Process process, CompletableFuture<String> verdict) {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
                var file = Files.newBufferedWriter(output)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                file.write(line);
                file.newLine();
                file.flush();
                if (line.startsWith(Report.RESULT) || line.startsWith(Report.FAILED)) {
                    verdict.complete(line);
                }
            }
            verdict.complete("ended without a result");
        } catch (IOException e) {
            verdict.completeExceptionally(e);
        }
    }

    private String tail() throws IOException {
        List<String> lines = Files.exists(output) ? Files.readAllLines(output) : List.of();
        int from = Math.max(0, lines.size() - SHOWN_LINES);
        return "  all of it in " + output + "\n  | " + String.join("\n  | ", lines.subList(from, lines.size()));
    }

    private static void stop(Process process) throws InterruptedException {
        process.destroy();
        if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
    }

    /** One flat object of texts and numbers. */
    static Map<String, Object> parse(String json) {
        var figures = new LinkedHashMap<String, Object>();
        try (JsonParser parser = new JsonFactory().createParser(json)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                figures.put(name, parser.nextToken().isNumeric() ? (Object) parser.getDoubleValue() : parser.getText());
            }
            return figures;
        } catch (IOException e) {
            throw new UncheckedIOException("a result is damaged: " + json, e);
        }
    }
}
