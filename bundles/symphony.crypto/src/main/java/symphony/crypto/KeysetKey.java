package symphony.crypto;

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
    private final byte[] secret;

    /** Takes the array; {@code id} is unsigned and not 0, which stands for "no key" in an envelope. */
    KeysetKey(CryptoContext context, int id, KeyState state, long createdMillis, byte[] secret) {
        if (id == 0 || secret.length != KeyDerivation.KEY_BYTES) {
            throw new IllegalArgumentException("key " + Integer.toUnsignedString(id) + " of " + context + " has "
                    + secret.length + " bytes, must have " + KeyDerivation.KEY_BYTES + " and an id other than 0");
        }
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
        return secret;
    }

    boolean opens() {
        return state == KeyState.PRIMARY || state == KeyState.ENABLED;
    }

    /** The same key in another state; one that is destroyed has zeros for its bytes, and this one keeps its own. */
    KeysetKey in(KeyState other) {
        byte[] bytes = other == KeyState.DESTROYED ? new byte[secret.length] : secret;
        return new KeysetKey(context, id, other, createdMillis, bytes);
    }

    /** Overwrites the bytes, which nobody may need any more. */
    void erase() {
        Arrays.fill(secret, (byte) 0);
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
