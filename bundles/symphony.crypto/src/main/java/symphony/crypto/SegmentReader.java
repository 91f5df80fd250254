package symphony.crypto;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.util.Objects;
import java.util.function.Function;
import symphony.api.crypto.SealException;
import symphony.api.crypto.SealedReader;

/** Reads anywhere in a sealed stream, see {@link StreamHeader}; keeps the segment that it opened last. One thread at a time. */
final class SegmentReader implements SealedReader {
    private final SegmentCipher cipher;
    private final SeekableByteChannel from;
    private final Function<NotOpenedException, SealException> refused;
    private final int most;
    private final long segments;
    private final int lastBytes;
    private long openedIndex = -1;
    private byte[] opened;

    /** Opens the last segment: what was cut off, or put behind, is found by it. */
    SegmentReader(SegmentCipher cipher, SeekableByteChannel from, Function<NotOpenedException, SealException> refused)
            throws IOException {
        this.cipher = cipher;
        this.from = from;
        this.refused = refused;
        this.most = StreamHeader.SEGMENT_BYTES + cipher.tagBytes();
        long body = Math.max(0, from.size() - StreamHeader.BYTES);
        this.segments = Math.max(1, (body + most - 1) / most);
        this.lastBytes = (int) (body - (segments - 1) * most);
        if (segments > 1 && lastBytes == cipher.tagBytes()) {
            throw refused.apply(new NotOpenedException(OpenFailure.FORM));
        }
        open(segments - 1);
    }

    @Override
    public long size() {
        return (segments - 1) * StreamHeader.SEGMENT_BYTES + lastBytes - cipher.tagBytes();
    }

    @Override
    public int read(long position, byte[] to, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, to.length);
        if (position < 0 || length == 0) {
            throw new IllegalArgumentException(
                    "position is " + position + " and length " + length + ", must be 0 or more and 1 or more");
        }
        if (position >= size()) {
            return -1;
        }
        byte[] segment = open(position / StreamHeader.SEGMENT_BYTES);
        int at = (int) (position % StreamHeader.SEGMENT_BYTES);
        int some = Math.min(length, segment.length - at);
        System.arraycopy(segment, at, to, offset, some);
        return some;
    }

    private byte[] open(long index) throws IOException {
        if (index == openedIndex) {
            return opened;
        }
        boolean last = index == segments - 1;
        byte[] sealed = new byte[last ? lastBytes : most];
        readAll(StreamHeader.BYTES + index * most, sealed);
        try {
            opened = cipher.open(index, last, sealed, sealed.length);
            openedIndex = index;
            return opened;
        } catch (NotOpenedException e) {
            throw refused.apply(e);
        }
    }

    private void readAll(long position, byte[] to) throws IOException {
        from.position(position);
        ByteBuffer rest = ByteBuffer.wrap(to);
        while (rest.hasRemaining()) {
            if (from.read(rest) < 0) {
                throw new EOFException("the sealed stream became shorter while it was read");
            }
        }
    }

    @Override
    public void close() throws IOException {
        from.close();
    }
}
