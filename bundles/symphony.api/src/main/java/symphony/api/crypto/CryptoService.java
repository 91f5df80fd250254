package symphony.api.crypto;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/** Seals and opens byte arrays, and tells how encryption stands. Thread-safe. */
@ProviderType
public interface CryptoService {
    /**
     * Seals bytes with the primary key of a context.
     *
     * @param context what for
     * @param associatedData authenticated, not encrypted, needed again to open; may be empty
     * @param plaintext what
     * @return a new array, 65 bytes and a tag longer than the plaintext
     * @throws IllegalStateException if the service is closed, or the cipher fails
     */
    byte[] seal(CryptoContext context, byte[] associatedData, byte[] plaintext);

    /**
     * Opens bytes.
     *
     * @param context what they must have been sealed for
     * @param associatedData as it was when they were sealed
     * @param sealed what {@link #seal} gave
     * @return the plaintext, a new array
     * @throws SealException if they cannot be opened, whatever the reason
     */
    byte[] open(CryptoContext context, byte[] associatedData, byte[] sealed);

    /**
     * Whether events are encrypted: false only by the launch property {@code symphony.encryption=off} together with
     * {@code symphony.environment=dev}.
     *
     * @return whether they are
     */
    boolean encrypting();

    /**
     * How events are encrypted, for people.
     *
     * @return as {@code AES-256-GCM (SunJCE)}
     */
    String cipher();

    /**
     * The keys, without anything secret.
     *
     * @return an unmodifiable list, oldest first within each context
     */
    List<Key> keys();

    /** Where a key stands. */
    enum KeyState {
        /** Seals and opens; one per context. */
        PRIMARY,
        /** Opens. */
        ENABLED,
        /** Neither, can be enabled again. */
        DISABLED,
        /** Gone for good. */
        DESTROYED
    }

    /**
     * A key, without its bytes.
     *
     * @param context what it is for
     * @param id unsigned, unique in its context
     * @param state where it stands
     * @param createdMillis when it was made, epoch milliseconds
     */
    record Key(CryptoContext context, int id, KeyState state, long createdMillis) {}
}
