package symphony.crypto;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.api.audit.AuditEntry;
import symphony.api.audit.Outcome;
import symphony.api.crypto.CryptoContext;
import symphony.api.crypto.CryptoService.Key;
import symphony.api.crypto.CryptoService.KeyState;
import symphony.api.crypto.KeyAdmin.Use;
import symphony.api.crypto.KeyInUseException;
import symphony.api.crypto.SealedStore;
import symphony.api.rbac.Decision;
import symphony.component.Guard;

/** Changes keys for whoever may: asked, audited, written, used, in this order. Thread-safe. */
final class KeyOperations {
    /*
     * What is in the key store is used from the next seal on, and never before: a key that a crash could take away would take
     * with it what it sealed. One change at a time within the process; between processes that share the folder the folder's
     * lock decides, and each change begins with what is on disk. That must go on from the keys in use: a backup from before a
     * rotation, or keys of others, would take away what waits.
     *
     * Files are touched on a thread of its own, since an interrupt of the caller would close them in the middle. If a change
     * fails, what is on disk then is used, for the failure may have come after it was there. Whatever key is destroyed by then,
     * by whomever, is given up by the stores.
     */
    private static final Logger log = LoggerFactory.getLogger(KeyOperations.class);
    static final String DOMAIN = "crypto";
    private static final String PASSPHRASE = "passphrase";

    /** Of what configuration wants nobody is asked. */
    private static final Decision NOBODYS = new Decision(true, "");

    /** How often a rotation gives way to those of other processes. */
    private static final int MOST_TRIES = 10;

    private final KeysetStore store;
    private final CryptoEngine engine;
    private final Guard guard;
    private final InstantSource clock;
    private final SecureRandom random;
    private final List<SealedStore> stores;

    /** Those whose stores are still to be told. */
    private final Queue<KeysetKey> destroyed = new ConcurrentLinkedQueue<>();

    private boolean closed;

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
        Decision decision = guard.check(caller, DOMAIN, "rotate", nameOf(context));
        Keysets now = rotated(
                new Asked(caller, "rotate", decision), context, keysets -> keysets.rotated(context, clock, random));
        giveUpDestroyed();
        Key primary = now.primary(context).view();
        tellOfNew(primary);
        return primary;
    }

    /**
     * The record names the key that it makes, before that is made. So if another process rotates between the two it is tried
     * again, with another record.
     */
    private Keysets rotated(Asked asked, CryptoContext context, UnaryOperator<Keysets> rotation) {
        for (int tried = 1; ; tried++) {
            int fresh = engine.keysets().nextId(context);
            try {
                return change(asked, nameOf(context), named(fresh), keysets -> made(fresh, context, keysets, rotation));
            } catch (OtherKeyException e) {
                if (tried == MOST_TRIES) {
                    throw e;
                }
                log.debug("rotating again: {}", e.getMessage());
            }
        }
    }

    private static Keysets made(int fresh, CryptoContext context, Keysets before, UnaryOperator<Keysets> rotation) {
        Keysets after = rotation.apply(before);
        if (after != before && after.primary(context).id() != fresh) {
            throw new OtherKeyException("another process has rotated " + nameOf(context)
                    + " meanwhile; rotate again if it is still to have another key");
        }
        return after;
    }

    /** The key to be made has another id than was recorded. */
    private static final class OtherKeyException extends IllegalStateException {
        private static final long serialVersionUID = 1L;

        OtherKeyException(String message) {
            super(message);
        }
    }

    private static Map<String, String> named(int id) {
        return Map.of(AuditEntry.KEY, Integer.toUnsignedString(id));
    }

    private static void tellOfNew(Key key) {
        log.info("symphony.crypto: new key {} for {}", Integer.toUnsignedString(key.id()), nameOf(key.context()));
    }

    /**
     * Rotates each context whose primary key is older. Nobody is asked, since configuration wants it; it is audited. One that
     * fails does not keep the others from it.
     */
    void rotateOlderThan(long millis) {
        RuntimeException failure = null;
        for (CryptoContext context : CryptoContext.values()) {
            try {
                if (isOlder(engine.keysets(), context, millis)) {
                    rotateIfOlder(context, millis);
                }
            } catch (RuntimeException e) {
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    private void rotateIfOlder(CryptoContext context, long millis) {
        int before = engine.keysets().primary(context).id();
        Keysets now = rotated(
                new Asked(Crypto.PID, "rotate", NOBODYS),
                context,
                keysets -> isOlder(keysets, context, millis) ? keysets.rotated(context, clock, random) : keysets);
        if (now.primary(context).id() != before) {
            tellOfNew(now.primary(context).view());
        }
        giveUpDestroyed();
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
        Decision decision = guard.check(caller, DOMAIN, action, nameOf(context));
        KeysetKey key = changeable(engine.keysets(), action, context, id);
        if (key.state() == state || key.opens() && state == KeyState.ENABLED) {
            return key.view();
        }
        Keysets now = change(
                new Asked(caller, action, decision),
                target(context, id),
                named(id),
                keysets -> keysets.with(changeable(keysets, action, context, id), state));
        giveUpDestroyed();
        return known(now, context, id).view();
    }

    List<Use> destroy(String caller, CryptoContext context, int id, boolean force) {
        Decision decision = guard.check(caller, DOMAIN, "destroy", nameOf(context));
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
        try {
            change(
                    new Asked(caller, "destroy", decision),
                    target(context, id),
                    Map.of("force", Boolean.toString(force), AuditEntry.KEY, Integer.toUnsignedString(id)),
                    keysets -> keysets.with(changeable(keysets, "destroy", context, id), KeyState.DESTROYED));
            log.warn("symphony.crypto: key {} is destroyed", target(context, id));
            destroyed.removeIf(key -> key.context() == context && key.id() == id);
            List<Use> gone = giveUp(context, id);
            recordGone(caller, target(context, id), gone);
            return gone;
        } finally {
            giveUpDestroyed();
        }
    }

    /** How much can never be read any more; the key is gone, whether that can be audited or not. */
    private void recordGone(String caller, String target, List<Use> gone) {
        if (gone.isEmpty()) {
            return;
        }
        long items = gone.stream().mapToLong(Use::items).sum();
        try {
            guard.submit(caller, DOMAIN + ":give-up", target, Outcome.DONE, Map.of("count", Long.toString(items)));
        } catch (RuntimeException e) {
            log.warn(
                    "symphony.crypto: that {} items which key {} has sealed are given up could not be audited: {}",
                    items,
                    target,
                    e.toString());
        }
    }

    /** See {@link KeysetStore#changePassphrase}. */
    Optional<String> changePassphrase(String caller, Optional<Path> file) {
        var asked = new Asked(caller, "change", guard.check(caller, DOMAIN, "change", PASSPHRASE));
        Optional<String> where = audited(asked, PASSPHRASE, Map.of(), () -> changePassphraseNow(file));
        log.info("symphony.crypto: the key store has another passphrase; back it up again");
        return where;
    }

    private synchronized Optional<String> changePassphraseNow(Optional<Path> file) {
        refuseIfClosed();
        return store.changePassphrase(file, this::goingOn);
    }

    /** Those that another process destroyed, or a change that failed at its very end. */
    private void giveUpDestroyed() {
        for (KeysetKey key = destroyed.poll(); key != null; key = destroyed.poll()) {
            log.warn("symphony.crypto: key {} is destroyed", target(key.context(), key.id()));
            giveUp(key.context(), key.id());
        }
    }

    List<Use> uses(String caller, CryptoContext context, int id) {
        guard.check(caller, DOMAIN, "list", nameOf(context));
        known(engine.keysets(), context, id);
        return uses(context, id);
    }

    /**
     * What is there now; throws {@code IllegalStateException} if nobody can tell. Where nothing was found it is looked for a second
     * time: an event may have gone meanwhile to a store that had been asked, from one that had not.
     */
    private List<Use> uses(CryptoContext context, int id) {
        List<Use> uses = look(context, id);
        return uses.isEmpty() ? look(context, id) : uses;
    }

    private List<Use> look(CryptoContext context, int id) {
        var uses = new ArrayList<Use>();
        boolean answered = false;
        for (SealedStore kept : stores) {
            try {
                answered |= kept.contexts().contains(context);
                addTo(uses, kept, kept.count(context, id));
            } catch (RuntimeException | LinkageError e) { // as while its bundle is replaced
                throw new IllegalStateException(
                        "it cannot be told whether " + kept.getClass().getName() + " needs key " + target(context, id)
                                + " (" + e + "); try again",
                        e);
            }
        }
        if (!answered) {
            throw new IllegalStateException("nobody is there who can tell what key " + target(context, id)
                    + " sealed; if nothing of that is needed, destroy it by force");
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
                        kept.getClass().getName(),
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

    private Keysets change(Asked asked, String target, Map<String, String> details, UnaryOperator<Keysets> change) {
        return audited(asked, target, details, () -> changeNow(change));
    }

    private <T> T audited(Asked asked, String target, Map<String, String> details, Supplier<T> change) {
        record(asked, target, Outcome.DONE, details);
        try {
            return onOwnThread(change);
        } catch (RuntimeException | Error e) {
            try {
                record(asked, target, Outcome.FAILED, details);
            } catch (RuntimeException alsoFailed) {
                e.addSuppressed(alsoFailed);
            }
            throw e;
        }
    }

    private void record(Asked asked, String target, Outcome outcome, Map<String, String> details) {
        guard.record(asked.caller, DOMAIN + ':' + asked.action, target, outcome, details, asked.decision);
    }

    /** Who wants what, and what was decided about that. */
    private record Asked(String caller, String action, Decision decision) {}

    /** Waits for it, whoever interrupts; the interrupt stays pending. */
    private static <T> T onOwnThread(Supplier<T> change) {
        var done = new FutureTask<>(change::get);
        var thread = new Thread(null, done, Crypto.PID + " keys", 0, false);
        thread.setDaemon(true);
        thread.setContextClassLoader(KeyOperations.class.getClassLoader());
        thread.start();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return done.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) e.getCause(); // a supplier throws nothing else
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private synchronized Keysets changeNow(UnaryOperator<Keysets> change) {
        refuseIfClosed();
        try {
            return use(store.change(stored -> change.apply(goingOn(stored))));
        } catch (RuntimeException | Error e) {
            useWhatIsThere(e);
            throw e;
        }
    }

    /** Called with the lock. */
    private void refuseIfClosed() {
        if (closed) {
            throw new IllegalStateException(Crypto.PID + ": is stopping; ask its successor");
        }
    }

    private Keysets goingOn(Keysets stored) {
        if (!stored.goOnFrom(engine.keysets())) {
            throw new IllegalStateException(
                    Crypto.PID + ": the key store does not go on from the keys in use, as a backup from"
                            + " before the last rotation; put the right one back, or restart the bundle to use this one");
        }
        return stored;
    }

    private Keysets use(Keysets stored) {
        Keysets before = engine.keysets();
        Keysets now = stored.sharing(before);
        engine.use(now);
        destroyed.addAll(now.destroyedSince(before));
        return now;
    }

    /** The failure of a change may have come after it was in the key store. */
    private void useWhatIsThere(Throwable failure) {
        try {
            use(goingOn(store.read()));
        } catch (RuntimeException | Error e) {
            failure.addSuppressed(e);
        }
    }

    /** No change begins any more; one that runs is waited for. */
    synchronized void close() {
        closed = true;
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

    /** A context as permissions and audit entries name it. */
    static String nameOf(CryptoContext context) {
        return context.name().toLowerCase(Locale.ROOT);
    }

    private static String target(CryptoContext context, int id) {
        return nameOf(context) + '/' + Integer.toUnsignedString(id);
    }
}
