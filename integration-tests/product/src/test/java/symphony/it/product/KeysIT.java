package symphony.it.product;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The keys in the state folder over several starts. */
@Timeout(400)
class KeysIT {
    private static final String PUBLISH = "symphony:publish a n=1";

    /** Of a first start. */
    @TempDir
    private static Path first;

    @TempDir
    private Path folder;

    private Path home;
    private Path store;
    private Path passphrase;

    @BeforeAll
    static void makeKeys() throws Exception {
        try (var running = Start.on(first.resolve("home")).script("symphony:status")) {
            running.endsWith(0);
            assertThat(running.log().text()).contains("new keys in", "back them up");
        }
    }

    @BeforeEach
    void copyKeys() throws IOException {
        var ownerOnly = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
        home = Files.createDirectory(folder.resolve("home"), ownerOnly);
        Path keys = Files.createDirectory(home.resolve("keys"), ownerOnly);
        try (Stream<Path> files = Files.list(first.resolve("home/keys"))) {
            for (Path file : files.toList()) {
                Files.copy(file, keys.resolve(file.getFileName()), StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
        store = keys.resolve("symphony.bcfks");
        passphrase = keys.resolve("passphrase");
    }

    @Test
    void areKeptOverARestart() throws Exception {
        Map<Path, String> before = keys();
        try (var running = Start.on(home).script("symphony:status")) {
            running.endsWith(0);
            assertThat(running.output()).contains("AES-256-GCM");
            assertThat(running.log().text()).contains(" ready: ").doesNotContain("new keys");
        }
        assertThat(keys()).isEqualTo(before);
    }

    @Test
    void areLeftAloneIfDamaged() throws Exception {
        byte[] bytes = Files.readAllBytes(store);
        bytes[bytes.length / 2] ^= 1;
        Files.write(store, bytes);
        areRefused("key store " + store + " does not open", passphrase.toString(), "put both back from a backup");
    }

    @Test
    void areLeftAloneIfThePassphraseIsWrong() throws Exception {
        Files.writeString(passphrase, "guessed\n");
        areRefused("key store " + store + " does not open", passphrase.toString(), "put both back from a backup");
    }

    @Test
    void areLeftAloneIfThePassphraseIsMissing() throws Exception {
        Files.delete(passphrase);
        areRefused("passphrase file " + passphrase, store.toString(), "put it back from a backup");
    }

    @ParameterizedTest
    @ValueSource(strings = {"file", "descriptor", "credential"})
    void openByAPassphraseThatLiesElsewhere(String where) throws Exception {
        Path elsewhere = Files.createDirectory(folder.resolve("credentials"));
        Path moved = Files.move(passphrase, elsewhere.resolve("symphony.passphrase"));
        Map<Path, String> before = keys();
        try (var running = from(where, moved).script(PUBLISH)) {
            running.endsWith(0);
            assertThat(running.output()).contains("not wanted by any subscription");
            assertThat(running.log().text()).contains(" ready: ").doesNotContain("new keys");
        }
        assertThat(keys()).isEqualTo(before);
    }

    private Start from(String where, Path file) {
        var start = Start.on(home);
        return switch (where) {
            case "file" -> start.in(file.getParent()).option("-Dsymphony.passphrase.file=" + file.getFileName());
            case "descriptor" -> start.option("-Dsymphony.passphrase.fd=3").descriptor(3, file);
            default ->
                start.environment("CREDENTIALS_DIRECTORY", file.getParent().toString());
        };
    }

    /** Where too many can read it: it is looked for nowhere there. */
    @Test
    void areNotOpenedByAPassphraseFromPropertiesEnvironmentOrConfigurations() throws Exception {
        String text = Files.readString(passphrase).strip();
        Files.delete(passphrase);
        Path load = Files.createDirectory(folder.resolve("load"));
        Files.writeString(
                load.resolve("symphony.crypto.cfg"),
                "passphrase = %1$s\nsymphony.passphrase = %1$s\nrotation.after = never\n".formatted(text));
        try (var running = Start.on(home)
                .in(folder)
                .option("-Dfelix.fileinstall.dir=" + load.getFileName())
                .option("-Dsymphony.passphrase=" + text)
                .option("-Dpassphrase=" + text)
                .environment("SYMPHONY_PASSPHRASE", text)
                .environment("symphony.passphrase", text)
                .script(PUBLISH)) {
            running.endsWith(0);
            assertThat(running.output()).contains("refused: UNAVAILABLE");
            assertThat(running.log().text())
                    .contains("passphrase file " + passphrase)
                    .contains("rotation.after") // so the configuration came
                    .doesNotContain(text, " ready: ");
        }
    }

    /** The shell works, publishing is refused, one line in the log says why, and no file is changed. */
    private void areRefused(String... why) throws Exception {
        Map<Path, String> before = keys();
        try (var running = Start.on(home).script(PUBLISH, "symphony:status", "symphony:banner")) {
            running.endsWith(0);
            isWithoutCrypto(running, why);
            assertThat(running.output())
                    .containsPattern("\nmissing +dispatcher, crypto service; the log says why\n") // status
                    .containsPattern("\n +missing +dispatcher, crypto service; the log says why\n"); // banner
        }
        assertThat(keys()).isEqualTo(before);
    }

    @Test
    void areNotDoneWithoutButForDevelopment() throws Exception {
        Path policy = home.resolve("policy.json");
        Files.writeString(policy, "{\"version\": 1, \"bundles\": {\"*\": {\"grants\": [\"*:*:*\"]}}}");
        Files.setPosixFilePermissions(policy, PosixFilePermissions.fromString("rw-------"));
        try (var running = Start.on(home)
                .inProduction()
                .option("-Dsymphony.encryption=off")
                .script(PUBLISH)) {
            running.endsWith(0);
            isWithoutCrypto(running, "symphony.encryption", "symphony.environment=dev");
        }
    }

    @Test
    void areDoneWithoutVisiblyForDevelopment() throws Exception {
        try (var running = Start.on(home)
                .option("-Dsymphony.encryption=off")
                .script(
                        PUBLISH,
                        "symphony:status",
                        "symphony:banner",
                        "symphony:tail symphony/health/encryption --count 1 --for 1m --json",
                        "symphony:audit find --action crypto:off --json")) {
            running.endsWith(0);
            assertThat(running.output())
                    .contains("not wanted by any subscription")
                    .contains("encryption is off: events are plaintext, for development only") // health
                    .contains("\"action\":\"crypto:off\"")
                    .doesNotContain("AES-256-GCM")
                    .containsPattern("\nencryption +none: plaintext, for development") // status
                    .containsPattern("\n +encryption +OFF") // banner
                    .contains("security     required, *** GENERATED POLICY *** for development only");
            assertThat(running.log().complaints())
                    .satisfiesExactlyInAnyOrder(
                            line -> assertThat(line).contains("ENCRYPTION IS OFF"),
                            line -> assertThat(line).contains("*** THE TRAIL IS NOT SEALED ***"));
        }
    }

    private static void isWithoutCrypto(Running running, String... why) {
        assertThat(running.output()).contains("refused: UNAVAILABLE").doesNotContain("Exception");
        assertThat(running.errors()).isEmpty();
        assertThat(running.log().lines("ERROR"))
                // The audit has no keys either, and the policy wants to be in it.
                .filteredOn(line -> !line.contains(" symphony.audit: ") && !line.contains(" symphony.rbac: "))
                .singleElement()
                .asString()
                .contains(why);
        assertThat(running.log().text()).doesNotContain("\tat ", " ready: ");
    }

    /** What lies in the folder of the keys, by name; as text, since one array is not equal to another. */
    private Map<Path, String> keys() throws IOException {
        var keys = new TreeMap<Path, String>();
        try (Stream<Path> files = Files.list(home.resolve("keys"))) {
            for (Path file : files.toList()) {
                keys.put(file, new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
            }
        }
        return keys;
    }
}
