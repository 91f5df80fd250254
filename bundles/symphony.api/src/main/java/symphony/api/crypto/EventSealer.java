package symphony.api.crypto;

import java.util.UUID;
import org.osgi.annotation.versioning.ProviderType;
import symphony.api.event.Event;

/**
 * Encodes and seals events, opens and decodes them. Thread-safe. For parts of the core it never blocks on a disk.
 *
 * <p>The service knows its caller. Parts of the core use it as it is. Where permissions are decided any other bundle
 * needs, at each call, {@code crypto:seal:<context>} to seal, the context in lower case, {@code crypto:seal:event} for
 * the hash of an order key, and {@code crypto:peek:<topic>} to open an event; each opening leaves an audit entry first,
 * and waits for it. Without the permission {@link symphony.api.rbac.AccessDeniedException} is thrown; where the entry
 * cannot be stored, {@link symphony.api.audit.AuditUnavailableException}.
 */
@ProviderType
public interface EventSealer {
    /**
     * Encodes and seals an event.
     *
     * @param context {@link CryptoContext#EVENT} or {@link CryptoContext#SCHEDULE}
     * @param event what; its own id is not looked at
     * @param id the event's id
     * @param publishedMillis when it was published, epoch milliseconds; with the event's time to live this gives its expiry
     * @param publisher who published it, at most 255 bytes in UTF-8
     * @return a new envelope
     * @throws IllegalArgumentException if the data cannot be encoded or is too large, see {@link EventCodec#encode(Object)}
     * @throws IllegalStateException if the sealer is closed, or the cipher fails
     */
    Envelope seal(CryptoContext context, Event event, UUID id, long publishedMillis, String publisher);

    /**
     * Opens an envelope.
     *
     * @param context what it must have been sealed for
     * @param envelope never null
     * @return what was in it
     * @throws SealException if it cannot be opened, whatever the reason
     */
    OpenEvent open(CryptoContext context, Envelope envelope);

    /**
     * Opens an envelope and puts the event together that was sealed, with its id and what is left of its time to live.
     *
     * @param context what it must have been sealed for
     * @param envelope never null
     * @return the event; its data is the decoded map
     * @throws SealException if it cannot be opened, whatever the reason
     */
    Event reopen(CryptoContext context, Envelope envelope);

    /**
     * Whether a key was destroyed: what names it can never be opened again.
     *
     * @param context what the key is for
     * @param keyId the key's id in it, as an envelope names it
     * @return false for every other key, also for one that is not known
     */
    default boolean isDestroyed(CryptoContext context, int keyId) {
        return false;
    }

    /**
     * A keyed hash of an order key, so that what waits shows nothing of it.
     *
     * @param key what an event is about
     * @return 64 bits, never 0; equal for equal keys as long as the keyset stays
     */
    long orderKey(String key);
}
