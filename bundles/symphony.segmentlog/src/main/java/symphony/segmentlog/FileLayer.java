package symphony.segmentlog;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/**
 * The files beneath a log: the disk's, or a test's own, which may be full, fail or lose what was not forced. What changes files is
 * called by the log's writer thread only.
 */
interface FileLayer {
    /** Whether there is one of that name. */
    boolean isFolder(Path folder);

    /** In one that is there; does nothing if it is there itself. */
    void createFolder(Path folder) throws IOException;

    /** Held until it is closed, against everybody; the file stays. Throws {@link SegmentLogException} if somebody has it. */
    Closeable lock(Path file) throws IOException;

    /** Names of all that lies in it. */
    List<String> list(Path folder) throws IOException;

    /** A new file, in the place of one that may be there. */
    WritableFile create(Path file) throws IOException;

    /** A file that is there, as it is. */
    WritableFile reopen(Path file) throws IOException;

    /** By any thread, and an interrupt of it closes nothing. */
    ReadableFile read(Path file) throws IOException;

    /** At once and as a whole. */
    void move(Path from, Path to) throws IOException;

    /** Unless it is gone. */
    void delete(Path file) throws IOException;

    /** The names in a folder. */
    void force(Path folder) throws IOException;

    /** A file that one thread writes. */
    interface WritableFile extends Closeable {
        /** All that remains in the buffer, or an exception. */
        void write(ByteBuffer bytes, int at) throws IOException;

        /** Shortens it. */
        void truncate(int length) throws IOException;

        /** Returns when all that was written will be there after a crash; with {@code size} also its new size. */
        void force(boolean size) throws IOException;
    }

    /** A file that is read by one thread, while another may write it. */
    interface ReadableFile extends Closeable {
        /** In bytes, at this moment. */
        long length() throws IOException;

        /** As many bytes as there are, {@code length} at most; 0 behind the end. */
        int read(int at, byte[] into, int from, int length) throws IOException;
    }
}
