package symphony.segmentlog;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;

/** One opener of a folder at a time, whatever process or class loader it is in: a lock on a file, which stays. */
final class FolderLock implements Closeable {
    /*
     * Between processes the operating system's lock holds; it is free again when its process ends. On POSIX a process loses its
     * locks on a file when it closes any descriptor of that file. So an opener in this process must not even open it while
     * another holds it, and learns that from a system property, the one table that all class loaders share, also that of a bundle
     * which was updated while its old version still has a log open.
     */
    private static final String OPEN = "symphony.segmentlog.open:";

    private final String property;
    private final FileChannel channel;

    private FolderLock(String property, FileChannel channel) {
        this.property = property;
        this.channel = channel;
    }

    /** How the lock's file is opened. */
    interface Opener {
        FileChannel open(Path file, Set<? extends OpenOption> options) throws IOException;
    }

    static FolderLock take(Path file, Opener opener) throws IOException {
        Path folder = Folders.parentOf(file).toRealPath();
        String property = OPEN + folder;
        Object holder = System.getProperties()
                .putIfAbsent(property, Thread.currentThread().getName());
        if (holder != null) {
            throw locked(folder, "this process, by the thread \"" + holder + "\"", null);
        }
        try {
            return new FolderLock(property, lock(file, folder, opener));
        } catch (IOException | RuntimeException | Error e) {
            System.clearProperty(property);
            throw e;
        }
    }

    private static FileChannel lock(Path file, Path folder, Opener opener) throws IOException {
        FileChannel channel =
                opener.open(file, Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE));
        try {
            FileLock lock = channel.tryLock();
            if (lock == null) {
                throw locked(folder, "process " + holder(channel), null);
            }
            channel.truncate(0);
            channel.write(StandardCharsets.US_ASCII.encode(
                    Long.toString(ProcessHandle.current().pid())));
            return channel;
        } catch (OverlappingFileLockException e) {
            channel.close();
            throw locked(folder, "this process, by another name of the folder", e);
        } catch (IOException | RuntimeException | Error e) {
            channel.close();
            throw e;
        }
    }

    /** Its process id, as it has written it. */
    private static String holder(FileChannel channel) throws IOException {
        var bytes = ByteBuffer.allocate(20);
        channel.read(bytes, 0);
        return StandardCharsets.US_ASCII.decode(bytes.flip()).toString();
    }

    private static SegmentLogException locked(Path folder, String holder, Throwable cause) {
        return new SegmentLogException(
                SegmentLogException.Reason.LOCKED,
                new SegmentFiles(folder).prefix() + "is open in " + holder
                        + "; close it there, or read it here with LogReader.open, which takes no lock",
                cause);
    }

    @Override
    public void close() throws IOException {
        try {
            channel.close();
        } finally {
            System.clearProperty(property);
        }
    }
}
