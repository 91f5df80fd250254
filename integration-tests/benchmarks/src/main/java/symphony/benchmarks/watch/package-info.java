/** Tells from within the product when publishing makes sense. */
package symphony.benchmarks.watch;
