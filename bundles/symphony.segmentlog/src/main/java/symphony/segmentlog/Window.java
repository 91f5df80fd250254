package symphony.segmentlog;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import symphony.segmentlog.FileLayer.ReadableFile;

/** The part of a file that is being looked at, in memory. One thread only. */
final class Window {
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final int USUAL_BYTES = 64 << 10;

    private final ReadableFile file;
    private byte[] bytes = new byte[USUAL_BYTES];
    private int at;
    private int count;

    Window(ReadableFile file) {
        this.file = file;
    }

    /** Whether the file has these bytes; they are here then until the next call. */
    boolean has(int from, int length) throws IOException {
        if (from < at || from + length > at + count) {
            if (length > bytes.length) {
                bytes = new byte[length];
            }
            at = from;
            count = 0; // in case of an exception
            count = file.read(from, bytes, 0, bytes.length);
        }
        return length <= count;
    }

    /** What is asked for next is read anew: it may have been written since. */
    void forget() {
        count = 0;
    }

    int intAt(int offset) {
        return (int) INT.get(bytes, offset - at);
    }

    byte[] array() {
        return bytes;
    }

    /** Where in the array that offset is. */
    int indexOf(int offset) {
        return offset - at;
    }

    /** Whether there is nothing but zeros in this range, or the file ends before. */
    boolean isZero(int from, int to) throws IOException {
        for (int offset = from; offset < to && has(offset, 1); ) {
            for (int end = Math.min(to, at + count); offset < end; offset++) {
                if (bytes[offset - at] != 0) {
                    return false;
                }
            }
        }
        return true;
    }
}
