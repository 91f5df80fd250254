package symphony.api.crypto;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.SeekableByteChannel;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Seals and opens byte arrays and streams, and tells how encryption stands. Thread-safe.
 *
 * <p>The service knows its caller. Parts of the core use it as it is. Where permissions are decided any other bundle
 * needs, at each call, {@code crypto:seal:<context>} or {@code crypto:open:<context>}, the context in lower case, and
 * to list keys {@code crypto:list:*}; each opening leaves an audit entry first, and waits for it. What
 * {@link #sealing}, {@link #opening} and {@link #reader} have given is its own. Without the permission
 * {@link symphony.api.rbac.AccessDeniedException} is thrown; where the entry cannot be stored,
 * {@link symphony.api.audit.AuditUnavailableException}.
 */
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
     * Seals a stream of any length, piece by piece: models, archives. The plaintext touches no disk. Its pieces can neither be
     * exchanged, left out, repeated nor cut off unseen.
     *
     * @param context what for
     * @param associatedData authenticated, not encrypted, needed again to open; copied, may be empty
     * @param to gets the sealed bytes: 61, and 16 for each 64 KiB begun
     * @return takes the plaintext; must be finished
     * @throws IOException if the stream behind fails
     * @throws IllegalStateException if the service is closed, or the cipher fails
     */
    SealedOutput sealing(CryptoContext context, byte[] associatedData, OutputStream to) throws IOException;

    /**
     * Opens such a stream from its beginning. Each piece of 64 KiB is checked before a byte of it is handed out; that the end is
     * there is known once it is reached. So who must not act on a part of it reads all of it first.
     *
     * @param context what it must have been sealed for
     * @param associatedData as it was when it was sealed; copied
     * @param from the sealed bytes, to their end
     * @return the plaintext; its methods throw {@link SealException} where something was changed, and it closes the stream
     *     behind. One thread at a time
     * @throws SealException if it was not sealed for this, or its key cannot be had
     * @throws IOException if the stream behind fails
     */
    InputStream opening(CryptoContext context, byte[] associatedData, InputStream from) throws IOException;

    /**
     * Opens such a stream to read anywhere in it. That its end is there is checked now.
     *
     * @param context what it must have been sealed for
     * @param associatedData as it was when it was sealed; copied
     * @param from the sealed bytes, from position 0 to the end; must not change meanwhile
     * @return reads it
     * @throws SealException if it was not sealed for this, its key cannot be had, or its end is not there
     * @throws IOException if the channel fails
     */
    SealedReader reader(CryptoContext context, byte[] associatedData, SeekableByteChannel from) throws IOException;

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
