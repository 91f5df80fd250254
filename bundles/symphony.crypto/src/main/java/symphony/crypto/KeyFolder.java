package symphony.crypto;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.component.OwnerOnly;
import symphony.component.StateHome;

/**
 * {@code <symphony.home>/keys}: the key store, its passphrase and a lock file. Read at activation and by each change of keys, never else.
 *
 * <p>The key store is the last thing that a first start writes, so where it is missing there was no first start that ended,
 * and where it is there everything is there, or somebody took the passphrase away. A change writes it beside and moves it into its
 * place, so that it is the old one or the new one at each moment.
 */
final class KeyFolder implements KeysetStore {
    static final String FOLDER = "keys";
    static final String KEY_STORE = "symphony.bcfks";
    static final String PASSPHRASE = "passphrase";
    static final String LOCK = "lock";

    /** Launch property: where the passphrase lies. What it names is read, never made. */
    static final String PASSPHRASE_FILE = "symphony.passphrase.file";

    private static final Logger log = LoggerFactory.getLogger(KeyFolder.class);

    /** A key store with a thousand keys has 50 kB. */
    private static final long MAX_KEY_STORE_BYTES = 16 << 20;

    private final Path home;
    private final Path folder;
    private final Path keyStore;
    private final Path passphrase;
    private final boolean passphraseIsOurs;
    private final InstantSource clock;
    private final SecureRandom random;

    KeyFolder(Path home, Optional<Path> passphraseFile, InstantSource clock, SecureRandom random) {
        this.home = home;
        this.folder = home.resolve(FOLDER);
        this.keyStore = folder.resolve(KEY_STORE);
        this.passphrase = passphraseFile.orElse(folder.resolve(PASSPHRASE));
        this.passphraseIsOurs = passphraseFile.isEmpty();
        this.clock = clock;
        this.random = random;
    }

    /** Where launch properties say. */
    static KeyFolder of(UnaryOperator<String> property, InstantSource clock, SecureRandom random) {
        Optional<Path> passphraseFile = Optional.ofNullable(property.apply(PASSPHRASE_FILE))
                .filter(name -> !name.isBlank())
                .map(name -> Path.of(name).toAbsolutePath());
        return new KeyFolder(StateHome.of(property), passphraseFile, clock, random);
    }

    /** Loads the keysets, or makes them on a first start. Throws {@link KeysUnavailableException}; changes nothing then. */
    Keysets open() {
        try {
            OwnerOnly.createFolder(folder);
            refuseIfOpenToOthers();
            if (!Files.exists(keyStore)) {
                createIfMissing();
            }
            return load();
        } catch (IOException e) {
            throw new KeysUnavailableException(
                    "keys in " + folder + " cannot be used (" + e
                            + "); make the folder and the files in it readable and "
                            + "writable for the user who runs this",
                    e);
        }
    }

    @Override
    public Keysets change(UnaryOperator<Keysets> change) {
        try {
            FolderLock lock = FolderLock.take(folder.resolve(LOCK));
            try {
                return changeLocked(change);
            } finally {
                lock.close();
            }
        } catch (IOException e) {
            throw new IllegalStateException(
                    Crypto.PID + ": key store " + keyStore + " cannot be changed (" + e
                            + "); see to its folder, then try again",
                    e);
        }
    }

    @Override
    public Keysets read() {
        try {
            return load();
        } catch (IOException e) {
            throw new IllegalStateException(Crypto.PID + ": key store " + keyStore + " cannot be read (" + e + ")", e);
        }
    }

    private Keysets changeLocked(UnaryOperator<Keysets> change) throws IOException {
        refuseIfOpenToOthers();
        Keysets before = load();
        Keysets changed = change.apply(before);
        store(changed);
        before.eraseDestroyedIn(changed);
        return changed;
    }

    private void refuseIfOpenToOthers() throws IOException {
        if (!OwnerOnly.isKnownTo(folder)) {
            log.warn("this file system has no owner-only permissions; make sure that nobody else reads {}", folder);
        }
        String permissions = OwnerOnly.othersPermissions(folder);
        if (!permissions.isEmpty()) {
            throw new KeysUnavailableException(
                    "folder " + folder + " is open to other users (" + permissions
                            + "), and keys lie in it; close it with: " + "chmod 700 '" + folder + "'",
                    null);
        }
        if (OwnerOnly.isWritableByOthers(home)) {
            throw new KeysUnavailableException(
                    "state folder " + home
                            + " can be written by other users, who could exchange the keys in it; close it "
                            + "with: chmod go-w '" + home + "'",
                    null);
        }
    }

    private void createIfMissing() throws IOException {
        FolderLock lock = FolderLock.take(folder.resolve(LOCK));
        try {
            if (!Files.exists(keyStore)) { // another process may have been first
                create();
            }
        } finally {
            lock.close();
        }
    }

    private void create() throws IOException {
        if (!Files.exists(passphrase)) {
            if (!passphraseIsOurs) {
                throw passphraseMissing("make it, with a passphrase on its first line, readable for its owner only");
            }
            Passphrase.create(passphrase, random);
        }
        store(Keysets.random(clock, random));
        log.info("{}: new keys in {}; back them up together with {}", Crypto.PID, keyStore, passphrase);
    }

    /** Writes the key store whole, or not at all. */
    private void store(Keysets keysets) throws IOException {
        char[] secret = Passphrase.read(passphrase);
        try {
            OwnerOnly.write(keyStore, KeyStoreFile.write(keysets, secret));
        } catch (GeneralSecurityException e) {
            throw new KeysUnavailableException(
                    "key store " + keyStore + " cannot be made (" + e + "); see to the bundle bcprov", e);
        } finally {
            Arrays.fill(secret, '\0');
        }
    }

    private Keysets load() throws IOException {
        if (!Files.exists(passphrase)) {
            throw passphraseMissing("put it back from a backup");
        }
        if (Files.size(keyStore) > MAX_KEY_STORE_BYTES) {
            throw damaged("it has " + Files.size(keyStore) + " bytes, more than any key store", null);
        }
        byte[] bytes = Files.readAllBytes(keyStore);
        char[] secret = Passphrase.read(passphrase);
        try {
            return read(bytes, secret);
        } finally {
            Arrays.fill(secret, '\0');
        }
    }

    /** What Bouncy Castle throws for a damaged store is of many types, unchecked ones among them. */
    private Keysets read(byte[] bytes, char[] secret) {
        try {
            return KeyStoreFile.read(bytes, secret);
        } catch (KeysetsFormatException e) {
            throw new KeysUnavailableException("key store " + keyStore + ": " + e.getMessage(), e);
        } catch (GeneralSecurityException | IOException | RuntimeException e) {
            throw damaged(
                    "either " + passphrase + " does not hold the passphrase it was made with, or it is damaged", e);
        }
    }

    private KeysUnavailableException damaged(String why, Throwable cause) {
        return new KeysUnavailableException(
                "key store " + keyStore + " does not open: " + why + "; put both back from a backup", cause);
    }

    private KeysUnavailableException passphraseMissing(String mend) {
        return new KeysUnavailableException(
                "passphrase file " + passphrase + " of key store " + keyStore + " is not there; " + mend
                        + ", or name the right one by the launch property " + PASSPHRASE_FILE,
                null);
    }
}
