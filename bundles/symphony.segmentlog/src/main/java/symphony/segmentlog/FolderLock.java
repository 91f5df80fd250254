package symphony.segmentlog;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One opener of a folder at a time, whatever process or class loader it is in: a lock on a file, which stays. */
final class FolderLock implements Closeable {
    /*
     * Between processes the operating system's lock holds; it is free again when its process ends. On POSIX a process loses its
     * locks on a file when it closes any descriptor of that file. So an opener in this process must not even open it while
     * another holds it, and learns that from a system property, the one table that all class loaders share, also that of a bundle
     * which was updated while its old version still has a log open.
     */
    private static final String OPEN = "symphony.segmentlog.open:";
    private static final Logger log = LoggerFactory.getLogger(FolderLock.class);

    private final String property;
    private final FileChannel channel;
    /** Kept: the virtual machine forgets locks that nobody has. */
    private final FileLock lock;

    private FolderLock(String property, FileChannel channel, FileLock lock) {
        this.property = property;
        this.channel = channel;
        this.lock = lock;
    }

    /** How the lock's file is opened. */
    interface Opener {
        FileChannel open(Path file, Set<? extends OpenOption> options) throws IOException;
    }

    static FolderLock take(Path file, Opener opener) throws IOException {
        Path folder = Folders.parentOf(file).toRealPath();
        String property = OPEN + identityOf(folder);
        Object holder = System.getProperties()
                .putIfAbsent(property, Thread.currentThread().getName());
        if (holder != null) {
            throw locked(folder, "this process, by the thread \"" + holder + "\"", null);
        }
        try {
            return lock(property, file, folder, opener);
        } catch (IOException | RuntimeException | Error e) {
            System.clearProperty(property);
            throw e;
        }
    }

    /** The folder itself, whatever it is called: it may have been moved, or be mounted twice. */
    private static Object identityOf(Path folder) throws IOException {
        Object key = Files.readAttributes(folder, BasicFileAttributes.class).fileKey();
        return key == null ? folder : key;
    }

    private static FolderLock lock(String property, Path file, Path folder, Opener opener) throws IOException {
        FileChannel channel =
                opener.open(file, Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE));
        try {
            FileLock lock = channel.tryLock();
            if (lock == null) {
                throw locked(folder, holder(channel), null);
            }
            tellProcess(folder, channel);
            return new FolderLock(property, channel, lock);
        } catch (OverlappingFileLockException e) {
            channel.close();
            throw locked(folder, "this process, by another name of the folder", e);
        } catch (IOException | RuntimeException | Error e) {
            channel.close();
            throw e;
        }
    }

    /** For the message that another opener gets; the lock holds without it. */
    private static void tellProcess(Path folder, FileChannel channel) {
        try {
            channel.truncate(0);
            channel.write(StandardCharsets.US_ASCII.encode(
                    Long.toString(ProcessHandle.current().pid())));
        } catch (IOException e) {
            log.debug("segment log {}: the lock's file does not tell which process has it: {}", folder, e.toString());
        }
    }

    /** By its process id, if it could be written. */
    private static String holder(FileChannel channel) throws IOException {
        var bytes = ByteBuffer.allocate(20);
        channel.read(bytes, 0);
        String process = StandardCharsets.US_ASCII.decode(bytes.flip()).toString();
        return process.isEmpty() ? "another process" : "process " + process;
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
        try (channel) {
            lock.release();
        } finally {
            System.clearProperty(property);
        }
    }
}
