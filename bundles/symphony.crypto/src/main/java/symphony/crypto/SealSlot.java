package symphony.crypto;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.ProviderException;
import java.security.SecureRandom;
import symphony.api.crypto.Envelope;

/**
 * A writer: a cipher, a key of its own derived with 16 random bytes, and a counter as nonce. One thread at a time.
 *
 * <p>That no two seals have the same key, salt and nonce rests on two things. Within a salt the counter moves on
 * <em>before</em> it is used, so that what fails in the middle leaves a gap, never a repetition. Between salts, also of other
 * processes, restarts and copies of a machine, 128 random bits decide: 2^40 salts meet by chance with probability 2^-49. (A
 * snapshot of a running machine that is resumed twice repeats what is in memory; nothing that keeps state there can help.)
 */
final class SealSlot {
    private final SealSettings settings;
    private final SecureRandom random;
    private final DerivedKeys derivedKeys;

    private GcmCipher cipher;
    private DerivedKey key;
    private long counter;
    private long saltMillis;

    SealSlot(SealSettings settings, SecureRandom random, DerivedKeys derivedKeys) {
        this.settings = settings;
        this.random = random;
        this.derivedKeys = derivedKeys;
        this.cipher = GcmCipher.of(settings.provider());
    }

    /** Throws {@code IllegalStateException} if the provider fails; the slot is then good for the next seal. */
    void seal(KeysetKey primary, long nowMillis, Message message) {
        if (needsSalt(primary, nowMillis)) {
            renew(primary, nowMillis);
        }
        byte[] nonce = nonce(counter++);
        key.stamp(message, nonce);
        boolean sealed = false;
        try {
            cipher.encrypt(key.key(), nonce, message);
            sealed = true;
        } catch (GeneralSecurityException | ProviderException e) {
            throw new IllegalStateException(
                    "symphony.crypto: " + cipher.provider() + " cannot encrypt " + message.bytes().length
                            + " bytes with AES-256-GCM; set another provider in PID " + Crypto.PID,
                    e);
        } finally {
            if (!sealed) {
                key = null;
                cipher = GcmCipher.of(settings.provider());
            }
        }
    }

    private boolean needsSalt(KeysetKey primary, long nowMillis) {
        return key == null
                || key.origin() != primary
                || counter >= settings.sealsPerSalt()
                || Math.abs(nowMillis - saltMillis) >= settings.saltMillis();
    }

    private void renew(KeysetKey primary, long nowMillis) {
        byte[] salt = new byte[Envelope.SALT_BYTES];
        random.nextBytes(salt);
        key = new DerivedKey(primary, salt);
        counter = 0;
        saltMillis = nowMillis;
        derivedKeys.put(key);
    }

    private static byte[] nonce(long counter) {
        return ByteBuffer.allocate(Envelope.NONCE_BYTES)
                .putLong(Envelope.NONCE_BYTES - Long.BYTES, counter)
                .array();
    }
}
