/** Admission: judges bundles before they are installed or resolved, by their form, their manifest and their signature. */
package symphony.admission;
