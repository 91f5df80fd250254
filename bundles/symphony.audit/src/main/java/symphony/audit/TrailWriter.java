package symphony.audit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.api.audit.AuditCheckpoint;
import symphony.api.audit.AuditEntry;
import symphony.api.audit.AuditRecord.Kind;
import symphony.api.audit.Outcome;
import symphony.api.crypto.CryptoService;
import symphony.audit.OpenTrail.Attempt;
import symphony.audit.OpenTrail.NotSealedException;
import symphony.component.OwnerOnly;
import symphony.component.QuietLog;
import symphony.segmentlog.Frame;
import symphony.segmentlog.LogItem;
import symphony.segmentlog.LogReader;
import symphony.segmentlog.SegmentLog;
import symphony.segmentlog.SegmentLogException;
import symphony.segmentlog.SegmentLogOptions;

/** The thread that alone writes the trail and the files beside it. What is public here is for other threads. */
final class TrailWriter implements Runnable {
    /*
     * It is in one of three states. Written: what comes is written in groups, the sums of each second among it, and signed from time to
     * time. Waiting: the trail cannot be sealed yet, since no crypto service is there; what comes waits, at the start and while that is
     * replaced, for ten seconds. Down: whatever comes is refused at once, sums are counted on, and from time to time it is tried again;
     * the first record that can be written then is a GAP.
     *
     * A trail that was ever sealed never goes on in plaintext because no crypto service is there: stopping that must not make it
     * readable. One that says that it does not encrypt is believed: that takes launch properties.
     */
    private static final Logger log = LoggerFactory.getLogger(TrailWriter.class);

    private static final int MOST_WAITING = 4096;
    /** What nobody waits for must leave room for what somebody does. */
    private static final int MOST_WAITING_UNAWAITED = 2048;

    private static final int MOST_AT_ONCE = 2048;
    private static final long FLUSH_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long SEAL_RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long LEAST_RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long MOST_RETRY_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long RETENTION_NANOS = TimeUnit.HOURS.toNanos(1);

    private final Path folder;
    private final LogOpener opener;
    private final InstantSource clock;
    private final LongSupplier nanos;
    private final KeyFiles keys;
    private final CheckpointFile side;
    private final Anchors anchors;
    private final Summaries summaries;
    private final Denials denials;
    private final Outage outage;
    private final Thread thread;
    private final QuietLog sideFailures = new QuietLog(System::nanoTime);
    private final QuietLog removalFailures = new QuietLog(System::nanoTime);

    private final Queue<Draft> inbox = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicReference<CryptoService> crypto = new AtomicReference<>();
    private volatile AuditSettings settings;
    private volatile boolean isWoken;
    private volatile boolean isClosing;
    private volatile boolean isEnded;

    /** How it stands, for others. */
    private volatile State state;

    /** Null while its log is not open. Written by the thread. */
    private volatile OpenTrail trail;

    private volatile SigningKey key;
    private volatile Sealing sealing = Sealing.none();
    private volatile Optional<AuditCheckpoint> checkpoint = Optional.empty();

    // The thread's own.
    private final List<Draft> due = new ArrayList<>();
    private final List<Attempt> unknown = new ArrayList<>();
    /** Refuses those whose writing failed. */
    private final List<Runnable> failed = new ArrayList<>();

    private Map<String, String> problems = Map.of();
    private boolean isStartOwed;
    private boolean hasWarned;
    private long checkpointSequence;
    private final Due flush = new Due();
    private final Due signing = new Due();
    private final Due retry = new Due();
    private final Due patience = new Due();
    private final Due retention = new Due();
    private long retryNanos = LEAST_RETRY_NANOS;

    /**
     * How the writer stands.
     *
     * @param refusal why whatever comes is refused; empty if it is not
     */
    record State(String refusal, Throwable cause, long sinceMillis) {
        boolean isDown() {
            return !refusal.isEmpty();
        }
    }

    /** A time at which something is to be done. */
    private static final class Due {
        private boolean isSet;
        private long at;

        void set(long nanos) {
            isSet = true;
            at = nanos;
        }

        void setUnlessSet(long nanos) {
            if (!isSet) {
                set(nanos);
            }
        }

        void clear() {
            isSet = false;
        }

        boolean isOver(long now) {
            return isSet && now - at >= 0;
        }

        long nanosLeft(long now) {
            return isSet ? Math.max(1, at - now) : Long.MAX_VALUE;
        }
    }

    TrailWriter(
            Path folder,
            AuditSettings settings,
            LogOpener opener,
            InstantSource clock,
            LongSupplier nanos,
            SecureRandom random,
            Anchors anchors,
            Summaries summaries,
            Denials denials,
            Outage outage) {
        this.folder = folder;
        this.settings = settings;
        this.opener = opener;
        this.clock = clock;
        this.nanos = nanos;
        this.keys = new KeyFiles(folder, random);
        this.side = CheckpointFile.in(folder);
        this.anchors = anchors;
        this.summaries = summaries;
        this.denials = denials;
        this.outage = outage;
        this.state = new State("", null, clock.millis());
        this.thread = new Thread(null, this, "symphony-audit-writer", 0, false);
        thread.setDaemon(true);
        thread.setContextClassLoader(TrailWriter.class.getClassLoader());
    }

    // ---- for other threads ----

    void start() {
        thread.start();
    }

    /** From the next round on. */
    void apply(AuditSettings changed) {
        settings = changed;
        run(() -> {
            signing.clear();
            retention.clear();
        });
    }

    void use(CryptoService service) {
        crypto.set(service);
        run(() -> {
            patience.clear();
            if (state.isDown()) {
                retry.set(nanos.getAsLong());
            }
        });
    }

    /** Unless another one came before it left. */
    void stopUsing(CryptoService service) {
        crypto.compareAndSet(service, null);
    }

    Optional<CryptoService> crypto() {
        return Optional.ofNullable(crypto.get());
    }

    State state() {
        return state;
    }

    /** Empty while its log is not open. */
    Optional<OpenTrail> trail() {
        return Optional.ofNullable(trail);
    }

    Optional<SigningKey> key() {
        return Optional.ofNullable(key);
    }

    boolean isSealing() {
        return sealing.isSealing();
    }

    Optional<AuditCheckpoint> checkpoint() {
        return checkpoint;
    }

    /** By any thread: it reads files that are exchanged as a whole. */
    KeyFiles keys() {
        return keys;
    }

    /** Takes a draft in, to be written; false if too many wait. One that comes too late is refused. */
    boolean offer(Draft draft) {
        int most = draft.kind() == Kind.SECURITY ? MOST_WAITING : MOST_WAITING_UNAWAITED;
        if (waiting.incrementAndGet() > most) {
            waiting.decrementAndGet();
            return false;
        }
        inbox.add(draft);
        wake();
        if (isEnded) {
            refuse(inbox.poll());
        }
        return true;
    }

    /** Does it on the writer's thread, soon. */
    void run(Runnable task) {
        tasks.add(task);
        wake();
    }

    /** There may be something to do. */
    void wake() {
        isWoken = true; // the log waits, too, and may take the permit of the thread for its own
        LockSupport.unpark(thread);
    }

    /** Writes and signs what it can, and ends; waits for that, but not for ever. */
    void close(long millis) {
        isClosing = true;
        wake();
        try {
            thread.join(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            log.warn("symphony.audit: the disk does not answer; the trail is left as it is");
        }
    }

    // ---- the thread ----

    @Override
    public void run() {
        while (!isClosing) {
            isWoken = false;
            boolean isMore = step();
            if (!isMore && !isWoken && !isClosing) {
                park(nanos.getAsLong());
            }
        }
        finish();
    }

    private void park(long now) {
        if (!summaries.isEmpty() || !denials.isEmpty()) {
            flush.setUnlessSet(now + FLUSH_NANOS);
        }
        long left = Long.MAX_VALUE;
        for (Due each : List.of(flush, signing, retry, patience, retention)) {
            left = Math.min(left, each.nanosLeft(now));
        }
        if (left == Long.MAX_VALUE) {
            LockSupport.park(this);
        } else {
            LockSupport.parkNanos(this, left);
        }
    }

    /** Whatever happens, the thread goes on. Returns whether there is more to be written at once. */
    private boolean step() {
        try {
            for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                task.run();
            }
            long now = nanos.getAsLong();
            if (state.isDown() && !retry.isOver(now)) {
                refuseAll();
                flush.clear(); // sums are counted on
                return false;
            }
            return round(now);
        } catch (RuntimeException | Error e) {
            closeTrail();
            down("writing failed unexpectedly (" + e + "); please report it with what the log says", e);
            return false;
        }
    }

    private boolean round(long now) {
        try {
            if (isReady(now)) {
                collect(now);
                write(due);
                signIfDue(now);
                retainIfDue(now);
                patience.clear();
                return !inbox.isEmpty();
            }
        } catch (NotSealedException e) {
            notSealed(e.getCause(), now);
        } catch (TrailException e) {
            down(e.getMessage(), e);
        }
        return false;
    }

    private void notSealed(Throwable cause, long now) {
        patience.setUnlessSet(now + PATIENCE_NANOS);
        if (patience.isOver(now)) {
            down("the crypto service does not seal (" + cause + "); see to symphony.crypto", cause);
        } else {
            log.debug("symphony.audit: a record could not be sealed; it is tried again", cause);
            retry.set(now + SEAL_RETRY_NANOS);
        }
    }

    /** Whether records can be written now; false while it waits for a crypto service. */
    private boolean isReady(long now) throws TrailException, NotSealedException {
        if (trail == null) {
            openTrail();
        }
        Optional<Sealing> wanted = wantedSealing(now);
        if (wanted.isEmpty()) {
            return false;
        }
        if (key == null || wanted.get().isSealing() != sealing.isSealing()) {
            key = opened(wanted.get());
            isStartOwed = true;
        }
        sealing = wanted.get();
        tellWhatIsOwed();
        if (state.isDown()) {
            state = new State("", null, clock.millis());
        }
        retry.clear();
        retryNanos = LEAST_RETRY_NANOS;
        return true;
    }

    private SigningKey opened(Sealing wanted) throws TrailException, NotSealedException {
        try {
            return keys.open(wanted);
        } catch (RuntimeException e) { // as while the crypto service is replaced
            throw new NotSealedException(e);
        }
    }

    private void openTrail() throws TrailException {
        try {
            OwnerOnly.createFolder(folder);
            String permissions = OwnerOnly.strangersPermissions(folder);
            if (!permissions.isEmpty()) {
                throw new TrailException(
                        "folder " + folder + " is open to other users (" + permissions
                                + "); close it with: chmod go-w,o-rwx '" + folder + "'",
                        null);
            }
            SegmentLog opened = opener.open(
                    folder, SegmentLogOptions.defaults().withSegmentBytes(SegmentLogOptions.MAX_SEGMENT_BYTES));
            boolean isUsed = false;
            try {
                useTrail(new OpenTrail(opened));
                isUsed = true;
            } finally {
                if (!isUsed) {
                    opened.close(); // or it could not be opened again
                }
            }
        } catch (IOException e) {
            throw new TrailException("the trail in " + folder + " cannot be opened: " + e.getMessage(), e);
        }
    }

    private void useTrail(OpenTrail opened) throws IOException {
        problems = new TreeMap<>(opened.problems());
        compareWithSideFile(opened);
        tellProblems();
        settleUnknown(opened.head());
        checkpointSequence = problems.containsKey(Verifier.LOST)
                ? 0
                : checkpoint.map(AuditCheckpoint::sequence).orElse(0L);
        trail = opened;
    }

    /** Of records whose writing failed it turns out now which are there. */
    private void settleUnknown(Head head) {
        int stored = 0;
        for (int i = 0; i < unknown.size(); i++) {
            StoredRecord record = unknown.get(i).record();
            if (head.is(record.sequence(), record.hash())) {
                stored = i + 1;
            }
        }
        for (Attempt attempt : unknown.subList(stored, unknown.size())) {
            attempt.draft().refuse("it is not stored", null);
        }
        unknown.clear();
    }

    private void compareWithSideFile(OpenTrail opened) throws IOException {
        try {
            checkpoint = side.read();
        } catch (IllegalArgumentException e) {
            problems.put("checkpoint", "the file " + CheckpointFile.NAME + " cannot be read: " + e.getMessage());
            return;
        }
        if (checkpoint.isPresent() && !has(opened, checkpoint.get())) {
            problems.put(Verifier.LOST, Long.toString(checkpoint.get().sequence()));
            problems.put("checkpoint", checkpoint.get().toString());
        }
    }

    private static boolean has(OpenTrail opened, AuditCheckpoint known) throws IOException {
        if (known.sequence() > opened.head().sequence()) {
            return false;
        }
        if (known.sequence() < opened.index().firstSequence()) {
            return true; // nobody can tell
        }
        try (LogReader reader = opened.read(opened.index().before(known.sequence()))) {
            for (Optional<LogItem> item = reader.next(); item.isPresent(); item = reader.next()) {
                if (item.get() instanceof Frame frame) {
                    StoredRecord record = StoredRecord.parse(frame.body());
                    if (record.sequence() >= known.sequence()) {
                        return HexFormat.of().formatHex(record.hash()).equals(known.hash());
                    }
                }
            }
        } catch (MalformedRecordException e) {
            log.debug("symphony.audit: a record before {} cannot be read", known.sequence(), e);
        }
        return false;
    }

    private void tellProblems() {
        if (problems.containsKey(Verifier.LOST)) {
            log.error(
                    "symphony.audit: the trail in {} is not the one that its checkpoint knows: records up to {} were cut off or"
                            + " exchanged; keep a copy of the folder, then verify it",
                    folder,
                    problems.get(Verifier.LOST));
        }
        if (!problems.isEmpty()) {
            log.warn(
                    "symphony.audit: the trail in {} is not whole: {}; it goes on, and verifying it tells more",
                    folder,
                    problems);
            isStartOwed = true;
        }
    }

    /** Empty while it is worth waiting for a crypto service. */
    private Optional<Sealing> wantedSealing(long now) throws TrailException {
        CryptoService service = crypto.get();
        Optional<Boolean> isEncrypting = service == null ? Optional.empty() : isEncrypting(service);
        if (isEncrypting.isPresent()) {
            if (isEncrypting.get()) {
                return Optional.of(Sealing.by(service));
            }
            warnOfPlaintext("encryption is off");
            return Optional.of(Sealing.none());
        }
        if (key != null && !sealing.isSealing()) {
            return Optional.of(sealing);
        }
        patience.setUnlessSet(now + PATIENCE_NANOS);
        if (!patience.isOver(now)) {
            return Optional.empty();
        }
        if (key != null || keys.hasSealedKey()) {
            throw new TrailException(
                    "the trail in " + folder + " is sealed, and no crypto service is there; start symphony.crypto",
                    null);
        }
        warnOfPlaintext("no crypto service is there");
        return Optional.of(Sealing.none());
    }

    /** Empty if it does not tell, as while its bundle is replaced: then it is as if none were there. */
    private static Optional<Boolean> isEncrypting(CryptoService service) {
        try {
            return Optional.of(service.encrypting());
        } catch (RuntimeException | LinkageError e) {
            log.debug("symphony.audit: the crypto service does not tell whether it encrypts", e);
            return Optional.empty();
        }
    }

    private void warnOfPlaintext(String why) {
        if (!hasWarned) {
            hasWarned = true;
            log.warn(
                    "symphony.audit: *** THE TRAIL IS NOT SEALED *** {}: whoever can read its files can read who did what",
                    why);
        }
    }

    private void tellWhatIsOwed() throws TrailException, NotSealedException {
        if (state.isDown()) {
            tellGap();
        }
        if (isStartOwed) {
            var details = new TreeMap<String, String>();
            details.put(AuditEntry.KEY, key.publicKey().idText());
            details.put("sealed", Boolean.toString(sealing.isSealing()));
            writeOwn(Kind.START, "audit:start", Outcome.DONE, details);
            isStartOwed = false;
            log.info(
                    "symphony.audit: the trail in {} goes on at record {}",
                    folder,
                    trail.head().sequence());
        }
        if (!problems.isEmpty()) {
            writeOwn(Kind.RECOVERY, "audit:recover", Outcome.FAILED, problems);
            problems = Map.of();
        }
    }

    private void tellGap() throws TrailException, NotSealedException {
        if (outage.isOwed()) {
            writeOwn(outage.gap(clock.millis()));
            log.info("symphony.audit: entries are written again; refused meanwhile: {}", outage.told());
        }
    }

    private void writeOwn(Kind kind, String action, Outcome outcome, Map<String, String> details)
            throws TrailException, NotSealedException {
        var entry = Bounded.entry(new AuditEntry(AuditEngine.PID, action, AuditEngine.TRAIL, outcome, details));
        writeOwn(Draft.ofTrail(kind, clock.millis(), Content.of(entry).encode()));
    }

    /** Returns when it is stored. */
    private void writeOwn(Draft draft) throws TrailException, NotSealedException {
        try {
            trail.append(List.of(draft), 0, sealing, Long.MAX_VALUE);
        } catch (SegmentLogException e) {
            throw failed(e);
        }
    }

    /** What is to be written now. */
    private void collect(long now) throws TrailException, NotSealedException {
        while (due.size() < MOST_AT_ONCE) {
            Draft draft = inbox.poll();
            if (draft == null) {
                break;
            }
            waiting.decrementAndGet();
            due.add(draft);
        }
        if (!summaries.isEmpty() || !denials.isEmpty()) {
            flush.setUnlessSet(now + FLUSH_NANOS);
        }
        if (flush.isOver(now)) {
            flush.clear();
            tellGap();
            collectSums();
        }
    }

    private void collectSums() {
        long millis = clock.millis();
        due.addAll(denials.drain(millis));
        due.addAll(summaries.drain(millis));
    }

    private void write(List<Draft> drafts) throws TrailException, NotSealedException {
        int next = 0;
        try {
            while (next < drafts.size()) {
                if (trail.hasSegmentBeyond(settings.segmentBytes())) {
                    sign();
                    trail.rotate();
                    retain();
                }
                next = trail.append(drafts, next, sealing, settings.segmentBytes());
            }
        } catch (SegmentLogException e) {
            throw failed(e);
        } finally {
            drafts.subList(0, next).clear();
        }
    }

    /** Whoever waits is told once it is down; of sums it is seen when the trail is opened again whether they are stored. */
    private TrailException failed(SegmentLogException failure) {
        boolean isIntact = trail.isIntact(failure);
        String why = AuditEngine.PID + ": "
                + (isIntact ? "the entry is not stored: " : "whether the entry is stored is unknown: ")
                + failure.getMessage();
        for (Attempt attempt : trail.attempts()) {
            if (isIntact || !attempt.draft().isSum()) {
                failed.add(() -> attempt.draft().refuse(why, failure));
            }
            if (!isIntact) {
                unknown.add(attempt);
            }
            due.remove(attempt.draft());
        }
        if (!isIntact) {
            closeTrail();
        }
        return new TrailException(failure.getMessage(), failure);
    }

    private void signIfDue(long now) throws TrailException, NotSealedException {
        long unsigned = trail.head().sequence() - checkpointSequence;
        if (unsigned <= 0) {
            signing.clear();
            return;
        }
        signing.setUnlessSet(now + settings.checkpointNanos());
        if (signing.isOver(now) || unsigned >= settings.checkpointRecords()) {
            sign();
        }
    }

    /** Signs all that is there, unless it is signed already. */
    private void sign() throws TrailException, NotSealedException {
        Head head = trail.head();
        if (head.sequence() == checkpointSequence) {
            return;
        }
        long millis = clock.millis();
        byte[] content = ByteBuffer.allocate(PublicKey.ID_BYTES + PublicKey.SIGNATURE_BYTES)
                .put(key.publicKey().id())
                .put(key.sign(new Statement(head.sequence(), millis, head.hash())))
                .array();
        writeOwn(Draft.ofTrail(Kind.CHECKPOINT, millis, content));
        Head signed = trail.head();
        AuditCheckpoint made = key.checkpoint(new Statement(signed.sequence(), millis, signed.hash()));
        checkpointSequence = signed.sequence();
        checkpoint = Optional.of(made);
        signing.clear();
        anchors.offer(made);
        try {
            side.write(made);
        } catch (IOException | RuntimeException e) {
            tellSideFailure(e);
        }
        sealSigningKeyAnew();
    }

    /** By the key that seals now, unless it is; the writer's thread only. */
    void sealSigningKeyAnew() {
        try {
            if (key != null) {
                keys.sealAnew(key, sealing);
            }
        } catch (IOException | RuntimeException e) {
            tellSideFailure(e);
        }
    }

    private void tellSideFailure(Exception failure) {
        sideFailures.write(more -> log.warn(
                "symphony.audit: a checkpoint or the signing key could not be written beside the trail in {}; it is tried again"
                        + " ({} more not told)",
                folder,
                more,
                failure));
    }

    private void retainIfDue(long now) throws TrailException, NotSealedException {
        if (settings.retentionMillis() == 0 && settings.retentionBytes() == 0) {
            retention.clear();
            return;
        }
        if (!retention.isSet || retention.isOver(now)) {
            retain();
            retention.set(now + RETENTION_NANOS);
        }
    }

    /** Removes the oldest segments, as far as configuration wants it. That is told, and signed, before. */
    private void retain() throws TrailException, NotSealedException {
        Optional<TrailIndex.First> first =
                Retention.firstToKeep(trail.index().segments(), trail.segments(), settings, clock.millis());
        if (first.isEmpty()) {
            return;
        }
        long sequence = first.get().sequence();
        writeOwn(Kind.RETENTION, "audit:retain", Outcome.DONE, Map.of(Verifier.FIRST_KEPT, Long.toString(sequence)));
        sign();
        try {
            trail.removeBefore(first.get().segment());
            log.info("symphony.audit: records before {} were removed, as retention says", sequence);
        } catch (SegmentLogException e) {
            if (e.reason() != SegmentLogException.Reason.NOT_REMOVED) {
                throw failed(e);
            }
            removalFailures.write(more -> log.warn(
                    "symphony.audit: old records could not be removed from {}; it is tried again in an hour ({} more not told)",
                    folder,
                    more,
                    e));
        }
    }

    private void down(String why, Throwable cause) {
        String refusal = AuditEngine.PID + ": entries cannot be written: " + why;
        if (!state.isDown()) {
            outage.begin(why, clock.millis());
            log.error(
                    "symphony.audit: entries cannot be written, and what needs one is refused; it is tried again: {}",
                    why);
            log.debug("cause", cause);
            state = new State(refusal, cause, clock.millis());
        } else {
            state = new State(refusal, cause, state.sinceMillis());
        }
        refuseAll();
        retry.set(nanos.getAsLong() + retryNanos);
        retryNanos = trail == null ? Math.min(2 * retryNanos, MOST_RETRY_NANOS) : LEAST_RETRY_NANOS;
    }

    private void refuseAll() {
        failed.forEach(Runnable::run);
        failed.clear();
        due.forEach(this::refuse);
        due.clear();
        for (Draft draft = inbox.poll(); draft != null; draft = inbox.poll()) {
            waiting.decrementAndGet();
            refuse(draft);
        }
    }

    private void refuse(Draft draft) {
        if (draft != null) {
            State now = state;
            draft.refuse(now.isDown() ? now.refusal() : AuditEngine.PID + ": it has stopped", now.cause());
        }
    }

    private void closeTrail() {
        OpenTrail closed = trail;
        trail = null;
        if (closed != null) {
            try {
                closed.close();
            } catch (IOException e) {
                log.debug("symphony.audit: after a failure the trail could not be closed in order", e);
            }
        }
    }

    private void finish() {
        try {
            long now = nanos.getAsLong();
            if (!state.isDown() && isReady(now)) {
                collect(now);
                collectSums();
                write(due);
            }
        } catch (TrailException | NotSealedException | RuntimeException | Error e) {
            log.warn("symphony.audit: stopped without having written all: {}", e.toString());
            log.debug("cause", e);
        }
        try {
            if (trail != null && key != null) {
                sign();
            }
        } catch (TrailException | NotSealedException | RuntimeException | Error e) {
            log.warn("symphony.audit: stopped without a last checkpoint: {}", e.toString());
            log.debug("cause", e);
        }
        closeTrail();
        if (!summaries.isEmpty()) {
            log.warn("symphony.audit: stopped with summaries that could not be written");
        }
        state = new State(AuditEngine.PID + ": it has stopped", null, clock.millis());
        isEnded = true;
        refuseAll();
    }
}
