/** Bare rigs: the least that a bus with priorities does, and so the limit of what ours can reach. */
package symphony.benchmarks.rig;
