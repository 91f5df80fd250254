package symphony.crypto;

import java.util.Arrays;
import javax.crypto.spec.SecretKeySpec;
import symphony.api.crypto.Envelope;

/** What a writer with one salt uses of one key. Immutable, but for the mark of its cache. */
final class DerivedKey {
    private final KeysetKey origin;
    private final byte[] salt;
    private final SecretKeySpec key;
    private final byte[] commitment;

    /** For {@link DerivedKeys}: was it used since it was last passed over? A lost update costs nothing but a derivation. */
    private volatile boolean used;

    /** Derives; takes the salt's array. About 10 µs. Throws {@link ErasedKeyException}. */
    DerivedKey(KeysetKey origin, byte[] salt) {
        this.origin = origin;
        this.salt = salt;
        this.key = new SecretKeySpec(KeyDerivation.writerKey(origin, salt), "AES");
        this.commitment = KeyDerivation.commitment(origin, salt);
        origin.checkWhole();
    }

    KeysetKey origin() {
        return origin;
    }

    SecretKeySpec key() {
        return key;
    }

    void stamp(Message message, byte[] nonce) {
        message.stamp(origin.id(), salt, commitment, nonce);
    }

    /** Whether the message says that it was sealed with this key; in constant time. */
    boolean isCommittedToIn(Message message) {
        byte[] bytes = message.bytes();
        int at = message.commitmentAt();
        int differences = 0;
        for (int i = 0; i < Envelope.COMMITMENT_BYTES; i++) {
            differences |= commitment[i] ^ bytes[at + i];
        }
        return differences == 0;
    }

    /** Whether it was derived from this key with the salt in the message. */
    boolean belongsTo(KeysetKey from, Message message) {
        int at = message.saltAt();
        return origin == from && Arrays.equals(salt, 0, salt.length, message.bytes(), at, at + Envelope.SALT_BYTES);
    }

    int saltHash() {
        return DerivedKeys.hash(salt, 0);
    }

    void markUsed() {
        if (!used) {
            used = true;
        }
    }

    /** Whether it was used; forgets it. */
    boolean wasUsed() {
        boolean was = used;
        used = false;
        return was;
    }

    /** Never the bytes. */
    @Override
    public String toString() {
        return "derived from " + origin;
    }
}
