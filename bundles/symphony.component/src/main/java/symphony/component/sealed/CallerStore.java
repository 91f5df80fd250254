package symphony.component.sealed;

import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import symphony.api.audit.Outcome;
import symphony.api.crypto.CryptoContext;
import symphony.api.crypto.SealedStore;
import symphony.component.Guard;

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
        guard.check(caller, DOMAIN, DESTROY, nameOf(context));
        String action = DOMAIN + ':' + DESTROY;
        String target = nameOf(context) + '/' + Integer.toUnsignedString(keyId);
        var details = Map.of("store", store.name());
        guard.record(caller, action, target, Outcome.DONE, details);
        try {
            return store.giveUp(context, keyId);
        } catch (RuntimeException | Error e) {
            try {
                guard.record(caller, action, target, Outcome.FAILED, details);
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
