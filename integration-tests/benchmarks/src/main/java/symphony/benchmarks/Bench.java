package symphony.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/** {@code bench throughput} and {@code bench latency}: measures, prints a table, keeps it if told to. */
public final class Bench {
    private Bench() {}

    /** Ends with 0 if each round of each contestant gave a result, with 2 if the arguments are wrong. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Options options;
        try {
            options = Options.parse(Arrays.asList(arguments));
        } catch (IllegalArgumentException e) {
            System.err.println("bench: " + e.getMessage());
            System.exit(2);
            return;
        }
        var place = Place.of(Path.of(System.getProperty("bench.root")));
        var machine = Machine.here(place);
        Results results = new Rounds(options, place).run();
        var report = new Report(options, machine, results);
        System.out.println(report.markdown().strip());
        if (options.record() && !results.failures().isEmpty()) {
            System.err.println("bench: not recorded, for a round failed; see above");
        } else if (options.record()) {
            new Records(place.module()).add(options, report);
        }
        System.exit(results.failures().isEmpty() ? 0 : 1);
    }
}
