/** Publishes what an example waits for. */
package symphony.benchmarks.feed;
