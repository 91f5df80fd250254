package symphony.segmentlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static symphony.segmentlog.Log.SMALL;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
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
                .extracting(Gap::position, Gap::next, Gap::cause)
                .containsExactly(tuple(hole.position(), hole.next(), Gap.Cause.DAMAGED));
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
                .extracting(Gap::detail)
                .containsExactly("one of two copies of the segment's header cannot be read; the other is used");
        assertThat(image.recover().gaps()).isEqualTo(reading.gaps());
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
