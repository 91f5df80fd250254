package symphony.crypto;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import symphony.api.crypto.Envelope;

/**
 * A header, a payload and a tag in one array, whatever the format around: each has a <em>seal block</em> in its header,
 * which is key id (4), writer salt (16), key commitment (32) and nonce (the last {@code nonceBytes} of 12; the bytes before
 * are zero).
 *
 * @param bytes all of it
 * @param blockAt where the seal block begins
 * @param nonceBytes 8 or 12
 * @param headerBytes where the payload begins; all before it is associated data
 * @param more associated data that is not part of the array
 */
record Message(byte[] bytes, int blockAt, int nonceBytes, int headerBytes, byte[] more) {
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final byte[] NOTHING = {};

    static Message ofEnvelope(byte[] bytes, int headerBytes) {
        return new Message(bytes, Envelope.KEY_ID_AT, Envelope.NONCE_BYTES, headerBytes, NOTHING);
    }

    int keyId() {
        return (int) INTS.get(bytes, blockAt);
    }

    int saltAt() {
        return blockAt + Integer.BYTES;
    }

    /** A copy. */
    byte[] salt() {
        return Arrays.copyOfRange(bytes, saltAt(), saltAt() + Envelope.SALT_BYTES);
    }

    int commitmentAt() {
        return saltAt() + Envelope.SALT_BYTES;
    }

    int nonceAt() {
        return commitmentAt() + Envelope.COMMITMENT_BYTES;
    }

    byte[] nonce() {
        byte[] nonce = new byte[Envelope.NONCE_BYTES];
        System.arraycopy(bytes, nonceAt(), nonce, nonce.length - nonceBytes, nonceBytes);
        return nonce;
    }

    /** Fills the seal block. */
    void stamp(int keyId, byte[] salt, byte[] commitment, byte[] nonce) {
        INTS.set(bytes, blockAt, keyId);
        System.arraycopy(salt, 0, bytes, saltAt(), salt.length);
        System.arraycopy(commitment, 0, bytes, commitmentAt(), commitment.length);
        System.arraycopy(nonce, nonce.length - nonceBytes, bytes, nonceAt(), nonceBytes);
    }

    boolean hasEmptyBlock() {
        for (int i = blockAt; i < nonceAt() + nonceBytes; i++) {
            if (bytes[i] != 0) {
                return false;
            }
        }
        return true;
    }
}
