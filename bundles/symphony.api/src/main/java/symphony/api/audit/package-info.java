/**
 * The trail of what was done, by whom, to what, and how it ended: who writes it, who reads it, and what outside of it holds what it
 * once was.
 *
 * <p>Callers import {@code [1.1,2)}, also those that implement {@link AuditAnchor}; a bundle that implements {@link AuditSink} or
 * {@link AuditTrail} imports {@code [1.1,1.2)}.
 */
@Export
@Version("1.1.0")
package symphony.api.audit;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
