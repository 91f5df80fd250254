package symphony.segmentlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static symphony.segmentlog.Log.SMALL;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Torn tails and damage are told apart, and what is whole is handed out. */
@Timeout(60)
class DamageTest {
    private static void zero(byte[] content, int from, int to) {
        Arrays.fill(content, from, to, (byte) 0);
    }

    @Test
    void knowsAZeroedTailOfTheNewestSegmentForWhatACrashLeaves() throws Exception {
        Image image = Image.killed(SMALL);
        int end = image.frames().get(9).next().offset();
        for (int from = Format.FRAMES_AT; from < end; from++) {
            byte[] before = image.content(1).clone();
            zero(image.content(1), from, before.length);
            int zeroed = from;
            Image.Reading reading = image.read();
            List<Frame> whole = image.frames().stream()
                    .filter(frame -> frame.position().offset() < zeroed && image.endOf(frame) <= zeroed)
                    .toList();
            assertThat(reading.frames())
                    .as("from %d", from)
                    .hasSize(whole.size())
                    .allMatch(frame -> whole.stream().anyMatch(each -> Image.isSame(each, frame)));
            assertThat(reading.gaps()).isEmpty();
            boolean isTorn = image.frames().stream()
                    .anyMatch(frame -> frame.position().offset() < zeroed
                            && zeroed < image.endOf(frame)
                            && !allZero(before, frame.position().offset(), zeroed));
            assertThat(reading.ending()).as("from %d", from).isEqualTo(isTorn ? Ending.TORN : Ending.UNFINISHED);
            assertThat(image.recover().isDamaged()).isFalse();
            System.arraycopy(before, 0, image.content(1), 0, before.length);
        }
    }

    private static boolean allZero(byte[] content, int from, int to) {
        for (int at = from; at < to; at++) {
            if (content[at] != 0) {
                return false;
            }
        }
        return true;
    }

    @Test
    void knowsAZeroedTailOfAnOlderSegmentForDamage() throws Exception {
        Image image = Image.followed(SMALL);
        for (Frame first : image.frames().subList(0, 10)) {
            byte[] before = image.content(1).clone();
            zero(image.content(1), first.position().offset(), before.length);
            Image.Reading reading = image.read();
            assertThat(reading.gaps())
                    .containsExactly(new Gap(
                            first.position(),
                            image.frames().get(9).next(),
                            Gap.Cause.DAMAGED,
                            "no whole frame, though it was forced to the disk"));
            assertThat(reading.has(image.frames().get(10)))
                    .as("the next segment")
                    .isTrue();
            assertThat(image.recover().gaps()).isEqualTo(reading.gaps());
            System.arraycopy(before, 0, image.content(1), 0, before.length);
        }
    }

    @Test
    void knowsATruncatedSegmentForDamageIfItIsFollowed() throws Exception {
        Image image = Image.followed(SMALL);
        Frame fourth = image.frames().get(3);
        image.disk().truncate(Image.FILES.file(1), fourth.position().offset() + 3);
        Image.Reading reading = image.read();
        assertThat(reading.frames()).hasSize(4);
        assertThat(reading.gaps())
                .extracting(Gap::position, Gap::next)
                .containsExactly(tuple(fourth.position(), image.frames().get(9).next()));
        assertThat(image.recover().gaps()).isEqualTo(reading.gaps());
    }

    /** Frames 0, 1, 2 to 4, 5, 6 to 9 were forced together. */
    @Test
    void handsOutNothingOfAGroupBehindAHoleInIt() throws Exception {
        Image image = Image.killed(SMALL);
        Frame hole = image.frames().get(7);
        image.content(1)[hole.position().offset() + 30] ^= 1;
        Image.Reading reading = image.read();
        assertThat(reading.frames()).hasSize(7);
        assertThat(reading.gaps()).isEmpty();
        assertThat(reading.tornTail())
                .hasValue(new Gap(
                        hole.position(),
                        new Position(1, image.content(1).length),
                        Gap.Cause.TORN,
                        "whole frames of the same group follow, which was never forced: 2"));
        assertThat(image.recover().isDamaged()).isFalse();
    }

    @Test
    void handsOutWhatFollowsAHoleThatALaterGroupShowsToHaveBeenForced() throws Exception {
        Image image = Image.killed(SMALL);
        Frame hole = image.frames().get(2);
        image.content(1)[hole.position().offset() + 30] ^= 1;
        Image.Reading reading = image.read();
        assertThat(reading.frames()).hasSize(9);
        assertThat(reading.gaps())
                .containsExactly(new Gap(
                        hole.position(),
                        hole.next(),
                        Gap.Cause.DAMAGED,
                        "no whole frame, though it was forced to the disk; frames: 1"));
        assertThat(image.recover().isDamaged()).isTrue();
        assertThat(image.recover().frames()).isEqualTo(9);
    }

    @Test
    void aHoleInTheLastGroupStaysTornOnceAnotherSegmentFollows() throws Exception {
        Image image = Image.killed(SMALL);
        Frame hole = image.frames().get(7);
        image.content(1)[hole.position().offset() + 30] ^= 1;
        try (SegmentLog log = SegmentLog.open(Image.FOLDER, SMALL, image.disk(), new SecureRandom())) {
            Log.append(log, "later");
        }
        Image.Reading reading = image.read();
        assertThat(reading.frames()).hasSize(8);
        assertThat(reading.gaps())
                .extracting(Gap::position, Gap::next, Gap::cause)
                .containsExactly(tuple(hole.position(), new Position(2, 0), Gap.Cause.TORN));
        assertThat(image.recover().isDamaged()).isFalse();
    }

    @Test
    void readsASegmentByTheSecondCopyOfItsHeader() throws Exception {
        Image image = Image.closed(SMALL);
        zero(image.content(1), 0, 4096);
        Image.Reading reading = image.read();
        assertThat(reading.frames()).hasSize(10);
        assertThat(reading.gaps())
                .containsExactly(new Gap(
                        new Position(1, 0),
                        new Position(1, Format.HEADER_BYTES),
                        Gap.Cause.HEADER_COPY,
                        "one of two copies of the segment's header cannot be read; the other is used"));
        assertThat(image.recover().gaps()).isEqualTo(reading.gaps());
        assertThat(image.recover().isDamaged()).as("nothing is lost").isFalse();
    }

    @Test
    void takesAHeaderThatNobodyCanHaveWrittenForNone() throws Exception {
        List<UnaryOperator<SegmentHeader>> changes = List.of(
                header -> with(header, Integer.MAX_VALUE - 7, 0),
                header -> with(header, -8, 0),
                header -> with(header, SegmentLogOptions.MIN_SEGMENT_BYTES + 1, 0),
                header -> with(header, SegmentLogOptions.MIN_SEGMENT_BYTES - 8, 0),
                header -> with(header, SegmentLogOptions.MIN_SEGMENT_BYTES, Integer.MAX_VALUE),
                header -> with(header, SegmentLogOptions.MIN_SEGMENT_BYTES, SegmentLogOptions.MAX_SEGMENT_BYTES + 8),
                header -> with(header, SegmentLogOptions.MIN_SEGMENT_BYTES, Format.FRAMES_AT - 8),
                header -> with(header, SegmentLogOptions.MIN_SEGMENT_BYTES, Format.FRAMES_AT + 4),
                header -> with(header, SegmentLogOptions.MIN_SEGMENT_BYTES, -8192));
        for (UnaryOperator<SegmentHeader> change : changes) {
            Image image = Image.followed(SMALL);
            image.replaceHeader(2, change);
            Image.Reading reading = image.read();
            assertThat(reading.frames()).hasSize(10);
            assertThat(reading.gaps())
                    .extracting(Gap::position, Gap::next, Gap::cause)
                    .containsExactly(tuple(new Position(2, 0), new Position(3, 0), Gap.Cause.DAMAGED));
            assertThat(reading.ending()).isEqualTo(Ending.UNREADABLE);
        }
    }

    private static SegmentHeader with(SegmentHeader header, int segmentBytes, int previousEnd) {
        return new SegmentHeader(
                header.isSealed(),
                segmentBytes,
                header.number(),
                previousEnd,
                header.salt(),
                header.keyId(),
                header.keyCheck());
    }

    @Test
    void looksForFramesNoFurtherThanTheFileGoes() throws Exception {
        int segmentBytes = 16 << 20;
        Image image = Image.followed(SegmentLogOptions.defaults().withSegmentBytes(segmentBytes));
        image.replaceHeader(2, header -> with(header, segmentBytes, segmentBytes));
        Frame fourth = image.frames().get(3);
        image.disk().truncate(Image.FILES.file(1), fourth.position().offset());
        int before = image.disk().reads();
        Image.Reading reading = image.read();
        assertThat(image.disk().reads() - before).isLessThan(100);
        assertThat(reading.frames()).hasSize(4);
        assertThat(reading.gaps())
                .extracting(Gap::position, Gap::next, Gap::cause)
                .containsExactly(tuple(fourth.position(), new Position(1, segmentBytes), Gap.Cause.DAMAGED));
    }

    @Test
    void readsASegmentWhoseFollowerCannotBeRead() throws Exception {
        Image image = Image.followed(SMALL);
        image.disk().failReads(Image.FILES.file(2));
        RecoveryReport report = image.recover();
        assertThat(report.segments())
                .extracting(SegmentReport::frames, SegmentReport::ending)
                .containsExactly(tuple(10, Ending.UNFINISHED), tuple(0, Ending.UNREADABLE));
        assertThat(report.gaps())
                .extracting(Gap::position, Gap::next, Gap::cause)
                .containsExactly(tuple(new Position(2, 0), new Position(3, 0), Gap.Cause.DAMAGED));
        try (var reader = new LogReader(image.disk(), Image.FILES, SMALL, () -> Visible.ALL, Position.BEGIN)) {
            for (Frame frame : image.frames().subList(0, 10)) {
                assertThat(reader.next().map(LogItem::position)).hasValue(frame.position());
            }
            assertThatThrownBy(reader::next).hasMessage("Input/output error");
        }
    }

    @Test
    void leavesOutASegmentThatCannotBeRead() throws Exception {
        var disk = new SimulatedDisk();
        try (SegmentLog log = SegmentLog.open(Image.FOLDER, SMALL, disk, new SecureRandom())) {
            for (int i = 1; i <= 4; i++) {
                Log.append(log, "in segment " + i);
                log.rotate();
            }
        }
        disk.failReads(Image.FILES.file(1));
        disk.failReads(Image.FILES.file(3));
        try (var reader = new LogReader(disk, Image.FILES, SMALL, () -> Visible.ALL, Position.BEGIN)) {
            for (int unreadable = 1; unreadable <= 3; unreadable += 2) {
                assertThatThrownBy(reader::next).hasMessage("Input/output error");
                assertThatThrownBy(reader::next).as("again").hasMessage("Input/output error");
                assertThat(reader.segment()).isEqualTo(unreadable);
                reader.leaveSegment();
                reader.leaveSegment();
                LogItem next = reader.next().orElseThrow();
                assertThat(Log.text((Frame) next)).isEqualTo("in segment " + (unreadable + 1));
            }
            assertThat(reader.next()).isEmpty();
        }
    }

    @Test
    void listsItsFolderAFewTimesHoweverManySegmentsThereAreOrAreMissing() throws Exception {
        var disk = new SimulatedDisk();
        try (SegmentLog log = SegmentLog.open(Image.FOLDER, SMALL, disk, new SecureRandom())) {
            for (int i = 1; i <= 100; i++) {
                Log.append(log, "in segment " + i);
                log.rotate();
            }
        }
        assertThat(listsToRead(disk, 100, 0)).isLessThan(5);
        for (int i = 2; i < 100; i += 2) {
            disk.delete(Image.FILES.file(i));
        }
        assertThat(listsToRead(disk, 51, 49)).isLessThan(5);
    }

    private static int listsToRead(SimulatedDisk disk, int frames, int gaps) throws Exception {
        int before = disk.lists();
        try (var reader = new LogReader(disk, Image.FILES, SMALL, () -> Visible.ALL, Position.BEGIN)) {
            List<LogItem> items = Log.items(reader);
            assertThat(Log.texts(items)).hasSize(frames);
            assertThat(Log.causes(items)).hasSize(gaps).allMatch(cause -> cause == Gap.Cause.MISSING);
        }
        return disk.lists() - before;
    }

    /** By somebody who knows the format: all checks are right. */
    @Test
    void reportsFramesThatWereCutOut() throws Exception {
        var disk = new SimulatedDisk();
        try (SegmentLog log = SegmentLog.open(Image.FOLDER, SMALL, disk, new SecureRandom())) {
            for (String text : List.of("aaaa", "bbbb", "cccc")) {
                Log.append(log, text);
            }
        }
        int bytes = Format.frameBytes(4);
        int second = Format.FRAMES_AT + bytes;
        byte[] content = disk.content(Image.FILES.file(1));
        for (int at = second; at < second + 2 * bytes; at += bytes) {
            System.arraycopy(content, at + bytes, content, at, Math.min(bytes, content.length - at - bytes));
            ByteBuffer.wrap(content).putInt(at + 8, at);
            Image.mend(content, at);
        }
        disk.truncate(Image.FILES.file(1), content.length - bytes);
        try (SegmentLog log = SegmentLog.open(Image.FOLDER, SMALL, disk, new SecureRandom());
                LogReader reader = log.read(Position.BEGIN)) {
            List<LogItem> items = Log.items(reader);
            assertThat(Log.texts(items)).containsExactly("aaaa", "cccc");
            assertThat(items.get(1))
                    .isEqualTo(new Gap(
                            new Position(1, second),
                            new Position(1, second),
                            Gap.Cause.DAMAGED,
                            "frames are missing between the one before and this one, in whose place they were: 1"));
            assertThat(log.recovery().segments())
                    .extracting(SegmentReport::frames, SegmentReport::ending)
                    .containsExactly(tuple(2, Ending.CLOSED));
            assertThat(log.recovery().isDamaged()).isTrue();
        }
    }

    @Test
    void reportsASegmentWithoutAHeaderAndReadsTheOthers() throws Exception {
        Image image = Image.followed(SMALL);
        zero(image.content(1), 0, 8192);
        Image.Reading reading = image.read();
        assertThat(reading.frames()).hasSize(1);
        assertThat(reading.gaps())
                .extracting(Gap::position, Gap::next, Gap::cause)
                .containsExactly(tuple(new Position(1, 0), new Position(2, 0), Gap.Cause.DAMAGED));
        assertThat(image.recover().gaps()).isEqualTo(reading.gaps());
        assertThat(image.recover().segments().get(0).ending()).isEqualTo(Ending.UNREADABLE);
    }

    @Test
    void goesOnInANewSegmentBehindOneWithoutAHeader() throws Exception {
        Image image = Image.killed(SMALL);
        zero(image.content(1), 0, 8192);
        assertThat(image.read().ending()).isEqualTo(Ending.UNREADABLE);
        try (SegmentLog log = SegmentLog.open(Image.FOLDER, SMALL, image.disk(), new SecureRandom())) {
            assertThat(Log.append(log, "later").segment()).isEqualTo(2);
            assertThat(Log.texts(log)).containsExactly("later");
        }
    }

    @Test
    void takesAFileOfAnotherNumberForNoSegment() throws Exception {
        Image image = Image.followed(SMALL);
        image.disk().move(Image.FILES.file(1), Image.FILES.file(3));
        Image.Reading reading = image.read();
        assertThat(reading.frames()).hasSize(1);
        assertThat(reading.gaps())
                .extracting(Gap::position, Gap::next, Gap::cause)
                .containsExactly(tuple(new Position(3, 0), new Position(4, 0), Gap.Cause.DAMAGED));
    }

    /** As a file system may show blocks of removed files, or a folder was restored in part. */
    @Test
    void takesNoFrameOfAnotherLogForItsOwn() throws Exception {
        Image image = Image.killed(SMALL);
        Image other = Image.killed(SMALL);
        Frame sixth = image.frames().get(5);
        assertThat(other.frames().get(5).position()).as("the same place").isEqualTo(sixth.position());
        int from = sixth.position().offset();
        System.arraycopy(other.content(1), from, image.content(1), from, image.content(1).length - from);
        Image.Reading reading = image.read();
        assertThat(reading.frames()).hasSize(5);
        assertThat(reading.ending()).isEqualTo(Ending.TORN);
    }

    @Test
    void takesNoFrameForOneAtAnotherPlace() throws Exception {
        var disk = new SimulatedDisk();
        Position two;
        Position three;
        try (SegmentLog log = SegmentLog.open(Image.FOLDER, SMALL, disk, new SecureRandom())) {
            disk.hold();
            log.submit(Log.bytes("one"));
            disk.awaitHeld();
            PendingAppend second = log.submit(Log.bytes("two  "));
            PendingAppend third = log.submit(Log.bytes("three"));
            disk.release();
            two = second.await();
            three = third.await();
        }
        byte[] content = disk.content(Image.FILES.file(1));
        System.arraycopy(content, three.offset(), content, two.offset(), three.offset() - two.offset());
        try (SegmentLog log = SegmentLog.open(Image.FOLDER, SMALL, disk, new SecureRandom());
                LogReader reader = log.read(Position.BEGIN)) {
            var items = Log.items(reader);
            assertThat(Log.texts(items)).containsExactly("one", "three");
            assertThat(items.get(1))
                    .isInstanceOf(Gap.class)
                    .extracting(LogItem::position, LogItem::next)
                    .containsExactly(two, three);
        }
    }

    @Test
    void takesNoFrameOfAnotherSegmentForItsOwn() throws Exception {
        Image image = Image.followed(SMALL);
        byte[] second = image.content(2);
        int bytes = second.length - Format.FRAMES_AT;
        System.arraycopy(second, Format.FRAMES_AT, image.content(1), Format.FRAMES_AT, bytes);
        Image.Reading reading = image.read();
        assertThat(Log.texts(List.copyOf(reading.frames()))).containsOnlyOnce("in the next segment");
        assertThat(reading.gaps()).extracting(Gap::cause).containsExactly(Gap.Cause.DAMAGED);
    }
}
