package symphony.crypto;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import symphony.component.OwnerOnly;

/**
 * One maker of keys at a time, whatever process or class loader it is in: a lock on a file, which stays. The operating
 * system frees it when the process ends.
 */
final class FolderLock implements AutoCloseable {
    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    /** To make keys takes some seconds of a processor, which others may want, too. */
    private static final long DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final FileChannel channel;

    private FolderLock(FileChannel channel) {
        this.channel = channel;
    }

    /** Waits for the lock; gives up with an exception where another has it for a minute. */
    static FolderLock take(Path file) throws IOException {
        FileChannel channel = OwnerOnly.open(file, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE));
        try {
            long begun = System.nanoTime();
            while (!tryLock(channel)) {
                if (System.nanoTime() - begun > DEADLINE_NANOS) {
                    throw new IOException(file + " is locked by another process that makes keys, for a minute by now");
                }
                LockSupport.parkNanos(RETRY_NANOS);
            }
            return new FolderLock(channel);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    private static boolean tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false; // held in this very process
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
