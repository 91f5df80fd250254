/**
 * Who may do what: permissions, and the service that decides on them.
 *
 * <p>Callers import {@code [1.0,2)}; a bundle that implements {@link AccessControl} imports {@code [1.0,1.1)}.
 */
@Export
@Version("1.0.0")
package symphony.api.rbac;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
