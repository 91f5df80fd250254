package symphony.segmentlog;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/**
 * A disk in memory that knows what was forced. Its power can be cut at each step that changes something, and then each sector
 * that was not forced has its old content, its new one, or is torn, and each name in a folder is as before or as after; what lies
 * in a folder that is gone is gone. It can be full, fail and stand still. As Linux does it, a force of a file that fails writes
 * nothing, shows what it did not write, and the next force does not write it either; of a folder, whose names are in a journal, the
 * next one does. Thread-safe.
 */
final class SimulatedDisk implements FileLayer {
    static final int SECTOR = 512;

    /** There at all times, with all folders above it. */
    private static final Path BASE = Path.of("").toAbsolutePath();

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
    private final Set<Path> folders = new HashSet<>();
    private final Set<Path> forcedFolders = new HashSet<>();
    private final List<Name> unforcedNames = new ArrayList<>();
    private final Set<Path> unreadable = new HashSet<>();

    private boolean isLocked;
    private boolean isOff;
    private long quota = Long.MAX_VALUE;
    private int steps;
    private int cutAt = Integer.MAX_VALUE;
    private int forces;
    private int failingForce = Integer.MAX_VALUE;
    private Throwable forceFailure = new IOException();
    private int failingWrite = Integer.MAX_VALUE;
    private boolean isDeletingRefused;
    private int reads;
    private int lists;
    private int writes;
    private boolean isHeld;
    private boolean isStanding;

    /** What changes in a folder once that is forced. */
    private record Name(Path folder, Runnable change) {}

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
            forced = kept();
            unforced.clear();
        }

        /** Nothing is written, and it is forgotten what there was to write. */
        private void failToForce() {
            unforced.clear();
        }

        private byte[] kept() {
            byte[] kept = Arrays.copyOf(forced, bytes.length);
            for (int sector : unforced) {
                int at = sector * SECTOR;
                if (at < bytes.length) {
                    System.arraycopy(bytes, at, kept, at, Math.min(SECTOR, bytes.length - at));
                }
            }
            return kept;
        }

        private static Content of(byte[] bytes) {
            var content = new Content();
            content.bytes = bytes;
            content.forced = bytes.clone();
            return content;
        }

        private Content afterPowerCut(Unforced what, Random random) {
            return of(
                    switch (what) {
                        case LOST -> forced.clone();
                        case KEPT -> kept();
                        case MIXED -> mixed(random);
                    });
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

    /** The force after so many more, of a file or a folder, fails, and the next one would succeed. */
    void failForce(int after) {
        failForce(after, new IOException("Input/output error"));
    }

    /** The same with an exception or an error. */
    synchronized void failForce(int after, Throwable failure) {
        failingForce = forces + after;
        forceFailure = failure;
    }

    synchronized int forces() {
        return forces;
    }

    /** No byte of it can be read. */
    synchronized void failReads(Path file) {
        unreadable.add(file.toAbsolutePath());
    }

    /** How often something was read. */
    synchronized int reads() {
        return reads;
    }

    /** How often a folder was. */
    synchronized int lists() {
        return lists;
    }

    synchronized void refuseToDelete(boolean isRefused) {
        isDeletingRefused = isRefused;
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
                .forEach(name -> name.change().run());
        unforcedNames.clear();
        var left = new SimulatedDisk();
        forcedFolders.stream()
                .sorted(Comparator.comparing(Path::getNameCount))
                .filter(folder -> left.isFolder(folder.getParent()))
                .forEach(left.folders::add);
        forcedFiles.forEach((file, content) -> {
            Content found = content.afterPowerCut(what, random);
            if (left.isFolder(file.getParent())) {
                left.files.put(file, found);
            }
        });
        left.forceAll();
        return left;
    }

    private void forceAll() {
        forcedFolders.addAll(folders);
        forcedFiles.putAll(files);
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
        files.forEach((file, content) -> copy.files.put(file, Content.of(content.bytes.clone())));
        copy.folders.addAll(folders);
        copy.forceAll();
        return copy;
    }

    /** The content itself, to be changed by a test. */
    synchronized byte[] content(Path file) {
        return files.get(file.toAbsolutePath()).bytes;
    }

    synchronized void truncate(Path file, int length) {
        files.get(file.toAbsolutePath()).resize(length);
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

    private void mayFail() throws IOException {
        if (forces++ == failingForce) {
            if (forceFailure instanceof Error error) {
                throw error;
            }
            throw new IOException(forceFailure.getMessage());
        }
    }

    /** What was done to a name in its folder, and will be forced with that. */
    private void change(Path file, Runnable change) {
        unforcedNames.add(new Name(file.toAbsolutePath().getParent(), change));
    }

    private void requireFolder(Path folder) throws IOException {
        if (!isFolder(folder)) {
            throw new NoSuchFileException(folder.toString());
        }
    }

    @Override
    public synchronized boolean isFolder(Path folder) {
        Path absolute = folder.toAbsolutePath();
        return BASE.startsWith(absolute) || folders.contains(absolute);
    }

    @Override
    public synchronized void createFolder(Path folder) throws IOException {
        requireFolder(folder.toAbsolutePath().getParent());
        step();
        folders.add(folder.toAbsolutePath());
        change(folder, () -> forcedFolders.add(folder.toAbsolutePath()));
        mayCutPower();
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
    public synchronized List<String> list(Path folder) throws IOException {
        requireFolder(folder);
        lists++;
        return files.keySet().stream()
                .filter(file -> folder.toAbsolutePath().equals(file.getParent()))
                .map(file -> file.getFileName().toString())
                .toList();
    }

    @Override
    public synchronized WritableFile create(Path file) throws IOException {
        Path absolute = file.toAbsolutePath();
        requireFolder(absolute.getParent());
        step();
        var content = new Content();
        files.put(absolute, content);
        change(absolute, () -> forcedFiles.put(absolute, content));
        mayCutPower();
        return new Writing(content);
    }

    @Override
    public synchronized WritableFile reopen(Path file) throws IOException {
        return new Writing(existing(file));
    }

    private Content existing(Path file) throws IOException {
        Content content = files.get(file.toAbsolutePath());
        if (content == null) {
            throw new NoSuchFileException(file.toString());
        }
        return content;
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
                int excess = (int) Math.max(0, Math.min(usedBytes() + grows - quota, grows));
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
                mayCutPower();
                content.resize(length);
            }
        }

        @Override
        public void force(boolean size) throws IOException {
            synchronized (SimulatedDisk.this) {
                step();
                stand();
                mayCutPower();
                try {
                    mayFail();
                } catch (IOException | Error e) {
                    content.failToForce();
                    throw e;
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
        Content content = existing(file);
        boolean fails = unreadable.contains(file.toAbsolutePath());
        return new ReadableFile() {
            @Override
            public long length() {
                synchronized (SimulatedDisk.this) {
                    return content.bytes.length;
                }
            }

            @Override
            public int read(int at, byte[] into, int from, int length) throws IOException {
                synchronized (SimulatedDisk.this) {
                    reads++;
                    if (fails) {
                        throw new IOException("Input/output error");
                    }
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
        Path source = from.toAbsolutePath();
        Path target = to.toAbsolutePath();
        Content content = files.remove(source);
        files.put(target, content);
        change(target, () -> {
            forcedFiles.remove(source);
            forcedFiles.put(target, content);
        });
        mayCutPower();
    }

    @Override
    public synchronized void delete(Path file) throws IOException {
        if (isDeletingRefused) {
            throw new IOException("Operation not permitted");
        }
        step();
        Path absolute = file.toAbsolutePath();
        files.remove(absolute);
        change(absolute, () -> forcedFiles.remove(absolute));
        mayCutPower();
    }

    @Override
    public synchronized void force(Path folder) throws IOException {
        requireFolder(folder);
        step();
        mayCutPower();
        Path absolute = folder.toAbsolutePath();
        List<Name> names = unforcedNames.stream()
                .filter(name -> absolute.equals(name.folder()))
                .toList();
        mayFail();
        unforcedNames.removeAll(names);
        names.forEach(name -> name.change().run());
    }
}
