package symphony.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import symphony.api.audit.AuditQuery;
import symphony.api.crypto.CryptoContext;
import symphony.api.crypto.CryptoService.Key;
import symphony.api.crypto.CryptoService.KeyState;
import symphony.codec.CodecEngine;
import symphony.codec.CodecLimits;
import symphony.crypto.CryptoEngine;

/** With the crypto service of the product. */
@Timeout(60)
class RealCryptoTest {
    @TempDir
    private Path temp;

    @Test
    void sealsReadsAndKnowsTheKeyThatItNeeds() throws Exception {
        try (var crypto = CryptoEngine.ephemeral(new CodecEngine(CodecLimits.DEFAULT));
                var rig = new Rig(temp)) {
            AuditEngine audit = rig.startWithoutCrypto();
            audit.bind(crypto);
            audit.record(Rig.entry("first"));
            var reading = new TrailReading(rig.folder, audit);
            assertThat(reading.find(AuditQuery.all().to("first"), 10).records()).hasSize(1);
            int primary = crypto.keys().stream()
                    .filter(key -> key.context() == CryptoContext.AUDIT && key.state() == KeyState.PRIMARY)
                    .map(Key::id)
                    .findAny()
                    .orElseThrow();
            var keys = new TrailKeys(reading, audit.writer());
            assertThat(keys.count(CryptoContext.AUDIT, primary))
                    .as("and the signing key")
                    .isEqualTo(2);
            assertThat(keys.count(CryptoContext.AUDIT, primary + 1)).isZero();
            audit.unbind(crypto);
            rig.stop();

            AuditEngine again = rig.startWithoutCrypto();
            again.bind(crypto);
            again.record(Rig.entry("second"));
            assertThat(new TrailReading(rig.folder, again)
                            .show(2)
                            .orElseThrow()
                            .entry()
                            .orElseThrow())
                    .isEqualTo(Rig.entry("first"));
        }
    }
}
