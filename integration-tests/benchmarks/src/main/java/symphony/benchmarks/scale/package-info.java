/** What many waiting events and many pending timers cost. */
package symphony.benchmarks.scale;
