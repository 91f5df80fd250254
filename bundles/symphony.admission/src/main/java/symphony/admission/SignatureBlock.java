package symphony.admission;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

/** The form of a signature's block: SignedData in DER (RFC 5652, section 5.1; X.690). */
final class SignatureBlock {
    private static final int SEQUENCE = 0x30;
    private static final int SET = 0x31;
    private static final int INTEGER = 0x02;
    private static final int OBJECT = 0x06;
    private static final int EXPLICIT_0 = 0xA0;
    private static final int LONG_FORM = 0x80;
    private static final int MOST_LENGTH_BYTES = 3;

    private final ByteBuffer in;

    private SignatureBlock(byte[] block) {
        this.in = ByteBuffer.wrap(block);
    }

    /**
     * Whether what a block signs lies beside it, and nothing in it is taken in the place of that.
     *
     * @return false if it does not, or the block has another form
     */
    static boolean isDetached(byte[] block) {
        try {
            return new SignatureBlock(block).isDetached();
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            return false; // cut off, or another form
        }
    }

    private boolean isDetached() {
        enter(SEQUENCE); // ContentInfo
        skip(OBJECT);
        enter(EXPLICIT_0);
        enter(SEQUENCE); // SignedData
        skip(INTEGER);
        skip(SET); // digest algorithms
        int end = enter(SEQUENCE); // what is signed: its type, and itself if it is there
        skip(OBJECT);
        return in.position() == end;
    }

    private void skip(int tag) {
        in.position(enter(tag));
    }

    /** Returns where it ends. */
    private int enter(int tag) {
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
        return in.position() + length;
    }
}
