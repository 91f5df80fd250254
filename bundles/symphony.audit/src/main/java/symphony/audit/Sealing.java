package symphony.audit;

import java.nio.ByteBuffer;
import java.util.Optional;
import symphony.api.crypto.CryptoContext;
import symphony.api.crypto.CryptoService;

/** How contents are sealed: by a crypto service that encrypts, or not at all. Immutable, thread-safe. */
record Sealing(Optional<CryptoService> crypto) {
    /* Of bytes that CryptoService has sealed, as the README of symphony.crypto specifies them. */
    private static final int KEY_ID_AT = 5;
    private static final int LEAST_BYTES = 65;

    static Sealing none() {
        return new Sealing(Optional.empty());
    }

    static Sealing by(CryptoService service) {
        return new Sealing(Optional.of(service));
    }

    boolean isSealing() {
        return crypto.isPresent();
    }

    byte[] seal(byte[] associatedData, byte[] content) {
        return crypto.map(service -> service.seal(CryptoContext.AUDIT, associatedData, content))
                .orElse(content);
    }

    /** Which key has sealed these bytes; empty if they are too short to be sealed. */
    static Optional<Integer> keyId(byte[] sealed) {
        return sealed.length < LEAST_BYTES
                ? Optional.empty()
                : Optional.of(ByteBuffer.wrap(sealed).getInt(KEY_ID_AT));
    }
}
