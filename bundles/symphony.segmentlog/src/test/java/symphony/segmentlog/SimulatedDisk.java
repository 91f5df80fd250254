package symphony.segmentlog;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/**
 * A disk in memory that knows what was forced. Its power can be cut at each step that changes something, and then each sector
 * that was not forced has its old content, its new one, or is torn, and each name in a folder is as before or as after. It can be
 * full, fail and stand still. Thread-safe.
 */
final class SimulatedDisk implements FileLayer {
    static final int SECTOR = 512;

    private static final long DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(20);

    /** What becomes of what was not forced when the power goes. */
    enum Unforced {
        LOST,
        KEPT,
        /** Each sector and each name for itself, by chance; where a sector is torn it has a part of the new content. */
        MIXED
    }

    private final Map<Path, Content> files = new HashMap<>();
    private final Map<Path, Content> forcedFiles = new HashMap<>();
    private final List<Runnable> unforcedNames = new ArrayList<>();

    private boolean isLocked;
    private boolean isOff;
    private long quota = Long.MAX_VALUE;
    private int steps;
    private int cutAt = Integer.MAX_VALUE;
    private int forces;
    private int failingForce = Integer.MAX_VALUE;
    private int failingWrite = Integer.MAX_VALUE;
    private int writes;
    private boolean isHeld;
    private boolean isStanding;

    private static final class Content {
        private byte[] bytes = {};
        private byte[] forced = {};
        private final TreeSet<Integer> unforced = new TreeSet<>();

        private void write(int at, byte[] source) {
            if (at + source.length > bytes.length) {
                resize(at + source.length);
            }
            System.arraycopy(source, 0, bytes, at, source.length);
            touch(at, at + source.length);
        }

        private void resize(int length) {
            touch(Math.min(length, bytes.length), Math.max(length, bytes.length));
            bytes = Arrays.copyOf(bytes, length);
        }

        private void touch(int from, int to) {
            for (int sector = from / SECTOR; sector * SECTOR < to; sector++) {
                unforced.add(sector);
            }
        }

        private void force() {
            forced = bytes.clone();
            unforced.clear();
        }

        private Content copy() {
            var copy = new Content();
            copy.bytes = bytes.clone();
            copy.force();
            return copy;
        }

        private Content afterPowerCut(Unforced what, Random random) {
            var left = new Content();
            left.bytes = switch (what) {
                case LOST -> forced.clone();
                case KEPT -> bytes.clone();
                case MIXED -> mixed(random);
            };
            left.force();
            return left;
        }

        private byte[] mixed(Random random) {
            byte[] mixed = Arrays.copyOf(forced, random.nextBoolean() ? bytes.length : forced.length);
            int often = 1 + random.nextInt(4);
            for (int sector : unforced) {
                int at = sector * SECTOR;
                int length = Math.min(SECTOR, Math.min(bytes.length, mixed.length) - at);
                if (length > 0 && random.nextInt(often + 1) < often) {
                    int part = random.nextInt(4) == 0 ? random.nextInt(length) : length;
                    System.arraycopy(bytes, at, mixed, at, part);
                }
            }
            return mixed;
        }
    }

    /** The power goes at that step that changes something, counted from the first one of this disk. */
    synchronized void cutPowerAt(int step) {
        cutAt = step;
    }

    /** How many steps changed something. */
    synchronized int steps() {
        return steps;
    }

    synchronized boolean isOff() {
        return isOff;
    }

    /** Bytes that all files together may have. */
    synchronized void limitTo(long bytes) {
        quota = bytes;
    }

    synchronized long usedBytes() {
        return files.values().stream().mapToLong(file -> file.bytes.length).sum();
    }

    /** The force after so many more fails; it writes nothing, and the next one would succeed. */
    synchronized void failForce(int after) {
        failingForce = forces + after;
    }

    /** The write after so many more fails half-way. */
    synchronized void failWrite(int after) {
        failingWrite = writes + after;
    }

    synchronized int writes() {
        return writes;
    }

    /** The next force stands still until it is released. */
    synchronized void hold() {
        isHeld = true;
    }

    synchronized void release() {
        isHeld = false;
        notifyAll();
    }

    /** Returns while a force stands still, or when the power is off. */
    synchronized void awaitHeld() throws InterruptedException {
        long begun = System.nanoTime();
        while (!isStanding && !isOff) {
            wait(100);
            if (System.nanoTime() - begun > DEADLINE_NANOS) {
                release();
                throw new AssertionError("no force within 20 s");
            }
        }
    }

    /** What is there when the power is back. */
    synchronized SimulatedDisk afterPowerCut(Unforced what, long seed) {
        var random = new Random(seed);
        unforcedNames.stream()
                .filter(name -> what == Unforced.KEPT || what == Unforced.MIXED && random.nextBoolean())
                .forEach(Runnable::run);
        unforcedNames.clear();
        var left = new SimulatedDisk();
        forcedFiles.forEach((name, file) -> left.files.put(name, file.afterPowerCut(what, random)));
        left.forcedFiles.putAll(left.files);
        return left;
    }

    /** What is there when only the process was killed: all of it; what was not forced still is not. */
    synchronized void killProcess() {
        isLocked = false;
        isOff = false;
        cutAt = Integer.MAX_VALUE;
    }

    /** A disk of its own with the same content, all of it forced. */
    synchronized SimulatedDisk copy() {
        var copy = new SimulatedDisk();
        files.forEach((name, file) -> copy.files.put(name, file.copy()));
        copy.forcedFiles.putAll(copy.files);
        return copy;
    }

    /** The content itself, to be changed by a test. */
    synchronized byte[] content(Path file) {
        return files.get(file).bytes;
    }

    synchronized void truncate(Path file, int length) {
        files.get(file).resize(length);
    }

    private void step() throws IOException {
        if (isOff) {
            throw new IOException("the power is off");
        }
        steps++;
    }

    private void mayCutPower() throws IOException {
        if (steps >= cutAt) {
            isOff = true;
            notifyAll();
            throw new IOException("the power went off");
        }
    }

    @Override
    public void createFolder(Path folder) {
        // There are no folders here but those in the names of files.
    }

    @Override
    public synchronized Closeable lock(Path file) throws IOException {
        if (isLocked) {
            throw new SegmentLogException(SegmentLogException.Reason.LOCKED, file + " is locked", null);
        }
        isLocked = true;
        return () -> {
            synchronized (this) {
                isLocked = false;
            }
        };
    }

    @Override
    public synchronized List<String> list(Path folder) {
        return files.keySet().stream()
                .filter(file -> folder.equals(file.getParent()))
                .map(file -> file.getFileName().toString())
                .toList();
    }

    @Override
    public synchronized WritableFile create(Path file) throws IOException {
        step();
        var content = new Content();
        files.put(file, content);
        unforcedNames.add(() -> forcedFiles.put(file, content));
        mayCutPower();
        return new Writing(content);
    }

    private final class Writing implements WritableFile {
        private final Content content;

        Writing(Content content) {
            this.content = content;
        }

        @Override
        public void write(ByteBuffer bytes, int at) throws IOException {
            synchronized (SimulatedDisk.this) {
                step();
                byte[] source = new byte[bytes.remaining()];
                bytes.get(source);
                int grows = Math.max(0, at + source.length - content.bytes.length);
                int excess = (int) Math.max(0, Math.min(usedBytes() + grows - quota, source.length));
                boolean fails = writes++ == failingWrite;
                int written = fails ? source.length / 2 : source.length - excess;
                content.write(at, Arrays.copyOf(source, written));
                mayCutPower();
                if (fails) {
                    throw new IOException("Input/output error");
                }
                if (excess > 0) {
                    throw new IOException("No space left on device");
                }
            }
        }

        @Override
        public void truncate(int length) throws IOException {
            synchronized (SimulatedDisk.this) {
                step();
                content.resize(length);
                mayCutPower();
            }
        }

        @Override
        public void force(boolean size) throws IOException {
            synchronized (SimulatedDisk.this) {
                step();
                stand();
                mayCutPower();
                if (forces++ == failingForce) {
                    throw new IOException("Input/output error");
                }
                content.force();
            }
        }

        @Override
        public void close() {
            // Nothing is open here.
        }
    }

    private void stand() throws IOException {
        isStanding = isHeld;
        notifyAll();
        long begun = System.nanoTime();
        while (isHeld) {
            try {
                wait(100);
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            if (System.nanoTime() - begun > DEADLINE_NANOS) {
                throw new IOException("nobody has released the disk for 20 s");
            }
        }
        isStanding = false;
    }

    @Override
    public synchronized ReadableFile read(Path file) throws IOException {
        Content content = files.get(file);
        if (content == null) {
            throw new NoSuchFileException(file.toString());
        }
        return new ReadableFile() {
            @Override
            public long length() {
                synchronized (SimulatedDisk.this) {
                    return content.bytes.length;
                }
            }

            @Override
            public int read(int at, byte[] into, int from, int length) {
                synchronized (SimulatedDisk.this) {
                    int count = Math.max(0, Math.min(length, content.bytes.length - at));
                    System.arraycopy(content.bytes, Math.min(at, content.bytes.length), into, from, count);
                    return count;
                }
            }

            @Override
            public void close() {
                // Nothing is open here.
            }
        };
    }

    @Override
    public synchronized void move(Path from, Path to) throws IOException {
        step();
        Content content = files.remove(from);
        files.put(to, content);
        unforcedNames.add(() -> {
            forcedFiles.remove(from);
            forcedFiles.put(to, content);
        });
        mayCutPower();
    }

    @Override
    public synchronized void delete(Path file) throws IOException {
        step();
        files.remove(file);
        unforcedNames.add(() -> forcedFiles.remove(file));
        mayCutPower();
    }

    @Override
    public synchronized void force(Path fileOrFolder) throws IOException {
        step();
        mayCutPower();
        Content content = files.get(fileOrFolder);
        if (content == null) {
            unforcedNames.forEach(Runnable::run);
            unforcedNames.clear();
        } else {
            content.force();
        }
    }
}
