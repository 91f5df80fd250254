package symphony.nlp;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** Hashes. */
final class Digests {
    private Digests() {}

    static byte[] sha256(byte[] bytes, int length) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(bytes, 0, length);
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-256, which each must have", e);
        }
    }
}
