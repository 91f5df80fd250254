package symphony.segmentlog;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** Whatever is done with a log, it has what a list would have. */
class ModelTest {
    private static final Path FOLDER = Path.of("log");

    /** What is done, and a number for it. */
    record Step(What what, int number) {}

    /** What can be done. */
    enum What {
        APPEND,
        SUBMIT,
        ROTATE,
        REMOVE_BEFORE,
        KEEP_NEWEST,
        REOPEN,
        KILL,
        READ
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<What> what = Arbitraries.frequencyOf(
                Tuple.of(8, Arbitraries.of(What.APPEND)),
                Tuple.of(8, Arbitraries.of(What.SUBMIT)),
                Tuple.of(5, Arbitraries.of(What.values())));
        return what.flatMap(one -> Arbitraries.integers().between(0, 7_000).map(number -> new Step(one, number)))
                .list()
                .ofMinSize(1)
                .ofMaxSize(60);
    }

    @Property(tries = 300)
    void hasWhatAListWouldHave(@ForAll("steps") List<Step> steps, @ForAll boolean isSealed) throws Exception {
        try (var subject = new Subject(isSealed)) {
            for (Step step : steps) {
                subject.take(step);
            }
            subject.check();
        }
    }

    /** A log and its model: the frames by position. */
    private static final class Subject implements AutoCloseable {
        private final SegmentLogOptions options;
        private final TreeMap<Position, String> frames = new TreeMap<>();
        private final List<PendingAppend> pending = new ArrayList<>();
        private final List<String> submitted = new ArrayList<>();
        private SimulatedDisk disk = new SimulatedDisk();
        private SegmentLog log;
        private int count;
        private long newest;

        Subject(boolean isSealed) throws IOException {
            options = isSealed ? Log.SMALL.withKeys(new TestKeys("secret")) : Log.SMALL;
            open();
        }

        private void open() throws IOException {
            log = SegmentLog.open(FOLDER, options, disk, new SecureRandom());
            assertThat(log.recovery().gaps()).isEmpty();
            assertThat(log.recovery().frames()).isEqualTo(frames.size());
        }

        void take(Step step) throws IOException {
            switch (step.what()) {
                case APPEND -> put(log.append(Log.bytes(next(step))), text(step));
                case SUBMIT -> {
                    pending.add(log.submit(Log.bytes(next(step))));
                    submitted.add(text(step));
                }
                case ROTATE -> log.rotate();
                case REMOVE_BEFORE -> removeBefore(step.number());
                case KEEP_NEWEST -> keepNewest(1 + step.number() % 4);
                case REOPEN -> {
                    log.close();
                    settle();
                    open();
                }
                case KILL -> kill();
                case READ -> check();
            }
        }

        private String next(Step step) {
            count++;
            return text(step);
        }

        private String text(Step step) {
            return count + ":" + "x".repeat(step.number());
        }

        private void put(Position position, String text) throws IOException {
            settle();
            assertThat(frames.put(position, text)).isNull();
            assertThat(position).isEqualTo(frames.lastKey());
            newest = position.segment();
        }

        /** What was submitted is there before what was appended after it. */
        private void settle() throws IOException {
            for (int i = 0; i < pending.size(); i++) {
                Position position = pending.get(i).await();
                assertThat(frames.put(position, submitted.get(i))).isNull();
                newest = Math.max(newest, position.segment());
            }
            pending.clear();
            submitted.clear();
        }

        private void removeBefore(int number) throws IOException {
            log.sync();
            settle();
            var position = new Position(number % (newest + 3), number);
            log.removeBefore(position);
            forget(position.segment());
        }

        private void keepNewest(int segments) throws IOException {
            log.sync();
            settle();
            log.keepNewest(segments);
            forget(newest - segments + 1);
        }

        private void forget(long before) {
            frames.headMap(new Position(Math.max(0, Math.min(before, newest)), 0))
                    .clear();
        }

        private void kill() throws IOException {
            log.sync();
            settle();
            SimulatedDisk left = disk.copy();
            log.close();
            disk = left;
            open();
        }

        void check() throws IOException {
            log.sync();
            settle();
            try (LogReader reader = log.read(Position.BEGIN)) {
                List<LogItem> items = Log.items(reader);
                assertThat(Log.texts(items)).isEqualTo(List.copyOf(frames.values()));
                assertThat(items).extracting(LogItem::position).isEqualTo(List.copyOf(frames.keySet()));
            }
            if (!frames.isEmpty()) {
                assertThat(log.end()).isGreaterThan(frames.lastKey());
                Position middle = new ArrayList<>(frames.keySet()).get(frames.size() / 2);
                try (LogReader reader = log.read(middle)) {
                    assertThat(Log.texts(Log.items(reader)))
                            .isEqualTo(List.copyOf(frames.tailMap(middle).values()));
                }
            }
            assertThat(log.totalBytes()).isEqualTo(disk.usedBytes());
        }

        @Override
        public void close() throws IOException {
            log.close();
        }
    }
}
