package symphony.crypto;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Objects;
import symphony.api.crypto.CryptoContext;
import symphony.api.crypto.CryptoService;
import symphony.api.crypto.CryptoService.KeyState;

/** One key of a keyset, with its bytes. Immutable, until it is erased. */
final class KeysetKey {
    private final CryptoContext context;
    private final int id;
    private final KeyState state;
    private final long createdMillis;
    private final Secret secret;

    /** The bytes, which the key in each of its states shares. */
    private static final class Secret {
        private final byte[] bytes;
        private volatile boolean erased;

        Secret(byte[] bytes) {
            this.bytes = bytes;
        }
    }

    /** Takes the array; {@code id} is unsigned and not 0, which stands for "no key" in an envelope. */
    KeysetKey(CryptoContext context, int id, KeyState state, long createdMillis, byte[] secret) {
        this(context, id, state, createdMillis, new Secret(secret));
        if (id == 0 || secret.length != KeyDerivation.KEY_BYTES) {
            throw new IllegalArgumentException("key " + Integer.toUnsignedString(id) + " of " + context + " has "
                    + secret.length + " bytes, must have " + KeyDerivation.KEY_BYTES + " and an id other than 0");
        }
    }

    private KeysetKey(CryptoContext context, int id, KeyState state, long createdMillis, Secret secret) {
        this.context = Objects.requireNonNull(context, "context");
        this.id = id;
        this.state = Objects.requireNonNull(state, "state");
        this.createdMillis = createdMillis;
        this.secret = secret;
    }

    CryptoContext context() {
        return context;
    }

    int id() {
        return id;
    }

    KeyState state() {
        return state;
    }

    long createdMillis() {
        return createdMillis;
    }

    /** Not a copy: read only. All zeros in a key that is destroyed or was erased. */
    byte[] secret() {
        return secret.bytes;
    }

    boolean hasSecretOf(KeysetKey other) {
        return MessageDigest.isEqual(secret.bytes, other.secret.bytes);
    }

    boolean opens() {
        return state == KeyState.PRIMARY || state == KeyState.ENABLED;
    }

    /** The same key in another state; one that is destroyed has zeros for its bytes, and this one keeps its own. */
    KeysetKey in(KeyState other) {
        Secret bytes = other == KeyState.DESTROYED ? new Secret(new byte[KeyDerivation.KEY_BYTES]) : secret;
        return new KeysetKey(context, id, other, createdMillis, bytes);
    }

    /** Overwrites the bytes, which nobody may need any more; whoever derives from them meanwhile learns of it. */
    void erase() {
        secret.erased = true;
        Arrays.fill(secret.bytes, (byte) 0);
    }

    boolean isErased() {
        return secret.erased;
    }

    /** After something was derived from the bytes: throws {@link ErasedKeyException} if they may have been overwritten before. */
    void checkWhole() {
        if (secret.erased) {
            throw new ErasedKeyException();
        }
    }

    CryptoService.Key view() {
        return new CryptoService.Key(context, id, state, createdMillis);
    }

    /** Never the bytes. */
    @Override
    public String toString() {
        return view().toString();
    }
}
