/** The load as a bundle beside an OSGi Typed Event bus. */
package symphony.benchmarks.typedevent;
