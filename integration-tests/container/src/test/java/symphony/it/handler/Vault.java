package symphony.it.handler;

import java.util.concurrent.Callable;
import symphony.api.rbac.RequiresPermission;

/** Has a method of which a permission is demanded. */
public final class Vault implements Callable<String> {
    @Override
    @RequiresPermission("vault:open:gold")
    public String call() {
        return "gold";
    }

    /** As callers of the same bundle do. */
    String callInside() {
        return call();
    }
}
