package symphony.segmentlog;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.ProviderException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Supplier;
import symphony.segmentlog.SegmentCursor.Found;

/**
 * Reads a log from a position on, frame by frame, in the order in which they were appended: of one's own log
 * ({@link SegmentLog#read}) what was forced so far, of a folder that somebody else may have open ({@link #open}) what is there.
 * It never writes, takes no lock, and disturbs nobody; an interrupt has no effect on it. At the end it may be asked again for
 * what was appended since. One thread only; any number of readers.
 *
 * <p>Memory: 64 KiB, or the greatest frame if that is more. Each method that reads waits for the disk, for nothing else. To ask
 * again at the end costs a listing of the folder, and of a folder that was opened without its log a look at all that is preallocated,
 * 1 MiB mostly: ask when there is a reason, or a few times a second.
 */
public final class LogReader implements AutoCloseable {
    /*
     * The folder is listed once, and again only where a segment is looked for that was not there then, or is there no more. A listing
     * is no picture of one moment: where segments seem to be missing it counts if the next one is the same.
     */
    private final FileLayer layer;
    private final SegmentFiles files;
    private final SegmentLogOptions options;
    private final Supplier<Visible> visible;
    private final Deque<LogItem> found = new ArrayDeque<>();

    private Position position;
    private long segment;
    /** As they were listed last. */
    private NavigableSet<Long> numbers = new TreeSet<>();
    /** Whether the listing before that was the same. */
    private boolean isListedTwice;

    private Ending ending = Ending.UNFINISHED;
    private Optional<Gap> tornTail = Optional.empty();
    private boolean isClosed;

    /** The segment that is read, or null between two. */
    private SegmentCursor cursor;

    private Seal seal;
    private int limit;
    /** Whether another segment was there before the last look, so that nothing comes into this one any more. */
    private boolean isFinal;

    LogReader(
            FileLayer layer,
            SegmentFiles files,
            SegmentLogOptions options,
            Supplier<Visible> visible,
            Position position) {
        this.layer = layer;
        this.files = files;
        this.options = options;
        this.visible = visible;
        this.position = position;
    }

    /**
     * Reads a folder without opening its log: also while another process has it open, and where nothing may be written. What is
     * read may not be forced yet.
     *
     * @param folder the log's
     * @param options of which only {@link SegmentLogOptions#withKeys} and {@link SegmentLogOptions#withBodyBytes} matter here
     * @param from where to begin: {@link Position#BEGIN}, or what {@link LogItem#position}, {@link LogItem#next} or
     *     {@link #position} once said
     * @return a reader, to be closed
     * @throws IOException if there is no such folder
     */
    public static LogReader open(Path folder, SegmentLogOptions options, Position from) throws IOException {
        var layer = new DiskLayer();
        layer.list(folder);
        return new LogReader(layer, new SegmentFiles(folder), options, () -> Visible.ALL, from);
    }

    /**
     * What comes next.
     *
     * @return a frame or a gap; empty if nothing more is there now
     * @throws IOException if the disk cannot be read, a key is not there ({@link SegmentLogException.Reason#KEY}) or a segment is
     *     of a newer format ({@code VERSION}); the next call tries the same again. {@link #segment} says which one it is, and
     *     {@link #leaveSegment} leaves it out
     * @throws IllegalStateException if it was closed
     */
    public Optional<LogItem> next() throws IOException {
        if (isClosed) {
            throw new IllegalStateException("the reader of " + files.folder() + " is closed");
        }
        while (found.isEmpty()) {
            if (cursor == null ? !enter() : !goOn()) {
                return Optional.empty();
            }
        }
        LogItem item = found.remove();
        position = item.next();
        return Optional.of(item);
    }

    /**
     * Which segment was read last, or could not be.
     *
     * @return its number; 0 before the first one
     */
    public long segment() {
        return segment;
    }

    /**
     * Leaves out what follows in {@link #segment}: what comes next is of a later one.
     *
     * @throws IOException if its file cannot be closed
     */
    public void leaveSegment() throws IOException {
        found.clear();
        tornTail = Optional.empty();
        if (segment > 0 && position.segment() <= segment) {
            position = new Position(segment + 1, 0);
        }
        leave();
    }

    /**
     * From where another reader would go on.
     *
     * @return the position behind what was returned last
     */
    public Position position() {
        return position;
    }

    /**
     * How the newest segment ends; of what is being written it is of one moment.
     *
     * @return what was found when {@link #next} last came to the end; before that, and without any segment, {@code UNFINISHED}
     */
    public Ending ending() {
        return ending;
    }

    /**
     * The torn tail of the newest segment. It is not among the items, since a log that is open may still be writing it; a torn
     * tail of any older segment is.
     *
     * @return present while {@link #ending} is {@link Ending#TORN}
     */
    public Optional<Gap> tornTail() {
        return tornTail;
    }

    /** Closes the file. Does nothing if it was closed before. */
    @Override
    public void close() throws IOException {
        isClosed = true;
        leave();
    }

    /** Begins with the next segment; false if there is none. */
    private boolean enter() throws IOException {
        long wanted = position.segment();
        boolean isMissing = isListedTwice && numbers.higher(wanted) != null;
        if (!numbers.contains(wanted) && !isMissing) {
            list();
        }
        Long number = numbers.ceiling(wanted);
        if (number == null) {
            return false;
        }
        if (number > wanted && wanted > 0) {
            return skip(wanted, number);
        }
        segment = number;
        try {
            cursor = SegmentCursor.open(layer, files, options, number, number == wanted ? position.offset() : 0);
        } catch (IOException e) {
            list();
            if (numbers.contains(number)) {
                throw e;
            }
            return true; // removed meanwhile
        }
        try {
            begin(number);
        } catch (IOException | RuntimeException | Error e) { // the next call begins anew
            found.clear();
            leave();
            throw e;
        }
        return true;
    }

    private boolean skip(long wanted, long number) throws IOException {
        if (!isListedTwice) {
            list();
            return true; // they may be being made or removed just now, one after the other
        }
        if (numbers.lower(wanted) == null) {
            found.add(new Gap(
                    position,
                    new Position(number, 0),
                    Gap.Cause.REMOVED,
                    "segments before " + number + " were removed"));
        } else {
            found.add(Recovery.missing(wanted, number));
        }
        return true;
    }

    private void begin(long number) throws IOException {
        Position begins = position.segment() == number ? position : new Position(number, 0);
        cursor.headerGaps().stream()
                .filter(gap -> gap.position().compareTo(begins) >= 0)
                .forEach(found::add);
        String why = cursor.header().isEmpty()
                ? SegmentCursor.NO_HEADER
                : whyNotOpened(cursor.header().get());
        if (why.isEmpty()) {
            limit = limitNow();
            isFinal = false;
            if (isNewerThere()) {
                cursor.endAsTheNextSays(layer);
            }
        } else {
            var cause = cursor.header().isEmpty() ? Gap.Cause.DAMAGED : Gap.Cause.SEAL;
            found.clear();
            found.add(new Gap(begins, following(), cause, why));
            ending = Ending.UNREADABLE;
            leave();
        }
    }

    /** Empty if its seal is the one that this reader opens, or neither has one. */
    private String whyNotOpened(SegmentHeader header) throws IOException {
        seal = null;
        Optional<SegmentKeys> keys = options.keys();
        if (keys.isEmpty()) {
            return header.isSealed() ? "the segment is sealed, and there are no keys" : "";
        }
        if (!header.isSealed()) {
            return "the segment is not sealed, and the log is";
        }
        try {
            seal = Seal.of(header, keys.get());
            return seal.isOf(header)
                    ? ""
                    : "the segment is sealed with another key than that with the id " + header.keyId();
        } catch (SegmentLogException e) {
            throw new SegmentLogException(e.reason(), files.prefix() + e.getMessage(), e.getCause());
        }
    }

    /** Looks at what is next in the segment; false if there is nothing, now. */
    private boolean goOn() throws IOException {
        Found what = cursor.next(limit);
        switch (what) {
            case FRAME -> found.add(opened());
            case DAMAGE -> found.add(cursor.damage());
            case CLOSED -> {
                return atMark();
            }
            case UNFINISHED, TORN -> {
                return atEnd(what == Found.TORN ? Ending.TORN : Ending.UNFINISHED);
            }
        }
        return true;
    }

    private LogItem opened() {
        if (seal == null) {
            return new Frame(cursor.from(), cursor.position(), cursor.body());
        }
        try {
            return new Frame(
                    cursor.from(),
                    cursor.position(),
                    seal.open(cursor.index(), cursor.from().offset(), cursor.body()));
        } catch (GeneralSecurityException | ProviderException e) {
            return new Gap(cursor.from(), cursor.position(), Gap.Cause.SEAL, "the frame's seal does not open: " + e);
        }
    }

    /** Nothing whole follows before the limit. */
    private boolean atEnd(Ending how) throws IOException {
        int now = limitNow();
        if (now > limit) {
            limit = now;
            return true;
        }
        if (isFinal) {
            if (how == Ending.TORN) {
                Gap torn = cursor.torn();
                found.add(new Gap(torn.position(), following(), torn.cause(), torn.detail()));
            }
            passOn();
            return true;
        }
        if (isNewerThere()) {
            // Once more: what came between the look at this segment and the one for others would be missed.
            isFinal = true;
            cursor.endAsTheNextSays(layer);
            return true;
        }
        ending = how;
        tornTail = how == Ending.TORN ? Optional.of(cursor.torn()) : Optional.empty();
        return false;
    }

    private boolean atMark() throws IOException {
        if (isNewerThere()) {
            passOn();
            return true;
        }
        ending = Ending.CLOSED;
        tornTail = Optional.empty();
        return false;
    }

    private void passOn() throws IOException {
        tornTail = Optional.empty();
        position = following();
        leave();
    }

    private Position following() {
        return new Position(cursor.position().segment() + 1, 0);
    }

    private void leave() throws IOException {
        if (cursor != null) {
            cursor.close();
            cursor = null;
        }
    }

    private int limitNow() throws IOException {
        return Math.min(visible.get().limitOf(cursor.position().segment()), cursor.limit());
    }

    private boolean isNewerThere() throws IOException {
        if (visible.get().segment() <= segment) {
            return false;
        }
        if (numbers.higher(segment) == null) {
            list();
        }
        return numbers.higher(segment) != null;
    }

    private void list() throws IOException {
        NavigableSet<Long> listed = SegmentFiles.numbers(layer.list(files.folder()))
                .headSet(visible.get().segment(), true);
        isListedTwice = listed.equals(numbers);
        numbers = listed;
    }
}
