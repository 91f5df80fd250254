/** The audit trail: written, signed, read and verified. */
package symphony.audit;
