package symphony.segmentlog;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Writers and readers, with the lock and without, at the same time, while segments come and go; on the disk's own files. */
class ThreadsTest {
    private static final int WRITERS = 8;
    private static final int EACH = 600;
    private static final String LAST = "the last";
    private static final long DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(180);

    @TempDir
    private Path temp;

    private final AtomicInteger writing = new AtomicInteger(WRITERS);
    private final Map<Position, String> acknowledged = new ConcurrentSkipListMap<>();

    @Test
    @Timeout(300)
    void eachReaderSeesAllInOrder() throws Exception {
        SegmentLogOptions options = Log.SMALL.withKeys(new TestKeys("secret")).withWaitingBytes(20_000);
        ExecutorService threads = Executors.newCachedThreadPool();
        List<Map<Position, String>> seen = new ArrayList<>();
        try (SegmentLog log = SegmentLog.open(temp, options)) {
            List<Future<Map<Position, String>>> readers = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                readers.add(threads.submit(() -> readAll(log.read(Position.BEGIN), true)));
                readers.add(threads.submit(() -> readAll(LogReader.open(temp, options, Position.BEGIN), true)));
            }
            write(threads, log);
            for (Future<Map<Position, String>> reader : readers) {
                seen.add(reader.get(60, TimeUnit.SECONDS));
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(acknowledged).hasSize(WRITERS * EACH + 1);
        assertThat(seen).hasSize(4);
        for (Map<Position, String> frames : seen) {
            assertThat(differences(acknowledged, frames)).as("not seen").isEmpty();
            assertThat(differences(frames, acknowledged))
                    .as("seen, and never appended")
                    .isEmpty();
        }
    }

    @Test
    @Timeout(300)
    void readersThatComeTooLateAreToldSoAndGoOn() throws Exception {
        ExecutorService threads = Executors.newCachedThreadPool();
        try (SegmentLog log = SegmentLog.open(temp, Log.SMALL)) {
            List<Future<Map<Position, String>>> readers = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                readers.add(threads.submit(() -> readAll(log.read(Position.BEGIN), false)));
                readers.add(threads.submit(() -> readAll(LogReader.open(temp, Log.SMALL, Position.BEGIN), false)));
            }
            Future<Integer> removing = threads.submit(() -> {
                int removed = 0;
                while (writing.get() > 0) {
                    removed += log.keepNewest(2);
                }
                return removed + log.keepNewest(2); // what this thread has come too late for
            });
            write(threads, log);
            assertThat(removing.get(60, TimeUnit.SECONDS)).isGreaterThan(20);
            for (Future<Map<Position, String>> reader : readers) {
                assertThat(acknowledged).containsAllEntriesOf(reader.get(60, TimeUnit.SECONDS));
            }
        } finally {
            threads.shutdownNow();
        }
    }

    /** Some wait for each of their bodies, others only now and then. */
    private void write(ExecutorService threads, SegmentLog log) throws Exception {
        List<Callable<Void>> writers = new ArrayList<>();
        for (int writer = 0; writer < WRITERS; writer++) {
            String name = "writer " + writer + " ";
            boolean waits = writer % 2 == 0;
            writers.add(() -> {
                try {
                    write(log, name, waits);
                } finally {
                    writing.decrementAndGet();
                }
                return null;
            });
        }
        for (Future<Void> each : threads.invokeAll(writers)) {
            each.get();
        }
        acknowledged.put(Log.append(log, LAST), LAST);
    }

    private void write(SegmentLog log, String name, boolean waits) throws IOException {
        Map<String, PendingAppend> pending = new HashMap<>();
        for (int i = 0; i < EACH; i++) {
            String text = name + i + ".".repeat(i % 100);
            if (waits || i % 20 == 0) {
                acknowledged.put(Log.append(log, text), text);
            } else {
                submit(log, text, pending);
            }
        }
        for (var each : pending.entrySet()) {
            acknowledged.put(each.getValue().await(), each.getKey());
        }
    }

    private void submit(SegmentLog log, String text, Map<String, PendingAppend> pending) throws IOException {
        try {
            pending.put(text, log.submit(Log.bytes(text)));
        } catch (SegmentLogException e) {
            assertThat(e.reason()).isEqualTo(SegmentLogException.Reason.BUSY);
            acknowledged.put(Log.append(log, text), text);
        }
    }

    private static Map<Position, String> readAll(LogReader reader, boolean isComplete) throws IOException {
        var frames = new ConcurrentSkipListMap<Position, String>();
        Map<String, Integer> counts = new HashMap<>();
        long begun = System.nanoTime();
        try (reader) {
            while (!Thread.currentThread().isInterrupted()) { // as all are when one has failed
                assertThat(System.nanoTime() - begun).as("the last one came").isLessThan(DEADLINE_NANOS);
                for (LogItem item : Log.items(reader)) {
                    if (item instanceof Gap gap) {
                        assertThat(gap.cause()).as("%s", gap).isEqualTo(Gap.Cause.REMOVED);
                        assertThat(isComplete).as("%s", gap).isFalse();
                    } else if (item instanceof Frame frame) {
                        String text = Log.text(frame);
                        assertThat(frames.isEmpty() || frames.lastKey().compareTo(frame.position()) < 0)
                                .isTrue();
                        frames.put(frame.position(), text);
                        if (text.equals(LAST)) {
                            return frames;
                        }
                        inOrder(text, counts);
                    }
                }
                Thread.yield();
            }
        }
        throw new AssertionError("interrupted before the last one came");
    }

    private static List<Map.Entry<Position, String>> differences(
            Map<Position, String> some, Map<Position, String> others) {
        return some.entrySet().stream()
                .filter(each -> !each.getValue().equals(others.get(each.getKey())))
                .toList();
    }

    /** What one writer appends comes in its order. */
    private static void inOrder(String text, Map<String, Integer> counts) {
        String writer = text.substring(0, "writer 0".length());
        int count = Integer.parseInt(text.substring(writer.length() + 1).replace(".", ""));
        Integer before = counts.put(writer, count);
        assertThat(before == null || before < count).as(text).isTrue();
    }
}
