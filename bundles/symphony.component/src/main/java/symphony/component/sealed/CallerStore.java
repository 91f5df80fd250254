package symphony.component.sealed;

import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.osgi.framework.BundleContext;
import symphony.api.audit.Outcome;
import symphony.api.crypto.CryptoContext;
import symphony.api.crypto.SealedStore;
import symphony.api.rbac.Decision;
import symphony.component.Guard;
import symphony.component.GuardedService;

/**
 * A store of what was sealed, as a bundle sees it that is not {@code symphony.crypto}: giving up what a key sealed
 * needs what destroying the key needs, and is audited as that. Thread-safe.
 */
public final class CallerStore implements SealedStore {
    private static final String DOMAIN = "crypto";
    private static final String DESTROY = "destroy";

    private final SealedStore store;
    private final Guard guard;
    private final String caller;

    /**
     * For a caller.
     *
     * @param store the store as it is
     * @param guard asked and told
     * @param caller the caller's principal
     */
    public CallerStore(SealedStore store, Guard guard, String caller) {
        this.store = Objects.requireNonNull(store, "store");
        this.guard = Objects.requireNonNull(guard, "guard");
        this.caller = Objects.requireNonNull(caller, "caller");
    }

    /**
     * A store as a service: as it is for {@code symphony.crypto}, and a view for each other bundle.
     *
     * @param context of the bundle that registers it
     * @param store the store as it is
     * @param guard asked and told
     * @return for a registration
     */
    public static GuardedService<SealedStore> service(BundleContext context, SealedStore store, Guard guard) {
        return new GuardedService<>(
                context, Set.of("symphony.crypto"), store, caller -> new CallerStore(store, guard, caller));
    }

    @Override
    public String name() {
        return store.name();
    }

    @Override
    public Set<CryptoContext> contexts() {
        return store.contexts();
    }

    @Override
    public long count(CryptoContext context, int keyId) {
        guard.check(caller, DOMAIN, "list", nameOf(context));
        return store.count(context, keyId);
    }

    @Override
    public long giveUp(CryptoContext context, int keyId) {
        Decision decision = guard.check(caller, DOMAIN, DESTROY, nameOf(context));
        String action = DOMAIN + ':' + DESTROY;
        String target = nameOf(context) + '/' + Integer.toUnsignedString(keyId);
        var details = Map.of("store", store.name());
        guard.record(caller, action, target, Outcome.DONE, details, decision);
        try {
            return store.giveUp(context, keyId);
        } catch (RuntimeException | Error e) {
            try {
                guard.record(caller, action, target, Outcome.FAILED, details, decision);
            } catch (RuntimeException alsoFailed) {
                e.addSuppressed(alsoFailed);
            }
            throw e;
        }
    }

    private static String nameOf(CryptoContext context) {
        return context.name().toLowerCase(Locale.ROOT);
    }
}
