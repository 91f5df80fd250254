/** A bare framework for contestants that are bundles. */
package symphony.benchmarks.felix;
