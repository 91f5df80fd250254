package symphony.audit;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import symphony.api.audit.AuditAnchor;
import symphony.api.audit.AuditCheckpoint;
import symphony.api.audit.AuditPage;
import symphony.api.audit.AuditQuery;
import symphony.api.audit.AuditRecord;
import symphony.api.audit.AuditStatus;
import symphony.api.audit.AuditTrail;
import symphony.api.audit.AuditUnavailableException;
import symphony.api.audit.AuditVerification;
import symphony.segmentlog.Frame;
import symphony.segmentlog.LogItem;
import symphony.segmentlog.LogReader;
import symphony.segmentlog.Position;
import symphony.segmentlog.SegmentLogOptions;

/** Reads the trail, while it is written or while that cannot be done. Thread-safe: each call has a reader of its own. */
final class TrailReading {
    private static final int MOST_SCANNED = 1_000_000;

    private final Path folder;
    private final AuditEngine engine;
    private final int mostScanned;

    TrailReading(Path folder, AuditEngine engine) {
        this(folder, engine, MOST_SCANNED);
    }

    /** With another bound of how many records one call looks at. */
    TrailReading(Path folder, AuditEngine engine, int mostScanned) {
        this.folder = folder;
        this.engine = engine;
        this.mostScanned = mostScanned;
    }

    /** Gets each record in turn; false ends it. */
    private interface Visitor {
        boolean visit(StoredRecord record) throws IOException;
    }

    AuditPage find(AuditQuery query, int most) {
        checkMost(most);
        var views = views();
        var found = new ArrayList<AuditRecord>();
        long[] next = {query.sequence()};
        int[] scanned = {0};
        boolean isEnd = scan(query.sequence(), record -> {
            if (found.size() == most || scanned[0]++ == mostScanned) {
                return false;
            }
            next[0] = Math.max(next[0], record.sequence() + 1);
            if (RecordViews.mayMatch(query, record)) {
                AuditRecord view = views.view(record);
                if (query.matches(view)) {
                    found.add(view);
                }
            }
            return true;
        });
        return new AuditPage(found, next[0], isEnd);
    }

    AuditPage tail(int most) {
        checkMost(most);
        Optional<OpenTrail> open = engine.writer().trail();
        if (open.isPresent()) {
            long first = Math.max(1, open.get().head().sequence() - most + 1);
            return find(AuditQuery.all().from(first), most);
        }
        Deque<StoredRecord> last = new ArrayDeque<>();
        boolean isEnd = scan(1, record -> {
            last.add(record);
            if (last.size() > most) {
                last.remove();
            }
            return true;
        });
        var views = views();
        List<AuditRecord> records = last.stream().map(views::view).toList();
        return new AuditPage(records, last.isEmpty() ? 1 : last.getLast().sequence() + 1, isEnd);
    }

    Optional<AuditRecord> show(long sequence) {
        return sequence < 1
                ? Optional.empty()
                : find(AuditQuery.all().from(sequence), 1).records().stream()
                        .filter(record -> record.sequence() == sequence)
                        .findFirst();
    }

    long export(AuditQuery query, Appendable to) throws IOException {
        var views = views();
        var lines = new JsonLines(to);
        long end = engine.writer().trail().map(trail -> trail.head().sequence()).orElse(Long.MAX_VALUE);
        long[] written = {0};
        try {
            scan(query.sequence(), record -> {
                if (record.sequence() > end) {
                    return false;
                }
                if (RecordViews.mayMatch(query, record)) {
                    AuditRecord view = views.view(record);
                    if (query.matches(view)) {
                        write(lines, view);
                        written[0]++;
                    }
                }
                return true;
            });
        } catch (ReceiverException e) {
            throw e.failure;
        }
        return written[0];
    }

    private static void write(JsonLines lines, AuditRecord view) {
        try {
            lines.write(view);
        } catch (IOException e) {
            throw new ReceiverException(e);
        }
    }

    /** Who gets the lines has failed, not the trail. */
    private static final class ReceiverException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final transient IOException failure;

        ReceiverException(IOException failure) {
            super(failure);
            this.failure = failure;
        }
    }

    AuditVerification verify() {
        try {
            var verification = new Verification(publicKeys());
            verification.add(CheckpointFile.in(folder));
            for (AuditAnchor anchor : engine.anchors()) {
                add(anchor, verification);
            }
            return verification.run(() -> open(Position.BEGIN));
        } catch (IOException | TrailException e) {
            throw unreadable(e);
        }
    }

    private PublicKeys publicKeys() throws IOException, TrailException {
        PublicKeys stored = engine.writer().keys().publicKeys();
        return engine.writer().key().map(key -> stored.with(key.publicKey())).orElse(stored);
    }

    /** An anchor is a foreign service. */
    private static void add(AuditAnchor anchor, Verification verification) {
        try {
            String name = anchor.name();
            for (AuditCheckpoint checkpoint : anchor.kept()) {
                verification.add(checkpoint, name);
            }
        } catch (IOException | RuntimeException e) {
            verification.problem("the anchor " + anchor.getClass().getName() + " cannot be asked: " + e);
        }
    }

    AuditStatus status() {
        TrailWriter writer = engine.writer();
        TrailWriter.State state = writer.state();
        Optional<OpenTrail> open = writer.trail();
        return new AuditStatus(
                open.isPresent() && !state.isDown(),
                state.refusal(),
                Instant.ofEpochMilli(state.sinceMillis()),
                writer.isSealing(),
                open.map(trail -> trail.head().sequence()).orElse(0L),
                open.map(trail -> trail.index().firstSequence()).orElse(0L),
                open.map(OpenTrail::bytes).orElse(0L),
                writer.checkpoint(),
                writer.key().map(key -> key.publicKey().idText()).orElse(""));
    }

    /** How many records a key of the crypto service has sealed. */
    long countSealedBy(int keyId) {
        long[] count = {0};
        scan(1, record -> {
            if (record.isSealed()
                    && Sealing.keyId(record.content()).filter(id -> id == keyId).isPresent()) {
                count[0]++;
            }
            return true;
        });
        return count[0];
    }

    private RecordViews views() {
        return new RecordViews(engine.writer().crypto());
    }

    private static void checkMost(int most) {
        if (most < 1 || most > AuditTrail.MOST_RECORDS) {
            throw new IllegalArgumentException("most is " + most + ", must be 1 to " + AuditTrail.MOST_RECORDS);
        }
    }

    /** All records that can be read, from one on; true if the end was reached. */
    private boolean scan(long from, Visitor visitor) {
        Position position =
                engine.writer().trail().map(trail -> trail.index().before(from)).orElse(Position.BEGIN);
        try (LogReader reader = open(position)) {
            for (Optional<LogItem> item = reader.next(); item.isPresent(); item = reader.next()) {
                if (item.get() instanceof Frame frame) {
                    Optional<StoredRecord> record = parsed(frame);
                    if (record.filter(read -> read.sequence() >= from).isPresent() && !visitor.visit(record.get())) {
                        return false;
                    }
                }
            }
            return true;
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private static Optional<StoredRecord> parsed(Frame frame) {
        try {
            return Optional.of(StoredRecord.parse(frame.body()));
        } catch (MalformedRecordException e) {
            return Optional.empty(); // to say so is for who verifies
        }
    }

    private LogReader open(Position from) throws IOException {
        Optional<OpenTrail> trail = engine.writer().trail();
        return trail.isPresent() ? trail.get().read(from) : LogReader.open(folder, SegmentLogOptions.defaults(), from);
    }

    private AuditUnavailableException unreadable(Exception cause) {
        return new AuditUnavailableException(
                AuditEngine.PID + ": the trail in " + folder + " cannot be read: " + cause.getMessage(), cause);
    }
}
