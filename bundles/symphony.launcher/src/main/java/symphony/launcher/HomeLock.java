package symphony.launcher;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * One process per state folder: holds a lock on {@code symphony.home/lock}, in which the holder's process id stands. The
 * operating system frees it when the process ends, however it ends. The file itself stays: removing it would let two
 * processes lock two files of one name.
 */
final class HomeLock implements AutoCloseable {
    /** More digits than a process id has; the file could hold anything. */
    private static final int MAX_PID_BYTES = 20;

    /** Reachable as long as the lock is held: a channel that is collected closes its file, and the lock is gone. */
    private final FileChannel channel;

    private HomeLock(FileChannel channel) {
        this.channel = channel;
    }

    /** Takes the lock at once or fails. */
    static HomeLock take(Path home) throws LaunchException {
        Path file = home.resolve("lock");
        try {
            FileChannel channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            try {
                lock(channel, home);
                return new HomeLock(channel);
            } catch (IOException | LaunchException e) {
                channel.close();
                throw e;
            }
        } catch (IOException e) {
            throw LaunchException.failure("state folder " + home + " cannot be locked; see to the file " + file, e);
        }
    }

    /** Writes the holder's process id into the file, for whoever comes second. */
    void sign(long pid) throws IOException {
        channel.truncate(0);
        channel.write(StandardCharsets.US_ASCII.encode(pid + "\n"), 0);
    }

    /** Frees the folder for the next process. */
    @Override
    public void close() throws IOException {
        channel.close();
    }

    private static void lock(FileChannel channel, Path home) throws IOException, LaunchException {
        if (!tryLock(channel)) {
            throw LaunchException.failure("another instance" + holder(channel) + " uses the state folder " + home
                    + "; stop it, or set SYMPHONY_HOME to another folder");
        }
    }

    private static boolean tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false; // held by this very process
        }
    }

    private static String holder(FileChannel channel) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(MAX_PID_BYTES);
        channel.read(bytes, 0);
        String text = StandardCharsets.US_ASCII.decode(bytes.flip()).toString().trim();
        return text.matches("\\d+") ? " (process " + text + ")" : "";
    }
}
