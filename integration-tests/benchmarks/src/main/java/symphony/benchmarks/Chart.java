package symphony.benchmarks;

/** Draws results. */
@FunctionalInterface
interface Chart {
    /** A picture as SVG. */
    String draw(Machine machine, Results results);
}
