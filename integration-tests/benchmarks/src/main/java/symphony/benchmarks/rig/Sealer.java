package symphony.benchmarks.rig;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Cipher;
import javax.crypto.KeyGenerator;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;

/** AES-256-GCM by the platform, with 150 bytes of associated data: a cipher and a counter of nonces for each thread. Thread-safe. */
public final class Sealer {
    /** A sealed order and what it was sealed with. */
    public record Sealed(byte[] nonce, byte[] associated, byte[] ciphertext) {}

    private static final int KEY_BITS = 256;
    private static final int NONCE_BYTES = 12;
    private static final int ASSOCIATED_BYTES = 150;
    private static final int TAG_BITS = 128;

    private final SecretKey key;
    private final AtomicInteger threads = new AtomicInteger();
    private final ThreadLocal<Mine> mine = ThreadLocal.withInitial(() -> new Mine(threads.getAndIncrement()));

    /** With a new key. */
    public Sealer() {
        try {
            var keys = KeyGenerator.getInstance("AES");
            keys.init(KEY_BITS);
            this.key = keys.generateKey();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the platform has no AES", e);
        }
    }

    /** Seals, with a nonce of its own. */
    public Sealed seal(byte[] plaintext) throws GeneralSecurityException {
        Mine own = mine.get();
        byte[] nonce = ByteBuffer.allocate(NONCE_BYTES)
                .putInt(own.number)
                .putLong(own.nonces++)
                .array();
        var associated = new byte[ASSOCIATED_BYTES];
        System.arraycopy(nonce, 0, associated, 0, NONCE_BYTES); // each event has its own, as id and time are
        own.cipher.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(TAG_BITS, nonce));
        own.cipher.updateAAD(associated);
        return new Sealed(nonce, associated, own.cipher.doFinal(plaintext));
    }

    /** Opens what {@link #seal} gave. */
    public byte[] open(Sealed sealed) {
        try {
            Cipher cipher = mine.get().cipher;
            cipher.init(Cipher.DECRYPT_MODE, key, new GCMParameterSpec(TAG_BITS, sealed.nonce));
            cipher.updateAAD(sealed.associated);
            return cipher.doFinal(sealed.ciphertext);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("what was sealed does not open", e);
        }
    }

    /** What belongs to one thread. */
    private static final class Mine {
        private final int number;
        private final Cipher cipher;
        private long nonces;

        Mine(int number) {
            this.number = number;
            try {
                this.cipher = Cipher.getInstance("AES/GCM/NoPadding");
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("the platform has no AES-GCM", e);
            }
        }
    }
}
