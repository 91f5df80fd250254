/** Runs contestants, each in a fresh process, and writes what they measured as tables and pictures. */
package symphony.benchmarks;
