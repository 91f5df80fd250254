/** Parts of the engine, each measured alone by JMH. */
package symphony.benchmarks.parts;
