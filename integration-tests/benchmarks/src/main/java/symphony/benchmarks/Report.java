package symphony.benchmarks;

/** What was measured, as Markdown. */
record Report(Options options, Machine machine, Results results) {
    String markdown() {
        return machine.toString();
    }
}
