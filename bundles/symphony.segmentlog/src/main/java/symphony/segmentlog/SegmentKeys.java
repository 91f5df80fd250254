package symphony.segmentlog;

import java.security.GeneralSecurityException;
import javax.crypto.SecretKey;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Where a sealed log gets its keys: one for each segment, derived from its random salt, so that no two segments share one.
 * Called on the log's writer thread, once for each new segment, and on the threads of readers, once for each segment; must be
 * thread-safe, must not call the log, and may throw: whoever appends or reads is told, and the log goes on.
 */
@ConsumerType
public interface SegmentKeys {
    /**
     * Which key seals new segments. It is written into their headers in the clear.
     *
     * @return a number that {@link #derive} will know as long as the segment is to be read
     */
    int keyId();

    /**
     * The key of one segment, for instance {@code HKDF(key, salt)}. Equal arguments give equal keys.
     *
     * @param keyId what {@link #keyId} was when the segment was made
     * @param salt 16 random bytes, never the same for two segments; a copy
     * @return an AES key of 32 bytes that is used for nothing else
     * @throws GeneralSecurityException if there is none
     */
    SecretKey derive(int keyId, byte[] salt) throws GeneralSecurityException;
}
