package symphony.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import org.assertj.core.api.AbstractThrowableAssert;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import symphony.api.crypto.CryptoContext;
import symphony.api.crypto.CryptoService.KeyState;

/** Needs a file system with owners: what else there is to test on one without, is the warning. */
@EnabledOnOs({OS.LINUX, OS.MAC})
class KeyFolderTest {
    private static final InstantSource CLOCK = InstantSource.system();

    @TempDir
    private Path temp;

    private Path home;
    private Path keyStore;
    private Path passphrase;

    @BeforeEach
    void choosePaths() {
        home = temp.resolve("some/home");
        keyStore = home.resolve("keys/symphony.bcfks");
        passphrase = home.resolve("keys/passphrase");
    }

    private KeyFolder folder() {
        return folder(Optional.empty());
    }

    private KeyFolder folder(Optional<Path> passphraseFile) {
        return new KeyFolder(
                home,
                passphraseFile.map(file -> new PassphraseFile(file, PassphraseFile.Kind.NAMED)),
                CLOCK,
                new SecureRandom());
    }

    @Test
    void makesKeysForTheirOwnerOnlyOnTheFirstStart() throws IOException {
        Keysets made = folder().open();

        assertThat(made.keys()).hasSize(CryptoContext.values().length).allMatch(k -> k.state() == KeyState.PRIMARY);
        assertThat(made.keys()).extracting(KeysetKey::secret).doesNotHaveDuplicates();
        assertThat(permissions(home)).isEqualTo("rwx------");
        assertThat(permissions(home.resolve("keys"))).isEqualTo("rwx------");
        assertThat(permissions(keyStore)).isEqualTo("rw-------");
        assertThat(permissions(passphrase)).isEqualTo("rw-------");
        assertThat(Files.readString(passphrase)).hasSize(44).endsWith("\n");
        try (var files = Files.list(home.resolve("keys"))) {
            assertThat(files.map(f -> f.getFileName().toString()))
                    .containsExactlyInAnyOrder("symphony.bcfks", "passphrase", "lock");
        }
    }

    private static String permissions(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    @Test
    void opensOldEnvelopesAfterARestart() {
        var envelope = Engines.seal(Engines.engine(folder().open()));
        var restarted = Engines.engine(folder().open());

        assertThat(restarted.open(CryptoContext.EVENT, envelope).key()).isEqualTo("ada");
        assertThat(restarted.orderKey("ada"))
                .isEqualTo(Engines.engine(folder().open()).orderKey("ada"));
    }

    @Test
    @Timeout(120)
    void makesOneKeysetWhenManyStartAtOnce() throws Exception {
        int starters = 4;
        var barrier = new CyclicBarrier(starters);
        var pool = Executors.newFixedThreadPool(starters);
        try {
            Callable<Keysets> start = () -> {
                barrier.await();
                return folder().open();
            };
            byte[] root = null;
            for (var keysets : pool.invokeAll(Collections.nCopies(starters, start))) {
                root = root == null ? keysets.get().root() : root;
                assertThat(keysets.get().root()).isEqualTo(root);
            }
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void goesOnWhereAFirstStartWasCutOff() throws IOException {
        folder().open();
        String made = Files.readString(passphrase);
        Files.move(keyStore, keyStore.resolveSibling("symphony.bcfks.new")); // as a kill before the move leaves it

        folder().open();
        assertThat(Files.readString(passphrase)).isEqualTo(made);
        assertThat(keyStore).exists();
    }

    @Test
    void refusesAMissingPassphrase() throws IOException {
        folder().open();
        byte[] before = Files.readAllBytes(keyStore);
        Files.delete(passphrase);

        assertUnavailable()
                .hasMessageContainingAll(
                        "passphrase file " + passphrase,
                        "is not there",
                        "put it back from a backup",
                        "symphony.passphrase.file");
        assertThat(passphrase).doesNotExist();
        assertThat(keyStore).hasBinaryContent(before);
    }

    @Test
    void refusesAWrongPassphraseAndNeverShowsIt() throws IOException {
        folder().open();
        byte[] before = Files.readAllBytes(keyStore);
        Files.writeString(passphrase, "not the right one\n");

        assertUnavailable()
                .hasMessageContainingAll(keyStore.toString(), "does not open", passphrase.toString(), "backup");
        assertThat(catchThrowable(() -> folder().open())).satisfies(e -> {
            for (Throwable t = e; t != null; t = t.getCause()) {
                assertThat(t.toString()).doesNotContain("not the right one");
            }
        });
        assertThat(keyStore).hasBinaryContent(before);
    }

    @Test
    void refusesWhatIsNoPassphrase() throws IOException {
        folder().open();
        Files.writeString(passphrase, "\n");
        assertUnavailable().hasMessageContaining("has no passphrase on its first line");
        Files.writeString(passphrase, "x".repeat(1025));
        assertUnavailable().hasMessageContaining("has 1025 bytes, at most 1024");
        Files.write(passphrase, new byte[] {(byte) 0xff});
        assertUnavailable().hasMessageContaining("is not UTF-8 text");
    }

    @Test
    void readsOnlyTheFirstLineOfThePassphrase() throws IOException {
        byte[] root = folder().open().root();
        Files.writeString(passphrase, Files.readString(passphrase).strip() + "\r\nkeep this file\n");

        assertThat(folder().open().root()).isEqualTo(root);
    }

    /** A spread of them, as all would take minutes; below each by itself. */
    @Test
    @Timeout(120)
    void refusesADamagedKeyStore() throws IOException {
        folder().open();
        byte[] good = Files.readAllBytes(keyStore);
        for (int at = 0; at < good.length; at += 101) {
            byte[] bad = good.clone();
            bad[at] ^= 0x10;
            Files.write(keyStore, bad);
            assertUnavailable().hasMessageContainingAll(keyStore.toString(), "does not open", "backup");
            assertThat(keyStore).hasBinaryContent(bad);
        }
        for (int length : new int[] {0, 1, 100, good.length - 1}) {
            Files.write(keyStore, Arrays.copyOf(good, length));
            assertUnavailable().hasMessageContainingAll(keyStore.toString(), "does not open", "backup");
        }
        Files.write(keyStore, good);
        folder().open();
    }

    /** What BCFKS writes of its own algorithms it does not read all of, and does not authenticate. */
    @Test
    @Timeout(120)
    void noFlippedByteOfTheKeyStoreChangesAnything() throws Exception {
        byte[] root = folder().open().root();
        char[] secret = Files.readString(passphrase).strip().toCharArray();
        byte[] good = Files.readAllBytes(keyStore);
        int meaningless = 0;
        int refused = 0;
        for (int at = 0; at < good.length; at++) {
            byte[] bad = good.clone();
            bad[at] ^= 0x10;
            try {
                assertThat(KeyStoreFile.read(bad, secret).root())
                        .as("the root, with byte %d changed", at)
                        .isEqualTo(root);
                meaningless++;
            } catch (GeneralSecurityException | IOException | RuntimeException e) {
                refused++;
            }
        }
        assertThat(meaningless).isLessThan(4);
        assertThat(refused).isEqualTo(good.length - meaningless);
    }

    /** Bouncy Castle's own limit; one that lifted it would hang for hours on a flipped bit. */
    @Test
    void refusesAPasswordHashThatWouldTakeForEver() throws Exception {
        folder().open();
        KeyStore store = KeyStore.getInstance("BCFKS", new BouncyCastleProvider());
        store.load(null, null);
        var out = new ByteArrayOutputStream();
        store.store(out, "symphony".toCharArray()); // with its own hash around it
        byte[] bytes = out.toByteArray();
        int rounds = 0;
        for (int at = 0; at + 4 < bytes.length; at++) {
            // 51200 in DER is 02 03 00 c8 00; this makes it 8 374 272.
            if (bytes[at] == 2 && bytes[at + 1] == 3 && bytes[at + 2] == 0 && bytes[at + 3] == (byte) 0xc8) {
                bytes[at + 2] = 0x7f;
                rounds++;
            }
        }
        assertThat(rounds).isPositive();
        Files.write(keyStore, bytes);

        assertUnavailable().hasStackTraceContaining("iteration count (8374272) greater than");
    }

    @Test
    void refusesKeysetsOfANewerVersion() throws Exception {
        byte[] content = KeysetsFormat.write(folder().open());
        content[0] = 2;

        assertThatExceptionOfType(KeysetsFormatException.class)
                .isThrownBy(() -> KeysetsFormat.read(content))
                .withMessageContaining(
                        "of version 2, this program reads version 1; use a program that is at least as new");
    }

    @Test
    void refusesKeysetsThatMakeNoSense() {
        byte[] good = KeysetsFormat.write(Engines.keysets(Engines.key(1, KeyState.PRIMARY, 1)));
        for (int length = 1; length < good.length; length++) {
            int cut = length;
            assertThatExceptionOfType(KeysetsFormatException.class)
                    .isThrownBy(() -> KeysetsFormat.read(Arrays.copyOf(good, cut)))
                    .withMessageContaining("cut off after " + cut);
        }
        assertThatExceptionOfType(KeysetsFormatException.class)
                .isThrownBy(() -> KeysetsFormat.read(Arrays.copyOf(good, good.length + 1)))
                .withMessageContaining("1 bytes too many");
        assertRefusedWith(good, 35, 9, "unknown context 9");
        assertRefusedWith(good, 35, 2, "has the id of another key");
        assertRefusedWith(good, 40, 7, "unknown state 7");
        assertRefusedWith(good, 40, 3, "EVENT has no primary key");
        assertRefusedWith(good, 39, 0, "id other than 0");
    }

    private static void assertRefusedWith(byte[] good, int at, int value, String message) {
        byte[] bad = good.clone();
        bad[at] = (byte) value;
        assertThatExceptionOfType(KeysetsFormatException.class)
                .isThrownBy(() -> KeysetsFormat.read(bad))
                .withMessageContaining(message);
    }

    @Test
    void keepsKeysOfEveryState() throws Exception {
        var keysets = Engines.keysets(
                Engines.key(1, KeyState.DESTROYED, 0),
                Engines.key(2, KeyState.DISABLED, 2),
                Engines.key(-3, KeyState.ENABLED, 3),
                Engines.key(4, KeyState.PRIMARY, 4));
        char[] secret = "correct horse".toCharArray();
        Keysets read = KeyStoreFile.read(KeyStoreFile.write(keysets, secret), secret);

        assertThat(read.views()).isEqualTo(keysets.views());
        assertThat(read.root()).isEqualTo(keysets.root());
        assertThat(secrets(read)).isEqualTo(secrets(keysets));
    }

    private static List<String> secrets(Keysets keysets) {
        return keysets.keys().stream()
                .map(k -> HexFormat.of().formatHex(k.secret()))
                .toList();
    }

    @Test
    void refusesWhatOthersMayRead() throws IOException {
        folder().open();
        Files.setPosixFilePermissions(passphrase, PosixFilePermissions.fromString("rw-r-----"));
        assertUnavailable()
                .hasMessageContainingAll("open to other users (rw-r-----)", "chmod 600 '" + passphrase + "'");
        Files.setPosixFilePermissions(passphrase, PosixFilePermissions.fromString("rw-------"));

        Files.setPosixFilePermissions(home.resolve("keys"), PosixFilePermissions.fromString("rwxr-x---"));
        assertUnavailable().hasMessageContainingAll("(rwxr-x---)", "chmod 700 '" + home.resolve("keys") + "'");
        Files.setPosixFilePermissions(home.resolve("keys"), PosixFilePermissions.fromString("rwx------"));

        Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertUnavailable().hasMessageContainingAll("can be written by other users", "chmod go-w '" + home + "'");
        Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxr-xr-x"));
        folder().open();
    }

    @Test
    void takesThePassphraseFromElsewhereAndMakesNoneThere() throws IOException {
        Path elsewhere = temp.resolve("secret");
        assertThatExceptionOfType(KeysUnavailableException.class)
                .isThrownBy(() -> folder(Optional.of(elsewhere)).open())
                .withMessageContaining("passphrase file " + elsewhere)
                .withMessageContaining("put it there, alone on one line");
        assertThat(elsewhere).doesNotExist();
        assertThat(keyStore).doesNotExist();

        Files.writeString(elsewhere, "pässphrase 🎼");
        Files.setPosixFilePermissions(elsewhere, PosixFilePermissions.fromString("r--------"));
        byte[] root = folder(Optional.of(elsewhere)).open().root();
        assertThat(folder(Optional.of(elsewhere)).open().root()).isEqualTo(root);
        assertThat(passphrase).doesNotExist();
    }

    @Test
    void refusesAFileInPlaceOfItsFolder() throws IOException {
        Files.createDirectories(home.getParent());
        Files.writeString(home, "no folder");

        assertUnavailable().hasMessageContainingAll("keys in " + home, "cannot be used");
        assertThat(home).hasContent("no folder");
    }

    private AbstractThrowableAssert<?, ? extends Throwable> assertUnavailable() {
        return assertThatThrownBy(() -> folder().open())
                .isExactlyInstanceOf(KeysUnavailableException.class)
                .hasMessageStartingWith("symphony.crypto: ")
                .hasMessageEndingWith("nothing was changed")
                .hasMessageNotContaining("\n");
    }

    @Test
    void changesKeysInOneStep() throws IOException {
        Keysets before = folder().open();
        byte[] bytes = Files.readAllBytes(keyStore);
        Keysets rotated = folder().change(keysets -> keysets.rotated(CryptoContext.MODEL, CLOCK, new SecureRandom()));
        assertThat(rotated.primary(CryptoContext.MODEL).id()).isEqualTo(2);
        assertThat(folder().open().views()).isEqualTo(rotated.views());
        assertThat(permissions(keyStore)).isEqualTo("rw-------");

        byte[] now = Files.readAllBytes(keyStore);
        assertThat(now).isNotEqualTo(bytes);
        assertThatThrownBy(() -> folder().change(keysets -> {
                    throw new IllegalStateException("a test says");
                }))
                .hasMessage("a test says");
        assertThat(Files.readAllBytes(keyStore)).isEqualTo(now);
        assertThat(before.root()).isEqualTo(rotated.root());
    }

    @Test
    void holdsNoBytesOfADestroyedKey() throws IOException {
        folder().open();
        Keysets rotated = folder().change(keysets -> keysets.rotated(CryptoContext.EVENT, CLOCK, new SecureRandom()));
        KeysetKey old = rotated.find(CryptoContext.EVENT, 1).orElseThrow();
        folder().change(keysets ->
                keysets.with(keysets.find(CryptoContext.EVENT, 1).orElseThrow(), KeyState.DESTROYED));
        KeysetKey stored = folder().open().find(CryptoContext.EVENT, 1).orElseThrow();
        assertThat(old.secret()).isNotEqualTo(stored.secret());
        assertThat(stored.secret()).containsOnly(0);
        assertThat(stored.state()).isEqualTo(KeyState.DESTROYED);
    }

    /** A change that a crash cut off left the old store and a part of the new one beside it, or the new one. */
    @Test
    void opensWhateverAChangeThatWasCutOffLeft() throws IOException {
        Keysets before = folder().open();
        byte[] old = Files.readAllBytes(keyStore);
        Keysets after = folder().change(keysets -> keysets.rotated(CryptoContext.EVENT, CLOCK, new SecureRandom()));
        byte[] changed = Files.readAllBytes(keyStore);
        Path beside = keyStore.resolveSibling("symphony.bcfks.new");
        for (int length : new int[] {0, 1, changed.length / 2, changed.length}) {
            Files.write(keyStore, old);
            Files.write(beside, Arrays.copyOf(changed, length));
            assertThat(folder().open().views()).isEqualTo(before.views());
        }
        Keysets again = folder().change(keysets -> keysets.rotated(CryptoContext.EVENT, CLOCK, new SecureRandom()));
        assertThat(again.primary(CryptoContext.EVENT).id()).isEqualTo(2);
        assertThat(beside).doesNotExist();
        Files.write(keyStore, changed);
        assertThat(folder().open().views()).isEqualTo(after.views());
    }
}
