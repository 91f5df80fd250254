package symphony.it.handler;

import java.util.function.Supplier;
import symphony.it.guarded.GuardedBase;

/** Names no permission itself. */
public final class BaseVault extends GuardedBase implements Supplier<String> {
    @Override
    public String get() {
        return "by base";
    }
}
