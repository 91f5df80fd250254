package symphony.shell;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Lines of UTF-8 text, one at a time, in constant memory: a line over the limit is skipped, not read into memory. Ends of
 * lines are LF or CRLF; a byte order mark at the start is left out. One thread only.
 */
final class BoundedLines implements AutoCloseable {
    /** What is wrong with a line. */
    static final class BadLineException extends Exception {
        private static final long serialVersionUID = 1L;

        BadLineException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    private static final int FIRST_BUFFER = 8 << 10;
    private static final int READ = 64 << 10;

    private final InputStream in;
    private final int maxBytes;
    private final byte[] chunk = new byte[READ];
    private final CharsetDecoder utf8 = StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    private int from;
    private int to;
    private byte[] line = new byte[FIRST_BUFFER];
    private int length;
    private long tooLong;
    private long number;
    private long bytes;

    BoundedLines(InputStream in, int maxBytes) {
        this.in = in;
        this.maxBytes = maxBytes;
    }

    /** The number of the line that {@link #text()} is of, counted from 1. */
    long number() {
        return number;
    }

    /** Bytes read so far. */
    long bytes() {
        return bytes;
    }

    /**
     * Goes to the next line.
     *
     * @return whether there is one
     */
    boolean next() throws IOException {
        length = 0;
        tooLong = 0;
        boolean any = false;
        while (true) {
            if (from == to && !fill()) {
                number += any ? 1 : 0;
                return any;
            }
            any = true;
            int end = from;
            while (end < to && chunk[end] != '\n') {
                end++;
            }
            append(end - from);
            from = end;
            if (end < to) {
                from++;
                number++;
                return true;
            }
        }
    }

    private boolean fill() throws IOException {
        from = 0;
        to = Math.max(0, in.read(chunk));
        bytes += to;
        return to > 0;
    }

    private void append(int count) {
        if (tooLong > 0 || length + count > maxBytes + 1) { // one more for the CR
            tooLong = (tooLong > 0 ? tooLong : length) + count;
            return;
        }
        if (length + count > line.length) {
            line = Arrays.copyOf(line, Math.max(length + count, Math.min(2 * line.length, maxBytes + 1)));
        }
        System.arraycopy(chunk, from, line, length, count);
        length += count;
    }

    /** The line, without its end. */
    String text() throws BadLineException {
        if (tooLong > 0) {
            throw new BadLineException(
                    "has " + Text.bytes(tooLong) + ", at most " + Text.bytes(maxBytes) + " are read", null);
        }
        int start = number == 1 && hasMark() ? 3 : 0;
        int end = length > start && line[length - 1] == '\r' ? length - 1 : length;
        try {
            return utf8.decode(ByteBuffer.wrap(line, start, end - start)).toString();
        } catch (CharacterCodingException e) {
            throw new BadLineException("is no valid UTF-8; convert the file, as with iconv -t UTF-8", e);
        }
    }

    private boolean hasMark() {
        return length >= 3 && line[0] == (byte) 0xef && line[1] == (byte) 0xbb && line[2] == (byte) 0xbf;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
