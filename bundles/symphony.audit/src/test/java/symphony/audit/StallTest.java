package symphony.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import symphony.api.audit.AuditEntry;
import symphony.api.audit.AuditRecord.Kind;
import symphony.api.audit.AuditUnavailableException;

/** The disk does not answer, or the trail is long: who waits is told after a while, and nobody waits behind them. */
@Timeout(120)
class StallTest {
    @TempDir
    private Path temp;

    private Rig rig;
    private AuditEngine audit;

    @BeforeEach
    void start() throws Exception {
        rig = new Rig(temp);
        CapturedLog.LINES.clear();
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    /** Returns once the disk has the entry, and does not answer; nobody waits for it yet. */
    private Draft recordOnHeldDisk(AuditEntry entry) throws InterruptedException {
        rig.disk.hold();
        Draft draft = audit.takeIn(entry);
        rig.disk.awaitHeld();
        return draft;
    }

    private void assertLate(Draft draft) {
        rig.apply("record.timeout", "100ms");
        assertThatThrownBy(() -> audit.awaitStored(draft))
                .isInstanceOf(AuditUnavailableException.class)
                .hasMessageContaining("100 ms; whether this one is, is unknown");
    }

    private static long errors() {
        return CapturedLog.LINES.stream()
                .filter(line -> line.startsWith("ERROR symphony.audit: entries cannot be written"))
                .count();
    }

    @Test
    void refusesAtOnceWhatComesOnceSomebodyHasWaitedTooLong() throws Exception {
        audit = rig.start();
        audit.record(Rig.entry("first"));
        audit.record(Rig.denial("d"));
        rig.settle();
        assertLate(recordOnHeldDisk(Rig.entry("taken")));
        assertThat(audit.writer().state().isDown()).isTrue();
        for (int i = 0; i < 100; i++) {
            assertThat(catchThrowable(() -> audit.record(Rig.denial("d"))))
                    .isInstanceOf(AuditUnavailableException.class)
                    .hasMessage(
                            "symphony.audit: entries cannot be written: nothing was written for 100 ms: the disk of "
                                    + rig.folder + " does not answer");
        }
        assertThatThrownBy(() -> audit.submit(Rig.entry("refused"))).isInstanceOf(AuditUnavailableException.class);
        assertThat(audit.writer().state().isDown()).isTrue();
        assertThat(new TrailReading(rig.folder, audit).status().isWritable()).isFalse();
        rig.count("t", new UUID(1, 1));
        rig.disk.release();
        Rig.await(() -> !audit.writer().state().isDown());
        rig.apply("record.timeout", "10m");
        audit.record(Rig.entry("again"));
        rig.stop();
        assertThat(rig.targets(Kind.SECURITY)).containsExactly("first", "d", "taken", "again");
        assertThat(rig.records(Kind.GAP)).singleElement().satisfies(gap -> {
            assertThat(gap.detail("reason")).isEqualTo("the disk of " + rig.folder + " does not answer");
            assertThat(gap.detail("security")).isEqualTo("100");
            assertThat(gap.detail("operations")).isEqualTo("1");
            assertThat(gap.detail("unknown")).as("it is there").isEqualTo("4");
        });
        assertThat(errors()).isEqualTo(1);
        assertThat(CapturedLog.LINES)
                .containsOnlyOnce("INFO symphony.audit: entries are written again; refused meanwhile: 101");
        rig.assertIntact();
    }

    /** The first one tells the trail so, without anything else to be told. */
    @Test
    void writesAGapThoughNothingElseIsToBeWritten() throws Exception {
        audit = rig.start();
        rig.settle();
        assertLate(recordOnHeldDisk(Rig.entry("taken")));
        assertThatThrownBy(() -> audit.record(Rig.entry("refused"))).isInstanceOf(AuditUnavailableException.class);
        rig.disk.release();
        rig.settle();
        rig.advanceUntil(() -> audit.writer().trail().orElseThrow().head().sequence() >= 3);
        assertThat(rig.kinds()).containsExactly(Kind.START, Kind.SECURITY, Kind.GAP);
        assertThat(rig.records(Kind.GAP).get(0).detail("security")).isEqualTo("1");
    }

    @Test
    void writesAGapWhenItStopsBeforeOneWasWritten() throws Exception {
        audit = rig.start();
        rig.settle();
        assertLate(recordOnHeldDisk(Rig.entry("taken")));
        rig.disk.release();
        rig.settle();
        rig.stop();
        assertThat(rig.records(Kind.GAP))
                .singleElement()
                .satisfies(gap -> assertThat(gap.detail("unknown")).isEqualTo("2"));
        rig.assertIntact();
    }

    @Test
    void nobodyWaitsForADenialOfWhichSomebodyWasToldThatItIsLate() throws Exception {
        audit = rig.start();
        rig.settle();
        Draft first = recordOnHeldDisk(Rig.denial("d"));
        rig.apply("record.timeout", "10m");
        var second = new FutureTask<Void>(() -> {
            audit.record(Rig.denial("d"));
            return null;
        });
        var waiting = new Thread(second);
        waiting.start();
        Rig.await(() -> waiting.getState() == Thread.State.TIMED_WAITING);
        assertLate(first);
        assertThat(catchThrowable(() -> second.get(60, TimeUnit.SECONDS)))
                .cause()
                .hasMessageContaining("100 ms; whether this one is, is unknown");
        rig.disk.release();
        rig.stop();
        assertThat(rig.records(Kind.SECURITY).stream()
                        .mapToLong(read -> read.content().orElseThrow().count())
                        .sum())
                .isEqualTo(2);
    }

    @Test
    void saysThatATrailIsBeingReadWhileThatTakesLong() throws Exception {
        var reached = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        var engine = new AuditEngine(
                rig.folder,
                AuditSettings.of(AuditSettings.KEYS.orDefaults(Map.of("record.timeout", "100ms"))),
                (folder, options) -> {
                    reached.countDown();
                    awaitUninterrupted(goOn);
                    return rig.disk.open(folder, options);
                },
                rig.clock,
                rig.nanos::get,
                new SecureRandom(),
                false);
        engine.start();
        engine.bind(rig.crypto);
        reached.await();
        Rig.await(() -> engine.writer().state().isDown());
        assertThatThrownBy(() -> engine.record(Rig.entry("refused")))
                .hasMessageEndingWith("100 ms: the trail in " + rig.folder + " is still being read");
        assertThat(errors()).isEqualTo(1);
        engine.close();
        assertThat(CapturedLog.LINES)
                .contains("WARN symphony.audit: stopped while the trail in " + rig.folder
                        + " is still being read; the trail is left as it is");
        goOn.countDown();
        audit = rig.start();
        rig.advanceUntil(() -> audit.writer().trail().isPresent());
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        while (latch.getCount() > 0) {
            try {
                latch.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }
}
