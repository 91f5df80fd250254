package symphony.segmentlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static symphony.segmentlog.Log.SMALL;
import static symphony.segmentlog.Log.append;
import static symphony.segmentlog.Log.bytes;
import static symphony.segmentlog.Log.texts;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import symphony.segmentlog.SegmentLogException.Reason;

/** The disk is full, or fails. */
@Timeout(60)
class FailingDiskTest {
    private static final Path FOLDER = Path.of("log");

    private final SimulatedDisk disk = new SimulatedDisk();

    private SegmentLog open() throws IOException {
        return SegmentLog.open(FOLDER, SMALL, disk, new SecureRandom());
    }

    /** Appends until it is refused; returns the texts that are stored. */
    private static List<String> fill(SegmentLog log, String text) throws IOException {
        var stored = new ArrayList<String>();
        for (int i = 0; ; i++) {
            String body = text + i;
            try {
                append(log, body);
            } catch (SegmentLogException e) {
                assertThat(e.reason()).isEqualTo(Reason.NO_ROOM);
                return stored;
            }
            stored.add(body);
        }
    }

    @Test
    void refusesWhatHasNoRoomAndGoesOnWhenThereIsSome() throws IOException {
        disk.limitTo(100_000);
        try (SegmentLog log = open()) {
            List<String> stored = fill(log, "x".repeat(300));
            assertThat(disk.usedBytes()).isLessThanOrEqualTo(100_000);
            assertThat(texts(log)).isEqualTo(stored);
            assertThatThrownBy(() -> append(log, "more".repeat(100)))
                    .hasMessageMatching(
                            "segment log log: (a frame has no room|no new segment could be made): java.io.IOException: No"
                                    + " space.*")
                    .cause()
                    .hasMessageContaining("No space left on device");

            assertThat(log.removeBefore(new Position(3, 0))).isEqualTo(2);
            List<String> later = fill(log, "later".repeat(60));
            assertThat(later).hasSizeGreaterThan(30);

            disk.limitTo(Long.MAX_VALUE);
            append(log, "there is room");
            later.add("there is room");
            List<String> all = texts(log);
            assertThat(all.subList(all.indexOf(later.get(0)), all.size())).isEqualTo(later);
            assertThat(log.recovery().gaps()).isEmpty();
        }
        try (SegmentLog log = open()) {
            assertThat(log.recovery().gaps()).isEmpty();
            assertThat(log.recovery().segments())
                    .extracting(SegmentReport::ending)
                    .containsOnly(Ending.CLOSED);
        }
    }

    @Test
    void holdsWhatItAcknowledgedWhereverTheDiskIsFull() throws IOException {
        for (int quota = 0; quota < 60_000; quota += 517) {
            var full = new SimulatedDisk();
            full.limitTo(quota);
            List<String> stored;
            try (SegmentLog log = SegmentLog.open(FOLDER, SMALL, full, new SecureRandom())) {
                stored = fill(log, "y".repeat(700));
                assertThat(texts(log)).as("quota %d", quota).isEqualTo(stored);
            }
            try (SegmentLog log = SegmentLog.open(FOLDER, SMALL, full, new SecureRandom())) {
                assertThat(texts(log)).as("quota %d", quota).isEqualTo(stored);
                assertThat(log.recovery().gaps()).as("quota %d", quota).isEmpty();
            }
        }
    }

    @Test
    void usesTheRoomThatIsLeftIfAWholeStepHasNone() throws IOException {
        var options = SegmentLogOptions.defaults();
        disk.limitTo(40_000);
        try (SegmentLog log = SegmentLog.open(FOLDER, options, disk, new SecureRandom())) {
            assertThat(fill(log, "z".repeat(972))).hasSizeBetween(25, 32);
        }
    }

    @Test
    void opensAndRemovesOnAFullDisk() throws IOException {
        try (SegmentLog log = open()) {
            for (int i = 0; i < 3; i++) {
                append(log, "in segment " + i);
                log.rotate();
            }
        }
        disk.limitTo(disk.usedBytes());
        try (SegmentLog log = open()) {
            assertThatThrownBy(() -> append(log, "more")).hasMessageContaining("no new segment could be made");
            assertThat(log.keepNewest(1)).isEqualTo(2);
            append(log, "more");
            assertThat(texts(log)).containsExactly("in segment 2", "more");
        }
    }

    @Test
    void stopsForGoodWhereAForceFailed() throws IOException {
        stopsForGood(() -> disk.failForce(0));
    }

    @Test
    void stopsForGoodWhereAWriteFailed() throws IOException {
        stopsForGood(() -> disk.failWrite(0));
    }

    private void stopsForGood(Runnable failing) throws IOException {
        CapturedLog.clear();
        SegmentLog log = open();
        append(log, "one");
        append(log, "two");
        failing.run();
        SegmentLogException first = catchThrowableOfType(SegmentLogException.class, () -> append(log, "three"));
        SegmentLogException second = catchThrowableOfType(SegmentLogException.class, () -> append(log, "four"));
        assertThat(first.reason()).isEqualTo(Reason.STOPPED);
        assertThat(first)
                .hasMessage(
                        "segment log log: takes nothing more since writing failed: java.io.IOException: Input/output"
                                + " error; mend the disk, then close the log and open it again");
        assertThat(second.reason()).isEqualTo(Reason.STOPPED);
        assertThat(second.getCause()).as("the first cause").isSameAs(first.getCause());
        assertThat(second.getStackTrace()[0].getMethodName())
                .as("a trace of its own")
                .isNotEqualTo("run");
        assertThatThrownBy(log::sync).hasMessageContaining("takes nothing more");
        assertThatThrownBy(() -> log.removeBefore(log.end())).hasMessageContaining("takes nothing more");
        assertThatThrownBy(() -> log.submit(bytes("five"))).hasMessageContaining("takes nothing more");
        assertThat(texts(log)).as("reading goes on").containsExactly("one", "two");
        log.close();
        assertThat(CapturedLog.lines())
                .containsExactly("ERROR segment log log: writing failed; it takes nothing more until it is closed and"
                        + " opened again");
        assertThatThrownBy(() -> append(log, "six")).hasMessageContaining("is closed");

        try (SegmentLog again = open()) {
            assertThat(texts(again).subList(0, 2)).containsExactly("one", "two");
            append(again, "seven");
            assertThat(texts(again)).endsWith("seven").doesNotContain("four", "five", "six");
            assertThat(again.recovery().isDamaged()).isFalse();
        }
    }

    @Test
    void answersAllWhoWaitWhereTheDiskFails() throws Exception {
        try (SegmentLog log = open()) {
            append(log, "one");
            disk.hold();
            var pending = new ArrayList<PendingAppend>();
            pending.add(log.submit(bytes("two")));
            disk.awaitHeld();
            for (int i = 0; i < 100; i++) {
                pending.add(log.submit(bytes("more")));
            }
            disk.failForce(0);
            disk.release();
            assertThat(pending)
                    .allSatisfy(each -> assertThatThrownBy(each::await)
                            .isInstanceOfSatisfying(
                                    SegmentLogException.class,
                                    e -> assertThat(e.reason()).isEqualTo(Reason.STOPPED)));
        }
    }

    @Test
    void keepsWhatItAcknowledgedWhereverAWriteFails() throws IOException {
        int writes = writeUntilItFails(Integer.MAX_VALUE);
        assertThat(writes).isGreaterThan(40);
        for (int failing = 0; failing < writes; failing++) {
            writeUntilItFails(failing);
        }
    }

    @Test
    void refusesOnlyWhatHasNoRoom() throws Exception {
        var options = SegmentLogOptions.defaults();
        disk.limitTo(60_000);
        try (SegmentLog log = SegmentLog.open(FOLDER, options, disk, new SecureRandom())) {
            append(log, "zero");
            disk.hold();
            log.submit(bytes("one"));
            disk.awaitHeld();
            PendingAppend two = log.submit(bytes("two"));
            PendingAppend great = log.submit(new byte[100_000]);
            PendingAppend three = log.submit(bytes("three"));
            disk.release();
            assertThat(two.await()).isLessThan(three.await());
            assertThatThrownBy(great::await)
                    .isInstanceOfSatisfying(
                            SegmentLogException.class,
                            e -> assertThat(e.reason()).isEqualTo(Reason.NO_ROOM));
            assertThat(texts(log)).containsExactly("zero", "one", "two", "three");
        }
    }

    /** What a force did not write is still shown by the system, and the next force does not write it either. */
    @Test
    void offersNothingThatAFailedForceDidNotWrite() throws IOException {
        SegmentLog log = open();
        append(log, "one");
        disk.failForce(0);
        assertThatThrownBy(() -> append(log, "two")).hasMessageContaining("takes nothing more");
        log.close();
        try (SegmentLog again = open()) {
            assertThat(texts(again)).containsExactly("one");
            append(again, "three");
        }
        assertKept("one", "three");
    }

    @Test
    void writesOnceMoreWhatAFailedForceDidNotWriteIfItsProcessWasKilled() throws IOException {
        SegmentLog log = open();
        append(log, "one");
        disk.failForce(0);
        disk.cutPowerAt(disk.steps() + 3); // after the write and the force
        assertThatThrownBy(() -> append(log, "two")).hasMessageContaining("takes nothing more");
        log.close();
        disk.killProcess();
        try (SegmentLog again = open()) {
            assertThat(texts(again)).containsExactly("one", "two");
            append(again, "three");
        }
        assertKept("one", "two", "three");
    }

    /** As if its process had been killed, and the disk failed just afterwards. */
    @Test
    void writesOnceMoreWhatCouldNotBeForcedWhenItWasOpened() throws IOException {
        SegmentLog log = open();
        append(log, "one");
        disk.cutPowerAt(disk.steps() + 2); // after the write
        assertThatThrownBy(() -> append(log, "two")).hasMessageContaining("takes nothing more");
        log.close();
        disk.killProcess();
        disk.failForce(2); // the folder's parent, the folder, the segment
        assertThatThrownBy(this::open)
                .hasMessageContaining("cannot be opened: java.io.IOException: Input/output error");
        try (SegmentLog again = open()) {
            assertThat(texts(again)).containsExactly("one", "two");
            append(again, "three");
        }
        assertKept("one", "two", "three");
    }

    private void assertKept(String... texts) throws IOException {
        SimulatedDisk left = disk.afterPowerCut(SimulatedDisk.Unforced.LOST, 0);
        try (SegmentLog log = SegmentLog.open(FOLDER, SMALL, left, new SecureRandom())) {
            assertThat(texts(log)).containsExactly(texts);
            assertThat(log.recovery().isDamaged()).isFalse();
        }
    }

    @Test
    void keepsWhatItAcknowledgedAndWhatItOffersWhereverAForceFails() throws IOException {
        int forces = writeUntilAForceFails(Integer.MAX_VALUE);
        assertThat(forces).isGreaterThan(40);
        for (int failing = 0; failing < forces; failing++) {
            writeUntilAForceFails(failing);
        }
    }

    private static int writeUntilAForceFails(int failingForce) throws IOException {
        var failing = new SimulatedDisk();
        failing.failForce(failingForce);
        var stored = new ArrayList<String>();
        try (SegmentLog log = SegmentLog.open(FOLDER, SMALL, failing, new SecureRandom())) {
            for (int i = 0; i < 40; i++) {
                String text = i + "f".repeat(900);
                append(log, text);
                stored.add(text);
            }
        } catch (IOException e) {
            assertThat(failingForce).as("%s", e).isLessThan(Integer.MAX_VALUE);
        }
        int forces = failing.forces();
        try (SegmentLog log = SegmentLog.open(FOLDER, SMALL, failing, new SecureRandom())) {
            assertThat(texts(log)).as("force %d fails", failingForce).isEqualTo(stored);
            append(log, "after");
            stored.add("after");
        }
        SimulatedDisk left = failing.afterPowerCut(SimulatedDisk.Unforced.LOST, 0);
        try (SegmentLog log = SegmentLog.open(FOLDER, SMALL, left, new SecureRandom())) {
            assertThat(texts(log)).as("force %d fails", failingForce).isEqualTo(stored);
            assertThat(log.recovery().isDamaged())
                    .as("force %d fails", failingForce)
                    .isFalse();
        }
        return forces;
    }

    /** Nothing is left to make a message with. */
    private static final class NoMemory extends OutOfMemoryError {
        private static final long serialVersionUID = 1L;

        @Override
        public String toString() {
            throw new OutOfMemoryError("no memory for a message");
        }
    }

    @Test
    void answersAllWhoWaitWhereThereIsNoMemoryForTheAnswer() throws Exception {
        CapturedLog.clear();
        SegmentLog log = open();
        append(log, "one");
        disk.hold();
        var pending = new ArrayList<PendingAppend>();
        pending.add(log.submit(bytes("two")));
        disk.awaitHeld();
        for (int i = 0; i < 100; i++) {
            pending.add(log.submit(bytes("more")));
        }
        disk.failForce(0, new NoMemory());
        disk.release();
        assertThat(pending)
                .allSatisfy(each -> assertThatThrownBy(each::await)
                        .isInstanceOfSatisfying(
                                SegmentLogException.class,
                                e -> assertThat(e.reason()).isEqualTo(Reason.STOPPED))
                        .hasMessage("segment log log: takes nothing more since its thread has died; close the log and"
                                + " open it again"));
        assertThatThrownBy(log::sync).hasMessageContaining("its thread has died");
        assertThatThrownBy(() -> append(log, "three")).hasMessageContaining("its thread has died");
        assertThat(texts(log)).as("reading goes on").containsExactly("one");
        assertThatThrownBy(log::close).hasMessageContaining("no memory for a message");
        assertThat(CapturedLog.lines()).hasSize(1);
        try (SegmentLog again = open()) {
            assertThat(texts(again)).startsWith("one");
        }
    }

    @Test
    void goesOnWhereAFileCannotBeRemoved() throws IOException {
        try (SegmentLog log = open()) {
            append(log, "one");
            log.rotate();
            append(log, "two");
            disk.refuseToDelete(true);
            assertThatThrownBy(() -> log.keepNewest(1))
                    .isInstanceOfSatisfying(
                            SegmentLogException.class,
                            e -> assertThat(e.reason()).isEqualTo(Reason.NOT_REMOVED))
                    .hasMessage("segment log log: segment 1 cannot be removed: java.io.IOException: Operation not"
                            + " permitted");
            append(log, "three");
            disk.refuseToDelete(false);
            assertThat(log.keepNewest(1)).isEqualTo(1);
            assertThat(texts(log)).containsExactly("two", "three");
        }
    }

    @Test
    void stopsWhereARemovalCannotBeForced() throws IOException {
        SegmentLog log = open();
        append(log, "one");
        log.rotate();
        append(log, "two");
        disk.failForce(0);
        assertThatThrownBy(() -> log.keepNewest(1))
                .isInstanceOfSatisfying(
                        SegmentLogException.class, e -> assertThat(e.reason()).isEqualTo(Reason.STOPPED));
        assertThat(log.segments()).extracting(SegmentInfo::number).containsExactly(2L);
        assertThatThrownBy(() -> append(log, "three")).hasMessageContaining("takes nothing more");
        log.close();
        try (SegmentLog again = open()) {
            assertThat(texts(again)).containsExactly("two");
        }
    }

    private static int writeUntilItFails(int failingWrite) throws IOException {
        var failing = new SimulatedDisk();
        failing.failWrite(failingWrite);
        var stored = new ArrayList<String>();
        try (SegmentLog log = SegmentLog.open(FOLDER, SMALL, failing, new SecureRandom())) {
            for (int i = 0; i < 40; i++) {
                String text = i + "w".repeat(900);
                append(log, text);
                stored.add(text);
            }
        } catch (SegmentLogException e) {
            assertThat(e.reason()).isIn(Reason.STOPPED, Reason.NO_ROOM);
        }
        try (SegmentLog log = SegmentLog.open(FOLDER, SMALL, failing, new SecureRandom())) {
            assertThat(texts(log)).as("write %d fails", failingWrite).isEqualTo(stored);
            assertThat(log.recovery().isDamaged()).isFalse();
        }
        return failing.writes();
    }

    @Test
    void saysSoWhenItCannotBeClosedInOrder() throws IOException {
        SegmentLog log = open();
        append(log, "one");
        disk.failForce(0);
        assertThatThrownBy(log::close)
                .isInstanceOfSatisfying(
                        SegmentLogException.class, e -> assertThat(e.reason()).isEqualTo(Reason.STOPPED))
                .hasMessageContaining("could not be closed: java.io.IOException: Input/output error");
        log.close(); // it was told once
        try (SegmentLog again = open()) {
            assertThat(texts(again)).containsExactly("one");
        }
    }
}
