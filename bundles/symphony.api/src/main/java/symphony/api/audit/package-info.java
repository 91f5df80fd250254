/**
 * The trail of what was done, by whom, to what, and how it ended.
 *
 * <p>Callers import {@code [1.0,2)}; a bundle that implements {@link AuditSink} imports {@code [1.0,1.1)}.
 */
@Export
@Version("1.0.0")
package symphony.api.audit;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
