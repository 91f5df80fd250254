package symphony.it.handler;

import java.util.concurrent.Callable;
import symphony.api.rbac.RequiresPermission;

/** As {@link Vault}; loaded when the test wants it. */
@RequiresPermission("vault:open:late")
public final class LateVault implements Callable<String> {
    @Override
    public String call() {
        return "late gold";
    }
}
