/** The load as a bundle beside an OSGi Event Admin. */
package symphony.benchmarks.eventadmin;
