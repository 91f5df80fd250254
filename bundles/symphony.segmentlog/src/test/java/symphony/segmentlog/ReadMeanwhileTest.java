package symphony.segmentlog;

import static org.assertj.core.api.Assertions.assertThat;
import static symphony.segmentlog.Log.SMALL;
import static symphony.segmentlog.Log.append;
import static symphony.segmentlog.Log.items;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A reader without the lock, and a log that changes between any two of its looks at the files. */
@Timeout(60)
class ReadMeanwhileTest {
    /** Counts the looks of a reader and lets something happen before each. */
    private record Watched(SimulatedDisk disk, IntConsumer before, int[] looks) implements FileLayer {
        private void look() {
            before.accept(looks[0]++);
        }

        /** As a file system does it: what happens meanwhile may be seen in part. */
        @Override
        public List<String> list(Path folder) throws IOException {
            var names = new TreeSet<>(disk.list(folder));
            String middle = names.stream().skip(names.size() / 2).findFirst().orElse("");
            look();
            names.removeIf(name -> name.compareTo(middle) >= 0);
            disk.list(folder).stream()
                    .filter(name -> name.compareTo(middle) >= 0)
                    .forEach(names::add);
            return List.copyOf(names);
        }

        @Override
        public ReadableFile read(Path file) throws IOException {
            look();
            ReadableFile opened = disk.read(file);
            return new ReadableFile() {
                @Override
                public long length() throws IOException {
                    look();
                    return opened.length();
                }

                @Override
                public int read(int at, byte[] into, int from, int length) throws IOException {
                    look();
                    return opened.read(at, into, from, length);
                }

                @Override
                public void close() throws IOException {
                    opened.close();
                }
            };
        }

        @Override
        public boolean isFolder(Path folder) {
            throw new AssertionError("a reader lists its folder");
        }

        @Override
        public void createFolder(Path folder) {
            throw new AssertionError("a reader changes nothing");
        }

        @Override
        public Closeable lock(Path file) {
            throw new AssertionError("a reader takes no lock");
        }

        @Override
        public WritableFile create(Path file) {
            throw new AssertionError("a reader changes nothing");
        }

        @Override
        public WritableFile reopen(Path file) {
            throw new AssertionError("a reader changes nothing");
        }

        @Override
        public void move(Path from, Path to) {
            throw new AssertionError("a reader changes nothing");
        }

        @Override
        public void delete(Path file) {
            throw new AssertionError("a reader changes nothing");
        }

        @Override
        public void force(Path folder) {
            throw new AssertionError("a reader changes nothing");
        }
    }

    /** What a log does at one moment. */
    private interface Change {
        void make(SegmentLog log) throws IOException;
    }

    private static List<LogItem> readWhile(
            SegmentLogOptions options, List<String> segments, int look, Change change, int[] looks) throws IOException {
        var disk = new SimulatedDisk();
        try (SegmentLog log = SegmentLog.open(Image.FOLDER, options, disk, new SecureRandom())) {
            for (String text : segments) {
                log.rotate();
                append(log, text);
            }
            var watched = new Watched(disk, now -> make(change, log, now == look), looks);
            try (var reader = new LogReader(watched, Image.FILES, options, () -> Visible.ALL, Position.BEGIN)) {
                var items = new ArrayList<>(items(reader));
                items.addAll(items(reader));
                int counted = looks[0];
                items.addAll(items(reader)); // what came after the last look at it
                looks[0] = counted;
                return items;
            }
        }
    }

    private static void make(Change change, SegmentLog log, boolean isNow) {
        try {
            if (isNow) {
                change.make(log);
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void seesAllThatIsAppendedMeanwhile() throws IOException {
        Change change = log -> {
            append(log, "same segment");
            append(log, "same segment, too");
            log.rotate();
            append(log, "next segment");
            log.rotate();
            append(log, "last segment");
        };
        int[] looks = {0};
        for (int look = 0; look <= looks[0]; look++) {
            looks[0] = 0;
            List<LogItem> items = readWhile(SMALL, List.of("before"), look, change, looks);
            if (look < looks[0]) {
                assertThat(Log.texts(items))
                        .as("look %d", look)
                        .containsExactly("before", "same segment", "same segment, too", "next segment", "last segment");
            }
            assertThat(Log.causes(items)).as("look %d", look).isEmpty();
        }
        assertThat(looks[0]).isGreaterThan(5);
    }

    @Test
    void takesNothingForMissingThatIsRemovedMeanwhile() throws IOException {
        Change change = log -> log.removeBefore(log.end());
        for (int segments = 2; segments < 6; segments++) {
            int[] looks = {0};
            for (int look = 0; look <= looks[0]; look++) {
                looks[0] = 0;
                List<LogItem> items = readWhile(SMALL, Collections.nCopies(segments, "before"), look, change, looks);
                assertThat(Log.texts(items)).as("look %d", look).endsWith("before");
                assertThat(Log.causes(items)).as("look %d", look).isSubsetOf(Gap.Cause.REMOVED);
            }
        }
    }

    @Test
    void readsAllOfItThoughAnyOfItsLooksFailsOnce() throws IOException {
        var disk = new SimulatedDisk();
        try (SegmentLog log = SegmentLog.open(Image.FOLDER, SMALL, disk, new SecureRandom())) {
            for (int segment = 0; segment < 3; segment++) {
                append(log, "first of " + segment);
                append(log, "second of " + segment);
                log.rotate();
            }
        }
        boolean hasFailed = true;
        for (int look = 0; hasFailed; look++) {
            int failing = look;
            IntConsumer failsOnce = now -> {
                if (now == failing) {
                    throw new IllegalStateException("this look fails");
                }
            };
            var watched = new Watched(disk, failsOnce, new int[] {0});
            try (var reader = new LogReader(watched, Image.FILES, SMALL, () -> Visible.ALL, Position.BEGIN)) {
                var items = new ArrayList<LogItem>();
                hasFailed = readAll(reader, items);
                assertThat(Log.causes(items)).as("look %d", look).isEmpty();
                assertThat(Log.texts(items))
                        .as("look %d", look)
                        .containsExactly(
                                "first of 0", "second of 0", "first of 1", "second of 1", "first of 2", "second of 2");
            }
            assertThat(look > 10 || hasFailed).isTrue();
        }
    }

    /** Whether a look has failed. */
    private static boolean readAll(LogReader reader, List<LogItem> items) throws IOException {
        boolean hasFailed = false;
        while (true) {
            try {
                var item = reader.next();
                if (item.isEmpty()) {
                    return hasFailed;
                }
                items.add(item.get());
            } catch (IllegalStateException e) {
                hasFailed = true;
            }
        }
    }

    /** A frame is greater than what a reader looks at together, so that it sees the beginning as it was, and the end as it is. */
    @Test
    void takesNothingForDamagedThatIsWrittenMeanwhile() throws IOException {
        List<String> before = List.of("y".repeat(5_000));
        String great = "x".repeat(100_000);
        Change change = log -> {
            append(log, great);
            append(log, "small");
        };
        int[] looks = {0};
        for (int look = 0; look <= looks[0]; look++) {
            looks[0] = 0;
            List<LogItem> items = readWhile(SMALL.withSegmentBytes(512 << 10), before, look, change, looks);
            assertThat(Log.causes(items)).as("look %d", look).isEmpty();
            if (look < looks[0]) {
                assertThat(Log.texts(items))
                        .as("look %d", look)
                        .extracting(String::length)
                        .containsExactly(5_000, 100_000, 5);
            }
        }
        assertThat(looks[0]).isGreaterThan(10);
    }
}
