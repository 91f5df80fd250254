package symphony.segmentlog;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import symphony.segmentlog.FileLayer.WritableFile;

/**
 * The disk's files, but full, read-only, standing still or failing when told. In the package of the segment log, since that is where
 * its files can be replaced. Thread-safe.
 */
public final class FaultyDisk {
    private static final long DEADLINE_SECONDS = 60;

    private volatile long mostBytes = Long.MAX_VALUE;
    private volatile boolean isReadOnly;
    private volatile boolean failsForce;
    private volatile boolean failsWrite;
    private volatile boolean failsTruncate;
    private final AtomicInteger spared = new AtomicInteger();
    private final AtomicInteger opened = new AtomicInteger();
    private final AtomicInteger lists = new AtomicInteger();
    private volatile CountDownLatch held;
    private volatile CountDownLatch reached = new CountDownLatch(0);

    /** What {@link SegmentLog#open} does, on this disk. */
    public SegmentLog open(Path folder, SegmentLogOptions options) throws IOException {
        opened.incrementAndGet();
        return SegmentLog.open(folder, options, layer(folder), new SecureRandom());
    }

    /** How often. */
    public int opened() {
        return opened.get();
    }

    /** All files of a folder together have no more than that. */
    public void limitTo(long bytes) {
        mostBytes = bytes;
    }

    public void setReadOnly(boolean readOnly) {
        isReadOnly = readOnly;
    }

    public void failForces(boolean fails) {
        spared.set(0);
        failsForce = fails;
    }

    /** All but the next ones. */
    public void failForcesAfter(int forces) {
        spared.set(forces);
        failsForce = true;
    }

    /** So that what could not be forced stays. */
    public void failTruncates(boolean fails) {
        failsTruncate = fails;
    }

    public void failWrites(boolean fails) {
        failsWrite = fails;
    }

    /** How often a folder was listed. */
    public int lists() {
        return lists.get();
    }

    /** Forces stand still until they are released. */
    public void hold() {
        reached = new CountDownLatch(1);
        held = new CountDownLatch(1);
    }

    /** Waits until one does. */
    public void awaitHeld() throws InterruptedException {
        if (!reached.await(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("nothing was forced");
        }
    }

    public void release() {
        CountDownLatch latch = held;
        held = null;
        latch.countDown();
    }

    private FileLayer layer(Path folder) {
        var behind = new DiskLayer();
        return (FileLayer) Proxy.newProxyInstance(
                FaultyDisk.class.getClassLoader(), new Class<?>[] {FileLayer.class}, (proxy, method, arguments) -> {
                    switch (method.getName()) {
                        case "create", "move", "delete" -> requireWritable();
                        case "force" -> requireForce();
                        case "list" -> lists.incrementAndGet();
                        default -> {
                            // as the disk does it
                        }
                    }
                    Object result = invoke(method, behind, arguments);
                    return result instanceof WritableFile file ? file(file, folder, (Path) arguments[0]) : result;
                });
    }

    private WritableFile file(WritableFile behind, Path folder, Path path) throws IOException {
        var length = new AtomicLong(Files.size(path));
        return (WritableFile) Proxy.newProxyInstance(
                FaultyDisk.class.getClassLoader(), new Class<?>[] {WritableFile.class}, (proxy, method, arguments) -> {
                    switch (method.getName()) {
                        case "write" -> {
                            long end = (int) arguments[1] + ((ByteBuffer) arguments[0]).remaining();
                            requireWrite(folder, end - length.get());
                            length.accumulateAndGet(end, Math::max);
                        }
                        case "truncate" -> {
                            if (failsTruncate) {
                                throw new IOException("Input/output error");
                            }
                            length.set((int) arguments[0]);
                        }
                        case "force" -> {
                            standStill();
                            requireForce();
                        }
                        default -> {
                            // as the disk does it
                        }
                    }
                    return invoke(method, behind, arguments);
                });
    }

    private static Object invoke(Method method, Object behind, Object... arguments) throws Throwable {
        try {
            return method.invoke(behind, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private void requireForce() throws IOException {
        if (failsForce && spared.getAndDecrement() <= 0) {
            throw new IOException("Input/output error");
        }
    }

    private void requireWrite(Path folder, long growth) throws IOException {
        requireWritable();
        if (growth > 0 && mostBytes < Long.MAX_VALUE && size(folder) + growth > mostBytes) {
            throw new IOException("No space left on device");
        }
        if (failsWrite) {
            throw new IOException("Input/output error");
        }
    }

    private void requireWritable() throws IOException {
        if (isReadOnly) {
            throw new IOException("Read-only file system");
        }
    }

    private static long size(Path folder) throws IOException {
        long sum = 0;
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                sum += Files.size(file);
            }
        }
        return sum;
    }

    private void standStill() throws InterruptedException {
        CountDownLatch latch = held;
        if (latch != null) {
            reached.countDown();
            if (!latch.await(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError("nobody has released the disk");
            }
        }
    }
}
