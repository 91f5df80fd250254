package symphony.segmentlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static symphony.segmentlog.Log.SMALL;
import static symphony.segmentlog.Log.append;
import static symphony.segmentlog.Log.bytes;
import static symphony.segmentlog.Log.texts;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import symphony.segmentlog.SegmentLogException.Reason;

/** What waits while the disk stands still: it is bounded, may be interrupted, and gets its answer. */
@Timeout(60)
class WaitingTest {
    private final SimulatedDisk disk = new SimulatedDisk();

    private SegmentLog open(SegmentLogOptions options) throws IOException {
        return SegmentLog.open(Path.of("log"), options, disk, new SecureRandom());
    }

    /** A thread that does something, and is known to wait in it. */
    private static final class Waiting<T> {
        private final FutureTask<T> task;
        private final Thread thread;

        Waiting(Callable<T> work) throws InterruptedException {
            task = new FutureTask<>(work);
            thread = new Thread(task);
            thread.start();
            long begun = System.nanoTime();
            while (thread.getState() != Thread.State.WAITING) {
                assertThat(System.nanoTime() - begun).isLessThan(TimeUnit.SECONDS.toNanos(20));
                Thread.onSpinWait();
            }
        }

        boolean isDone() {
            return task.isDone();
        }

        void interrupt() {
            thread.interrupt();
        }

        T get() throws Exception {
            return task.get(20, TimeUnit.SECONDS);
        }

        Throwable failure() throws Exception {
            try {
                throw new AssertionError("returned " + get());
            } catch (ExecutionException e) {
                return e.getCause();
            }
        }
    }

    /** With a first frame that is being forced. */
    private SegmentLog openHeld(SegmentLogOptions options) throws Exception {
        SegmentLog log = open(options);
        append(log, "zero");
        disk.hold();
        log.submit(bytes("one"));
        disk.awaitHeld();
        return log;
    }

    @Test
    void refusesToSubmitMoreThanMayWait() throws Exception {
        try (SegmentLog log = openHeld(SMALL.withWaitingBytes(1024))) {
            for (int i = 0; i < 3; i++) {
                log.submit(new byte[100]);
            }
            assertThatThrownBy(() -> log.submit(new byte[100]))
                    .isInstanceOfSatisfying(
                            SegmentLogException.class,
                            e -> assertThat(e.reason()).isEqualTo(Reason.BUSY))
                    .hasMessageContaining(
                            "bytes that wait to be written would be more than 1024; wait with append, write"
                                    + " less, or raise waitingBytes");
            disk.release();
            log.sync();
            log.submit(new byte[100]);
        }
    }

    @Test
    void aGreatBodyGetsItsTurnBeforeSmallOnesThatCameLater() throws Exception {
        try (SegmentLog log = openHeld(SMALL.withWaitingBytes(1024))) {
            log.submit(new byte[700]);
            var waiting = new ArrayList<Waiting<Position>>();
            for (int i = 0; i < 10; i++) {
                String text = i + (i == 0 ? "great".repeat(250) : "small");
                waiting.add(new Waiting<>(() -> append(log, text)));
            }
            assertThat(log.end().offset()).as("nothing was forced meanwhile").isLessThan(8300);
            disk.release();
            for (Waiting<Position> each : waiting) {
                each.get();
            }
            assertThat(texts(log).subList(3, 13))
                    .extracting(text -> text.charAt(0) - '0')
                    .startsWith(0)
                    .contains(1, 2, 3, 4, 5, 6, 7, 8, 9);
        }
    }

    @Test
    void aGreatBodyGetsItsTurnThoughSmallOnesAreSubmittedOnAndOn() throws Exception {
        try (SegmentLog log = openHeld(SMALL.withWaitingBytes(1024))) {
            log.submit(new byte[500]);
            var great = new Waiting<>(() -> append(log, "great".repeat(250)));
            assertThatThrownBy(() -> log.submit(bytes("small")))
                    .as("there is room, but not for the one that came first")
                    .isInstanceOfSatisfying(
                            SegmentLogException.class,
                            e -> assertThat(e.reason()).isEqualTo(Reason.BUSY));
            disk.release();
            long begun = System.nanoTime();
            while (!great.isDone()) { // as a steady submitter does it
                assertThat(System.nanoTime() - begun).isLessThan(TimeUnit.SECONDS.toNanos(20));
                try {
                    log.submit(bytes("small"));
                } catch (SegmentLogException e) {
                    assertThat(e.reason()).isEqualTo(Reason.BUSY);
                }
            }
            great.get();
            log.sync();
            log.submit(bytes("small")).await();
        }
    }

    @Test
    void oneWhoIsInterruptedDoesNotKnowTheOutcomeAndTheOthersGoOn() throws Exception {
        try (SegmentLog log = openHeld(SMALL)) {
            var interrupted = new Waiting<>(() -> {
                assertThatThrownBy(() -> append(log, "two"))
                        .isInstanceOfSatisfying(AppendInterruptedException.class, e -> {
                            assertThat(e.outcomeUnknown()).isTrue();
                            assertThat(e.reason()).isEqualTo(Reason.INTERRUPTED);
                        })
                        .hasMessage(
                                "segment log log: interrupted while the append was being written; whether it is stored"
                                        + " is unknown");
                return Thread.currentThread().isInterrupted();
            });
            var other = new Waiting<>(() -> append(log, "three"));
            interrupted.interrupt();
            assertThat(interrupted.get()).as("its interrupt flag").isTrue();
            disk.release();
            other.get();
            assertThat(texts(log)).as("it was accepted").containsExactly("zero", "one", "two", "three");
        }
    }

    @Test
    void oneWhoIsInterruptedBeforeItIsAcceptedIsNotStored() throws Exception {
        try (SegmentLog log = openHeld(SMALL.withWaitingBytes(1024))) {
            log.submit(new byte[700]);
            var interrupted = new Waiting<>(() -> append(log, "two".repeat(50)));
            interrupted.interrupt();
            assertThat(interrupted.failure())
                    .isInstanceOfSatisfying(
                            AppendInterruptedException.class,
                            e -> assertThat(e.outcomeUnknown()).isFalse());
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> append(log, "three")).isInstanceOf(AppendInterruptedException.class);
            assertThat(Thread.interrupted()).isTrue();
            disk.release();
            append(log, "four");
            assertThat(texts(log)).hasSize(4).doesNotContain("two".repeat(50), "three");
        }
    }

    @Test
    void anInterruptHarmsNeitherTasksNorOpeningNorClosingNorReading() throws Exception {
        Thread.currentThread().interrupt();
        SegmentLog log = open(SMALL);
        PendingAppend one = log.submit(bytes("one"));
        log.sync();
        log.rotate();
        assertThat(log.keepNewest(1)).isZero();
        assertThat(texts(log)).containsExactly("one");
        log.close();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(one.await()).isEqualTo(new Position(1, 8192));
    }

    @Test
    void answersNobodyBeforeTheForce() throws Exception {
        try (SegmentLog log = open(SMALL)) {
            append(log, "zero");
            disk.hold();
            PendingAppend pending = log.submit(bytes("one"));
            disk.awaitHeld();
            assertThat(pending.isDone()).isFalse();
            assertThat(texts(log)).as("nor is it handed out").containsExactly("zero");
            disk.release();
            pending.await();
            assertThat(texts(log)).containsExactly("zero", "one");
        }
    }

    @Test
    void severalThreadsWaitForOneAppend() throws Exception {
        try (SegmentLog log = openHeld(SMALL)) {
            PendingAppend pending = log.submit(bytes("two"));
            assertThat(pending.isDone()).isFalse();
            List<Waiting<Position>> waiting = List.of(new Waiting<>(pending::await), new Waiting<>(pending::await));
            disk.release();
            assertThat(waiting.get(0).get()).isEqualTo(waiting.get(1).get()).isEqualTo(pending.await());
        }
    }

    @Test
    void closingAnswersAllWhoWait() throws Exception {
        SegmentLog log = openHeld(SMALL.withWaitingBytes(1024));
        log.submit(new byte[600]);
        var accepted = new Waiting<>(() -> append(log, "two"));
        var waitsForRoom = new ArrayList<Waiting<Position>>();
        for (int i = 0; i < 5; i++) {
            waitsForRoom.add(new Waiting<>(() -> log.append(new byte[1000])));
        }
        var closing = new Waiting<>(() -> {
            log.close();
            return true;
        });
        disk.release();
        closing.get();
        accepted.get();
        for (Waiting<Position> each : waitsForRoom) {
            assertThat(each.failure()).hasMessageContaining("is closed");
        }
        assertThatThrownBy(() -> log.submit(new byte[1])).hasMessageContaining("is closed");
        try (SegmentLog again = open(SMALL)) {
            assertThat(texts(again)).startsWith("zero", "one").endsWith("two").hasSize(4);
        }
    }
}
