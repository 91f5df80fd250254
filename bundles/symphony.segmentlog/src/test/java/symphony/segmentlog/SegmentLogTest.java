package symphony.segmentlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static symphony.segmentlog.Log.SMALL;
import static symphony.segmentlog.Log.append;
import static symphony.segmentlog.Log.bytes;
import static symphony.segmentlog.Log.causes;
import static symphony.segmentlog.Log.items;
import static symphony.segmentlog.Log.texts;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import symphony.segmentlog.SegmentLogException.Reason;

@Timeout(60)
class SegmentLogTest {
    @TempDir
    private Path temp;

    private Path folder() {
        return temp.resolve("some/log");
    }

    private SegmentLog open() throws IOException {
        return SegmentLog.open(folder(), SMALL);
    }

    @Test
    void handsOutWhatWasAppendedInOrder() throws IOException {
        try (SegmentLog log = open()) {
            Position one = append(log, "one");
            Position two = append(log, "two");
            Position none = append(log, "");
            assertThat(one).isLessThan(two);
            assertThat(two).isLessThan(none);
            try (LogReader reader = log.read(Position.BEGIN)) {
                assertThat(items(reader))
                        .extracting(LogItem::position, LogItem::next)
                        .containsExactly(tuple(one, two), tuple(two, none), tuple(none, log.end()));
            }
            assertThat(texts(log)).containsExactly("one", "two", "");
        }
    }

    @Test
    void makesNoFileBeforeTheFirstAppend() throws IOException {
        try (SegmentLog log = open()) {
            assertThat(log.segments()).isEmpty();
            assertThat(log.totalBytes()).isZero();
            assertThat(log.end()).isEqualTo(Position.BEGIN);
            assertThat(texts(log)).isEmpty();
        }
        try (SegmentLog log = open()) {
            assertThat(log.recovery().segments()).isEmpty();
        }
    }

    @Test
    void continuesInANewSegmentAfterItWasClosed() throws IOException {
        try (SegmentLog log = open()) {
            append(log, "one");
        }
        try (SegmentLog log = open()) {
            assertThat(log.recovery().segments())
                    .extracting(SegmentReport::frames, SegmentReport::ending)
                    .containsExactly(tuple(1, Ending.CLOSED));
            assertThat(log.recovery().gaps()).isEmpty();
            assertThat(log.recovery().isDamaged()).isFalse();
            assertThat(append(log, "two").segment()).isEqualTo(2);
            assertThat(texts(log)).containsExactly("one", "two");
        }
    }

    @Test
    void readsOnFromEachPosition() throws IOException {
        var written = new ArrayList<String>();
        var positions = new ArrayList<Position>();
        try (SegmentLog log = open()) {
            for (int i = 0; i < 100; i++) {
                written.add("frame " + i + ", ".repeat(i * 10));
                positions.add(append(log, written.get(i)));
            }
            assertThat(log.segments()).hasSizeGreaterThan(3);
            for (int i = 0; i < positions.size(); i++) {
                try (LogReader reader = log.read(Position.parse(positions.get(i).toString()))) {
                    List<LogItem> items = items(reader);
                    assertThat(texts(items)).isEqualTo(written.subList(i, written.size()));
                    assertThat(causes(items)).isEmpty();
                }
            }
        }
    }

    @Test
    void aReaderComesByWhatIsAppendedLater() throws IOException {
        try (SegmentLog log = open();
                LogReader inside = log.read(Position.BEGIN)) {
            for (int round = 0; round < 50; round++) {
                String text = round + "x".repeat(500);
                append(log, text);
                assertThat(texts(items(inside))).containsExactly(text);
            }
            assertThat(log.segments()).hasSizeGreaterThan(2);
        }
    }

    @Test
    void aReaderWithoutTheLockComesByWhatIsAppendedLater() throws IOException {
        try (LogReader outside = openReader()) {
            try (SegmentLog log = open()) {
                for (int round = 0; round < 50; round++) {
                    String text = round + "x".repeat(500);
                    append(log, text);
                    assertThat(texts(items(outside))).containsExactly(text);
                    assertThat(outside.ending()).isEqualTo(Ending.UNFINISHED);
                }
            }
            assertThat(items(outside)).isEmpty();
            assertThat(outside.ending()).isEqualTo(Ending.CLOSED);
        }
    }

    private LogReader openReader() throws IOException {
        Files.createDirectories(folder());
        return LogReader.open(folder(), SMALL, Position.BEGIN);
    }

    @Test
    void endIsWhereTheNextFrameIsRead() throws IOException {
        try (SegmentLog log = open()) {
            append(log, "before");
            for (int round = 0; round < 3; round++) {
                try (LogReader reader = log.read(log.end())) {
                    assertThat(items(reader)).isEmpty();
                    log.rotate();
                    append(log, "after");
                    assertThat(texts(items(reader))).containsExactly("after");
                }
            }
        }
    }

    @Test
    void answersWhatWasSubmitted() throws IOException {
        try (SegmentLog log = open()) {
            PendingAppend one = log.submit(bytes("one"));
            PendingAppend two = log.submit(bytes("two"));
            log.sync();
            assertThat(one.isDone()).isTrue();
            assertThat(two.isDone()).isTrue();
            assertThat(one.await()).isLessThan(two.await());
            assertThat(texts(log)).containsExactly("one", "two");
        }
    }

    @Test
    void keepsACopyOfWhatWasSubmitted() throws IOException {
        byte[] body = bytes("one");
        try (SegmentLog log = open()) {
            log.submit(body);
            body[0] = 'X';
            log.sync();
            assertThat(texts(log)).containsExactly("one");
        }
    }

    @Test
    void writesWhatWasAcceptedWhenItIsClosed() throws IOException {
        PendingAppend last;
        try (SegmentLog log = open()) {
            for (int i = 0; i < 100; i++) {
                log.submit(bytes("some"));
            }
            last = log.submit(bytes("last"));
        }
        assertThat(last.isDone()).isTrue();
        try (SegmentLog log = open()) {
            assertThat(log.recovery().frames()).isEqualTo(101);
        }
    }

    @Test
    void refusesEverythingOnceItIsClosed() throws IOException {
        SegmentLog log = open();
        append(log, "one");
        log.close();
        log.close();
        assertThatThrownBy(() -> append(log, "two"))
                .isInstanceOfSatisfying(
                        SegmentLogException.class, e -> assertThat(e.reason()).isEqualTo(Reason.CLOSED))
                .hasMessage("segment log " + folder() + ": is closed; open it again");
        assertThatThrownBy(() -> log.submit(bytes("two"))).hasMessageContaining("is closed");
        assertThatThrownBy(log::sync).hasMessageContaining("is closed");
        assertThatThrownBy(log::rotate).hasMessageContaining("is closed");
        assertThat(texts(log)).as("reading goes on").containsExactly("one");
    }

    @Test
    void refusesWhatIsTooGreatForASegment() throws IOException {
        try (SegmentLog log = open()) {
            byte[] greatest = new byte[log.maxBodyBytes()];
            log.append(greatest);
            log.append(greatest);
            assertThat(log.segments()).hasSize(2);
            assertThatThrownBy(() -> log.append(new byte[greatest.length + 1]))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("a body of " + (greatest.length + 1) + " bytes must have " + greatest.length
                            + " at most; raise segmentBytes");
        }
    }

    @Test
    void takesABodyThatIsGreaterThanAllThatMayWait() throws IOException {
        try (SegmentLog log = SegmentLog.open(folder(), SMALL.withWaitingBytes(1024))) {
            byte[] body = new byte[3000];
            body[2999] = 1;
            log.append(body);
            log.submit(body);
            log.sync();
            assertThat(log.end().offset()).isGreaterThan(8192 + 6_000);
        }
    }

    @Test
    void removesOldSegmentsByPosition() throws IOException {
        try (SegmentLog log = open()) {
            for (int i = 1; i <= 5; i++) {
                append(log, "in segment " + i);
                log.rotate();
            }
            long before = log.totalBytes();
            assertThat(log.removeBefore(new Position(3, 9000))).isEqualTo(2);
            assertThat(log.totalBytes()).isLessThan(before);
            assertThat(texts(log)).containsExactly("in segment 3", "in segment 4", "in segment 5");
            assertThat(log.removeBefore(new Position(100, 0)))
                    .as("the newest stays")
                    .isEqualTo(2);
            assertThat(texts(log)).containsExactly("in segment 5");
        }
        try (SegmentLog log = open()) {
            assertThat(log.recovery().gaps()).isEmpty();
            assertThat(append(log, "next").segment()).isEqualTo(6);
        }
    }

    @Test
    void removesOldSegmentsByCount() throws IOException {
        try (SegmentLog log = open()) {
            for (int i = 1; i <= 5; i++) {
                append(log, "in segment " + i);
                log.rotate();
            }
            assertThat(log.keepNewest(7)).isZero();
            assertThat(log.keepNewest(2)).isEqualTo(3);
            assertThat(log.segments()).extracting(SegmentInfo::number).containsExactly(4L, 5L);
            assertThatThrownBy(() -> log.keepNewest(0)).hasMessageContaining("count is 0, must be 1 or more");
        }
    }

    @Test
    void tellsAReaderThatItsSegmentWasRemoved() throws IOException {
        try (SegmentLog log = open()) {
            Position one = append(log, "one");
            log.rotate();
            append(log, "two");
            log.removeBefore(log.end());
            try (LogReader reader = log.read(one)) {
                List<LogItem> items = items(reader);
                assertThat(items.get(0))
                        .isEqualTo(
                                new Gap(one, new Position(2, 0), Gap.Cause.REMOVED, "segments before 2 were removed"));
                assertThat(texts(items)).containsExactly("two");
            }
        }
    }

    @Test
    void aReaderReadsToItsEndASegmentThatIsRemovedMeanwhile() throws IOException {
        try (SegmentLog log = open();
                LogReader reader = log.read(Position.BEGIN)) {
            append(log, "one");
            append(log, "two");
            assertThat(reader.next()).isPresent();
            log.rotate();
            append(log, "three");
            log.removeBefore(log.end());
            assertThat(texts(items(reader))).containsExactly("two", "three");
        }
    }

    @Test
    void reportsSegmentsWhoseFilesAreGone() throws IOException {
        try (SegmentLog log = open()) {
            for (int i = 1; i <= 5; i++) {
                append(log, "in segment " + i);
                log.rotate();
            }
        }
        Files.delete(folder().resolve("0000000000000002.segment"));
        Files.delete(folder().resolve("0000000000000003.segment"));
        var missing = new Gap(
                new Position(2, 0), new Position(4, 0), Gap.Cause.MISSING, "files of segments 2 to 3 are missing");
        try (SegmentLog log = open();
                LogReader reader = log.read(Position.BEGIN)) {
            assertThat(log.recovery().missing()).containsExactly(missing);
            assertThat(log.recovery().isDamaged()).isTrue();
            List<LogItem> items = items(reader);
            assertThat(items).contains(missing);
            assertThat(texts(items)).containsExactly("in segment 1", "in segment 4", "in segment 5");
        }
    }

    @Test
    void preallocatesAndGivesBackWhatIsNotNeeded() throws IOException {
        try (SegmentLog log = SegmentLog.open(folder(), SegmentLogOptions.defaults())) {
            log.append(new byte[5_000]);
            assertThat(log.totalBytes()).isEqualTo(filesBytes()).isGreaterThan(1 << 20);
            log.rotate();
            assertThat(log.totalBytes()).isEqualTo(filesBytes()).isLessThan(14_000);
        }
    }

    private long filesBytes() throws IOException {
        try (var files = Files.list(folder())) {
            return files.filter(file -> file.toString().endsWith(".segment"))
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }

    @Test
    void leavesOtherFilesAloneAndRemovesItsOwnUnfinishedOnes() throws IOException {
        Files.createDirectories(folder());
        Path other = Files.writeString(folder().resolve("notes.txt"), "keep");
        Path unfinished = Files.writeString(folder().resolve("0000000000000001.segment.new"), "half");
        try (SegmentLog log = open()) {
            append(log, "one");
            assertThat(unfinished).doesNotExist();
            assertThat(other).hasContent("keep");
            assertThat(texts(log)).containsExactly("one");
        }
    }

    @Test
    void stopsWhereItsFolderIsGone() throws IOException {
        SegmentLog log = open();
        append(log, "one");
        log.rotate();
        try (var files = Files.list(folder())) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder());
        assertThatThrownBy(() -> append(log, "two"))
                .isInstanceOfSatisfying(
                        SegmentLogException.class, e -> assertThat(e.reason()).isEqualTo(Reason.STOPPED))
                .hasMessageContaining("NoSuchFileException");
        log.close();
    }

    @Test
    void makesFilesForTheirOwnerOnly() throws IOException {
        try (SegmentLog log = open()) {
            append(log, "one");
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder())))
                .isEqualTo("rwx------");
        try (var files = Files.list(folder())) {
            assertThat(files.toList())
                    .hasSize(2)
                    .allSatisfy(file -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                            .isEqualTo("rw-------"));
        }
    }

    @Test
    void namesItsFilesAlikeInEachLanguage() throws IOException {
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
        try (SegmentLog log = open()) {
            append(log, "one");
        } finally {
            Locale.setDefault(before);
        }
        assertThat(folder().resolve("0000000000000001.segment")).exists();
    }

    @Test
    void readsOnFromAPlaceWhereNoFrameBegins() throws IOException {
        try (SegmentLog log = open()) {
            Position one = append(log, "one");
            Position two = append(log, "two");
            for (int offset = one.offset() + 8; offset < two.offset(); offset++) {
                try (LogReader reader = log.read(new Position(1, offset))) {
                    List<LogItem> items = items(reader);
                    assertThat(causes(items)).containsExactly(Gap.Cause.DAMAGED);
                    assertThat(texts(items)).containsExactly("two");
                }
            }
            try (LogReader reader = log.read(new Position(1, Integer.MAX_VALUE))) {
                assertThat(items(reader)).isEmpty();
                log.rotate();
                append(log, "three");
                assertThat(texts(items(reader))).containsExactly("three");
            }
            try (LogReader reader = log.read(new Position(7, 0))) {
                assertThat(items(reader)).isEmpty();
            }
        }
    }

    @Test
    void refusesASegmentOfANewerFormat() throws Exception {
        try (SegmentLog log = open()) {
            append(log, "one");
        }
        Path file = folder().resolve("0000000000000001.segment");
        byte[] bytes = Files.readAllBytes(file);
        for (int copy : List.of(0, Format.SECOND_HEADER_AT)) {
            bytes[copy + 9] = 2;
            var crc = new java.util.zip.CRC32C();
            crc.update(bytes, copy, 64);
            java.nio.ByteBuffer.wrap(bytes).putInt(copy + 64, (int) crc.getValue());
        }
        Files.write(file, bytes);
        assertThatThrownBy(this::open)
                .isInstanceOfSatisfying(
                        SegmentLogException.class, e -> assertThat(e.reason()).isEqualTo(Reason.VERSION))
                .hasMessage(
                        "segment log " + folder()
                                + ": segment 1 has version 2 of the format, and this symphony.segmentlog knows 1; use a newer one");
        assertThat(Files.readAllBytes(file)).isEqualTo(bytes);
    }

    @Test
    void readsASegmentWhoseOtherHeaderIsOfANewerFormat() throws Exception {
        try (SegmentLog log = open()) {
            append(log, "one");
        }
        Path file = folder().resolve("0000000000000001.segment");
        byte[] bytes = Files.readAllBytes(file);
        for (int copy : List.of(0, Format.SECOND_HEADER_AT)) {
            byte[] changed = bytes.clone();
            changed[copy + 9] = 2;
            var crc = new java.util.zip.CRC32C();
            crc.update(changed, copy, 64);
            java.nio.ByteBuffer.wrap(changed).putInt(copy + 64, (int) crc.getValue());
            Files.write(file, changed);
            try (LogReader reader = openReader()) {
                List<LogItem> items = items(reader);
                assertThat(texts(items)).containsExactly("one");
                assertThat(causes(items)).containsExactly(Gap.Cause.HEADER_COPY);
            }
        }
    }

    @Test
    void leavesFilesAloneWhoseNumbersNoLogGives() throws IOException {
        try (SegmentLog log = open()) {
            append(log, "one");
        }
        Path zero = Files.createFile(folder().resolve("0000000000000000.segment"));
        Path last = Files.createFile(folder().resolve("9999999999999999.segment"));
        try (LogReader reader = openReader()) {
            List<LogItem> items = items(reader);
            assertThat(texts(items)).containsExactly("one");
            assertThat(causes(items)).isEmpty();
        }
        try (SegmentLog log = open()) {
            assertThat(log.recovery().gaps()).isEmpty();
            assertThat(append(log, "two").segment()).isEqualTo(2);
        }
        assertThat(zero).isEmptyFile();
        assertThat(last).isEmptyFile();
    }

    @Test
    void refusesToGoOnBehindTheGreatestNumber() throws IOException {
        try (SegmentLog log = open()) {
            append(log, "one");
        }
        Path greatest = Files.createFile(folder().resolve("9999999999999998.segment"));
        try (SegmentLog log = open();
                LogReader reader = log.read(Position.BEGIN)) {
            List<LogItem> items = items(reader);
            assertThat(texts(items)).containsExactly("one");
            assertThat(causes(items)).containsExactly(Gap.Cause.MISSING, Gap.Cause.DAMAGED);
            assertThatThrownBy(() -> append(log, "two"))
                    .isInstanceOfSatisfying(
                            SegmentLogException.class,
                            e -> assertThat(e.reason()).isEqualTo(Reason.NO_ROOM))
                    .hasMessageContaining("there is no number behind that of segment 9999999999999998");
        }
        Files.delete(greatest);
        try (SegmentLog log = open()) {
            append(log, "two");
            assertThat(texts(log)).containsExactly("one", "two");
        }
    }

    @Test
    void opensNothingThatIsNoRegularFile() throws Exception {
        try (SegmentLog log = open()) {
            append(log, "one");
        }
        Path second = folder().resolve("0000000000000002.segment");
        Files.createDirectory(second);
        assertSecondIsRefused(second);
        Files.delete(second);
        Files.createSymbolicLink(second, Path.of("/dev/zero"));
        assertSecondIsRefused(second);
        Files.delete(second);
        assertThat(new ProcessBuilder("mkfifo", second.toString()).start().waitFor())
                .isZero();
        assertSecondIsRefused(second);
        Files.delete(second);
        Files.delete(folder().resolve("lock"));
        assertThat(new ProcessBuilder("mkfifo", folder().resolve("lock").toString())
                        .start()
                        .waitFor())
                .isZero();
        assertThatThrownBy(this::open).hasMessageContaining("lock is no regular file");
    }

    private void assertSecondIsRefused(Path second) throws IOException {
        try (LogReader reader = openReader()) {
            assertThat(reader.next()).get().isInstanceOf(Frame.class);
            assertThatThrownBy(reader::next).hasMessage(second + " is no regular file; move it away");
        }
        assertThatThrownBy(this::open).hasMessageContaining(second + " is no regular file");
    }

    @Test
    void refusesAndPassesBodiesThatAreGreaterThanAllowed() throws IOException {
        SegmentLogOptions bounded = SMALL.withBodyBytes(100);
        try (SegmentLog log = open()) {
            log.append(new byte[100]);
            log.append(new byte[101]);
            append(log, "three");
        }
        try (SegmentLog log = SegmentLog.open(folder(), bounded);
                LogReader reader = LogReader.open(folder(), bounded, Position.BEGIN)) {
            assertThat(log.maxBodyBytes()).isEqualTo(100);
            assertThatThrownBy(() -> log.append(new byte[101])).hasMessageContaining("must have 100 at most");
            assertThat(log.recovery().gaps()).extracting(Gap::cause).containsExactly(Gap.Cause.DAMAGED);
            List<LogItem> items = items(reader);
            assertThat(items).hasSize(3);
            assertThat(causes(items)).containsExactly(Gap.Cause.DAMAGED);
            assertThat(texts(items)).endsWith("three");
        }
    }

    @Test
    void knowsTheFirstFrameOfEachSegmentAndLeavesOutTheRest() throws IOException {
        try (SegmentLog log = open()) {
            for (int i = 1; i <= 3; i++) {
                append(log, "first of " + i);
                append(log, "second of " + i);
                log.rotate();
            }
            try (LogReader reader = log.read(Position.BEGIN)) {
                assertThat(reader.segment()).isZero();
                List<String> first = new ArrayList<>();
                for (var item = reader.next(); item.isPresent(); item = reader.next()) {
                    assertThat(((Frame) item.get()).isFirst()).isTrue();
                    first.add(Log.text((Frame) item.get()));
                    assertThat(reader.segment()).isEqualTo(first.size());
                    reader.leaveSegment();
                }
                assertThat(first).containsExactly("first of 1", "first of 2", "first of 3");
                append(log, "first of 4");
                append(log, "second of 4");
                assertThat(items(reader))
                        .extracting(item -> ((Frame) item).isFirst())
                        .containsExactly(true, false);
            }
        }
    }

    @Test
    void saysWhyItCannotBeOpened() throws IOException {
        Files.createDirectories(temp.resolve("some"));
        Files.writeString(folder(), "a file");
        assertThatThrownBy(this::open)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("segment log " + folder() + ": cannot be opened");
    }

    @Test
    void checksItsOptions() {
        assertThatThrownBy(() -> SMALL.withSegmentBytes(16383))
                .hasMessage("segmentBytes is 16383, must be 16384 to 1073741824");
        assertThatThrownBy(() -> SMALL.withWaitingBytes(1023))
                .hasMessage("waitingBytes is 1023, must be 1024 to 536870912");
        assertThatThrownBy(() -> Position.parse("12")).hasMessage("\"12\" is no position, must be as 12:8192");
        assertThatThrownBy(() -> new Position(-1, 0)).hasMessageContaining("position -1:0 must have");
    }
}
