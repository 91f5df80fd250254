/**
 * Who may do what: permissions, the service that decides on them, and the one that shows what it decides by; annotations by
 * which methods demand permissions, and contexts that tell in whose name they are called.
 *
 * <p>Callers import {@code [1.3,2)}; a bundle that implements {@link AccessControl}, {@link PolicyAdmin} or
 * {@link SecurityContexts} imports {@code [1.3,1.4)}.
 */
@Export
@Version("1.3.0")
package symphony.api.rbac;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
