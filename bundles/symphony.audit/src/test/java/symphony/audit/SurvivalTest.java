package symphony.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import symphony.api.audit.AuditRecord.Kind;
import symphony.api.audit.AuditUnavailableException;
import symphony.api.audit.Outcome;

/** Whatever is thrown on the writer's thread, as where memory is short: nobody waits for ever, nothing is lost, and it goes on. */
@Timeout(120)
class SurvivalTest {
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

    private void awaitUp() {
        rig.advanceUntil(() -> !audit.writer().state().isDown());
    }

    @Test
    void survivesWhateverIsThrownWhileItOpensTheTrail() throws Exception {
        var error = new OutOfMemoryError("not really");
        var engine = new AuditEngine(
                rig.folder,
                AuditSettings.of(AuditSettings.KEYS.orDefaults(Map.of())),
                (folder, options) -> {
                    throw error;
                },
                rig.clock,
                rig.nanos::get,
                new SecureRandom(),
                false);
        try (engine) {
            engine.start();
            Rig.await(() -> engine.writer().state().cause() == error);
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> engine.record(Rig.entry("refused")))
                        .isInstanceOf(AuditUnavailableException.class)
                        .hasMessageContaining("writing failed unexpectedly"); // no cause until that is seen to
                rig.nanos.addAndGet(Duration.ofMinutes(1).toNanos());
            }
        }
    }

    /** While it parks, and again and again while it sees to what was thrown before. */
    @Test
    void refusesAtOnceAndGoesOnOnceNothingIsThrownAnyMore() throws Exception {
        audit = rig.start();
        audit.record(Rig.entry("first"));
        rig.thrownByClock = Optional.of(new OutOfMemoryError("not really"));
        audit.writer().wake();
        Rig.await(() -> audit.writer().state().isDown());
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> audit.record(Rig.entry("refused")))
                    .isInstanceOf(AuditUnavailableException.class)
                    .hasMessageContaining("writing failed unexpectedly");
        }
        rig.count("t", new UUID(1, 1));
        rig.thrownByClock = Optional.empty();
        awaitUp();
        audit.record(Rig.entry("again"));
        rig.stop();
        assertThat(rig.targets(Kind.SECURITY)).containsExactly("first", "again");
        assertThat(rig.records(Kind.GAP).get(0).detail("security")).isEqualTo("3");
        assertThat(rig.targets(Kind.SUMMARY)).containsExactly("t");
        assertThat(CapturedLog.LINES)
                .anyMatch(line -> line.startsWith("ERROR symphony.audit: entries cannot be written")
                        && line.contains("writing failed unexpectedly (java.lang.OutOfMemoryError: not really)"));
        rig.assertIntact();
    }

    @Test
    void endsAndRefusesThoughSomethingIsThrownToTheEnd() {
        audit = rig.start();
        audit.record(Rig.entry("first"));
        rig.thrownByClock = Optional.of(new OutOfMemoryError("not really"));
        audit.writer().wake();
        Rig.await(() -> audit.writer().state().isDown());
        rig.stop();
        assertThatThrownBy(() -> audit.record(Rig.entry("late")))
                .isInstanceOf(AuditUnavailableException.class)
                .hasMessage("symphony.audit: it has stopped");
        rig.thrownByClock = Optional.empty();
        rig.start().record(Rig.entry("the folder is free"));
    }

    @Test
    void losesNoCountThoughSomethingIsThrownWhileSumsAreWritten() throws Exception {
        audit = rig.start();
        audit.record(Rig.entry("first"));
        audit.record(Rig.denial("d"));
        for (int round = 0; round < 5; round++) {
            for (int i = 0; i < 700; i++) {
                audit.count("event:publish", "acme", "t" + i, "", Outcome.DONE, new UUID(1, i));
            }
            audit.record(Rig.denial("d"));
            rig.settle();
            rig.crypto.setThrown(Optional.of(new StackOverflowError("not really")));
            rig.advance(Duration.ofSeconds(1));
            Rig.await(() -> audit.writer().state().isDown());
            rig.crypto.setThrown(Optional.empty());
            awaitUp();
        }
        rig.stop();
        assertThat(rig.records(Kind.SUMMARY).stream()
                        .mapToLong(read -> read.content().orElseThrow().count())
                        .sum())
                .isEqualTo(5 * 700);
        assertThat(rig.records(Kind.SECURITY).stream()
                        .filter(read -> read.target().equals("d"))
                        .mapToLong(read -> read.content().orElseThrow().count())
                        .sum())
                .isEqualTo(6);
        rig.assertIntact();
    }

    /** An interrupt closes files, and ends each wait. */
    @Test
    void isNotHarmedByForeignCodeThatInterruptsItsThread() throws Exception {
        audit = rig.start();
        audit.record(Rig.entry("first"));
        rig.settle();
        rig.crypto.setInterrupting(true);
        for (int i = 0; i < 10; i++) {
            audit.record(Rig.entry("e" + i));
        }
        rig.awaitRest();
        rig.crypto.setInterrupting(false);
        rig.stop();
        assertThat(rig.targets(Kind.SECURITY)).hasSize(11);
        assertThat(rig.records(Kind.GAP)).isEmpty();
        assertThat(CapturedLog.LINES).noneMatch(line -> line.startsWith("ERROR"));
        rig.assertIntact();
    }
}
