package symphony.segmentlog;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import symphony.segmentlog.FileLayer.ReadableFile;

/** Walks from frame to frame of one segment; seals are not its business. One thread only. */
final class SegmentCursor implements Closeable {
    /*
     * A frame is whole if both its checks are right. Where none is, there are zeros (nothing was written there yet) or not; then
     * every multiple of eight behind it is tried. A whole frame there tells by its field "forced" up to where everything had been
     * forced when it was written. If that is beyond the bad place, what stood there was on the disk, has been acknowledged and was
     * changed since: damage, and reading goes on with that frame. If it is not, the frame belongs to the same group as what is
     * missing, which was never forced and may reach the disk in any order: a torn tail, of which nothing more is handed out.
     *
     * Once there is another segment its header says where the frames of this one end, as it was when that was made. Then nothing
     * is in doubt: all before that place was forced, and nothing behind it counts.
     *
     * Frames are counted from 1. One that is whole and not the next shows that frames before it were cut out.
     *
     * The segment may be written meanwhile, by another process. Bytes that were read before a frame was written say nothing; so
     * before damage is told, or the end, the place is read once more. What is behind it was read later than that, and says what
     * had been forced by then.
     */
    static final String NO_HEADER = "neither copy of the segment's header can be read, so none of its frames can";

    private final ReadableFile file;
    private final Window window;
    private final SegmentFiles files;
    private final SegmentLogOptions options;
    private final long segment;
    private final List<Gap> headerGaps;
    /** Of a copy of the header that is whole, but of another version. */
    private Optional<SegmentHeader.UnknownVersionException> unknown = Optional.empty();

    private final Optional<SegmentHeader> header;
    private final FrameCheck check;

    /** Where the frames end, by the next segment; 0 while nobody knows. */
    private int knownEnd;

    private int at;
    private int lastIndex;
    /** Whether the next frame must have the index after the last one: not where frames are known to be missing before it. */
    private boolean isNextDue;
    /** Where the group begins that the last frame belongs to. */
    private int groupBegin = Format.FRAMES_AT;

    private String torn = "";
    private String damage = "";

    // The whole frame that was looked at last.
    private int length;
    private int index;
    private int forced;
    private boolean isEnd;

    // What was found last.
    private int from;
    private byte[] body = {};

    /** What stands at a place of a segment. */
    enum Found {
        /** A frame; the cursor stands behind it. */
        FRAME,
        /** No frame, but one further on, or one before which others are missing; the cursor stands before that. */
        DAMAGE,
        /** The end of the segment. */
        CLOSED,
        /** Zeros, or nothing: the cursor stays. */
        UNFINISHED,
        /** No frame, and none that was written later: the cursor stays. */
        TORN
    }

    private SegmentCursor(ReadableFile file, SegmentFiles files, SegmentLogOptions options, long segment, int at)
            throws IOException {
        this.file = file;
        this.files = files;
        this.options = options;
        this.window = new Window(file);
        this.segment = segment;
        this.headerGaps = new ArrayList<>();
        this.header = readHeader();
        this.check = header.map(FrameCheck::new).orElse(null);
        int behindAll = SegmentLogOptions.MAX_SEGMENT_BYTES;
        this.at = Math.max(Math.min(at, behindAll) & -Format.ALIGNMENT, Format.FRAMES_AT);
        this.isNextDue = this.at == Format.FRAMES_AT;
    }

    /** From a place where a frame begins, or from the first frame if it is before that. */
    static SegmentCursor open(FileLayer layer, SegmentFiles files, SegmentLogOptions options, long segment, int at)
            throws IOException {
        ReadableFile file = layer.read(files.file(segment));
        try {
            return new SegmentCursor(file, files, options, segment, at);
        } catch (IOException | RuntimeException | Error e) {
            file.close();
            throw e;
        }
    }

    private Optional<SegmentHeader> readHeader() throws IOException {
        Optional<SegmentHeader> first = readHeader(0);
        Optional<SegmentHeader> second = readHeader(Format.SECOND_HEADER_AT);
        Optional<SegmentHeader> either = first.or(() -> second);
        if (either.isEmpty() && unknown.isPresent()) {
            throw new SegmentLogException(
                    SegmentLogException.Reason.VERSION,
                    files.prefix() + "segment " + segment + " " + unknown.get().getMessage(),
                    unknown.get());
        }
        if (either.isEmpty()) {
            headerGaps.clear();
            headerGaps.add(
                    new Gap(new Position(segment, 0), new Position(segment + 1, 0), Gap.Cause.DAMAGED, NO_HEADER));
        }
        return either;
    }

    private Optional<SegmentHeader> readHeader(int place) throws IOException {
        byte[] bytes = new byte[Format.HEADER_BYTES];
        if (window.has(place, bytes.length)) {
            System.arraycopy(window.array(), window.indexOf(place), bytes, 0, bytes.length);
        }
        Optional<SegmentHeader> read = Optional.empty();
        try {
            read = SegmentHeader.parse(bytes, segment);
        } catch (SegmentHeader.UnknownVersionException e) {
            unknown = Optional.of(e); // that is told if the other copy cannot be read
        }
        if (read.isEmpty()) {
            headerGaps.add(new Gap(
                    new Position(segment, place),
                    new Position(segment, place + bytes.length),
                    Gap.Cause.HEADER_COPY,
                    "one of two copies of the segment's header cannot be read; the other is used"));
        }
        return read;
    }

    /** Empty if neither copy can be read; then nothing else can be asked for. */
    Optional<SegmentHeader> header() {
        return header;
    }

    /** Copies of the header that cannot be read. */
    List<Gap> headerGaps() {
        return headerGaps;
    }

    /** Bytes of the file, now. */
    long length() throws IOException {
        return file.length();
    }

    /** Behind the last place where there can be a frame, now: the end of the file, but not more than a segment may have. */
    int limit() throws IOException {
        int most = header.map(SegmentHeader::segmentBytes).orElse(0);
        return (int) Math.min(file.length(), most);
    }

    /** Where the cursor stands. */
    Position position() {
        return new Position(segment, at);
    }

    /** Where the frame begins that was found last. */
    Position from() {
        return new Position(segment, from);
    }

    /** What was found last, if it was damage. */
    Gap damage() {
        return new Gap(from(), position(), Gap.Cause.DAMAGED, damage);
    }

    /** Of the frame that was found last: its number within the segment. */
    int index() {
        return lastIndex;
    }

    /** Behind what had been forced when the last frame was written: what follows up to its end was forced together, or never. */
    int groupBegin() {
        return groupBegin;
    }

    /** Of the frame that was found last, as it is stored. */
    byte[] body() {
        return body;
    }

    /** From where the cursor stands to the end of the file, once it was found to be torn. */
    Gap torn() throws IOException {
        return new Gap(position(), new Position(segment, Math.max(limit(), at)), Gap.Cause.TORN, torn);
    }

    /** From now on the segment ends where the header of the next one says, if that can be read. */
    void endAsTheNextSays(FileLayer layer) throws IOException {
        if (knownEnd == 0) {
            int most = header.map(SegmentHeader::segmentBytes).orElse(0);
            try (SegmentCursor next = open(layer, files, options, segment + 1, 0)) {
                knownEnd = next.header
                        .map(SegmentHeader::previousEnd)
                        .filter(end -> end <= most)
                        .orElse(0);
            } catch (IOException e) {
                knownEnd = 0; // of another version, away or not to be read: that is told when it is read itself
            }
        }
    }

    /** Looks at what comes next and lies before the limit. */
    Found next(int limit) throws IOException {
        if (knownEnd > 0 && at >= knownEnd) {
            return behindTheEnd(limit);
        }
        int bound = knownEnd > 0 ? knownEnd : limit;
        if (isWhole(at, bound)) {
            return accept();
        }
        if (knownEnd == 0 && at + Format.FRAME_HEADER_BYTES > limit) {
            return Found.UNFINISHED;
        }
        window.forget();
        if (isWhole(at, bound)) {
            return accept();
        }
        return knownEnd == 0 && window.isZero(at, limit) ? Found.UNFINISHED : lookOn(bound);
    }

    private Found behindTheEnd(int limit) throws IOException {
        window.forget();
        if (isWhole(at, limit) && isEnd) {
            return Found.CLOSED;
        }
        torn = "the process or the machine ended while this was being written";
        return window.isZero(at, limit) ? Found.UNFINISHED : Found.TORN;
    }

    private Found lookOn(int end) throws IOException {
        int bound = Math.min(end, limit());
        int first = -1;
        int firstIndex = 0;
        int others = 0;
        for (int place = at + Format.ALIGNMENT; place + Format.FRAME_HEADER_BYTES <= bound; ) {
            if (!isWhole(place, bound)) {
                place += Format.ALIGNMENT;
                continue;
            }
            if (first < 0) {
                first = place;
                firstIndex = index;
            }
            if (knownEnd > 0 || forced > at) {
                return damage(first, firstIndex, bound);
            }
            others++;
            place += Format.frameBytes(length);
        }
        if (knownEnd > 0) {
            return damage(knownEnd, 0, bound);
        }
        torn = others == 0
                ? "no whole frame follows"
                : "whole frames of the same group follow, which was never forced: " + others;
        return Found.TORN;
    }

    /** Index 0: of what follows it is not known. */
    private Found damage(int next, int nextIndex, int bound) throws IOException {
        window.forget();
        if (isWhole(at, bound)) {
            return accept();
        }
        String count = isNextDue && nextIndex > lastIndex + 1 ? "; frames: " + (nextIndex - lastIndex - 1) : "";
        return damage(next, "no whole frame, though it was forced to the disk" + count);
    }

    private Found damage(int next, String what) {
        from = at;
        at = next;
        damage = what;
        isNextDue = false;
        return Found.DAMAGE;
    }

    private Found accept() {
        if (isNextDue && index != lastIndex + 1) {
            return damage(
                    at,
                    "frames are missing between the one before and this one, in whose place they were: "
                            + (index - lastIndex - 1));
        }
        if (isEnd) {
            return Found.CLOSED;
        }
        int bodyAt = window.indexOf(at + Format.FRAME_HEADER_BYTES);
        body = Arrays.copyOfRange(window.array(), bodyAt, bodyAt + length);
        from = at;
        lastIndex = index;
        isNextDue = true;
        groupBegin = forced;
        at += Format.frameBytes(length);
        return Found.FRAME;
    }

    /** Whether a whole frame stands there; if so, it is the one that is looked at. */
    private boolean isWhole(int place, int limit) throws IOException {
        if (place + Format.FRAME_HEADER_BYTES > limit || !window.has(place, Format.FRAME_HEADER_BYTES)) {
            return false;
        }
        int marked = window.intAt(place);
        index = window.intAt(place + 4);
        forced = window.intAt(place + 8);
        length = marked & ~Format.END;
        isEnd = marked < 0;
        return index > lastIndex
                && forced >= Format.FRAMES_AT
                && forced <= place
                && length <= options.maxStoredBytes()
                && length <= limit - place - Format.FRAME_HEADER_BYTES
                && window.intAt(place + 12) == check.ofHeader(place, marked, index, forced)
                && window.has(place, Format.FRAME_HEADER_BYTES + length)
                && window.intAt(place + 16)
                        == check.ofAll(window.array(), window.indexOf(place + Format.FRAME_HEADER_BYTES), length);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
