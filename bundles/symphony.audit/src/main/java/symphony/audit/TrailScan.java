package symphony.audit;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import symphony.segmentlog.Ending;
import symphony.segmentlog.Frame;
import symphony.segmentlog.Gap;
import symphony.segmentlog.LogItem;
import symphony.segmentlog.LogReader;
import symphony.segmentlog.Position;
import symphony.segmentlog.SegmentInfo;
import symphony.segmentlog.SegmentLog;

/**
 * What is found in a log that was just opened: the end of the chain, an index, and what is wrong. Only the newest segment that has
 * records is read as a whole; to verify all is not its business.
 */
final class TrailScan {
    private static final String TORN = "torn";
    private static final String DAMAGED = "damaged";
    private static final String MISSING = "missing";
    private static final String CHAIN = "chain";
    private static final int MOST_TOLD = 8;

    private final SegmentLog log;
    private final ChainHash chain = new ChainHash();
    private final TrailIndex index = new TrailIndex();
    private final Map<String, List<String>> problems = new LinkedHashMap<>();
    private Head head = Head.none();

    private TrailScan(SegmentLog log) {
        this.log = log;
    }

    /**
     * What was found.
     *
     * @param problems for people, by their kind; empty if nothing is wrong
     * @param endedInOrder whether the newest segment that has records was closed
     */
    record Found(Head head, TrailIndex index, Map<String, String> problems, boolean endedInOrder) {}

    static Found of(SegmentLog log) throws IOException {
        return new TrailScan(log).found();
    }

    private Found found() throws IOException {
        List<SegmentInfo> segments = new ArrayList<>(log.segments());
        indexFirst();
        Collections.reverse(segments);
        for (SegmentInfo segment : segments) {
            if (readAll(segment.number())) {
                break;
            }
        }
        long newest = segments.isEmpty() ? 0 : segments.get(0).number();
        for (Gap gap : log.recovery().gaps()) {
            switch (gap.cause()) {
                case TORN -> {
                    if (gap.position().segment() == newest) {
                        add(TORN, gap.position() + " to " + gap.next());
                    }
                }
                case MISSING, REMOVED -> add(MISSING, gap.position() + " to " + gap.next());
                default -> add(DAMAGED, gap.position() + " to " + gap.next());
            }
        }
        var told = new LinkedHashMap<String, String>();
        problems.forEach((kind, all) -> told.put(kind, text(all)));
        boolean endedInOrder = log.recovery().segments().stream()
                .filter(segment -> segment.frames() > 0)
                .reduce((before, segment) -> segment)
                .filter(segment -> segment.ending() == Ending.CLOSED)
                .isPresent();
        return new Found(head, index, told, endedInOrder);
    }

    private static String text(List<String> all) {
        String first = String.join(", ", all.subList(0, Math.min(MOST_TOLD, all.size())));
        return all.size() > MOST_TOLD ? first + " and " + (all.size() - MOST_TOLD) + " more" : first;
    }

    private void add(String kind, String what) {
        problems.computeIfAbsent(kind, k -> new ArrayList<>()).add(what);
    }

    private void indexFirst() throws IOException {
        var items = new GapReader();
        try (LogReader reader = log.read(Position.BEGIN)) {
            for (Optional<LogItem> item = items.next(reader); item.isPresent(); item = items.next(reader)) {
                if (item.get() instanceof Frame frame) {
                    indexFirst(frame);
                    reader.leaveSegment();
                }
            }
        }
        items.failure().ifPresent(why -> add(DAMAGED, "a segment that cannot be read: " + why.getMessage()));
    }

    private void indexFirst(Frame frame) {
        try {
            StoredRecord record = StoredRecord.parse(frame.body());
            index.begin(record.sequence(), record.timeMillis(), frame.position());
        } catch (MalformedRecordException e) {
            add(CHAIN, "the first record of segment " + frame.position().segment() + ": " + e.getMessage());
        }
    }

    /** Whether the segment has a record; if it has, its last one is the end of the chain. */
    private boolean readAll(long segment) throws IOException {
        boolean isAny = false;
        var items = new GapReader();
        try (LogReader reader = log.read(new Position(segment, 0))) {
            Optional<LogItem> item = items.next(reader);
            while (item.isPresent() && item.get().position().segment() == segment) {
                if (item.get() instanceof Frame frame) {
                    isAny |= read(frame, !isAny);
                }
                item = items.next(reader);
            }
        }
        return isAny;
    }

    private boolean read(Frame frame, boolean isFirst) {
        StoredRecord record;
        try {
            record = StoredRecord.parse(frame.body());
        } catch (MalformedRecordException e) {
            add(CHAIN, "the record at " + frame.position() + ": " + e.getMessage());
            return false;
        }
        byte[] previous = isFirst && record.hasPreviousHash() ? record.previousHash() : head.hash();
        boolean isNext = isFirst || record.sequence() == head.sequence() + 1;
        if (!isNext || frame.isFirst() != record.hasPreviousHash() || !record.follows(previous, chain)) {
            add(CHAIN, "record " + record.sequence() + " at " + frame.position() + " does not follow the one before");
        }
        index.add(record.sequence(), frame.position());
        head = new Head(record.sequence(), record.hash());
        return true;
    }
}
