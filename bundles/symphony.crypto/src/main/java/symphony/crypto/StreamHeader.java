package symphony.crypto;

import java.nio.ByteBuffer;
import java.util.Arrays;
import symphony.api.crypto.CryptoContext;
import symphony.api.crypto.Envelope;

/**
 * The beginning of a sealed stream, version 1, big-endian:
 *
 * <pre>
 * at   bytes  what
 *   0      2  magic "SS"
 *   2      1  version: 1
 *   3      1  suite: 2 AES-256-GCM-SIV, 0 plaintext
 *   4      1  context, see {@link CryptoContext}
 *   5      4  key id
 *   9     16  salt
 *  25     32  key commitment
 *  57      4  most bytes of plaintext in a segment: 65536
 * </pre>
 *
 * Segments follow, each as long as its plaintext and a tag of 16 bytes; all but the last have the most. The last one is always
 * there, and empty only if it is the only one. Suite 0 has zeros from 5 to 56 and no tags.
 *
 * @param bytes all 61
 */
record StreamHeader(byte[] bytes) {
    static final int BYTES = 61;
    static final int SEGMENT_BYTES = 65_536;
    static final int SUITE_NONE = Envelope.SUITE_NONE;
    static final int SUITE_AES_256_GCM_SIV = 2;

    private static final byte[] MAGIC = {'S', 'S'};
    private static final int VERSION = 1;
    private static final int KEY_ID_AT = 5;
    private static final int SALT_AT = 9;
    private static final int COMMITMENT_AT = 25;
    private static final int SEGMENT_AT = 57;

    static StreamHeader plaintext(CryptoContext context) {
        return of(SUITE_NONE, context, 0, new byte[Envelope.SALT_BYTES], new byte[Envelope.COMMITMENT_BYTES]);
    }

    static StreamHeader sealed(KeysetKey key, byte[] salt) {
        byte[] commitment = KeyDerivation.streamCommitment(key, salt);
        key.checkWhole();
        return of(SUITE_AES_256_GCM_SIV, key.context(), key.id(), salt, commitment);
    }

    private static StreamHeader of(int suite, CryptoContext context, int keyId, byte[] salt, byte[] commitment) {
        return new StreamHeader(ByteBuffer.allocate(BYTES)
                .put(MAGIC)
                .put((byte) VERSION)
                .put((byte) suite)
                .put((byte) context.code())
                .putInt(keyId)
                .put(salt)
                .put(commitment)
                .putInt(SEGMENT_BYTES)
                .array());
    }

    /** Throws if it is none, or not of this suite and context. */
    StreamHeader checked(int suite, CryptoContext context) throws NotOpenedException {
        boolean ours = bytes.length == BYTES
                && bytes[0] == MAGIC[0]
                && bytes[1] == MAGIC[1]
                && bytes[Envelope.VERSION_AT] == VERSION
                && ByteBuffer.wrap(bytes).getInt(SEGMENT_AT) == SEGMENT_BYTES;
        if (!ours) {
            throw new NotOpenedException(OpenFailure.FORM);
        }
        if (bytes[Envelope.SUITE_AT] != suite) {
            throw new NotOpenedException(OpenFailure.SUITE);
        }
        if (bytes[Envelope.CONTEXT_AT] != context.code()) {
            throw new NotOpenedException(OpenFailure.CONTEXT);
        }
        return this;
    }

    int keyId() {
        return ByteBuffer.wrap(bytes).getInt(KEY_ID_AT);
    }

    /** What opens the segments; throws if the stream was sealed with another key of this id. */
    SegmentCipher cipher(KeysetKey key, byte[] associatedData) throws NotOpenedException {
        byte[] salt = Arrays.copyOfRange(bytes, SALT_AT, SALT_AT + Envelope.SALT_BYTES);
        byte[] wanted = KeyDerivation.streamCommitment(key, salt);
        int differences = 0;
        for (int i = 0; i < wanted.length; i++) {
            differences |= wanted[i] ^ bytes[COMMITMENT_AT + i]; // in constant time
        }
        if (key.isErased()) {
            throw new NotOpenedException(OpenFailure.KEY_DESTROYED);
        }
        if (differences != 0) {
            throw new NotOpenedException(OpenFailure.COMMITMENT);
        }
        return sealingCipher(key, salt, associatedData);
    }

    /** For a stream that begins with this. */
    SegmentCipher sealingCipher(KeysetKey key, byte[] salt, byte[] associatedData) {
        byte[] all = Arrays.copyOf(bytes, BYTES + associatedData.length);
        System.arraycopy(associatedData, 0, all, BYTES, associatedData.length);
        var cipher = new SegmentCipher(KeyDerivation.streamKey(key, salt), all);
        key.checkWhole();
        return cipher;
    }
}
