/** The load as a bundle in the product's drop folder. */
package symphony.benchmarks.product;
