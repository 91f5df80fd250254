package symphony.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The results that are kept, newest first, and the pictures of the newest.
 *
 * @param folder where they lie
 */
record Records(Path folder) {
    private static final String HEAD =
            "# Results\n\nNewest first; written by `bench … --record`. README.md says what is measured.\n\n";
    private static final String SECTION = "\n## ";

    /** A section of results. */
    void add(String section) throws IOException {
        Path file = folder.resolve("RESULTS.md");
        Files.writeString(file, with(Files.exists(file) ? Files.readString(file) : HEAD, section));
    }

    /** A section of results, and its picture. */
    void add(Options options, Report report) throws IOException {
        add(report.markdown());
        Chart chart = options.latency() ? new LatencyChart() : new ThroughputChart();
        Files.writeString(
                folder.resolve(options.latency() ? "latency.svg" : "throughput.svg"),
                chart.draw(report.machine(), report.results()));
    }

    /** All of it with one more section before the first one. */
    static String with(String all, String section) {
        int first = all.indexOf(SECTION);
        return first < 0
                ? all.stripTrailing() + "\n\n" + section.strip() + "\n"
                : all.substring(0, first + 1) + section.strip() + "\n" + all.substring(first);
    }
}
