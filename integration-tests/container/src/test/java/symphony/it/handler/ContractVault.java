package symphony.it.handler;

import symphony.it.guarded.GuardedContract;

/** Names no permission itself. */
public final class ContractVault implements GuardedContract {
    @Override
    public String get() {
        return "by contract";
    }
}
