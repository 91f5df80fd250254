package symphony.segmentlog;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;

/** Reads all segments of a log and tells what they have; changes nothing. One thread only. */
final class Recovery {
    private final FileLayer layer;
    private final SegmentFiles files;
    private final SegmentLogOptions options;
    private Position end = Position.BEGIN;
    private int unforced;

    Recovery(FileLayer layer, SegmentFiles files, SegmentLogOptions options) {
        this.layer = layer;
        this.files = files;
        this.options = options;
    }

    RecoveryReport report(SortedSet<Long> numbers) throws IOException {
        var segments = new ArrayList<SegmentReport>();
        var missing = new ArrayList<Gap>();
        long before = 0;
        for (long number : numbers) {
            if (before > 0 && number > before + 1) {
                missing.add(missing(before + 1, number));
            }
            segments.add(segment(number, numbers.contains(number + 1)));
            before = number;
        }
        return new RecoveryReport(segments, missing);
    }

    /** Behind the last frame of the last segment; it lies before what is torn. With offset 0 if that segment cannot be read. */
    Position end() {
        return end;
    }

    /** From which offset of the last segment on nobody knows whether it was forced; not before its end if there is no such place. */
    int unforced() {
        return unforced;
    }

    /** What stands for segments between others whose files are gone. */
    static Gap missing(long from, long to) {
        return new Gap(
                new Position(from, 0),
                new Position(to, 0),
                Gap.Cause.MISSING,
                "files of segments " + from + " to " + (to - 1) + " are missing");
    }

    private SegmentReport segment(long number, boolean isFollowed) throws IOException {
        end = new Position(number, 0);
        unforced = 0;
        try (SegmentCursor cursor = SegmentCursor.open(layer, files, options, number, 0)) {
            var gaps = new ArrayList<>(cursor.headerGaps());
            long length = cursor.length();
            if (cursor.header().isEmpty()) {
                return new SegmentReport(new SegmentInfo(number, length, false, 0), 0, Ending.UNREADABLE, gaps);
            }
            SegmentHeader header = cursor.header().get();
            var info = new SegmentInfo(number, length, header.isSealed(), header.keyId());
            if (isFollowed) {
                cursor.endAsTheNextSays(layer);
            }
            int limit = cursor.limit();
            int frames = 0;
            while (true) {
                switch (cursor.next(limit)) {
                    case FRAME -> frames++;
                    case DAMAGE -> gaps.add(cursor.damage());
                    case CLOSED -> {
                        return ended(cursor, info, frames, Ending.CLOSED, gaps);
                    }
                    case UNFINISHED -> {
                        return ended(cursor, info, frames, Ending.UNFINISHED, gaps);
                    }
                    case TORN -> {
                        gaps.add(cursor.torn());
                        return ended(cursor, info, frames, Ending.TORN, gaps);
                    }
                }
            }
        } catch (SegmentLogException e) {
            throw e;
        } catch (IOException e) {
            var all = new Gap(
                    new Position(number, 0), new Position(number + 1, 0), Gap.Cause.DAMAGED, "it cannot be read: " + e);
            return new SegmentReport(new SegmentInfo(number, 0, false, 0), 0, Ending.UNREADABLE, List.of(all));
        }
    }

    private SegmentReport ended(SegmentCursor cursor, SegmentInfo info, int frames, Ending ending, List<Gap> gaps) {
        end = cursor.position();
        unforced = ending == Ending.CLOSED ? end.offset() : cursor.groupBegin();
        return new SegmentReport(info, frames, ending, gaps);
    }
}
