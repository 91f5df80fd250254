package symphony.admission;

import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

/** The form of a signature's block: SignedData in DER (RFC 5652, section 5.1; X.690). */
final class SignatureBlock {
    private static final int SEQUENCE = 0x30;
    private static final int SET = 0x31;
    private static final int INTEGER = 0x02;
    private static final int OBJECT = 0x06;
    private static final int EXPLICIT_0 = 0xA0;
    private static final int UNSIGNED = 0xA1;
    private static final int LONG_FORM = 0x80;
    private static final int MOST_LENGTH_BYTES = 3;

    private final ByteBuffer in;

    private SignatureBlock(ByteBuffer in) {
        this.in = in;
    }

    /**
     * Whether what a block signs lies beside it, and nothing in it is taken in the place of that.
     *
     * @return false if it does not, or the block has another form
     */
    static boolean isDetached(byte[] block) {
        try {
            return new SignatureBlock(ByteBuffer.wrap(block)).isDetached();
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            return false; // cut off, or another form
        }
    }

    private boolean isDetached() {
        SignatureBlock info = inside(SEQUENCE); // ContentInfo
        info.element(OBJECT);
        SignatureBlock data = info.inside(EXPLICIT_0).inside(SEQUENCE); // SignedData
        data.element(INTEGER);
        data.element(SET); // digest algorithms
        SignatureBlock signed = data.inside(SEQUENCE); // what is signed: its type, and itself if it is there
        signed.element(OBJECT);
        return !signed.in.hasRemaining();
    }

    /**
     * The same block without what its signers have not signed: time stamps, by which an algorithm that is no longer safe would be allowed
     * again, whoever made them.
     *
     * @param block detached
     * @throws IllegalArgumentException if it has another form
     */
    static byte[] withoutTimeStamps(byte[] block) {
        try {
            return new SignatureBlock(ByteBuffer.wrap(block)).withoutTimeStamps();
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("a block of a signature that is cut off", e);
        }
    }

    private byte[] withoutTimeStamps() {
        SignatureBlock info = inside(SEQUENCE);
        byte[] type = info.element(OBJECT);
        SignatureBlock data = info.inside(EXPLICIT_0).inside(SEQUENCE);
        var parts = new ByteArrayOutputStream();
        parts.writeBytes(data.element(INTEGER));
        parts.writeBytes(data.element(SET));
        parts.writeBytes(data.element(SEQUENCE));
        while (data.tag() != SET) { // certificates, revocation lists
            parts.writeBytes(data.element(data.tag()));
        }
        parts.writeBytes(encoded(SET, data.inside(SET).signersWithoutUnsigned()));
        byte[] content = encoded(EXPLICIT_0, encoded(SEQUENCE, parts.toByteArray()));
        var result = new ByteArrayOutputStream();
        result.writeBytes(type);
        result.writeBytes(content);
        return encoded(SEQUENCE, result.toByteArray());
    }

    private byte[] signersWithoutUnsigned() {
        var result = new ByteArrayOutputStream();
        while (in.hasRemaining()) {
            SignatureBlock signer = inside(SEQUENCE);
            var parts = new ByteArrayOutputStream();
            while (signer.in.hasRemaining()) {
                int tag = signer.tag();
                byte[] part = signer.element(tag);
                if (tag != UNSIGNED) {
                    parts.writeBytes(part);
                }
            }
            result.writeBytes(encoded(SEQUENCE, parts.toByteArray()));
        }
        return result.toByteArray();
    }

    private static byte[] encoded(int tag, byte[] content) {
        var result = new ByteArrayOutputStream();
        result.write(tag);
        if (content.length < LONG_FORM) {
            result.write(content.length);
        } else {
            int bytes = (Integer.SIZE - Integer.numberOfLeadingZeros(content.length) + Byte.SIZE - 1) / Byte.SIZE;
            result.write(LONG_FORM + bytes);
            for (int i = bytes - 1; i >= 0; i--) {
                result.write(content.length >>> i * Byte.SIZE);
            }
        }
        result.writeBytes(content);
        return result.toByteArray();
    }

    private int tag() {
        if (!in.hasRemaining()) {
            throw new BufferUnderflowException();
        }
        return Byte.toUnsignedInt(in.get(in.position()));
    }

    /** The next element, whole. */
    private byte[] element(int tag) {
        int begin = in.position();
        inside(tag);
        var result = new byte[in.position() - begin];
        in.get(begin, result);
        return result;
    }

    /** What is in the next element. */
    private SignatureBlock inside(int tag) {
        if (Byte.toUnsignedInt(in.get()) != tag) {
            throw new IllegalArgumentException("another element than " + tag);
        }
        int length = Byte.toUnsignedInt(in.get());
        if (length >= LONG_FORM) {
            int bytes = length - LONG_FORM;
            if (bytes == 0 || bytes > MOST_LENGTH_BYTES) {
                throw new IllegalArgumentException("a length of " + bytes + " bytes");
            }
            length = 0;
            for (int i = 0; i < bytes; i++) {
                length = length << Byte.SIZE | Byte.toUnsignedInt(in.get());
            }
        }
        if (length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        ByteBuffer content = in.slice(in.position(), length);
        in.position(in.position() + length);
        return new SignatureBlock(content);
    }
}
