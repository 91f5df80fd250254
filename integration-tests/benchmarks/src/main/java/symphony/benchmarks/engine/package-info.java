/** The engines of the product without a framework. */
package symphony.benchmarks.engine;
