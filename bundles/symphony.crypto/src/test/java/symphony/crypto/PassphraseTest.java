package symphony.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where the passphrase comes from, and how it is changed. */
@EnabledOnOs({OS.LINUX, OS.MAC})
@Timeout(120)
class PassphraseTest {
    private static final UnaryOperator<Keysets> ANY = UnaryOperator.identity();

    @TempDir
    private Path temp;

    private final Map<String, String> launch = new HashMap<>();
    private final Map<String, String> environment = new HashMap<>();
    private Path keys;

    @BeforeEach
    void chooseHome() {
        launch.put("symphony.home", temp.resolve("home").toString());
        keys = temp.resolve("home/keys");
    }

    private KeyFolder folder() {
        return KeyFolder.of(launch::get, environment::get, InstantSource.system(), new SecureRandom());
    }

    private Path secret(String name, String text, String permissions) throws IOException {
        Path file = Files.writeString(temp.resolve(name), text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
        return file;
    }

    // From elsewhere

    @Test
    void isACredentialWhereThereIsOne() throws IOException {
        environment.put("CREDENTIALS_DIRECTORY", temp.toString());
        byte[] root = folder().open().root();
        assertThat(keys.resolve("passphrase")).exists();

        Files.move(keys.resolve("passphrase"), temp.resolve("symphony.passphrase"));
        assertThat(folder().open().root()).isEqualTo(root);
        assertThat(keys.resolve("passphrase")).doesNotExist();
    }

    @Test
    void mayBeACredentialThatAnAccessListOpensToTheService() throws IOException {
        environment.put("CREDENTIALS_DIRECTORY", temp.toString());
        Path credential = secret("symphony.passphrase", "of systemd", "r--r-----");
        assertThatCode(() -> folder().open()).doesNotThrowAnyException();

        Files.setPosixFilePermissions(credential, PosixFilePermissions.fromString("r--r--r--"));
        assertThatExceptionOfType(KeysUnavailableException.class)
                .isThrownBy(() -> folder().open())
                .withMessageContainingAll("passphrase file " + credential, "open to other users (r--r--r--)");
    }

    @Test
    void comesFromAPipeThatIsReadOnceAndLeftOpen() throws Exception {
        Path pipe = temp.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        PassphraseDescriptor source = new PassphraseDescriptor(60_001, pipe, 60_000);
        var writer = new Thread(() -> write(pipe, "through a pipe\nnothing else\n"));
        writer.start();
        byte[] root = with(source).open().root();
        writer.join();

        assertThat(with(source).open().root()).isEqualTo(root); // made anew, as by DS
        assertThat(source.read()).containsExactly("through a pipe".toCharArray());
        assertThat(keys.resolve("passphrase")).doesNotExist();
    }

    private static void write(Path pipe, String text) {
        try (OutputStream out = Files.newOutputStream(pipe)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private KeyFolder with(PassphraseSource source) {
        return new KeyFolder(temp.resolve("home"), Optional.of(source), InstantSource.system(), new SecureRandom());
    }

    @Test
    void isNotWaitedForForEver() throws Exception {
        Path pipe = temp.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        assertThatExceptionOfType(KeysUnavailableException.class)
                .isThrownBy(
                        () -> with(new PassphraseDescriptor(60_002, pipe, 1)).open())
                .withMessageContaining("passphrase of file descriptor 60002: nothing was written there for 1 ms");
        assertThat(keys.resolve("symphony.bcfks")).doesNotExist();
        write(pipe, "\n"); // lets its reader end
    }

    @Test
    void isRefusedIfADescriptorGivesNone() throws IOException {
        assertRefused(60_003, "\n", "has no passphrase on its first line");
        assertRefused(60_004, "x".repeat(1025), "has 1025 bytes, at most 1024 are allowed");
        Path gone = temp.resolve("gone");
        assertThatExceptionOfType(KeysUnavailableException.class)
                .isThrownBy(() ->
                        with(new PassphraseDescriptor(60_005, gone, 60_000)).open())
                .withMessageContaining("passphrase of file descriptor 60005 of key store")
                .withMessageContaining("is not there; write it there, on one line, when the process starts");
        assertThat(keys.resolve("symphony.bcfks")).doesNotExist();
    }

    private void assertRefused(int number, String text, String message) throws IOException {
        var source = new PassphraseDescriptor(number, secret("fd" + number, text, "rw-------"), 60_000);
        assertThatExceptionOfType(KeysUnavailableException.class)
                .isThrownBy(() -> with(source).open())
                .withMessageContaining("passphrase of file descriptor " + number)
                .withMessageContaining(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "0", "2", "65536", "three", "3 4", "99999999999"})
    void needsTheNumberOfADescriptor(String number) {
        launch.put("symphony.passphrase.fd", number);
        assertThatExceptionOfType(KeysUnavailableException.class)
                .isThrownBy(this::folder)
                .withMessageContaining("symphony.passphrase.fd is '" + number + "', it must be the number");
    }

    @Test
    void comesFromOnePlaceOnly() {
        launch.put("symphony.passphrase.fd", "3");
        launch.put("symphony.passphrase.file", temp.resolve("secret").toString());
        assertThatExceptionOfType(KeysUnavailableException.class)
                .isThrownBy(this::folder)
                .withMessageContaining("are both set; keep one of them");
    }

    // Changed

    @Test
    void isChangedToARandomOne() throws IOException {
        Keysets before = folder().open();
        String old = Files.readString(keys.resolve("passphrase"));
        assertThat(folder().changePassphrase(Optional.empty(), ANY)).isEmpty();

        assertThat(Files.readString(keys.resolve("passphrase"))).hasSize(44).isNotEqualTo(old);
        assertThat(keys.resolve("passphrase.next")).doesNotExist();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(keys.resolve("passphrase"))))
                .isEqualTo("rw-------");
        assertThat(folder().open().root()).isEqualTo(before.root());
        Files.writeString(keys.resolve("passphrase"), old);
        assertThatExceptionOfType(KeysUnavailableException.class)
                .isThrownBy(() -> folder().open())
                .withMessageContaining("does not open");
    }

    @Test
    void isChangedToThatOfAFile() throws IOException {
        Keysets before = folder().open();
        Path file = secret("new", "pässphrase 🎼\r\nsecond line", "rw-------");
        assertThat(folder().changePassphrase(Optional.of(file), ANY)).isEmpty();

        assertThat(keys.resolve("passphrase")).hasContent("pässphrase 🎼");
        Files.delete(file);
        assertThat(folder().open().root()).isEqualTo(before.root());
    }

    @Test
    void staysIfTheNewOneIsNone() throws IOException {
        folder().open();
        String old = Files.readString(keys.resolve("passphrase"));
        assertNotChanged(secret("empty", "\nsecond line", "rw-------"), "has no passphrase on its first line");
        assertNotChanged(secret("long", "x".repeat(1025), "rw-------"), "has 1025 bytes, at most 1024");
        assertNotChanged(secret("open", "new", "rw-r--r--"), "open to other users (rw-r--r--)");
        assertNotChanged(temp.resolve("gone"), "cannot be read");
        assertThatIllegalStateException()
                .isThrownBy(() -> folder().changePassphrase(Optional.empty(), keysets -> {
                    throw new IllegalStateException("a test says");
                }))
                .withMessage("a test says");
        assertThat(Files.readString(keys.resolve("passphrase"))).isEqualTo(old);
        folder().open();
    }

    private void assertNotChanged(Path file, String message) {
        assertThatIllegalStateException()
                .isThrownBy(() -> folder().changePassphrase(Optional.of(file), ANY))
                .withMessageStartingWith("symphony.crypto: ")
                .withMessageContainingAll(file.toString(), message)
                .withMessageEndingWith("; the passphrase is not changed")
                .withMessageNotContaining("restart");
    }

    @Test
    void fromElsewhereIsForTheOperatorToPutThere() throws IOException {
        Path elsewhere = secret("elsewhere", "old", "rw-------");
        launch.put("symphony.passphrase.file", elsewhere.toString());
        byte[] root = folder().open().root();
        assertThatIllegalStateException()
                .isThrownBy(() -> folder().changePassphrase(Optional.empty(), ANY))
                .withMessageContainingAll("passphrase file " + elsewhere, "name a file with the new one");

        Path file = secret("new", "new", "rw-------");
        assertThat(folder().changePassphrase(Optional.of(file), ANY)).contains("passphrase file " + elsewhere);
        assertThat(elsewhere).hasContent("old");
        assertThat(keys.resolve("passphrase")).doesNotExist();
        assertThat(folder().open().root()).isEqualTo(root); // this process knows it, and can change keys
        assertThat(folder().change(ANY).root()).isEqualTo(root);

        Files.writeString(elsewhere, "new");
        assertThat(folder().change(ANY).root()).isEqualTo(root);
        Files.writeString(elsewhere, "old");
        assertThatExceptionOfType(KeysUnavailableException.class)
                .as("once it was there it is not remembered any more")
                .isThrownBy(() -> folder().open())
                .withMessageContaining("does not open");
    }

    /** The states that a crash leaves, one after the other. */
    @Test
    void opensWhereverAChangeWasCutOff() throws IOException {
        byte[] root = folder().open().root();
        String old = Files.readString(keys.resolve("passphrase"));
        byte[] oldStore = Files.readAllBytes(keys.resolve("symphony.bcfks"));
        folder().changePassphrase(Optional.empty(), ANY);
        String changed = Files.readString(keys.resolve("passphrase"));
        byte[] changedStore = Files.readAllBytes(keys.resolve("symphony.bcfks"));

        // Written: the new passphrase only. It is dropped.
        assertOpens(root, oldStore, old, changed, old);
        // Half of it, which never got its name.
        Files.writeString(keys.resolve("passphrase.next.new"), changed.substring(0, 20));
        assertOpens(root, oldStore, old, "", old);
        // Also the key store for it. It is taken.
        assertOpens(root, changedStore, old, changed, changed);

        folder().changePassphrase(Optional.empty(), ANY);
        assertThat(folder().open().root()).isEqualTo(root);
    }

    private void assertOpens(byte[] root, byte[] store, String passphrase, String next, String left)
            throws IOException {
        Files.write(keys.resolve("symphony.bcfks"), store);
        Files.writeString(keys.resolve("passphrase"), passphrase);
        if (!next.isEmpty()) {
            secret("home/keys/passphrase.next", next, "rw-------");
        }
        assertThat(folder().open().root()).isEqualTo(root);
        assertThat(keys.resolve("passphrase")).hasContent(left.strip());
        assertThat(keys.resolve("passphrase.next")).doesNotExist();
    }
}
