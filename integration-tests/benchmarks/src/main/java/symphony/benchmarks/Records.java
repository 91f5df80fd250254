package symphony.benchmarks;

import java.nio.file.Path;

/** The results that are kept. */
record Records(Path folder) {
    void add(Options options, Report report) {}
}
