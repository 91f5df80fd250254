package symphony.crypto;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.generators.HKDFBytesGenerator;
import org.bouncycastle.crypto.params.HKDFParameters;
import symphony.api.crypto.Envelope;

/** HKDF-SHA-256 (RFC 5869), and what is derived with it. Thread-safe. */
final class KeyDerivation {
    /** Bytes of a key, of a keyset as well as derived. */
    static final int KEY_BYTES = 32;

    private static final byte[] WRITER = label("symphony writer key 1");
    private static final byte[] COMMITMENT = label("symphony key commitment 1");
    private static final byte[] STREAM = label("symphony stream key 1");
    private static final byte[] STREAM_COMMITMENT = label("symphony stream commitment 1");
    private static final byte[] ORDER = label("symphony order key 1");
    private static final byte[] NO_SALT = {};

    private KeyDerivation() {}

    /** RFC 5869, extract and expand. {@code length} at most 8160, else {@code DataLengthException}. */
    static byte[] hkdf(byte[] key, byte[] salt, byte[] info, int length) {
        var generator = new HKDFBytesGenerator(new SHA256Digest());
        generator.init(new HKDFParameters(key, salt, info));
        byte[] out = new byte[length];
        generator.generateBytes(out, 0, length);
        return out;
    }

    /** The key that a writer with this salt encrypts with. */
    static byte[] writerKey(KeysetKey key, byte[] salt) {
        return hkdf(key.secret(), salt, info(WRITER, Envelope.SUITE_AES_256_GCM, key), KEY_BYTES);
    }

    /** What a writer with this salt puts in the header to be bound to this key: AES-GCM alone does not bind to one. */
    static byte[] commitment(KeysetKey key, byte[] salt) {
        return hkdf(key.secret(), salt, info(COMMITMENT, Envelope.SUITE_AES_256_GCM, key), Envelope.COMMITMENT_BYTES);
    }

    /** The key that the segments of a stream with this salt are sealed with. */
    static byte[] streamKey(KeysetKey key, byte[] salt) {
        return hkdf(key.secret(), salt, info(STREAM, StreamHeader.SUITE_AES_256_GCM_SIV, key), KEY_BYTES);
    }

    /** What binds such a stream to this key. */
    static byte[] streamCommitment(KeysetKey key, byte[] salt) {
        byte[] info = info(STREAM_COMMITMENT, StreamHeader.SUITE_AES_256_GCM_SIV, key);
        return hkdf(key.secret(), salt, info, Envelope.COMMITMENT_BYTES);
    }

    /** Key of the hash of order keys; from the root, which no rotation changes. */
    static byte[] orderKey(byte[] root) {
        return hkdf(root, NO_SALT, ORDER, OrderKeys.KEY_BYTES);
    }

    /** Label, suite, context and key id: what is derived for one is of no use for another. */
    private static byte[] info(byte[] label, int suite, KeysetKey key) {
        return ByteBuffer.allocate(label.length + 2 + Integer.BYTES)
                .put(label)
                .put((byte) suite)
                .put((byte) key.context().code())
                .putInt(key.id())
                .array();
    }

    private static byte[] label(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
