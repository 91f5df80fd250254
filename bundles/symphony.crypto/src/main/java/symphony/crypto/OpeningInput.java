package symphony.crypto;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.function.Function;
import symphony.api.crypto.SealException;

/** Reads a sealed stream from its beginning, see {@link StreamHeader}. One thread at a time. */
final class OpeningInput extends InputStream {
    private static final byte[] NOTHING = {};

    private final SegmentCipher cipher;
    private final InputStream from;
    private final Function<NotOpenedException, SealException> refused;
    private final int most;

    /** The segment after the one that is handed out, since only the end tells which is the last. */
    private byte[] ahead;

    private byte[] current = NOTHING;
    private int at;
    private long index;
    private boolean ended;
    private SealException failure;

    /** Behind the header. */
    OpeningInput(SegmentCipher cipher, InputStream from, Function<NotOpenedException, SealException> refused)
            throws IOException {
        this.cipher = cipher;
        this.from = from;
        this.refused = refused;
        this.most = StreamHeader.SEGMENT_BYTES + cipher.tagBytes();
        this.ahead = from.readNBytes(most);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, to.length);
        if (length == 0) {
            return 0;
        }
        while (at == current.length) {
            if (failure != null) {
                throw failure; // whoever reads on must not take it for the end
            }
            if (ended) {
                return -1;
            }
            next();
        }
        int some = Math.min(length, current.length - at);
        System.arraycopy(current, at, to, offset, some);
        at += some;
        return some;
    }

    private void next() throws IOException {
        byte[] sealed = ahead;
        byte[] following = sealed.length < most ? NOTHING : from.readNBytes(most);
        boolean last = following.length == 0;
        try {
            byte[] opened = cipher.open(index, last, sealed, sealed.length);
            if (opened.length == 0 && index > 0) {
                throw new NotOpenedException(OpenFailure.FORM);
            }
            current = opened;
        } catch (NotOpenedException e) {
            failure = refused.apply(e);
            throw failure;
        }
        ahead = following;
        at = 0;
        index++;
        ended = last;
    }

    @Override
    public int available() {
        return current.length - at;
    }

    @Override
    public void close() throws IOException {
        from.close();
    }
}
