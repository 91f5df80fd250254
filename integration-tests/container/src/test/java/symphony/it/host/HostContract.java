package symphony.it.host;

import java.util.concurrent.Callable;
import symphony.api.rbac.RequiresPermission;

/** Of the host's class path, which exports the package to bundles. */
public interface HostContract extends Callable<String> {
    @Override
    @RequiresPermission("vault:open:host")
    String call();
}
