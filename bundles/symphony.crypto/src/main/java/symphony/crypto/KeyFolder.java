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
 *
 * <p>A passphrase of ours is changed in three steps: the new one is written to {@value #NEXT_PASSPHRASE}, the key store is
 * written for it, and it is moved into the old one's place. Wherever that is cut off, one of the two opens the key store; what is
 * left is done, or undone, by whoever comes next. One that comes from elsewhere is for the operator to put there: until then
 * this process remembers it.
 */
final class KeyFolder implements KeysetStore {
    static final String FOLDER = "keys";
    static final String KEY_STORE = "symphony.bcfks";
    static final String PASSPHRASE = "passphrase";
    static final String NEXT_PASSPHRASE = "passphrase.next";
    static final String LOCK = "lock";

    /** Launch property: where the passphrase lies. What it names is read, never made. */
    static final String PASSPHRASE_FILE = "symphony.passphrase.file";

    /** Launch property: number of the file descriptor that the passphrase can be read from. */
    static final String PASSPHRASE_DESCRIPTOR = "symphony.passphrase.fd";

    /** Environment: folder of credentials, as systemd sets it. */
    static final String CREDENTIALS = "CREDENTIALS_DIRECTORY";

    static final String CREDENTIAL = "symphony.passphrase";

    private static final Logger log = LoggerFactory.getLogger(KeyFolder.class);

    /** A key store with a thousand keys has 50 kB. */
    private static final long MAX_KEY_STORE_BYTES = 16 << 20;

    private final Path home;
    private final Path folder;
    private final Path keyStore;
    private final PassphraseSource passphrase;

    /** Ours, or what ours will be; unused if it comes from elsewhere. */
    private final Path ownPassphrase;

    private final Path nextPassphrase;
    private final boolean passphraseIsOurs;
    private final InstantSource clock;
    private final SecureRandom random;

    /** {@code elsewhere} is where the passphrase comes from if it does not lie beside the key store. */
    KeyFolder(Path home, Optional<PassphraseSource> elsewhere, InstantSource clock, SecureRandom random) {
        this.home = home;
        this.folder = home.resolve(FOLDER);
        this.keyStore = folder.resolve(KEY_STORE);
        this.ownPassphrase = folder.resolve(PASSPHRASE);
        this.nextPassphrase = folder.resolve(NEXT_PASSPHRASE);
        this.passphrase = elsewhere.orElse(new PassphraseFile(ownPassphrase, PassphraseFile.Kind.OURS));
        this.passphraseIsOurs = elsewhere.isEmpty();
        this.clock = clock;
        this.random = random;
    }

    /**
     * Where launch properties and the environment say. Throws {@link KeysUnavailableException} if they say nothing that makes
     * sense.
     */
    static KeyFolder of(
            UnaryOperator<String> property,
            UnaryOperator<String> environment,
            InstantSource clock,
            SecureRandom random) {
        return new KeyFolder(StateHome.of(property), passphraseElsewhere(property, environment), clock, random);
    }

    private static Optional<PassphraseSource> passphraseElsewhere(
            UnaryOperator<String> property, UnaryOperator<String> environment) {
        String file = textOf(property.apply(PASSPHRASE_FILE));
        String descriptor = textOf(property.apply(PASSPHRASE_DESCRIPTOR));
        if (!file.isEmpty() && !descriptor.isEmpty()) {
            throw new KeysUnavailableException(
                    PASSPHRASE_FILE + " and " + PASSPHRASE_DESCRIPTOR + " are both set; keep one of them", null);
        }
        if (!descriptor.isEmpty()) {
            return Optional.of(PassphraseDescriptor.of(number(descriptor)));
        }
        if (!file.isEmpty()) {
            return Optional.of(new PassphraseFile(Path.of(file).toAbsolutePath(), PassphraseFile.Kind.NAMED));
        }
        String credentials = textOf(environment.apply(CREDENTIALS));
        PassphraseSource credential =
                new PassphraseFile(Path.of(credentials, CREDENTIAL).toAbsolutePath(), PassphraseFile.Kind.CREDENTIAL);
        return !credentials.isEmpty() && credential.isThere() ? Optional.of(credential) : Optional.empty();
    }

    private static String textOf(String value) {
        return value == null ? "" : value.strip();
    }

    private static int number(String descriptor) {
        try {
            int number = Integer.parseInt(descriptor);
            if (number >= PassphraseDescriptor.MIN && number <= PassphraseDescriptor.MAX) {
                return number;
            }
        } catch (NumberFormatException e) {
            log.debug("cause", e);
        }
        throw new KeysUnavailableException(
                PASSPHRASE_DESCRIPTOR + " is '" + descriptor + "', it must be the number of a file descriptor from "
                        + PassphraseDescriptor.MIN + " on, as with 3< FILE",
                null);
    }

    /** Loads the keysets, or makes them on a first start. Throws {@link KeysUnavailableException}; changes nothing then. */
    Keysets open() {
        try {
            OwnerOnly.createFolder(folder);
            refuseIfOpenToOthers();
            if (!Files.exists(keyStore)) {
                createIfMissing();
            }
            return loadSettled();
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
        return locked(() -> changeLocked(change));
    }

    @Override
    public Optional<String> changePassphrase(Optional<Path> file, UnaryOperator<Keysets> check) {
        if (!passphraseIsOurs && file.isEmpty()) {
            throw new IllegalStateException(Crypto.PID + ": the key store is opened by " + passphrase
                    + ", which comes from elsewhere; name a file with the new one");
        }
        Optional<char[]> wanted = file.map(KeyFolder::readNew);
        try {
            return locked(() -> changePassphraseLocked(wanted, check));
        } finally {
            wanted.ifPresent(secret -> Arrays.fill(secret, '\0'));
        }
    }

    private static char[] readNew(Path file) {
        try {
            return new PassphraseFile(file.toAbsolutePath(), PassphraseFile.Kind.NAMED).read();
        } catch (KeysUnavailableException e) {
            throw new IllegalStateException(Crypto.PID + ": " + e.what() + "; the passphrase is not changed", e);
        } catch (IOException e) {
            throw new IllegalStateException(
                    Crypto.PID + ": file " + file + " cannot be read (" + e + "); the passphrase is not changed", e);
        }
    }

    private Optional<String> changePassphraseLocked(Optional<char[]> wanted, UnaryOperator<Keysets> check)
            throws IOException {
        refuseIfOpenToOthers();
        Opened opened = settle(load());
        Keysets keysets = check.apply(opened.keysets);
        if (passphraseIsOurs) {
            if (wanted.isPresent()) {
                Passphrase.write(nextPassphrase, wanted.get());
            } else {
                Passphrase.create(nextPassphrase, random);
            }
            store(keysets, next());
            OwnerOnly.move(nextPassphrase, ownPassphrase);
            return Optional.empty();
        }
        PassphraseMemory.keep(keyStore.toString(), wanted.orElseThrow());
        store(keysets, remembered());
        return Optional.of(passphrase.toString());
    }

    /** What is done with the lock. */
    private interface Step<T> {
        T run() throws IOException;
    }

    private <T> T locked(Step<T> step) {
        try {
            FolderLock lock = FolderLock.take(folder.resolve(LOCK));
            try {
                return step.run();
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
            return load().keysets;
        } catch (IOException e) {
            throw new IllegalStateException(Crypto.PID + ": key store " + keyStore + " cannot be read (" + e + ")", e);
        }
    }

    private Keysets changeLocked(UnaryOperator<Keysets> change) throws IOException {
        refuseIfOpenToOthers();
        Opened before = settle(load());
        Keysets changed = change.apply(before.keysets);
        store(changed, before.by);
        before.keysets.eraseDestroyedIn(changed);
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
        if (!passphrase.isThere()) {
            if (!passphraseIsOurs) {
                throw passphraseMissing();
            }
            Passphrase.create(ownPassphrase, random);
        }
        store(Keysets.random(clock, random), passphrase);
        log.info("{}: new keys in {}; back them up together with the {}", Crypto.PID, keyStore, passphrase);
    }

    /** Writes the key store whole, or not at all. */
    private void store(Keysets keysets, PassphraseSource by) throws IOException {
        char[] secret = by.read();
        try {
            OwnerOnly.write(keyStore, KeyStoreFile.write(keysets, secret));
        } catch (GeneralSecurityException e) {
            throw new KeysUnavailableException(
                    "key store " + keyStore + " cannot be made (" + e + "); see to the bundle bcprov", e);
        } finally {
            Arrays.fill(secret, '\0');
        }
    }

    /**
     * A key store that was opened.
     *
     * @param keysets what is in it
     * @param by what opened it
     */
    private record Opened(Keysets keysets, PassphraseSource by) {}

    /** Loads; ends what a change of the passphrase has left, and waits for one that is under way. */
    private Keysets loadSettled() throws IOException {
        if (!passphraseIsOurs || !Files.exists(nextPassphrase)) {
            try {
                return load().keysets;
            } catch (KeysUnavailableException e) {
                if (!passphraseIsOurs) {
                    throw e;
                }
                log.debug("once more, with the lock", e);
            }
        }
        FolderLock lock = FolderLock.take(folder.resolve(LOCK));
        try {
            return settle(load()).keysets;
        } finally {
            lock.close();
        }
    }

    /** Needs the lock. */
    private Opened settle(Opened opened) throws IOException {
        if (!passphraseIsOurs) {
            if (opened.by == passphrase) {
                PassphraseMemory.forget(keyStore.toString());
            }
            return opened;
        }
        if (opened.by == passphrase) {
            Files.deleteIfExists(nextPassphrase);
            return opened;
        }
        OwnerOnly.move(nextPassphrase, ownPassphrase);
        return new Opened(opened.keysets, passphrase);
    }

    private Opened load() throws IOException {
        if (Files.size(keyStore) > MAX_KEY_STORE_BYTES) {
            throw damaged("it has " + Files.size(keyStore) + " bytes, more than any key store", null);
        }
        byte[] bytes = Files.readAllBytes(keyStore);
        PassphraseSource other = passphraseIsOurs ? next() : remembered();
        if (!other.isThere()) {
            return load(bytes, passphrase);
        }
        try {
            return load(bytes, passphrase);
        } catch (KeysUnavailableException e) {
            try {
                return load(bytes, other);
            } catch (KeysUnavailableException alsoNot) {
                e.addSuppressed(alsoNot);
                throw e;
            }
        }
    }

    private PassphraseSource next() {
        return new PassphraseFile(nextPassphrase, PassphraseFile.Kind.OURS);
    }

    private PassphraseSource remembered() {
        return new RememberedPassphrase(keyStore.toString());
    }

    private Opened load(byte[] bytes, PassphraseSource by) throws IOException {
        if (!by.isThere()) {
            throw passphraseMissing();
        }
        char[] secret = by.read();
        try {
            return new Opened(read(bytes, secret), by);
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
            throw damaged("either the " + passphrase + " is not the one it was made with, or it is damaged", e);
        }
    }

    private KeysUnavailableException damaged(String why, Throwable cause) {
        return new KeysUnavailableException(
                "key store " + keyStore + " does not open: " + why + "; put both back from a backup", cause);
    }

    private KeysUnavailableException passphraseMissing() {
        return new KeysUnavailableException(
                passphrase + " of key store " + keyStore + " is not there; " + passphrase.mend(), null);
    }
}
