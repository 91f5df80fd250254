package symphony.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Security;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.BundleContext;
import symphony.api.crypto.CryptoContext;
import symphony.api.crypto.Envelope;

/** The component, as DS makes it. */
class CryptoTest {
    @TempDir
    private Path temp;

    private final Map<String, String> launch = new HashMap<>();

    @BeforeEach
    void begin() {
        launch.put(StateHome.HOME, temp.resolve("home").toString());
        CapturedLog.LINES.clear();
    }

    private Crypto component(Map<String, Object> config) {
        var context = (BundleContext) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {BundleContext.class}, (proxy, method, args) -> {
                    assertThat(method.getName()).isEqualTo("getProperty");
                    return launch.get(args[0]);
                });
        return new Crypto(config, context, new TinyCodec());
    }

    @Test
    void sealsAndOpensWithKeysOfItsHome() {
        Crypto first = component(Map.of());
        var envelope = Engines.seal(first);
        byte[] sealed = first.seal(CryptoContext.MODEL, new byte[0], new byte[] {1});
        long orderKey = first.orderKey("ada");
        first.deactivate();
        Crypto second = component(Map.of("component.name", "x", "service.pid", Crypto.PID));

        assertThat(second.open(CryptoContext.EVENT, envelope).key()).isEqualTo("ada");
        assertThat(second.reopen(CryptoContext.EVENT, envelope).topic()).isEqualTo("orders/new");
        assertThat(second.open(CryptoContext.MODEL, new byte[0], sealed)).containsExactly(1);
        assertThat(second.orderKey("ada")).isEqualTo(orderKey);
        assertThat(second.encrypting()).isTrue();
        assertThat(second.cipher()).isEqualTo("AES-256-GCM (SunJCE)");
        assertThat(second.keys()).hasSize(5);
        assertThat(CapturedLog.LINES)
                .as("lines of the second start")
                .filteredOn(l -> l.startsWith("WARN"))
                .isEmpty();
        second.deactivate();
    }

    @Test
    void installsNoProvider() {
        component(Map.of()).deactivate();

        assertThat(Security.getProvider("BC")).isNull();
    }

    @Test
    void keepsNothingSecretInTheLog() throws Exception {
        Crypto crypto = component(Map.of());
        var envelope = Engines.seal(crypto);
        byte[] broken = envelope.bytes().clone();
        broken[broken.length - 1] ^= 1;
        EnvelopeTest.assertSealException(catchThrowable(() -> crypto.open(CryptoContext.EVENT, Envelope.of(broken))));
        crypto.modified(Map.of("provider", "SunJCE"));
        crypto.deactivate();
        Files.writeString(passphrase(), passphraseText() + "x\n");
        String wrong = passphraseText();
        assertThatIllegalStateException().isThrownBy(() -> component(Map.of()));

        String log = String.join("\n", CapturedLog.LINES);
        assertThat(log).contains("DEBUG event " + Engines.ID, "crypto:open", "does not open");
        assertThat(log).doesNotContain(wrong, wrong.substring(0, 20), "ada", "00-ab-cd-01");
        Files.writeString(passphrase(), wrong.substring(0, wrong.length() - 1) + "\n");
        for (KeysetKey key :
                KeyFolder.of(launch::get, new HandClock(), null).open().keys()) {
            assertThat(log)
                    .doesNotContain(
                            HexFormat.of().formatHex(key.secret()),
                            Base64.getEncoder().encodeToString(key.secret()));
        }
    }

    private Path passphrase() {
        return temp.resolve("home/keys/passphrase");
    }

    private String passphraseText() throws IOException {
        return Files.readString(passphrase(), StandardCharsets.UTF_8).strip();
    }

    @Test
    void saysInOneErrorLineWhyItDoesNotStart() throws IOException {
        component(Map.of()).deactivate();
        Files.delete(passphrase());
        CapturedLog.LINES.clear();

        assertThatIllegalStateException().isThrownBy(() -> component(Map.of()));
        assertThat(CapturedLog.LINES)
                .singleElement()
                .satisfies(line -> assertThat(line)
                        .startsWith("ERROR symphony.crypto: passphrase file " + passphrase())
                        .doesNotContain("\n"));
    }

    @Test
    void doesNotStartWithoutEncryptionOutsideDevelopment() {
        launch.put(Encryption.SWITCH, "off");

        assertThatIllegalStateException().isThrownBy(() -> component(Map.of()));
        assertThat(CapturedLog.LINES)
                .singleElement()
                .satisfies(line -> assertThat(line)
                        .startsWith("ERROR symphony.crypto: launch property symphony.encryption is off"));
        assertThat(temp.resolve("home")).doesNotExist();
    }

    @Test
    void startsWithoutEncryptionInDevelopmentAndSaysSo() {
        launch.put(Encryption.SWITCH, "off");
        launch.put(Encryption.ENVIRONMENT, "dev");
        Crypto crypto = component(Map.of());

        assertThat(crypto.encrypting()).isFalse();
        assertThat(crypto.open(CryptoContext.EVENT, Engines.seal(crypto)).key()).isEqualTo("ada");
        assertThat(CapturedLog.LINES)
                .contains("WARN symphony.crypto: *** ENCRYPTION IS OFF *** events are plaintext, for development only");
        assertThat(temp.resolve("home")).doesNotExist();
        crypto.modified(Map.of("salt.time", "2h"));
        assertThat(crypto.encrypting()).isFalse();
        crypto.deactivate();
    }

    @Test
    void startsWithDefaultsInPlaceOfBadValues() {
        Crypto crypto = component(Map.of("provider", "Nope", "salt.time", "1s", "derived.keys", "many"));

        assertThat(crypto.cipher()).isEqualTo("AES-256-GCM (SunJCE)");
        assertThat(CapturedLog.LINES).filteredOn(l -> l.startsWith("WARN")).hasSize(3);
        crypto.deactivate();
    }

    @Test
    void takesAnotherProviderWhileItRuns() {
        try (var provider = FlakyProvider.install()) {
            Crypto crypto = component(Map.of());
            var envelope = Engines.seal(crypto);
            crypto.modified(Map.of("provider", provider.getName()));
            assertThat(crypto.cipher()).isEqualTo("AES-256-GCM (Flaky)");
            assertThat(crypto.open(CryptoContext.EVENT, envelope).key()).isEqualTo("ada");

            crypto.modified(Map.of("provider", "Nope"));
            assertThat(crypto.cipher()).as("last good one").isEqualTo("AES-256-GCM (Flaky)");
            assertThat(CapturedLog.LINES)
                    .anyMatch(l -> l.startsWith("WARN symphony.crypto: provider is Nope, must be"));
            crypto.deactivate();
        }
    }
}
