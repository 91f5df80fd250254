package symphony.audit;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.LongSupplier;
import symphony.api.audit.AuditAnchor;
import symphony.api.audit.AuditEntry;
import symphony.api.audit.AuditRecord.Kind;
import symphony.api.audit.AuditSink;
import symphony.api.audit.AuditUnavailableException;
import symphony.api.audit.Outcome;
import symphony.api.crypto.CryptoService;
import symphony.api.event.TopicFilter;

/** The audit trail in a folder: takes entries and counts; a thread of its own writes them. Thread-safe. */
public final class AuditEngine implements AuditSink, AutoCloseable {
    static final String PID = "symphony.audit";
    /** What its own records are about. */
    static final String TRAIL = "trail";

    private static final long STOP_MILLIS = 3_000;

    private final InstantSource clock;
    private final Anchors anchors;
    private final Summaries summaries;
    private final Denials denials;
    private final Outage outage;
    private final TrailWriter writer;
    private final Draft.Owner securityOwner = new Entry(Kind.SECURITY);
    private final Draft.Owner operationOwner = new Entry(Kind.OPERATION);
    private volatile AuditSettings settings;

    /** By configuration. Guarded by this. */
    private Optional<AnchorFile> anchorFile = Optional.empty();

    /**
     * Writes nothing yet.
     *
     * @param isEncryptionOff whether launch properties say so: then a trail that was sealed may go on in plaintext
     */
    AuditEngine(
            Path folder,
            AuditSettings settings,
            LogOpener opener,
            InstantSource clock,
            LongSupplier nanos,
            SecureRandom random,
            boolean isEncryptionOff) {
        this.clock = clock;
        this.settings = settings;
        this.anchors = new Anchors(settings.anchorNanos());
        this.summaries = new Summaries(clock, settings.summaries());
        this.denials = new Denials(settings.denials());
        this.outage = new Outage(clock);
        this.writer = new TrailWriter(
                folder,
                settings,
                opener,
                clock,
                nanos,
                random,
                isEncryptionOff,
                anchors,
                new Backlog(summaries, denials),
                outage);
    }

    AuditEngine start() {
        writer.start();
        useAnchorFile(settings.anchorFile());
        return this;
    }

    /** What is told of an entry goes to a GAP record. */
    private final class Entry implements Draft.Owner {
        private final Kind kind;

        Entry(Kind kind) {
            this.kind = kind;
        }

        @Override
        public void refused() {
            AuditEngine.this.refused(kind);
        }

        @Override
        public void storedInDoubt(long sequence) {
            outage.storedInDoubt(sequence);
        }
    }

    private void refused(Kind kind) {
        if (outage.refused(kind)) {
            writer.wake();
        }
    }

    private synchronized void useAnchorFile(Optional<Path> file) {
        if (file.equals(anchorFile.map(AnchorFile::file))) {
            return;
        }
        anchorFile.ifPresent(anchors::remove);
        anchorFile = file.map(AnchorFile::new);
        anchorFile.ifPresent(this::bind);
    }

    /** What is under way ends as it began. */
    void apply(AuditSettings changed) {
        settings = changed;
        anchors.apply(changed.anchorNanos());
        summaries.apply(changed.summaries());
        denials.apply(changed.denials());
        writer.apply(changed);
        useAnchorFile(changed.anchorFile());
    }

    void bind(CryptoService crypto) {
        writer.use(crypto);
    }

    void unbind(CryptoService crypto) {
        writer.stopUsing(crypto);
    }

    void bind(AuditAnchor anchor) {
        anchors.add(anchor);
        writer.run(anchors::startThreads);
    }

    void unbind(AuditAnchor anchor) {
        anchors.remove(anchor);
    }

    List<AuditAnchor> anchors() {
        return anchors.all();
    }

    AuditSettings settings() {
        return settings;
    }

    TrailWriter writer() {
        return writer;
    }

    @Override
    public void record(AuditEntry entry) {
        awaitStored(takeIn(entry));
    }

    /** Takes an entry in, to be written. */
    Draft takeIn(AuditEntry entry) {
        AuditEntry bounded = Bounded.entry(entry);
        refuseIfDown(Kind.SECURITY);
        long now = clock.millis();
        Draft draft;
        if (entry.outcome() == Outcome.DENIED) {
            Denials.Told told = denials.add(bounded, now, securityOwner);
            draft = told.draft();
            if (told.isNew()) {
                offer(draft);
            }
        } else {
            draft = new Draft(Kind.SECURITY, now, Content.of(bounded).encode(), securityOwner);
            offer(draft);
        }
        return draft;
    }

    /** Throws if it is not stored in time, or nobody knows. */
    void awaitStored(Draft draft) {
        long timeoutNanos = settings.timeoutNanos();
        if (!draft.await(timeoutNanos)) {
            draft.giveUp(timeoutNanos);
            writer.tellIfStalled();
        }
        draft.requireStored();
    }

    @Override
    public void submit(AuditEntry entry) {
        AuditEntry bounded = Bounded.entry(entry);
        refuseIfDown(Kind.OPERATION);
        offer(new Draft(Kind.OPERATION, clock.millis(), Content.of(bounded).encode(), operationOwner));
    }

    private void refuseIfDown(Kind kind) {
        TrailWriter.State state = writer.state();
        if (state.isDown()) {
            if (!writer.hasStopped()) {
                refused(kind);
                writer.tellIfStalled();
            }
            throw new AuditUnavailableException(state.refusal(), state.cause());
        }
    }

    private void offer(Draft draft) {
        if (!writer.offer(draft)) {
            String why = PID + ": the entry is not stored, since too many wait to be written";
            draft.refuse(Fate.refused(why, null));
            throw new AuditUnavailableException(why, null);
        }
    }

    @Override
    public void count(
            String action, String principal, String topic, String subscription, Outcome outcome, UUID eventId) {
        if (isEachWanted(topic) && isTaken(action, principal, topic, subscription, outcome, eventId)) {
            return;
        }
        sum(action, principal, topic, subscription, outcome, eventId);
    }

    private void sum(String action, String principal, String topic, String subscription, Outcome outcome, UUID id) {
        if (summaries.add(action, principal, topic, subscription, outcome, id)) {
            writer.wake();
        }
    }

    private boolean isEachWanted(String topic) {
        for (TopicFilter filter : settings.topics()) {
            if (filter.matches(topic)) {
                return true;
            }
        }
        return false;
    }

    /** As a record of its own; what is refused is counted all the same. */
    private boolean isTaken(
            String action, String principal, String topic, String subscription, Outcome outcome, UUID id) {
        if (writer.state().isDown()) {
            return false;
        }
        var entry = Bounded.entry(new AuditEntry(principal, action, topic, outcome, Map.of()));
        var content =
                new Content(entry, Bounded.text(subscription), 1, 0, 0, Optional.ofNullable(id), Optional.empty());
        Draft.Owner refused = () -> sum(action, principal, topic, subscription, outcome, id);
        return writer.offer(new Draft(Kind.EVENT, clock.millis(), content.encode(), refused));
    }

    /** Writes what is there and signs it; what comes from now on is refused. */
    @Override
    public void close() {
        close(STOP_MILLIS, Anchors.STOP_MILLIS);
    }

    /** The same; waits for the writer and for the anchors for that long at most. */
    void close(long writerMillis, long anchorsMillis) {
        try {
            writer.close(writerMillis);
        } finally {
            anchors.close(anchorsMillis);
        }
    }
}
