package symphony.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import symphony.api.audit.AuditUnavailableException;

/** The writer's thread uses no processor time while it can do nothing, whatever is due meanwhile. */
@Timeout(120)
class RestTest {
    @TempDir
    private Path temp;

    private Rig rig;

    @BeforeEach
    void makeRig() throws Exception {
        rig = new Rig(temp);
        CapturedLog.LINES.clear();
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    @Test
    void restsWhileItIsDownWithoutACryptoService() {
        AuditEngine audit = rig.start();
        audit.record(Rig.entry("first"));
        audit.unbind(rig.crypto);
        rig.advanceUntil(() -> audit.writer().state().isDown());
        rig.advance(Duration.ofMinutes(1));
        rig.settle();
        assertThat(audit.writer().state().isDown()).isTrue();
        rig.awaitRest();
    }

    @Test
    void restsWhileTheDiskIsBrokenThoughASignatureIsDue() {
        AuditEngine audit = rig.start();
        audit.record(Rig.entry("first"));
        rig.apply("retention.time", "30d");
        rig.settle();
        rig.disk.failForces(true);
        assertThatThrownBy(() -> audit.record(Rig.entry("refused"))).isInstanceOf(AuditUnavailableException.class);
        rig.advance(Duration.ofHours(2));
        rig.settle();
        assertThat(audit.writer().state().isDown()).isTrue();
        rig.awaitRest();
    }

    @Test
    void restsWhileItWaitsForACryptoServiceThoughSumsAreDue() {
        AuditEngine audit = rig.startWithoutCrypto();
        rig.settle();
        rig.count("t", new UUID(1, 1));
        rig.advance(Duration.ofSeconds(2));
        rig.settle();
        rig.advance(Duration.ofSeconds(2));
        rig.settle();
        assertThat(audit.writer().state().isDown()).isFalse();
        rig.awaitRest();
    }

    @Test
    void restsOnceACryptoServiceHasLeftThatDidNotSeal() {
        AuditEngine audit = rig.start();
        audit.record(Rig.entry("first"));
        rig.crypto.setBroken(true);
        var waiting = CompletableFuture.runAsync(() -> audit.record(Rig.entry("second")));
        Rig.await(() -> CapturedLog.LINES.stream().anyMatch(line -> line.contains("could not be sealed")));
        audit.unbind(rig.crypto);
        rig.advance(Duration.ofSeconds(1));
        rig.settle();
        assertThat(waiting).isNotDone();
        rig.awaitRest();
        rig.crypto.setBroken(false);
        audit.bind(rig.crypto);
        waiting.join();
    }
}
