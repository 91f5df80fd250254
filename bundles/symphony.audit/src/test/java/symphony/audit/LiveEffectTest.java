package symphony.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import symphony.api.audit.AuditEntry;
import symphony.api.audit.AuditRecord.Kind;
import symphony.api.audit.AuditUnavailableException;

/**
 * Keys that no other test changes, changed while entries are written: what they do is done from then on, and no entry is lost.
 * G11.
 */
@Timeout(120)
class LiveEffectTest {
    private static final long PAUSE_NANOS = 200_000;
    private static final String LOAD = "load-";

    @TempDir
    private Path temp;

    private Rig rig;
    private Thread operator;
    private final AtomicInteger submitted = new AtomicInteger();
    private volatile boolean open = true;
    private volatile Throwable failure;

    @BeforeEach
    void make() throws IOException {
        rig = new Rig(temp);
    }

    @AfterEach
    void close() throws InterruptedException {
        open = false;
        operator.join();
        rig.close();
    }

    private AuditEngine start() {
        AuditEngine audit = rig.start();
        operator = new Thread(() -> submitAgainAndAgain(audit));
        operator.start();
        awaitMore();
        return audit;
    }

    private void submitAgainAndAgain(AuditEngine audit) {
        try {
            while (open) {
                AuditEntry entry = Rig.entry(LOAD + submitted.get() + "-" + "x".repeat(200));
                if (submitted.get() % 50 == 0) {
                    audit.record(entry); // waits for the disk, so that never too many wait to be written
                } else {
                    audit.submit(entry);
                }
                submitted.incrementAndGet();
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        } catch (AuditUnavailableException e) {
            failure = e;
        }
    }

    private void turn(String key, Object value) {
        awaitMore();
        rig.apply(key, value);
        awaitMore();
    }

    private void awaitMore() {
        int before = submitted.get();
        Rig.await(() -> submitted.get() > before + 10 || failure != null);
    }

    /** All that was submitted is there, but for what retention removed. */
    private List<Rig.Read> end(boolean isFromTheFirst) throws Exception {
        awaitMore();
        open = false;
        operator.join();
        rig.stop();
        assertThat(failure).isNull();
        rig.assertIntact();
        List<Rig.Read> all = rig.records();
        List<Integer> numbers = all.stream()
                .map(Rig.Read::target)
                .filter(target -> target.startsWith(LOAD))
                .map(target -> Integer.parseInt(target.split("-")[1]))
                .toList();
        int first = isFromTheFirst ? 0 : numbers.get(0);
        assertThat(numbers)
                .isEqualTo(IntStream.range(first, submitted.get()).boxed().toList());
        return all;
    }

    @Test
    void asManyKindsOfStepsAreToldApartAsSummariesSays() throws Exception {
        rig.with("summaries", 100);
        AuditEngine audit = start();
        countAll("few/");
        audit.record(Rig.entry("changed"));
        turn("summaries", 1_000);
        countAll("many/");
        List<String> targets = end(true).stream()
                .filter(record -> record.kind() == Kind.SUMMARY)
                .map(Rig.Read::target)
                .toList();
        assertThat(targets.stream().filter(target -> target.startsWith("few/"))).hasSizeBetween(90, 100);
        assertThat(targets.stream().filter(target -> target.startsWith("many/")))
                .hasSize(300);
    }

    /** Within a second, which is over then. */
    private void countAll(String topics) {
        for (int i = 0; i < 300; i++) {
            rig.count(topics + i, new UUID(1, i));
        }
        rig.advance(Duration.ofSeconds(2));
        rig.settle();
    }

    @Test
    void asManyKindsOfDenialsAreToldApartAsDenialsSays() throws Exception {
        rig.with("denials", 10);
        AuditEngine audit = start();
        denyAll(audit, "few/");
        turn("denials", 1_000);
        denyAll(audit, "many/");
        List<String> targets =
                end(true).stream().map(Rig.Read::target).distinct().toList();
        assertThat(targets.stream().filter(target -> target.startsWith("few/"))).hasSizeBetween(1, 10);
        assertThat(targets.stream().filter(target -> target.startsWith("many/")))
                .hasSize(100);
    }

    private void denyAll(AuditEngine audit, String topics) {
        for (int i = 0; i < 100; i++) {
            audit.record(Rig.denial(topics + i));
        }
        rig.advance(Duration.ofSeconds(2));
        rig.settle();
    }

    @Test
    void theOldestSegmentsGoOnceThereIsMoreThanRetentionBytesSays() throws Exception {
        rig.with("segment.bytes", 64 << 10);
        start();
        Rig.await(() -> segments().size() >= 6);
        Path oldest = segments().get(0);
        assertThat(oldest).exists();
        turn("retention.bytes", 3 * (64 << 10));
        Rig.await(() -> !Files.exists(oldest));
        List<Rig.Read> all = end(false);
        assertThat(rig.verify().first()).isGreaterThan(1);
        assertThat(all).anyMatch(record -> record.kind() == Kind.RETENTION);
    }

    private List<Path> segments() {
        try (Stream<Path> files = Files.list(rig.folder)) {
            return files.filter(file -> file.toString().endsWith(".segment"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aCheckpointComesAfterTheTimeThatCheckpointTimeSays() throws Exception {
        rig.with("checkpoint.time", "1h").with("checkpoint.records", 1_000_000);
        AuditEngine audit = start();
        audit.record(Rig.entry("slow"));
        pass(audit);
        audit.record(Rig.entry("changed"));
        turn("checkpoint.time", "1s");
        audit.record(Rig.entry("quick"));
        pass(audit);
        audit.record(Rig.entry("last"));
        List<Rig.Read> all = end(true);
        assertThat(checkpoints(all, "slow", "changed")).isZero();
        assertThat(checkpoints(all, "quick", "last")).isPositive();
    }

    /** Ten seconds, in each of which something is written. */
    private void pass(AuditEngine audit) {
        for (int i = 0; i < 10; i++) {
            audit.record(Rig.entry("passes"));
            rig.advance(Duration.ofSeconds(1));
            rig.settle();
        }
    }

    private static long checkpoints(List<Rig.Read> all, String after, String before) {
        List<String> targets = all.stream().map(Rig.Read::target).toList();
        return all.subList(targets.indexOf(after), targets.indexOf(before)).stream()
                .filter(record -> record.kind() == Kind.CHECKPOINT)
                .count();
    }
}
