/**
 * Who may do what: permissions, the service that decides on them, and the one that shows what it decides by.
 *
 * <p>Callers import {@code [1.1,2)}; a bundle that implements {@link AccessControl} or {@link PolicyAdmin} imports
 * {@code [1.1,1.2)}.
 */
@Export
@Version("1.1.0")
package symphony.api.rbac;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
