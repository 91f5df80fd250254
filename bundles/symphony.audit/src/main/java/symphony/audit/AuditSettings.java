package symphony.audit;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import symphony.api.event.TopicFilter;
import symphony.component.Settings;

/**
 * How the audit works.
 *
 * @param topics of these, each step of each event becomes a record
 * @param checkpointNanos the longest time between two checkpoints while there is something new
 * @param checkpointRecords the most records between two
 * @param segmentBytes size at which a segment ends
 * @param retentionMillis age at which records may be removed, 0 for never
 * @param retentionBytes size of the trail at which its oldest segments are removed, 0 for none
 * @param summaries kinds of steps that are told apart in a second
 * @param denials kinds of denials that are
 * @param timeoutNanos how long whoever records an entry waits for it
 * @param anchorFile where checkpoints are written to, too, if anywhere
 * @param anchorNanos the shortest time between two checkpoints for an anchor
 * @param callerEntries entries a second that each bundle may record which is none of ours
 * @param callerBytes bytes of them
 */
record AuditSettings(
        List<TopicFilter> topics,
        long checkpointNanos,
        long checkpointRecords,
        int segmentBytes,
        long retentionMillis,
        long retentionBytes,
        int summaries,
        int denials,
        long timeoutNanos,
        Optional<Path> anchorFile,
        long anchorNanos,
        int callerEntries,
        int callerBytes) {
    static final String TOPICS = "topics";
    static final String CHECKPOINT_TIME = "checkpoint.time";
    static final String CHECKPOINT_RECORDS = "checkpoint.records";
    static final String SEGMENT_BYTES = "segment.bytes";
    static final String RETENTION_TIME = "retention.time";
    static final String RETENTION_BYTES = "retention.bytes";
    static final String SUMMARIES = "summaries";
    static final String DENIALS = "denials";
    static final String TIMEOUT = "record.timeout";
    static final String ANCHOR_FILE = "anchor.file";
    static final String ANCHOR_TIME = "anchor.time";
    static final String CALLER_ENTRIES = "caller.entries";
    static final String CALLER_BYTES = "caller.bytes";

    static final int LEAST_SEGMENT_BYTES = 64 << 10;
    static final int MOST_SEGMENT_BYTES = 512 << 20;
    /** The greatest entry has less than that in a burst's seconds. */
    static final int LEAST_CALLER_BYTES = 4 << 10;

    static final String ANCHOR_SUFFIX = ".anchor";

    static final Settings KEYS = Settings.of(AuditEngine.PID)
            .text(TOPICS, "", AuditSettings::filters)
            .time(CHECKPOINT_TIME, Duration.ofSeconds(10), Duration.ofMillis(100), Duration.ofHours(1))
            .number(CHECKPOINT_RECORDS, 1_000, 1, 1_000_000)
            .number(SEGMENT_BYTES, 16 << 20, LEAST_SEGMENT_BYTES, MOST_SEGMENT_BYTES)
            .time(RETENTION_TIME, Duration.ZERO, Duration.ZERO, Duration.ofDays(36_500))
            .number(RETENTION_BYTES, 0, 0, 1L << 50)
            .number(SUMMARIES, 10_000, 100, 1_000_000)
            .number(DENIALS, 100, 1, 10_000)
            .time(TIMEOUT, Duration.ofSeconds(10), Duration.ofMillis(100), Duration.ofMinutes(10))
            .text(ANCHOR_FILE, "", AuditSettings::anchorFile)
            .time(ANCHOR_TIME, Duration.ofMinutes(1), Duration.ofMillis(100), Duration.ofDays(1))
            .number(CALLER_ENTRIES, 10, 1, 1_000_000)
            .number(CALLER_BYTES, 8 << 10, LEAST_CALLER_BYTES, 1 << 30)
            .build();

    static AuditSettings of(Settings.Values values) {
        return new AuditSettings(
                filters(values.text(TOPICS)),
                values.time(CHECKPOINT_TIME).toNanos(),
                values.number(CHECKPOINT_RECORDS),
                values.integer(SEGMENT_BYTES),
                values.time(RETENTION_TIME).toMillis(),
                values.number(RETENTION_BYTES),
                values.integer(SUMMARIES),
                values.integer(DENIALS),
                values.time(TIMEOUT).toNanos(),
                anchorFile(values.text(ANCHOR_FILE)),
                values.time(ANCHOR_TIME).toNanos(),
                values.integer(CALLER_ENTRIES),
                values.integer(CALLER_BYTES));
    }

    private static List<TopicFilter> filters(String text) {
        if (text.isBlank()) {
            return List.of();
        }
        try {
            return Arrays.stream(text.split(",", -1))
                    .map(String::strip)
                    .map(TopicFilter::of)
                    .toList();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "must be topic filters with a comma between, as orders/*,payments/+/new: " + e.getMessage(), e);
        }
    }

    /** With an end of its own: configuration must not have something appended to any file. */
    private static Optional<Path> anchorFile(String text) {
        if (text.isEmpty()) {
            return Optional.empty();
        }
        String wanted = "must be empty, or the absolute path of a file whose name ends with " + ANCHOR_SUFFIX;
        Path path;
        try {
            path = Path.of(text);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException(wanted, e);
        }
        if (!path.isAbsolute() || path.getFileName() == null || !text.endsWith(ANCHOR_SUFFIX)) {
            throw new IllegalArgumentException(wanted);
        }
        return Optional.of(path.normalize());
    }
}
