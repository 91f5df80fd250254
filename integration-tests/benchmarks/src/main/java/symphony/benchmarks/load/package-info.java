/**
 * What a contestant's process runs: publishers, handlers, counting and measuring, the same for all. It knows the bus between
 * them as {@link symphony.benchmarks.load.Bus} alone, and needs nothing but the JDK and HdrHistogram, for in a framework it is
 * part of a bundle.
 */
package symphony.benchmarks.load;
