package symphony.audit;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** SHA-256, as the chain of records needs it. One thread only. */
final class ChainHash {
    static final int BYTES = 32;

    private final MessageDigest sha256 = sha256();

    /** What stands before the first record. */
    static byte[] none() {
        return new byte[BYTES];
    }

    /** A new one; every Java has it. */
    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
    }

    /** SHA-256(previous ‖ the first bytes of a record). */
    byte[] of(byte[] previous, byte[] record, int length) {
        sha256.update(previous);
        sha256.update(record, 0, length);
        return sha256.digest();
    }
}
