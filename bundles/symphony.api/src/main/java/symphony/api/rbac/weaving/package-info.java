/**
 * What woven checks call, and who answers them. For {@code symphony.rbac.weaver} and the methods that it guards; applications
 * use {@link symphony.api.rbac.RequiresPermission}.
 *
 * <p>Guarded classes import {@code [1.0,2)}, dynamically; a bundle that implements {@link Enforcer} imports {@code [1.0,1.1)}.
 */
@Export
@Version("1.0.0")
package symphony.api.rbac.weaving;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
