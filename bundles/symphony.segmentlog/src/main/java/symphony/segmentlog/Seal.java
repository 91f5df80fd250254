package symphony.segmentlog;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;

/**
 * Seals and opens the frames of one segment: AES-256-GCM by the platform. The nonce is the frame's index, which never comes twice
 * under the segment's own key, since no segment gets frames once it was opened anew and none goes on after a failure; the nonce 0 is the
 * header's. Associated data: segment number, index and offset of the frame. One thread only.
 */
final class Seal {
    private static final String TRANSFORMATION = "AES/GCM/NoPadding";
    private static final int KEY_BYTES = 32;
    private static final int NONCE_BYTES = 12;
    private static final byte[] EMPTY = {};

    private final SecretKey key;
    private final long segment;
    private final Cipher cipher;

    private Seal(SecretKey key, long segment) throws GeneralSecurityException {
        this.key = key;
        this.segment = segment;
        this.cipher = Cipher.getInstance(TRANSFORMATION);
    }

    /** Asks for the key of this segment; an exception says which, and that it is not there. */
    static Seal of(SegmentHeader header, SegmentKeys keys) throws SegmentLogException {
        try {
            SecretKey key = keys.derive(header.keyId(), header.salt().clone());
            byte[] encoded = key.getEncoded();
            if (encoded != null && encoded.length != KEY_BYTES) {
                throw new GeneralSecurityException("it has " + encoded.length + " bytes, must have " + KEY_BYTES);
            }
            return new Seal(key, header.number());
        } catch (GeneralSecurityException | RuntimeException | LinkageError e) { // of a bundle that is being updated
            throw noKey(header, e);
        }
    }

    private static SegmentLogException noKey(SegmentHeader header, Throwable cause) {
        return new SegmentLogException(
                SegmentLogException.Reason.KEY,
                "there is no key with the id " + header.keyId() + " for segment " + header.number() + ": " + cause,
                cause);
    }

    /** What shows, in a header, that this is its key. */
    byte[] keyCheck(SegmentHeader header) throws SegmentLogException {
        try {
            return run(Cipher.ENCRYPT_MODE, 0, header.bound(), EMPTY);
        } catch (GeneralSecurityException | RuntimeException | LinkageError e) {
            throw noKey(header, e);
        }
    }

    /** Whether this is the key of the segment with that header. */
    boolean isOf(SegmentHeader header) throws SegmentLogException {
        return MessageDigest.isEqual(keyCheck(header), header.keyCheck());
    }

    byte[] seal(int index, int offset, byte[] body) throws GeneralSecurityException {
        return run(Cipher.ENCRYPT_MODE, index, bound(index, offset), body);
    }

    /** Throws {@link AEADBadTagException} if it was sealed otherwise. */
    byte[] open(int index, int offset, byte[] sealed) throws GeneralSecurityException {
        return run(Cipher.DECRYPT_MODE, index, bound(index, offset), sealed);
    }

    private byte[] bound(int index, int offset) {
        return ByteBuffer.allocate(Long.BYTES + 2 * Integer.BYTES)
                .putLong(segment)
                .putInt(index)
                .putInt(offset)
                .array();
    }

    private byte[] run(int mode, int nonce, byte[] associated, byte[] input) throws GeneralSecurityException {
        byte[] bytes = ByteBuffer.allocate(NONCE_BYTES)
                .putInt(NONCE_BYTES - Integer.BYTES, nonce)
                .array();
        cipher.init(mode, key, new GCMParameterSpec(Format.TAG_BYTES * Byte.SIZE, bytes));
        cipher.updateAAD(associated);
        return cipher.doFinal(input);
    }
}
