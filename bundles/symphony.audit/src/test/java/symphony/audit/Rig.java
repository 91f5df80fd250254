package symphony.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import symphony.api.audit.AuditCheckpoint;
import symphony.api.audit.AuditEntry;
import symphony.api.audit.AuditRecord.Kind;
import symphony.api.audit.AuditVerification;
import symphony.api.audit.Outcome;
import symphony.api.crypto.CryptoContext;
import symphony.segmentlog.FaultyDisk;
import symphony.segmentlog.Frame;
import symphony.segmentlog.LogItem;
import symphony.segmentlog.LogReader;
import symphony.segmentlog.Position;
import symphony.segmentlog.SegmentLogOptions;

/** An audit in a folder of its own, with a clock driven by hand, a disk that can fail and a crypto service that can leave. */
final class Rig implements AutoCloseable {
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    final HandClock clock = new HandClock();
    final AtomicLong nanos = new AtomicLong();
    final AtomicLong nanosAsked = new AtomicLong();
    final FaultyDisk disk = new FaultyDisk();
    final Path folder;
    final Map<String, Object> config = new HashMap<>();
    TestCrypto crypto = new TestCrypto();
    boolean isEncryptionOff;
    /** What the clock throws on the writer's thread, wherever that is just then. */
    volatile Optional<Error> thrownByClock = Optional.empty();

    private AuditEngine engine;

    Rig(Path temp) throws IOException {
        folder = temp.resolve("audit");
        Files.createDirectory(
                folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        config.put("record.timeout", "1m"); // of real time, unlike all else
    }

    private Rig(Path folder, TestCrypto crypto) {
        this.folder = folder;
        this.crypto = crypto;
    }

    Rig with(String key, Object value) {
        config.put(key, value);
        return this;
    }

    /** With the crypto service. */
    AuditEngine start() {
        AuditEngine started = startWithoutCrypto();
        started.bind(crypto);
        return started;
    }

    AuditEngine startWithoutCrypto() {
        engine = new AuditEngine(
                        folder,
                        AuditSettings.of(AuditSettings.KEYS.orDefaults(config)),
                        disk::open,
                        clock,
                        this::askNanos,
                        new SecureRandom(),
                        isEncryptionOff)
                .start();
        return engine;
    }

    private long askNanos() {
        nanosAsked.incrementAndGet();
        if (Thread.currentThread().getName().equals("symphony-audit-writer")) {
            thrownByClock.ifPresent(error -> {
                throw error;
            });
        }
        return nanos.get();
    }

    AuditEngine engine() {
        return engine;
    }

    void apply(String key, Object value) {
        config.put(key, value);
        engine.apply(AuditSettings.of(AuditSettings.KEYS.orDefaults(config)));
    }

    /** Both clocks. */
    void advance(Duration by) {
        clock.advance(by);
        nanos.addAndGet(by.toNanos());
        engine.writer().wake();
    }

    /** Moves time on until it is so, a second at a time; another thread than the writer's may be late. */
    void advanceUntil(BooleanSupplier condition) {
        await(() -> {
            if (condition.getAsBoolean()) {
                return true;
            }
            advance(Duration.ofSeconds(1));
            settle();
            return false;
        });
    }

    /** Until the writer has done what there was to do. */
    void settle() {
        var done = new CountDownLatch(1);
        engine.writer().run(done::countDown);
        await(() -> done.getCount() == 0);
        var again = new CountDownLatch(1); // behind the round that followed
        engine.writer().run(again::countDown);
        await(() -> again.getCount() == 0);
    }

    /** Does it while no round of the writer is under way that has chosen already how it seals. */
    void betweenRounds(Runnable action) {
        var done = new CountDownLatch(1);
        engine.writer().run(() -> {
            action.run();
            done.countDown();
        });
        await(() -> done.getCount() == 0);
    }

    /** Until nobody has asked the clock for a while, which whoever spins cannot help. */
    void awaitRest() {
        long[] last = {-1};
        int[] same = {0};
        await(() -> {
            same[0] = nanosAsked.get() == last[0] ? same[0] + 1 : 0;
            last[0] = nanosAsked.get();
            return same[0] == 30; // less than the second after which who is down tries again
        });
    }

    static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + DEADLINE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("it did not come true in time");
            }
            LockSupport.parkNanos(1_000_000);
        }
    }

    static AuditEntry entry(String target) {
        return new AuditEntry("acme", "key:rotate", target, Outcome.DONE, Map.of());
    }

    static AuditEntry denial(String target) {
        return new AuditEntry("acme", "event:publish", target, Outcome.DENIED, Map.of());
    }

    void count(String topic, UUID id) {
        engine.count("event:publish", "acme", topic, "", Outcome.DONE, id);
    }

    /** A record as it can be read, its content opened. */
    record Read(StoredRecord stored, Position position, Optional<Content> content) {
        Kind kind() {
            return stored.kind();
        }

        String target() {
            return content.map(c -> c.entry().target()).orElse("");
        }

        String detail(String name) {
            return content.orElseThrow().entry().details().get(name);
        }
    }

    /** All that lies in the folder, read without the engine; the chain is checked by hand. */
    List<Read> records() throws Exception {
        var records = new ArrayList<Read>();
        byte[] previous = null;
        try (LogReader reader = LogReader.open(folder, SegmentLogOptions.defaults(), Position.BEGIN)) {
            for (Optional<LogItem> item = reader.next(); item.isPresent(); item = reader.next()) {
                if (item.get() instanceof Frame frame) {
                    StoredRecord stored = StoredRecord.parse(frame.body());
                    byte[] body = Arrays.copyOf(frame.body(), frame.body().length - 32);
                    var sha256 = MessageDigest.getInstance("SHA-256");
                    sha256.update(previous == null ? stored.previousHash() : previous);
                    assertThat(stored.hash()).as("record %d", stored.sequence()).isEqualTo(sha256.digest(body));
                    previous = stored.hash();
                    if (!records.isEmpty()) {
                        assertThat(stored.sequence())
                                .isEqualTo(
                                        records.get(records.size() - 1).stored().sequence() + 1);
                    }
                    records.add(new Read(stored, frame.position(), content(stored)));
                }
            }
        }
        return records;
    }

    private Optional<Content> content(StoredRecord stored) throws Exception {
        if (stored.kind() == Kind.CHECKPOINT) {
            return Optional.empty();
        }
        byte[] content = stored.isSealed()
                ? crypto.open(CryptoContext.AUDIT, stored.associatedData(), stored.content())
                : stored.content();
        return Optional.of(Content.decode(content));
    }

    List<Read> records(Kind kind) throws Exception {
        return records().stream().filter(read -> read.kind() == kind).toList();
    }

    List<Kind> kinds() throws Exception {
        return records().stream().map(Read::kind).toList();
    }

    List<String> targets(Kind kind) throws Exception {
        return records(kind).stream().map(Read::target).toList();
    }

    /** As the command line would, with the side file. */
    AuditVerification verify() throws Exception {
        var verification = Verification.byOwn(new KeyFiles(folder, new SecureRandom())::publicKeys, () -> {});
        verification.add(CheckpointFile.in(folder));
        return verification.run(() -> LogReader.open(folder, SegmentLogOptions.defaults(), Position.BEGIN));
    }

    /** The same by keys that somebody trusts. */
    AuditVerification verify(PublicKeys trusted, AuditCheckpoint... anchored) throws Exception {
        var verification = Verification.by(trusted);
        verification.add(CheckpointFile.in(folder));
        if (anchored.length > 0) {
            verification.add("the anchor", List.of(anchored), 0);
        }
        return verification.run(() -> LogReader.open(folder, LogOpener.OPTIONS, Position.BEGIN));
    }

    PublicKeys publicKeys() throws IOException, TrailException {
        return new KeyFiles(folder, new SecureRandom()).publicKeys();
    }

    /** Another one with the same keys of the crypto service, for a folder that somebody else has made. */
    Rig next(Path forged) throws IOException {
        return new Rig(forged, crypto);
    }

    void assertIntact() throws Exception {
        AuditVerification result = verify();
        assertThat(result.verdict()).as("%s", result).isEqualTo(AuditVerification.Verdict.INTACT);
    }

    void stop() {
        if (engine != null) {
            engine.close(DEADLINE.toMillis(), DEADLINE.toMillis());
            engine = null;
        }
    }

    @Override
    public void close() {
        stop();
    }
}
