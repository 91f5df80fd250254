/** Many services in the product: handlers that idle, or plain ones. */
package symphony.benchmarks.crowd;
