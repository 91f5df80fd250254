package symphony.it.guarded;

import symphony.api.rbac.RequiresPermission;

/** Demands a permission of whatever its subclasses declare. */
@RequiresPermission("vault:open:superclass")
public abstract class GuardedBase {}
