package symphony.audit;

import java.io.IOException;
import java.util.Optional;
import symphony.segmentlog.Gap;
import symphony.segmentlog.LogItem;
import symphony.segmentlog.LogReader;
import symphony.segmentlog.Position;

/** Reads on behind a segment that cannot be read, as behind one that is damaged. One thread only. */
final class GapReader {
    private long unreadable;
    private Optional<IOException> failure = Optional.empty();

    /** Why the first of those segments could not be read; empty if all could. */
    Optional<IOException> failure() {
        return failure;
    }

    /** What comes next; throws if not even the folder can be read. */
    Optional<LogItem> next(LogReader reader) throws IOException {
        try {
            return reader.next();
        } catch (IOException e) {
            long segment = reader.segment();
            if (segment <= unreadable) {
                throw e;
            }
            unreadable = segment;
            failure = failure.or(() -> Optional.of(e));
            Position from = reader.position();
            reader.leaveSegment();
            return Optional.of(new Gap(
                    from,
                    reader.position(),
                    Gap.Cause.DAMAGED,
                    "segment " + segment + " cannot be read: " + e.getMessage()));
        }
    }
}
