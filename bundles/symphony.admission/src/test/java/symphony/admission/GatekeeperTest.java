package symphony.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import symphony.api.admission.AdmissionMode;
import symphony.component.Guard;

@Timeout(60)
final class GatekeeperTest {
    private static final Duration LONG = Duration.ofHours(1);

    @TempDir
    private Path folder;

    private final BundlesBefore before = BundlesBefore.of(Optional.empty(), true, new Bundle[0]);

    private Gatekeeper gatekeeper(Duration patience) {
        return new Gatekeeper(AdmissionMode.SIGNED, before, patience);
    }

    private AdmissionEngine engine() {
        return new AdmissionEngine(
                AdmissionMode.SIGNED,
                new Guard(false),
                new TrustedCertificates(folder),
                before,
                Set.of(),
                folder,
                new JarLimits(1, 1, 1),
                InstantSource.system(),
                Duration.ZERO);
    }

    @Test
    void waitsForTheEngine() throws Exception {
        Gatekeeper gatekeeper = gatekeeper(LONG);
        var answer = CompletableFuture.supplyAsync(gatekeeper::soon);
        AdmissionEngine engine = engine();
        gatekeeper.ask(engine);
        assertThat(answer.get(30, TimeUnit.SECONDS)).containsSame(engine);
    }

    @Test
    void waitsNoLongerThanItsPatience() {
        assertThat(gatekeeper(Duration.ofMillis(10)).soon()).isEmpty();
    }

    @Test
    void waitsNoLongerThanTheBundleRuns() throws Exception {
        Gatekeeper gatekeeper = gatekeeper(LONG);
        var answer = CompletableFuture.supplyAsync(gatekeeper::soon);
        gatekeeper.end();
        assertThat(answer.get(30, TimeUnit.SECONDS)).isEmpty();
    }

    @Test
    void asksTheNewestEngineWhoeverLeaves() {
        Gatekeeper gatekeeper = gatekeeper(LONG);
        AdmissionEngine first = engine();
        AdmissionEngine second = engine();
        gatekeeper.ask(first);
        gatekeeper.ask(second);
        gatekeeper.leave(first);
        assertThat(gatekeeper.soon()).containsSame(second);
    }
}
