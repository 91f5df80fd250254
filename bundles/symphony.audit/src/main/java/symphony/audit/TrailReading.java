package symphony.audit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import symphony.api.audit.AuditAnchor;
import symphony.api.audit.AuditPage;
import symphony.api.audit.AuditQuery;
import symphony.api.audit.AuditRecord;
import symphony.api.audit.AuditStatus;
import symphony.api.audit.AuditTrail;
import symphony.api.audit.AuditUnavailableException;
import symphony.api.audit.AuditVerification;
import symphony.component.Excerpt;
import symphony.segmentlog.LogItem;
import symphony.segmentlog.LogReader;
import symphony.segmentlog.Position;

/** Reads the trail, while it is written or while that cannot be done. Thread-safe: each call has a reader of its own. */
final class TrailReading {
    private static final int MOST_SCANNED = 1_000_000;
    private static final int MOST_PAGE_BYTES = 8 << 20;
    private static final int MOST_NAME_CHARS = 300;

    private final Path folder;
    private final AuditEngine engine;
    private final int mostScanned;
    private final int mostPageBytes;
    private final Places places = new Places();

    TrailReading(Path folder, AuditEngine engine) {
        this(folder, engine, MOST_SCANNED, MOST_PAGE_BYTES);
    }

    /** With other bounds of how many records one call looks at, and how many bytes it returns. */
    TrailReading(Path folder, AuditEngine engine, int mostScanned, int mostPageBytes) {
        this.folder = folder;
        this.engine = engine;
        this.mostScanned = mostScanned;
        this.mostPageBytes = mostPageBytes;
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
        int[] bytes = {0};
        boolean isEnd = scan(query.sequence(), record -> {
            if (found.size() == most || bytes[0] >= mostPageBytes || scanned[0]++ == mostScanned) {
                return false;
            }
            next[0] = Math.max(next[0], record.sequence() + 1);
            if (RecordViews.mayMatch(query, record)) {
                AuditRecord view = views.view(record);
                if (query.matches(view)) {
                    found.add(view);
                    bytes[0] += record.bytes().length;
                }
            }
            return true;
        });
        return new AuditPage(found, scanned[0] == 0 && isEnd ? notBehindTheEnd(next[0]) : next[0], isEnd);
    }

    /** Who was here before may have seen records that are lost: their numbers come again. */
    private long notBehindTheEnd(long next) {
        return engine.writer()
                .trail()
                .map(trail -> Math.min(next, trail.head().sequence() + 1))
                .orElse(next);
    }

    AuditPage tail(int most) {
        checkMost(most);
        long first = engine.writer()
                .trail()
                .map(trail -> Math.max(1, trail.head().sequence() - most + 1))
                .orElse(1L);
        Deque<StoredRecord> last = new ArrayDeque<>();
        int[] bytes = {0};
        boolean isEnd = scan(first, record -> {
            last.add(record);
            bytes[0] += record.bytes().length;
            while (last.size() > most || last.size() > 1 && bytes[0] > mostPageBytes) {
                bytes[0] -= last.remove().bytes().length;
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
        if (!Files.isDirectory(folder)) {
            return Verification.missing("there is no folder " + folder);
        }
        if (Files.notExists(folder.resolve(KeyFiles.PUBLIC))) {
            return Verification.missing("there is no file " + folder.resolve(KeyFiles.PUBLIC) + " with public keys");
        }
        try {
            var verification = Verification.byOwn(this::publicKeys);
            verification.add(CheckpointFile.in(folder));
            for (AuditAnchor anchor : engine.anchors()) {
                add(anchor, verification);
            }
            return verification.run(() -> open(Position.BEGIN));
        } catch (IOException | TrailException | RuntimeException e) {
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
            String name = "the anchor " + Excerpt.of(Objects.requireNonNull(anchor.name(), "name"), MOST_NAME_CHARS);
            AnchorFile.Lines lines = anchor instanceof AnchorFile file
                    ? file.linesIfAny()
                    : new AnchorFile.Lines(List.copyOf(anchor.kept()), 0);
            verification.add(name, lines.checkpoints(), lines.others());
        } catch (IOException | RuntimeException | Error e) {
            verification.problem("the anchor " + anchor.getClass().getName() + " cannot be asked: "
                    + Excerpt.of(e, MOST_NAME_CHARS));
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
        Optional<OpenTrail> open = engine.writer().trail();
        Position position = open.map(trail -> trail.index().before(from)).orElseGet(() -> places.before(from));
        try (LogReader reader = open(open, position)) {
            for (Optional<LogItem> item = reader.next(); item.isPresent(); item = reader.next()) {
                Optional<StoredRecord> record = StoredRecord.of(item.get());
                if (record.filter(read -> read.sequence() >= from).isPresent() && !visitor.visit(record.get())) {
                    if (open.isEmpty()) {
                        places.add(record.get().sequence(), item.get().position());
                    }
                    return false;
                }
            }
            return true;
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private LogReader open(Position from) throws IOException {
        return open(engine.writer().trail(), from);
    }

    private LogReader open(Optional<OpenTrail> open, Position from) throws IOException {
        return open.isPresent() ? open.get().read(from) : LogReader.open(folder, LogOpener.OPTIONS, from);
    }

    private AuditUnavailableException unreadable(Exception cause) {
        return new AuditUnavailableException(
                AuditEngine.PID + ": the trail in " + folder + " cannot be read: " + cause.getMessage(), cause);
    }
}
