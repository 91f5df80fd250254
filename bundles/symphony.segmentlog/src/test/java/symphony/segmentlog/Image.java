package symphony.segmentlog;

import static symphony.segmentlog.Log.bytes;
import static symphony.segmentlog.Log.items;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** A small log on a simulated disk, to be damaged. */
final class Image {
    static final Path FOLDER = Path.of("log");
    static final SegmentFiles FILES = new SegmentFiles(FOLDER);

    private final SimulatedDisk disk;
    private final SegmentLogOptions options;
    private final List<Frame> frames;

    private Image(SimulatedDisk disk, SegmentLogOptions options) throws IOException {
        this.disk = disk;
        this.options = options;
        this.frames = read().frames();
    }

    /** What can be read of a log. */
    record Reading(List<Frame> frames, List<Gap> gaps, Ending ending, Optional<Gap> tornTail) {
        boolean isReported() {
            return !gaps.isEmpty() || tornTail.isPresent();
        }

        boolean reports(Position position) {
            return gaps.stream().anyMatch(gap -> covers(gap, position))
                    || tornTail.filter(gap -> covers(gap, position)).isPresent();
        }

        private static boolean covers(Gap gap, Position position) {
            return gap.position().compareTo(position) <= 0 && position.compareTo(gap.next()) < 0;
        }

        boolean has(Frame frame) {
            return frames.stream().anyMatch(each -> isSame(each, frame));
        }
    }

    static boolean isSame(Frame one, Frame other) {
        return one.position().equals(other.position()) && Log.text(one).equals(Log.text(other));
    }

    /** One segment that was closed. */
    static Image closed(SegmentLogOptions options) throws Exception {
        var disk = new SimulatedDisk();
        try (SegmentLog log = open(disk, options)) {
            write(log, disk);
        }
        return new Image(disk, options);
    }

    /** One segment whose process was killed, all of it forced. */
    static Image killed(SegmentLogOptions options) throws Exception {
        var disk = new SimulatedDisk();
        try (SegmentLog log = open(disk, options)) {
            write(log, disk);
            return new Image(disk.copy(), options);
        }
    }

    /** The same, and another segment that was begun later. */
    static Image followed(SegmentLogOptions options) throws Exception {
        SimulatedDisk disk = killed(options).disk;
        try (SegmentLog log = open(disk, options)) {
            log.append(bytes("in the next segment"));
        }
        return new Image(disk, options);
    }

    private static SegmentLog open(SimulatedDisk disk, SegmentLogOptions options) throws IOException {
        return SegmentLog.open(FOLDER, options, disk, new SecureRandom());
    }

    /** Groups of one, one, three, one and four frames. */
    private static void write(SegmentLog log, SimulatedDisk disk) throws Exception {
        for (int group : new int[] {0, 3, 4}) {
            disk.hold();
            log.submit(bytes("first of group " + group));
            disk.awaitHeld();
            for (int i = 0; i < group; i++) {
                log.submit(bytes("frame " + i + " of group " + group + ".".repeat(i * 7)));
            }
            disk.release();
            log.sync();
        }
    }

    /** Makes the checks of a frame right, as somebody does who changes it and knows the format. */
    static void mend(byte[] content, int at) throws Exception {
        var header = SegmentHeader.parse(Arrays.copyOf(content, Format.HEADER_BYTES), 1)
                .orElseThrow();
        var bytes = ByteBuffer.wrap(content);
        var check = new FrameCheck(header);
        int marked = bytes.getInt(at);
        bytes.putInt(at + 12, check.ofHeader(at, marked, bytes.getInt(at + 4), bytes.getInt(at + 8)));
        bytes.putInt(at + 16, check.ofAll(content, at + Format.FRAME_HEADER_BYTES, marked & ~Format.END));
    }

    /** Puts another header into both places. */
    void replaceHeader(long segment, UnaryOperator<SegmentHeader> change) throws Exception {
        byte[] content = content(segment);
        byte[] header = change.apply(SegmentHeader.parse(Arrays.copyOf(content, Format.HEADER_BYTES), segment)
                        .orElseThrow())
                .encode();
        System.arraycopy(header, 0, content, 0, header.length);
        System.arraycopy(header, 0, content, Format.SECOND_HEADER_AT, header.length);
    }

    SimulatedDisk disk() {
        return disk;
    }

    /** As they were before anything was damaged. */
    List<Frame> frames() {
        return frames;
    }

    byte[] content(long segment) {
        return disk.content(FILES.file(segment));
    }

    /** Where the frame's bytes end, without the zeros behind it. */
    int endOf(Frame frame) {
        int stored = frame.body().length + (options.keys().isPresent() ? Format.TAG_BYTES : 0);
        return frame.position().offset() + Format.FRAME_HEADER_BYTES + stored;
    }

    Reading read() throws IOException {
        return read(options);
    }

    Reading read(SegmentLogOptions other) throws IOException {
        try (var reader = new LogReader(disk, FILES, other, () -> Visible.ALL, Position.BEGIN)) {
            var found = new ArrayList<Frame>();
            var gaps = new ArrayList<Gap>();
            for (LogItem item : items(reader)) {
                if (item instanceof Frame frame) {
                    found.add(frame);
                } else if (item instanceof Gap gap) {
                    gaps.add(gap);
                }
            }
            return new Reading(found, gaps, reader.ending(), reader.tornTail());
        }
    }

    RecoveryReport recover() throws IOException {
        try (SegmentLog log = open(disk, options)) {
            return log.recovery();
        }
    }
}
