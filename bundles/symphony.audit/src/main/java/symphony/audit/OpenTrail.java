package symphony.audit;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import symphony.segmentlog.AppendInterruptedException;
import symphony.segmentlog.LogReader;
import symphony.segmentlog.PendingAppend;
import symphony.segmentlog.Position;
import symphony.segmentlog.SegmentInfo;
import symphony.segmentlog.SegmentLog;
import symphony.segmentlog.SegmentLogException;
import symphony.segmentlog.SegmentLogException.Reason;

/** The trail while its log is open: puts records at the end of the chain. The writer's thread only, but for reading. */
final class OpenTrail {
    /*
     * A chain must have no hole, so no record may be stored behind one that was refused. A log on a full disk refuses one frame
     * and takes a smaller one behind it, or one that comes when there is room again. So several records are given to the log
     * at once only if they surely have room: in what is preallocated of the segment. All others are appended alone.
     *
     * Where a segment ends is decided here, not by the log, since its last record is a checkpoint and its first one names the hash
     * before it. The log's own bound is far beyond.
     */
    private static final int MOST_BYTES_AT_ONCE = 256 << 10;

    /** More than the log adds to a body, or needs for a segment's end. */
    private static final int FRAME_OVERHEAD = 64;

    private final SegmentLog log;
    private final ChainHash chain = new ChainHash();
    private final TrailIndex index;
    private final Map<String, String> problems;
    private final boolean endedInOrder;
    private volatile Head head;

    /** Up to where the segment that is written is preallocated; 0 if the next record begins one. */
    private long allocated;

    /** Records that are being written, when it fails: nobody knows whether they are stored. */
    private final List<Attempt> attempts = new ArrayList<>();

    /** A record and its draft. */
    record Attempt(Draft draft, StoredRecord record) {}

    /** A draft could not be sealed; it and those behind it are still to be written. */
    static final class NotSealedException extends Exception {
        private static final long serialVersionUID = 1L;

        NotSealedException(Throwable cause) {
            super(cause);
        }
    }

    OpenTrail(SegmentLog log) throws IOException {
        this.log = log;
        TrailScan.Found found = TrailScan.of(log);
        this.index = found.index();
        this.head = found.head();
        this.problems = found.problems();
        this.endedInOrder = found.endedInOrder();
    }

    Head head() {
        return head;
    }

    TrailIndex index() {
        return index;
    }

    /** What was found to be wrong as it was opened. */
    Map<String, String> problems() {
        return problems;
    }

    /** Whether the one who had it open before has closed it. */
    boolean endedInOrder() {
        return endedInOrder;
    }

    /** What is forced, from a place on. By any thread. */
    LogReader read(Position from) {
        return log.read(from);
    }

    /** By any thread. */
    long bytes() {
        return log.totalBytes();
    }

    List<SegmentInfo> segments() {
        return log.segments();
    }

    /** Whether the segment that is written has more than that, so that it is time to rotate. */
    boolean hasSegmentBeyond(long bytes) {
        return allocated > 0 && log.end().offset() > bytes;
    }

    /**
     * Writes one or more of these drafts, in order, from one on, and tells them; returns which is next. Those that are given up
     * already are left out. No second one begins beyond those bytes of the segment.
     *
     * @throws NotSealedException if one cannot be sealed: nothing has become of it
     * @throws SegmentLogException if the log refuses: {@link #isIntact} says whether the trail can go on
     */
    int append(List<Draft> drafts, int from, Sealing sealing, long segmentBytes)
            throws SegmentLogException, NotSealedException {
        attempts.clear();
        Head at = head;
        long room = allocated == 0 ? 0 : allocated - log.end().offset() - FRAME_OVERHEAD;
        long most = Math.max(
                1, Math.min(MOST_BYTES_AT_ONCE, segmentBytes - log.end().offset()));
        long bytes = 0;
        int next = from;
        for (; next < drafts.size() && bytes < most; next++) {
            Draft draft = drafts.get(next);
            if (!draft.take()) {
                continue;
            }
            StoredRecord record;
            try {
                record = sealed(draft, at, sealing);
            } catch (RuntimeException | LinkageError e) { // as while the crypto service is replaced
                draft.giveBack();
                if (attempts.isEmpty()) {
                    throw new NotSealedException(e);
                }
                break; // it comes first the next time
            }
            int needed = record.bytes().length + FRAME_OVERHEAD;
            if (bytes + needed > room && !attempts.isEmpty()) {
                draft.giveBack();
                break;
            }
            bytes += needed;
            attempts.add(new Attempt(draft, record));
            at = new Head(record.sequence(), record.hash());
            if (bytes > room) {
                next++;
                break;
            }
        }
        if (!attempts.isEmpty()) {
            store(bytes <= room);
        }
        return next;
    }

    private StoredRecord sealed(Draft draft, Head at, Sealing sealing) {
        boolean isSealed = sealing.isSealing() && !draft.isAboutTrail();
        boolean isFirst = allocated == 0 && attempts.isEmpty();
        var header = new StoredRecord.Header(draft.kind(), isSealed, isFirst, at.sequence() + 1, draft.timeMillis());
        byte[] content = isSealed ? sealing.seal(header.encode(), draft.content()) : draft.content();
        return StoredRecord.make(header, content, at.hash(), chain);
    }

    private void store(boolean hasRoom) throws SegmentLogException {
        Thread.interrupted(); // none of ours, but perhaps of who has sealed
        var pending = new ArrayList<PendingAppend>(attempts.size());
        for (Attempt attempt : attempts) {
            pending.add(log.submit(attempt.record().bytes()));
        }
        for (PendingAppend each : pending) {
            stored(attempts.get(0), await(each));
            attempts.remove(0);
        }
        if (!hasRoom) {
            List<SegmentInfo> segments = log.segments();
            allocated = segments.get(segments.size() - 1).fileBytes();
        }
    }

    private static Position await(PendingAppend append) throws SegmentLogException {
        while (true) {
            try {
                return append.await();
            } catch (AppendInterruptedException e) {
                Thread.interrupted(); // whoever that was: it is written all the same
            }
        }
    }

    private void stored(Attempt attempt, Position position) {
        StoredRecord record = attempt.record();
        if (record.hasPreviousHash()) {
            index.begin(record.sequence(), record.timeMillis(), position);
        } else {
            index.add(record.sequence(), position);
        }
        head = new Head(record.sequence(), record.hash());
        attempt.draft().stored(record.sequence());
    }

    /** After an exception: whether it is known that nothing but what was told is stored, and the trail can go on. */
    boolean isIntact(SegmentLogException failure) {
        return failure.reason() == Reason.NO_ROOM && attempts.size() == 1;
    }

    /** After an exception: what it was thrown for, with those of which nobody knows. */
    List<Attempt> attempts() {
        return List.copyOf(attempts);
    }

    /** Ends the segment; the next record begins another. */
    void rotate() throws SegmentLogException {
        log.rotate();
        allocated = 0;
    }

    /** Removes all segments before this one. */
    void removeBefore(long segment) throws SegmentLogException {
        try {
            log.removeBefore(new Position(segment, 0));
        } finally {
            index.removeBefore(log.segments().get(0).number());
        }
    }
}
