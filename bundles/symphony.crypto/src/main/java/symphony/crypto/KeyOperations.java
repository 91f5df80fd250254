package symphony.crypto;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.api.audit.Outcome;
import symphony.api.crypto.CryptoContext;
import symphony.api.crypto.CryptoService.Key;
import symphony.api.crypto.CryptoService.KeyState;
import symphony.api.crypto.KeyAdmin.Use;
import symphony.api.crypto.KeyInUseException;
import symphony.api.crypto.SealedStore;
import symphony.component.Guard;

/** Changes keys for whoever may: asked, audited, written, used, in this order. Thread-safe. */
final class KeyOperations {
    /*
     * What is in the key store is used from the next seal on, and never before: a key that a crash could take away would take
     * with it what it sealed. One change at a time within the process; between processes that share the folder the folder's
     * lock decides, and each change begins with what is on disk.
     */
    private static final Logger log = LoggerFactory.getLogger(KeyOperations.class);
    private static final String DOMAIN = "crypto";

    private final KeysetStore store;
    private final CryptoEngine engine;
    private final Guard guard;
    private final InstantSource clock;
    private final SecureRandom random;
    private final List<SealedStore> stores;

    /** {@code stores} are those of now, at any time. */
    KeyOperations(
            KeysetStore store,
            CryptoEngine engine,
            Guard guard,
            List<SealedStore> stores,
            InstantSource clock,
            SecureRandom random) {
        this.stores = stores;
        this.store = store;
        this.engine = engine;
        this.guard = guard;
        this.clock = clock;
        this.random = random;
    }

    Key rotate(String caller, CryptoContext context) {
        guard.check(caller, DOMAIN, "rotate", nameOf(context));
        Keysets now = change(caller, "rotate", nameOf(context), keysets -> keysets.rotated(context, clock, random));
        Key primary = now.primary(context).view();
        tellOfNew(primary);
        return primary;
    }

    private static void tellOfNew(Key key) {
        log.info("symphony.crypto: new key {} for {}", Integer.toUnsignedString(key.id()), nameOf(key.context()));
    }

    /** Rotates each context whose primary key is older. Nobody is asked, since configuration wants it; it is audited. */
    void rotateOlderThan(long millis) {
        for (CryptoContext context : CryptoContext.values()) {
            if (isOlder(engine.keysets(), context, millis)) {
                Keysets now = change(
                        Crypto.PID,
                        "rotate",
                        nameOf(context),
                        keysets ->
                                isOlder(keysets, context, millis) ? keysets.rotated(context, clock, random) : keysets);
                tellOfNew(now.primary(context).view());
            }
        }
    }

    private boolean isOlder(Keysets keysets, CryptoContext context, long millis) {
        return clock.millis() - keysets.primary(context).createdMillis() >= millis;
    }

    Key disable(String caller, CryptoContext context, int id) {
        return set(caller, "disable", context, id, KeyState.DISABLED);
    }

    Key enable(String caller, CryptoContext context, int id) {
        return set(caller, "enable", context, id, KeyState.ENABLED);
    }

    private Key set(String caller, String action, CryptoContext context, int id, KeyState state) {
        guard.check(caller, DOMAIN, action, nameOf(context));
        KeysetKey key = changeable(engine.keysets(), action, context, id);
        if (key.state() == state || key.opens() && state == KeyState.ENABLED) {
            return key.view();
        }
        Keysets now = change(
                caller,
                action,
                target(context, id),
                keysets -> keysets.with(changeable(keysets, action, context, id), state));
        return known(now, context, id).view();
    }

    List<Use> destroy(String caller, CryptoContext context, int id, boolean force) {
        guard.check(caller, DOMAIN, "destroy", nameOf(context));
        if (known(engine.keysets(), context, id).state() == KeyState.DESTROYED) {
            return List.of();
        }
        changeable(engine.keysets(), "destroy", context, id);
        List<Use> uses = force ? List.of() : uses(context, id);
        if (!uses.isEmpty()) {
            throw new KeyInUseException(
                    "key " + target(context, id) + " is needed by " + text(uses)
                            + "; let them go first, or destroy it by force: then they can never be read",
                    uses);
        }
        change(
                caller,
                "destroy",
                target(context, id),
                keysets -> keysets.with(changeable(keysets, "destroy", context, id), KeyState.DESTROYED));
        log.warn("symphony.crypto: key {} is destroyed", target(context, id));
        return giveUp(context, id);
    }

    /** What is there now; throws {@code IllegalStateException} if a store cannot be asked. */
    List<Use> uses(CryptoContext context, int id) {
        known(engine.keysets(), context, id);
        var uses = new ArrayList<Use>();
        for (SealedStore kept : stores) {
            try {
                addTo(uses, kept, kept.count(context, id));
            } catch (RuntimeException | LinkageError e) { // as while its bundle is replaced
                throw new IllegalStateException(
                        "it cannot be told whether " + kept + " needs key " + target(context, id) + " (" + e
                                + "); try again",
                        e);
            }
        }
        return uses;
    }

    /** Also what came since the uses were counted: sealed before, and on its way then. */
    private List<Use> giveUp(CryptoContext context, int id) {
        var gone = new ArrayList<Use>();
        for (SealedStore kept : stores) {
            try {
                addTo(gone, kept, kept.giveUp(context, id));
            } catch (RuntimeException | LinkageError e) { // the others shall know all the same
                log.warn(
                        "symphony.crypto: {} could not give up what key {} sealed; it fails when its turn comes",
                        kept,
                        target(context, id),
                        e);
            }
        }
        return gone;
    }

    private static void addTo(List<Use> uses, SealedStore kept, long items) {
        if (items > 0) {
            uses.add(new Use(kept.name(), items));
        }
    }

    private static String text(List<Use> uses) {
        return uses.stream().map(use -> use.items() + " in " + use.store()).collect(Collectors.joining(", "));
    }

    private Keysets change(String caller, String action, String target, UnaryOperator<Keysets> change) {
        String audited = DOMAIN + ':' + action;
        guard.record(caller, audited, target, Outcome.DONE, Map.of());
        try {
            return changeNow(change);
        } catch (RuntimeException | Error e) {
            try {
                guard.record(caller, audited, target, Outcome.FAILED, Map.of());
            } catch (RuntimeException alsoFailed) {
                e.addSuppressed(alsoFailed);
            }
            throw e;
        }
    }

    private synchronized Keysets changeNow(UnaryOperator<Keysets> change) {
        Keysets changed = store.change(change);
        engine.use(changed);
        return changed;
    }

    private static KeysetKey known(Keysets keysets, CryptoContext context, int id) {
        return keysets.find(context, id)
                .orElseThrow(() -> new IllegalArgumentException(
                        "there is no key " + target(context, id) + "; symphony:keys lists them"));
    }

    /** One that is neither primary nor destroyed. */
    private static KeysetKey changeable(Keysets keysets, String action, CryptoContext context, int id) {
        KeysetKey key = known(keysets, context, id);
        if (key.state() == KeyState.DESTROYED) {
            throw new IllegalStateException("key " + target(context, id) + " is destroyed, for good");
        }
        if (key.state() == KeyState.PRIMARY && !action.equals("enable")) {
            throw new IllegalStateException("key " + target(context, id) + " seals what is new; rotate "
                    + nameOf(context) + " first, then " + action + " it");
        }
        return key;
    }

    private static String nameOf(CryptoContext context) {
        return context.name().toLowerCase(Locale.ROOT);
    }

    private static String target(CryptoContext context, int id) {
        return nameOf(context) + '/' + Integer.toUnsignedString(id);
    }
}
