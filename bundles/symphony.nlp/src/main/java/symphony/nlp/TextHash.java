package symphony.nlp;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Hashes texts with a key, so that the audit trail tells which were the same, and nobody without the key finds out by trying what they
 * were: the first 16 bytes of HMAC-SHA-256. Thread-safe.
 */
final class TextHash {
    static final int KEY_BYTES = 32;

    private static final String ALGORITHM = "HmacSHA256";
    private static final int HASH_BYTES = 16;

    private final SecretKeySpec key;

    TextHash(byte[] key) {
        this.key = new SecretKeySpec(key, ALGORITHM);
    }

    String of(String text) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            byte[] hash = mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(Arrays.copyOf(hash, HASH_BYTES));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no " + ALGORITHM + ", which each must have", e);
        }
    }
}
