package symphony.audit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.api.audit.AuditCheckpoint;
import symphony.api.audit.AuditEntry;
import symphony.api.audit.AuditRecord.Kind;
import symphony.api.audit.Outcome;
import symphony.api.crypto.CryptoService;
import symphony.audit.OpenTrail.NotSealedException;
import symphony.component.QuietLog;
import symphony.segmentlog.SegmentLog;
import symphony.segmentlog.SegmentLogException;
import symphony.segmentlog.SegmentLogException.Reason;
import symphony.segmentlog.SegmentLogOptions;

/** The thread that alone writes the trail and the files beside it. What is public here is for other threads. */
final class TrailWriter implements Runnable {
    /*
     * It is in one of three states. Written: what comes is written in groups, the sums of each second among it, a few at a time
     * (Backlog), and signed from time to time. Waiting: the trail cannot be sealed yet, since no crypto service is there; what comes
     * waits, at the start and while that is replaced, for ten seconds (SealingChoice). Down: whatever comes is refused at once, sums are
     * counted on, and from time to time it is tried again; the first record that can be written then is a GAP. While the disk does
     * not answer, or all of a large trail is read, it is down for others, too (Standing).
     *
     * The thread must not end while it is in use, whatever is thrown: who records would wait for nothing. So what is thrown is only
     * noted where it is caught, which needs no memory, and seen to in the next round, or in one after it.
     *
     * Records whose writing failed may be there. Who waits for one is told that nobody knows, and all else waits until the trail is
     * open again, which shows (Unsettled): so nothing is counted twice, and a GAP tells which records are there against what was said.
     */
    private static final Logger log = LoggerFactory.getLogger(TrailWriter.class);

    private static final long FLUSH_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long BREATH_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long LEAST_RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long MOST_RETRY_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long RETENTION_NANOS = TimeUnit.HOURS.toNanos(1);

    private final Path folder;
    private final TrailFolder checkedFolder;
    private final LogOpener opener;
    private final InstantSource clock;
    private final LongSupplier nanos;
    private final KeyFiles keys;
    private final CheckpointFile side;
    private final SideFiles sideFiles;
    private final SealingChoice choice;
    private final RetentionClock retentionClock;
    private final Anchors anchors;
    private final Outage outage;
    private final Backlog backlog;
    private final Standing standing;
    private final Thread thread;
    private final QuietLog removalFailures;

    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private volatile AuditSettings settings;
    private volatile boolean isWoken;

    /** Null while its log is not open. Written by the thread. */
    private volatile OpenTrail trail;

    private volatile SigningKey key;
    private volatile Sealing sealing = Sealing.none();
    private volatile Optional<AuditCheckpoint> checkpoint = Optional.empty();

    // The thread's own.
    /** What was thrown and is not seen to yet; null if nothing. */
    private Throwable thrown;

    /** Null if none is open. */
    private SegmentLog segmentLog;

    private Map<String, String> problems = Map.of();
    /** What was found when it was opened; empty until the key is there. */
    private Optional<Opening> opening = Optional.empty();
    /** The end of the chain as this process wrote it; empty before it has. */
    private Optional<Head> written = Optional.empty();

    /** Whether nothing is in the trail that this process has not written itself, or has told of. */
    private boolean isOurs;

    private long openedNanos;
    /** Whether no record in the segment that is written tells with which one the trail begins. */
    private boolean isBeginningOwed;

    private boolean isStartOwed;
    private boolean isDiskInDoubt;
    private long checkpointSequence;
    private final Due flush = new Due();
    private final Due signing = new Due();
    private final Due retry = new Due();
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

    TrailWriter(
            Path folder,
            AuditSettings settings,
            LogOpener opener,
            InstantSource clock,
            LongSupplier nanos,
            SecureRandom random,
            boolean isEncryptionOff,
            Anchors anchors,
            Backlog backlog,
            Outage outage) {
        this.folder = folder;
        this.checkedFolder = new TrailFolder(folder);
        this.settings = settings;
        this.opener = opener;
        this.clock = clock;
        this.nanos = nanos;
        this.keys = new KeyFiles(folder, random);
        this.side = CheckpointFile.in(folder);
        this.sideFiles = new SideFiles(folder, keys, nanos);
        this.choice = new SealingChoice(folder, keys, isEncryptionOff);
        this.retentionClock = new RetentionClock(clock, nanos);
        this.anchors = anchors;
        this.outage = outage;
        this.backlog = backlog;
        this.standing = new Standing(clock, nanos, outage);
        this.removalFailures = new QuietLog(nanos);
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
        choice.use(service);
        run(() -> {
            choice.beginAnew();
            if (standing.isDown()) {
                retry.set(nanos.getAsLong());
            }
        });
    }

    /** Unless another one came before it left. */
    void stopUsing(CryptoService service) {
        choice.stopUsing(service);
    }

    Optional<CryptoService> crypto() {
        return choice.crypto();
    }

    State state() {
        return standing.state(settings.timeoutNanos());
    }

    /** Whether it has stopped, or is about to. */
    boolean hasStopped() {
        return standing.hasStopped();
    }

    /** Somebody was refused, or has waited too long. */
    void tellIfStalled() {
        standing.tellIfStalled(settings.timeoutNanos());
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
        boolean isTaken = backlog.offer(draft);
        wake();
        return isTaken;
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
        standing.stop();
        wake();
        try {
            thread.join(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            log.warn("symphony.audit: stopped while {}; the trail is left as it is", standing.doing());
        }
    }

    // ---- the thread ----

    @Override
    public void run() {
        try {
            while (!standing.hasStopped()) {
                oneRound();
            }
            finish();
        } finally {
            backlog.close();
        }
    }

    /** Whatever happens, the thread goes on; what is done here about what is thrown needs no memory. */
    private void oneRound() {
        try {
            isWoken = false;
            long left = step();
            if (left > 0 && !isWoken && !standing.hasStopped()) {
                standing.rest();
                park(left);
            }
        } catch (Throwable e) {
            thrown = thrown == null ? e : thrown;
            standing.breakDown();
            LockSupport.parkNanos(this, BREATH_NANOS);
        }
    }

    private void park(long left) {
        if (left == Long.MAX_VALUE) {
            LockSupport.park(this);
        } else {
            LockSupport.parkNanos(this, left);
        }
    }

    /** Does what there is to do. Returns for how long there is nothing more, as far as is known. */
    private long step() {
        Thread.interrupted(); // foreign code runs on this thread, too; with it no file could be written, and it would
        // not park
        beginWriting();
        mend();
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
        long now = nanos.getAsLong();
        if (standing.isDown() && !retry.isOver(now)) {
            backlog.refuseAll(standing.refusal());
            return retry.nanosLeft(now);
        }
        return round(now);
    }

    private void beginWriting() {
        standing.begin("the disk of " + folder + " does not answer");
    }

    /** Sees to what was thrown; all of it can be done again, if this throws, too. */
    private void mend() {
        Throwable cause = thrown;
        if (cause == null) {
            return;
        }
        if (trail != null) {
            backlog.doubt(trail.attempts(), doubt(cause));
        }
        closeTrail();
        down("writing failed unexpectedly (" + cause + "); please report it with what the log says", cause);
        thrown = null;
    }

    private long round(long now) {
        try {
            if (!isReady(now)) {
                return choice.nanosLeft(now);
            }
            flushIfDue(now);
            backlog.collect(clock.millis());
            write(backlog.due());
            signIfDue(now);
            retainIfDue(now);
            sideFiles.retryIfDue(now, key, sealing);
            choice.beginAnew();
            return nanosLeft(nanos.getAsLong());
        } catch (NotSealedException e) {
            return notSealed(e.getCause(), now);
        } catch (TrailException e) {
            down(e.getMessage(), e);
            return retry.nanosLeft(now);
        }
    }

    private long notSealed(Throwable cause, long now) {
        try {
            choice.failed(cause, now);
            return choice.nanosLeft(now);
        } catch (TrailException e) {
            down(e.getMessage(), cause);
            return retry.nanosLeft(now);
        }
    }

    /** While it is written. */
    private long nanosLeft(long now) {
        if (backlog.isMore()) {
            return 0;
        }
        setFlush(now);
        return Math.min(
                Math.min(flush.nanosLeft(now), signing.nanosLeft(now)),
                Math.min(retention.nanosLeft(now), sideFiles.nanosLeft(now)));
    }

    private void setFlush(long now) {
        if (backlog.hasCounts() || outage.isOwed()) {
            flush.setUnlessSet(now + FLUSH_NANOS);
        }
    }

    private void flushIfDue(long now) throws TrailException, NotSealedException {
        setFlush(now);
        if (flush.isOver(now) && !backlog.hasSums()) {
            flush.clear();
            tellGap();
            backlog.drain(clock.millis());
        }
    }

    /** Whether records can be written now; false while it waits for a crypto service. */
    private boolean isReady(long now) throws TrailException, NotSealedException {
        if (isDiskInDoubt) {
            checkedFolder.probe();
        }
        if (trail == null) {
            openTrail();
        }
        Optional<Sealing> wanted = choice.wanted(key().map(any -> sealing), now);
        if (wanted.isEmpty()) {
            return false;
        }
        if (key == null || wanted.get().isSealing() != sealing.isSealing()) {
            key = opened(wanted.get());
            isStartOwed = true;
        }
        sealing = wanted.get();
        examine();
        tellWhatIsOwed();
        isDiskInDoubt = false;
        standing.up();
        retry.clear();
        retryNanos = LEAST_RETRY_NANOS;
        return true;
    }

    private SigningKey opened(Sealing wanted) throws TrailException, NotSealedException {
        try {
            return keys.open(wanted);
        } catch (RuntimeException | LinkageError e) { // as while the crypto service is replaced
            throw new NotSealedException(e);
        }
    }

    private void openTrail() throws TrailException {
        try {
            closeTrail(); // one that could not be closed, or was read in part only
            checkedFolder.check();
            standing.begin("the trail in " + folder + " is still being read");
            segmentLog = opener.open(folder, LogOpener.OPTIONS.withSegmentBytes(SegmentLogOptions.MAX_SEGMENT_BYTES));
            useTrail(new OpenTrail(segmentLog));
        } catch (IOException e) {
            closeTrail();
            isDiskInDoubt = !(e instanceof SegmentLogException refused && refused.reason() == Reason.LOCKED);
            throw new TrailException("the trail in " + folder + " cannot be opened: " + e.getMessage(), e);
        }
        beginWriting();
    }

    private void useTrail(OpenTrail opened) {
        Head head = opened.head();
        isOurs = written.filter(head::equals).isPresent() || isOurs && backlog.mayEndWith(head);
        backlog.settle(head);
        openedNanos = nanos.getAsLong();
        opening = Optional.empty();
        isBeginningOwed = true;
        trail = opened;
    }

    /** Once for each opening, before anything is written: that would be signed with what was found. */
    private void examine() throws TrailException {
        if (opening.isPresent()) {
            return;
        }
        try {
            standing.begin("the trail in " + folder + " is still being read");
            Opening found = Opening.of(trail, side, keys.publish(key.publicKey()), isOurs);
            problems = new TreeMap<>(trail.problems());
            problems.putAll(found.problems());
            checkpoint = found.checkpoint();
            retentionClock.begin(checkpoint.map(AuditCheckpoint::time), openedNanos);
            checkpointSequence = checkpoint.map(AuditCheckpoint::sequence).orElse(0L);
            checkpoint.filter(this::isOwn).ifPresent(anchors::offer); // the other keys are only as good as their file
            if (found.unsigned().isPresent()) {
                isStartOwed = true;
            }
            tellProblems();
            opening = Optional.of(found);
            beginWriting();
        } catch (IOException e) {
            throw new TrailException("the trail in " + folder + " cannot be opened: " + e.getMessage(), e);
        }
    }

    private boolean isOwn(AuditCheckpoint made) {
        return made.key().equals(key.publicKey().idText());
    }

    private void tellProblems() {
        if (problems.containsKey(Announcement.LOST)) {
            log.error(
                    "symphony.audit: the trail in {} is not the one that its checkpoint knows: records up to {} were cut off or"
                            + " exchanged; keep a copy of the folder, then verify it",
                    folder,
                    problems.get(Announcement.LOST));
        }
        if (!problems.isEmpty()) {
            log.warn(
                    "symphony.audit: the trail in {} is not whole: {}; it goes on, and verifying it tells more",
                    folder,
                    problems);
            isStartOwed = true;
        }
    }

    private void tellWhatIsOwed() throws TrailException, NotSealedException {
        if (standing.isDown()) {
            tellGap();
        }
        if (isStartOwed) {
            tellStart();
            isStartOwed = false;
            log.info(
                    "symphony.audit: the trail in {} goes on at record {}",
                    folder,
                    trail.head().sequence());
        }
        if (!problems.isEmpty()) {
            announce(Kind.RECOVERY, "audit:recover", Outcome.FAILED, problems);
            problems = Map.of();
        }
        tellBeginning();
        isOurs = true; // not before: until then what was found could be signed as ours after the next failure
    }

    private void tellStart() throws TrailException, NotSealedException {
        Opening found = opening.orElseThrow();
        var details = new TreeMap<String, String>();
        details.put(Announcement.SEALED, Boolean.toString(sealing.isSealing()));
        found.unsigned().ifPresent(range -> details.put(Announcement.UNSIGNED, range));
        long first = trail.index().firstSequence();
        if (first > 1 && !found.problems().containsKey(Announcement.BEGINNING)) {
            details.put(Announcement.FIRST, Long.toString(first));
            isBeginningOwed = false;
        }
        long millis = clock.millis();
        if (sealing.isSealing()) {
            details.putAll(handOver(found, millis));
        }
        announce(Kind.START, "audit:start", Outcome.DONE, details, millis);
        opening = Optional.of(found.asTold(key.publicKey()));
        if (sealing.isSealing()) {
            removePlainKey();
        }
    }

    /** What the key says that has signed last, where nothing was sealed. */
    private Map<String, String> handOver(Opening found, long millis) {
        try {
            Optional<SigningKey> before = keys.plain();
            if (before.isPresent() && found.isSigner(before.get().publicKey())) {
                Head head = trail.head();
                var statement = new HandOver(head.sequence() + 1, millis, head.hash(), key.publicKey());
                return Map.of(
                        Announcement.BEFORE,
                        before.get().publicKey().idText(),
                        Announcement.HAND_OVER,
                        HexFormat.of().formatHex(before.get().sign(statement)));
            }
        } catch (IOException | TrailException e) {
            log.debug("symphony.audit: the key that signed before cannot be used to say that another one follows", e);
        }
        return Map.of();
    }

    private void removePlainKey() {
        try {
            keys.removePlain();
        } catch (IOException e) {
            log.warn(
                    "symphony.audit: the trail in {} is sealed now, and the key that signed before could not be removed; remove"
                            + " {} yourself",
                    folder,
                    KeyFiles.PLAIN,
                    e);
        }
    }

    /** Once in each segment, where that is not the first record of all; so it is found without reading far. */
    private void tellBeginning() throws TrailException, NotSealedException {
        long first = trail.index().firstSequence();
        if (isBeginningOwed && first > 1) {
            tellBeginning(first);
        }
    }

    private void tellBeginning(long first) throws TrailException, NotSealedException {
        var details = Map.of(Announcement.FIRST, Long.toString(first));
        announce(Kind.RETENTION, "audit:retain", Outcome.DONE, details);
        isBeginningOwed = false;
    }

    private void tellGap() throws TrailException, NotSealedException {
        if (outage.isOwed()) {
            writeOwn(outage.gap(clock.millis()));
            boolean isTold = outage.isTold();
            long refused = outage.written();
            if (isTold) {
                log.info("symphony.audit: entries are written again; refused meanwhile: {}", refused);
            }
        }
    }

    private void announce(Kind kind, String action, Outcome outcome, Map<String, String> details)
            throws TrailException, NotSealedException {
        announce(kind, action, outcome, details, clock.millis());
    }

    private void announce(Kind kind, String action, Outcome outcome, Map<String, String> details, long millis)
            throws TrailException, NotSealedException {
        var entry = Bounded.entry(new AuditEntry(AuditEngine.PID, action, AuditEngine.TRAIL, outcome, details));
        Content content = key.announce(kind, trail.head(), millis, entry);
        writeOwn(Draft.ofTrail(kind, millis, content.encode()));
    }

    /** Returns when it is stored. */
    private void writeOwn(Draft draft) throws TrailException, NotSealedException {
        try {
            trail.append(List.of(draft), 0, sealing, Long.MAX_VALUE);
        } catch (SegmentLogException e) {
            throw failed(e);
        }
    }

    private void write(List<Draft> drafts) throws TrailException, NotSealedException {
        int next = 0;
        try {
            while (next < drafts.size()) {
                if (trail.hasSegmentBeyond(settings.segmentBytes())) {
                    sign();
                    trail.rotate();
                    isBeginningOwed = true;
                    retain();
                    tellBeginning();
                }
                next = trail.append(drafts, next, sealing, settings.segmentBytes());
                standing.progress();
            }
        } catch (SegmentLogException e) {
            throw failed(e);
        } finally {
            drafts.subList(0, next).clear();
        }
    }

    /** Whoever waits is told once it is down. */
    private TrailException failed(SegmentLogException failure) {
        if (trail.isIntact(failure)) {
            String why = AuditEngine.PID + ": the entry is not stored: " + failure.getMessage();
            backlog.reject(trail.attempts(), Fate.refused(why, failure));
        } else {
            backlog.doubt(trail.attempts(), doubt(failure));
            closeTrail();
        }
        isDiskInDoubt = true;
        return new TrailException(failure.getMessage(), failure);
    }

    private static Fate doubt(Throwable cause) {
        return Fate.doubted(AuditEngine.PID + ": whether the entry is stored is unknown: " + cause.getMessage(), cause);
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
        if (head.sequence() == checkpointSequence || isStartOwed || opening.isEmpty() || !problems.isEmpty()) {
            return; // or what somebody else may have written would be signed before that is told
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
        sideFiles.write(made, key, sealing);
    }

    /** By the key that seals now, unless it is; the writer's thread only. */
    void sealSigningKeyAnew() {
        if (key != null) {
            sideFiles.sealAnew(key, sealing);
        }
    }

    private void retainIfDue(long now) throws TrailException, NotSealedException {
        if (settings.retentionMillis() == 0 && settings.retentionBytes() == 0) {
            retention.clear();
            return;
        }
        if (!retention.isSet() || retention.isOver(now)) {
            retain();
            retention.set(now + RETENTION_NANOS);
        }
    }

    /** Removes the oldest segments, as far as configuration wants it. That is told, and signed, before. */
    private void retain() throws TrailException, NotSealedException {
        Optional<TrailIndex.First> first =
                Retention.firstToKeep(trail.index().segments(), trail.segments(), settings, retentionClock.millis());
        if (first.isEmpty()) {
            return;
        }
        long sequence = first.get().sequence();
        tellBeginning(sequence);
        sign();
        try {
            trail.removeBefore(first.get().segment());
            log.info("symphony.audit: records before {} were removed, as retention says", sequence);
        } catch (SegmentLogException e) {
            if (e.reason() != Reason.NOT_REMOVED) {
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
        standing.down(why, cause);
        backlog.refuseAll(standing.refusal());
        retry.set(nanos.getAsLong() + retryNanos);
        retryNanos = trail == null ? Math.min(2 * retryNanos, MOST_RETRY_NANOS) : LEAST_RETRY_NANOS;
    }

    /** If it throws, it is tried again before the trail is opened: the folder is locked until then. */
    private void closeTrail() {
        OpenTrail closed = trail;
        trail = null;
        if (closed != null) {
            written = isOurs ? Optional.of(closed.head()) : Optional.empty();
        }
        if (segmentLog != null) {
            try {
                segmentLog.close();
            } catch (IOException e) {
                log.debug("symphony.audit: after a failure the trail could not be closed in order", e);
            }
            segmentLog = null;
        }
    }

    // ---- the end ----

    /** Writes and signs what it can; what it cannot is told, by the trail itself where that can be written. */
    private void finish() {
        try {
            mend();
            writeRest();
        } catch (TrailException | NotSealedException | RuntimeException | Error e) {
            log.warn("symphony.audit: stopped without having written all: {}", e.toString());
            log.debug("cause", e);
        }
        try {
            refuseRest();
            if (trail != null && key != null) {
                examine();
                tellWhatIsOwed();
                tellGap();
                sign();
            }
        } catch (TrailException | NotSealedException | RuntimeException | Error e) {
            log.warn("symphony.audit: stopped without a last checkpoint: {}", e.toString());
            log.debug("cause", e);
        }
        closeTrail();
    }

    private void writeRest() throws TrailException, NotSealedException {
        boolean isAny = !backlog.isEmpty() || outage.isOwed();
        if (!isAny || !isReady(nanos.getAsLong())) {
            return;
        }
        tellGap();
        backlog.drain(clock.millis());
        do {
            backlog.collect(clock.millis());
            write(backlog.due());
        } while (backlog.isMore());
    }

    private void refuseRest() {
        int entries = backlog.refuseRest();
        long denied = backlog.lostDenials();
        long steps = backlog.lostSteps(clock.millis());
        if (denied > 0 || steps > 0) {
            outage.dropped(denied, steps);
        }
        if (entries > 0 || denied > 0 || steps > 0 || backlog.doubted() > 0) {
            log.warn(
                    "symphony.audit: stopped without having written {} entries, {} repeated denials and {} steps of events; of {}"
                            + " records nobody knows",
                    entries,
                    denied,
                    steps,
                    backlog.doubted());
        }
    }
}
