package symphony.benchmarks;

import java.util.List;

/**
 * What a command gave.
 *
 * @param markdown a section for the results
 * @param failures of single measurements; what failed is not recorded
 */
record Outcome(String markdown, List<String> failures) {}
