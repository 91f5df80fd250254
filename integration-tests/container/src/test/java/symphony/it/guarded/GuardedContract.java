package symphony.it.guarded;

import java.util.function.Supplier;
import symphony.api.rbac.RequiresPermission;

/** Demands permissions that are declared nowhere else. */
public interface GuardedContract extends Supplier<String> {
    @Override
    @RequiresPermission("vault:open:interface")
    String get();
}
