package symphony.crypto;

import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import symphony.api.crypto.CryptoContext;
import symphony.api.crypto.CryptoService;
import symphony.api.crypto.CryptoService.KeyState;

/**
 * The keys of all contexts, and a root that stays as long as they do: what must outlive a rotation is derived from it.
 * Exactly one key of each context is primary. Immutable, thread-safe.
 */
public final class Keysets {
    /** As many as the format can count. */
    static final int MOST_KEYS = 0xffff;

    private static final Comparator<KeysetKey> BY_CONTEXT_AND_AGE = Comparator.comparing(KeysetKey::context)
            .thenComparingLong(KeysetKey::createdMillis)
            .thenComparing(KeysetKey::id, Integer::compareUnsigned);

    private static final int LAST_ID = 0xffff_ffff;

    private final byte[] root;
    private final List<KeysetKey> keys;
    private final Map<CryptoContext, Map<Integer, KeysetKey>> byId = new EnumMap<>(CryptoContext.class);
    private final Map<CryptoContext, KeysetKey> primary = new EnumMap<>(CryptoContext.class);

    /** Takes the root's array; throws {@code IllegalArgumentException} if the keys do not make keysets. */
    Keysets(byte[] root, List<KeysetKey> keys) {
        if (root.length != KeyDerivation.KEY_BYTES) {
            throw new IllegalArgumentException(
                    "root has " + root.length + " bytes, must have " + KeyDerivation.KEY_BYTES);
        }
        this.root = root;
        this.keys = keys.stream().sorted(BY_CONTEXT_AND_AGE).toList();
        this.keys.forEach(this::add);
        for (CryptoContext context : CryptoContext.values()) {
            if (!primary.containsKey(context)) {
                throw new IllegalArgumentException(context + " has no primary key");
            }
        }
    }

    private void add(KeysetKey key) {
        CryptoContext context = key.context();
        if (byId.computeIfAbsent(context, c -> new HashMap<>()).put(key.id(), key) != null) {
            throw new IllegalArgumentException(key + " has the id of another key");
        }
        if (key.state() == KeyState.PRIMARY && primary.put(context, key) != null) {
            throw new IllegalArgumentException(context + " has more than one primary key");
        }
    }

    /**
     * New keysets with one key each, which nobody else knows.
     *
     * @param clock tells when they were made
     * @param random where they come from
     * @return the keysets
     */
    public static Keysets random(InstantSource clock, SecureRandom random) {
        long now = clock.millis();
        var keys = new ArrayList<KeysetKey>();
        for (CryptoContext context : CryptoContext.values()) {
            keys.add(new KeysetKey(context, 1, KeyState.PRIMARY, now, bytes(random)));
        }
        return new Keysets(bytes(random), keys);
    }

    private static byte[] bytes(SecureRandom random) {
        byte[] bytes = new byte[KeyDerivation.KEY_BYTES];
        random.nextBytes(bytes);
        return bytes;
    }

    /** What the key is called that the next rotation makes. */
    int nextId(CryptoContext context) {
        return 1
                + byId.get(context).keySet().stream()
                        .max(Integer::compareUnsigned)
                        .orElseThrow();
    }

    /** These, with a new key of a context that is primary in the place of the one before, which still opens. */
    Keysets rotated(CryptoContext context, InstantSource clock, SecureRandom random) {
        int last = nextId(context) - 1;
        if (last == LAST_ID || keys.size() == MOST_KEYS) {
            throw new IllegalStateException(
                    context + " cannot have another key, there are " + keys.size() + " in the key store");
        }
        var changed = new ArrayList<KeysetKey>();
        for (KeysetKey key : keys) {
            changed.add(key == primary(context) ? key.in(KeyState.ENABLED) : key);
        }
        changed.add(new KeysetKey(context, last + 1, KeyState.PRIMARY, clock.millis(), bytes(random)));
        return new Keysets(root, changed);
    }

    /** These, with a key in another state. */
    Keysets with(KeysetKey key, KeyState state) {
        var changed = new ArrayList<>(keys);
        changed.set(keys.indexOf(key), key.in(state));
        return new Keysets(root, changed);
    }

    /** Whether these go on from others: all keys of those are here, and are the same, or destroyed. */
    boolean goOnFrom(Keysets others) {
        return MessageDigest.isEqual(root, others.root)
                && others.keys.stream()
                        .allMatch(key -> find(key.context(), key.id())
                                .filter(here -> here.state() == KeyState.DESTROYED || here.hasSecretOf(key))
                                .isPresent());
    }

    /** These, with the bytes of the same keys of others in the place of their own, which are overwritten. */
    Keysets sharing(Keysets others) {
        var shared = new ArrayList<KeysetKey>();
        for (KeysetKey key : keys) {
            KeysetKey same = others.find(key.context(), key.id())
                    .filter(other -> other != key && key.state() != KeyState.DESTROYED && other.hasSecretOf(key))
                    .orElse(null);
            shared.add(same == null ? key : same.in(key.state()));
            if (same != null && same.secret() != key.secret()) {
                key.erase();
            }
        }
        return new Keysets(root, shared);
    }

    /** Those that are destroyed here, and not in others. */
    List<KeysetKey> destroyedSince(Keysets others) {
        return keys.stream()
                .filter(key -> key.state() == KeyState.DESTROYED)
                .filter(key -> others.find(key.context(), key.id())
                        .filter(before -> before.state() != KeyState.DESTROYED)
                        .isPresent())
                .toList();
    }

    /** Overwrites the keys that are destroyed in others. */
    void eraseDestroyedIn(Keysets others) {
        for (KeysetKey key : keys) {
            boolean destroyed = others.find(key.context(), key.id())
                    .filter(other -> other.state() == KeyState.DESTROYED)
                    .isPresent();
            if (destroyed) {
                key.erase();
            }
        }
    }

    /** The key that seals. */
    KeysetKey primary(CryptoContext context) {
        return primary.get(context);
    }

    /** A key in whatever state. */
    Optional<KeysetKey> find(CryptoContext context, int id) {
        return Optional.ofNullable(byId.get(context).get(id));
    }

    /** Oldest first within each context. */
    List<KeysetKey> keys() {
        return keys;
    }

    /** Not a copy: read only. */
    byte[] root() {
        return root;
    }

    List<CryptoService.Key> views() {
        return keys.stream().map(KeysetKey::view).toList();
    }

    /** Ids and states, never the bytes. */
    @Override
    public String toString() {
        return keys.toString();
    }
}
