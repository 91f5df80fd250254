package symphony.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import symphony.api.audit.AuditRecord.Kind;
import symphony.api.audit.AuditUnavailableException;

/** An orderly stop: what was accepted is written, and what cannot be is told. */
@Timeout(120)
class StopTest {
    @TempDir
    private Path temp;

    private Rig rig;
    private AuditEngine audit;

    @BeforeEach
    void start() throws Exception {
        rig = new Rig(temp);
        audit = rig.start();
        audit.record(Rig.entry("first"));
        CapturedLog.LINES.clear();
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    private List<String> dropped() {
        return CapturedLog.LINES.stream()
                .filter(line -> line.contains("stopped without having written"))
                .toList();
    }

    @Test
    void writesAllThatWaitsThoughItIsMoreThanAGroup() throws Exception {
        rig.disk.hold();
        audit.submit(Rig.entry("begins"));
        rig.disk.awaitHeld();
        for (int i = 0; i < 2048; i++) {
            audit.submit(Rig.entry("operation"));
        }
        var threads = new ArrayList<Thread>();
        ExecutorService pool = Executors.newCachedThreadPool(task -> {
            threads.add(new Thread(task));
            return threads.get(threads.size() - 1);
        });
        var recording = new ArrayList<CompletableFuture<Void>>();
        for (int i = 0; i < 40; i++) {
            recording.add(CompletableFuture.runAsync(() -> audit.record(Rig.entry("last")), pool));
        }
        Rig.await(() -> threads.stream().allMatch(thread -> thread.getState() == Thread.State.TIMED_WAITING));
        var stopping = CompletableFuture.runAsync(rig::stop, pool);
        Rig.await(() -> audit.writer().hasStopped());
        rig.disk.release();
        stopping.get(60, TimeUnit.SECONDS);
        for (CompletableFuture<Void> each : recording) {
            each.get(60, TimeUnit.SECONDS);
        }
        pool.shutdown();
        assertThat(rig.targets(Kind.SECURITY)).hasSize(41);
        assertThat(rig.records(Kind.OPERATION)).hasSize(2049);
        assertThat(dropped()).isEmpty();
        rig.assertIntact();
    }

    @Test
    void triesOnceMoreThoughNothingCouldBeWritten() throws Exception {
        rig.disk.failForces(true);
        assertThatThrownBy(() -> audit.record(Rig.entry("unknown"))).isInstanceOf(AuditUnavailableException.class);
        assertThatThrownBy(() -> audit.submit(Rig.entry("refused"))).isInstanceOf(AuditUnavailableException.class);
        rig.count("t", new UUID(1, 1));
        rig.disk.failForces(false);
        rig.stop();
        assertThat(rig.records(Kind.GAP)).singleElement().satisfies(gap -> {
            assertThat(gap.detail("security")).isEqualTo("1");
            assertThat(gap.detail("operations")).isEqualTo("1");
        });
        assertThat(rig.targets(Kind.SUMMARY)).containsExactly("t");
        assertThat(dropped()).isEmpty();
        rig.assertIntact();
        assertThat(rig.verify().signed()).isEqualTo(rig.verify().last());
    }

    @Test
    void tellsWhatIsLostBecauseTheDiskStaysBroken() throws Exception {
        rig.count("t", new UUID(1, 1));
        rig.count("t", new UUID(1, 2));
        rig.settle();
        rig.disk.failForces(true);
        rig.stop();
        rig.disk.failForces(false);
        assertThat(CapturedLog.LINES)
                .anyMatch(line -> line.startsWith("WARN symphony.audit: stopped without having written all: "))
                .anyMatch(
                        line -> line.equals("WARN symphony.audit: stopped without having written 0 entries, 0 repeated"
                                + " denials and 0 steps of events; of 1 records nobody knows"));
    }

    @Test
    void tellsInTheTrailWhatIsLostForWantOfACryptoService() throws Exception {
        for (int i = 0; i < 5; i++) {
            audit.record(Rig.denial("d"));
        }
        rig.betweenRounds(() -> audit.unbind(rig.crypto));
        audit.submit(Rig.entry("o"));
        audit.submit(Rig.entry("o"));
        for (int i = 0; i < 3; i++) {
            rig.count("t", new UUID(1, i));
        }
        rig.settle();
        rig.stop();
        assertThat(dropped())
                .containsExactly(
                        "WARN symphony.audit: stopped without having written 2 entries, 4 repeated denials and 3"
                                + " steps of events; of 0 records nobody knows");
        assertThat(rig.records(Kind.GAP)).singleElement().satisfies(gap -> {
            assertThat(gap.detail("operations")).isEqualTo("2");
            assertThat(gap.detail("denials")).isEqualTo("4");
            assertThat(gap.detail("events")).isEqualTo("3");
        });
        rig.assertIntact();
        assertThat(rig.verify().signed()).isEqualTo(rig.verify().last());
    }

    @Test
    void tellsNothingWhereNothingIsLost() throws Exception {
        rig.count("t", new UUID(1, 1));
        rig.stop();
        assertThatThrownBy(() -> audit.record(Rig.entry("late"))).isInstanceOf(AuditUnavailableException.class);
        assertThat(rig.records(Kind.GAP)).isEmpty();
        assertThat(CapturedLog.LINES).noneMatch(line -> line.startsWith("WARN") || line.startsWith("ERROR"));
    }
}
