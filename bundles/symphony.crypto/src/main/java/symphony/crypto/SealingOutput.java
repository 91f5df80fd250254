package symphony.crypto;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import symphony.api.crypto.SealedOutput;

/** Writes a sealed stream, see {@link StreamHeader}. One thread at a time. */
final class SealingOutput extends SealedOutput {
    private final SegmentCipher cipher;
    private final OutputStream to;
    private final byte[] segment = new byte[StreamHeader.SEGMENT_BYTES];
    private final BooleanSupplier isKeyGone;
    private int filled;
    private long index;
    private boolean finished;
    private boolean failed;

    /** Writes the header. {@code isKeyGone} tells whether the key was destroyed. */
    SealingOutput(StreamHeader header, SegmentCipher cipher, BooleanSupplier isKeyGone, OutputStream to)
            throws IOException {
        this.cipher = cipher;
        this.isKeyGone = isKeyGone;
        this.to = to;
        to.write(header.bytes());
    }

    @Override
    public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, from.length);
        check();
        if (finished) {
            throw new IOException("the sealed stream is finished; nothing can be written to it any more");
        }
        for (int at = 0; at < length; ) {
            if (filled == segment.length) {
                put(false); // only now is it known that it is not the last
            }
            int some = Math.min(length - at, segment.length - filled);
            System.arraycopy(from, offset + at, segment, filled, some);
            filled += some;
            at += some;
        }
    }

    private void put(boolean last) throws IOException {
        failed = true; // unless all of it is done
        to.write(cipher.seal(index++, last, segment, filled));
        filled = 0;
        failed = false;
    }

    private void check() throws IOException {
        if (failed) {
            throw new IOException("the sealed stream could not be written before, and opens nowhere; write it anew");
        }
    }

    /** What is not a whole segment waits for the rest of it. */
    @Override
    public void flush() throws IOException {
        to.flush();
    }

    @Override
    public void finish() throws IOException {
        check();
        if (finished) {
            return;
        }
        if (isKeyGone.getAsBoolean()) {
            failed = true;
            throw new IOException("the key of the sealed stream was destroyed while it was written; write it anew");
        }
        put(true);
        finished = true;
        Arrays.fill(segment, (byte) 0);
        failed = true;
        to.flush();
        failed = false;
    }

    @Override
    public void close() throws IOException {
        finished = true;
        Arrays.fill(segment, (byte) 0);
        to.close();
    }
}
