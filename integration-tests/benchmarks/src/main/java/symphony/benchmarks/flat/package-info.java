/** Contestants that run on a flat class path. */
package symphony.benchmarks.flat;
