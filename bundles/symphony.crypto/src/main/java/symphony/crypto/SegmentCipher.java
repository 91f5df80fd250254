package symphony.crypto;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.modes.GCMSIVBlockCipher;
import org.bouncycastle.crypto.params.AEADParameters;
import org.bouncycastle.crypto.params.KeyParameter;
import symphony.api.crypto.Envelope;

/**
 * Seals and opens the segments of one stream with AES-256-GCM-SIV (RFC 8452). The nonce is the number of the segment and whether
 * it is the last (STREAM: Hoang, Reyhanitabar, Rogaway, Vizár 2015). One thread at a time.
 */
class SegmentCipher {
    private static final int LAST_AT = Envelope.NONCE_BYTES - 1;
    private static final int INDEX_AT = LAST_AT - Long.BYTES;

    private final KeyParameter key;
    private final byte[] associatedData;
    private final GCMSIVBlockCipher cipher = new GCMSIVBlockCipher();

    /** {@code associatedData} is that of each segment. */
    SegmentCipher(byte[] key, byte[] associatedData) {
        this.key = new KeyParameter(key);
        this.associatedData = associatedData;
    }

    int tagBytes() {
        return Envelope.TAG_BYTES;
    }

    /** A new array, with the tag. */
    byte[] seal(long index, boolean last, byte[] plaintext, int length) {
        try {
            return process(true, nonce(index, last), plaintext, length);
        } catch (InvalidCipherTextException e) {
            throw new IllegalStateException("symphony.crypto: AES-256-GCM-SIV cannot encrypt " + length + " bytes", e);
        }
    }

    /** The plaintext, a new array. */
    byte[] open(long index, boolean last, byte[] sealed, int length) throws NotOpenedException {
        if (length < tagBytes()) {
            throw new NotOpenedException(OpenFailure.FORM);
        }
        try {
            return process(false, nonce(index, last), sealed, length);
        } catch (InvalidCipherTextException e) {
            throw new NotOpenedException(OpenFailure.TAG);
        }
    }

    byte[] process(boolean seals, byte[] nonce, byte[] in, int length) throws InvalidCipherTextException {
        cipher.init(seals, new AEADParameters(key, tagBytes() * Byte.SIZE, nonce, associatedData));
        byte[] out = new byte[cipher.getOutputSize(length)];
        int done = cipher.processBytes(in, 0, length, out, 0);
        done += cipher.doFinal(out, done);
        return done == out.length ? out : Arrays.copyOf(out, done);
    }

    private static byte[] nonce(long index, boolean last) {
        return ByteBuffer.allocate(Envelope.NONCE_BYTES)
                .putLong(INDEX_AT, index)
                .put(LAST_AT, (byte) (last ? 1 : 0))
                .array();
    }

    /** Seals nothing, for development. */
    static SegmentCipher none() {
        return new SegmentCipher(new byte[KeyDerivation.KEY_BYTES], new byte[0]) {
            @Override
            int tagBytes() {
                return 0;
            }

            @Override
            byte[] seal(long index, boolean last, byte[] plaintext, int length) {
                return Arrays.copyOf(plaintext, length);
            }

            @Override
            byte[] open(long index, boolean last, byte[] sealed, int length) {
                return Arrays.copyOf(sealed, length);
            }
        };
    }
}
