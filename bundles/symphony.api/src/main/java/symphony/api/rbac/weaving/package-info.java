/**
 * What woven checks and operations call, and who answers them. For {@code symphony.rbac.weaver} and the methods that it guards;
 * applications use {@link symphony.api.rbac.RequiresPermission} and {@code symphony.api.nlp.SecureOperation}.
 *
 * <p>Guarded classes import {@code [1.0,2)}, dynamically; a bundle that implements {@link Enforcer} or
 * {@link OperationRunner} imports {@code [1.1,1.2)}.
 */
@Export
@Version("1.1.0")
package symphony.api.rbac.weaving;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
