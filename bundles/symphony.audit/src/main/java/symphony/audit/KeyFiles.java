package symphony.audit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import symphony.api.crypto.CryptoContext;
import symphony.api.crypto.CryptoService;
import symphony.api.crypto.CryptoService.Key;
import symphony.api.crypto.CryptoService.KeyState;
import symphony.api.crypto.SealException;
import symphony.component.OwnerOnly;

/**
 * The keys that sign the trail, in its folder: {@value #SEALED}, the private half of one, sealed by the crypto service; where nothing is
 * sealed another one in {@value #PLAIN}, as it is, until something is; and {@value #PUBLIC}, the public halves of all that ever signed. The
 * writer's thread only.
 */
final class KeyFiles {
    static final String SEALED = "signing.key";
    static final String PLAIN = "signing.plain.key";
    static final String PUBLIC = "public.pem";

    static final int MOST_BYTES = 1 << 20;

    private static final byte[] ASSOCIATED_DATA = "symphony audit signing key 1".getBytes(StandardCharsets.US_ASCII);

    private final Path folder;
    private final SecureRandom random;

    KeyFiles(Path folder, SecureRandom random) {
        this.folder = folder;
        this.random = random;
    }

    /** Whether the trail was ever sealed: then it is not to go on in plaintext for want of a crypto service. */
    boolean hasSealedKey() {
        return Files.exists(folder.resolve(SEALED));
    }

    /** The key that signs where contents are sealed like this; a new one if there is none. */
    SigningKey open(Sealing sealing) throws TrailException {
        Path file = folder.resolve(sealing.isSealing() ? SEALED : PLAIN);
        try {
            SigningKey key = Files.exists(file) ? read(file, sealing) : create(file, sealing);
            publish(key.publicKey());
            return key;
        } catch (IOException e) {
            throw new TrailException(
                    "the keys in " + folder + " cannot be used (" + e
                            + "); make the folder and the files in it readable and writable for the user who runs this",
                    e);
        }
    }

    private static SigningKey read(Path file, Sealing sealing) throws IOException, TrailException {
        String permissions = sealing.isSealing() ? "" : OwnerOnly.othersPermissions(file);
        if (!permissions.isEmpty()) {
            throw new TrailException(
                    "the signing key " + file + " is open to other users (" + permissions
                            + "): who has read it can sign; move it away to go on with a new one, or close it with: chmod 600 '"
                            + file + "'",
                    null);
        }
        try {
            return key(SmallFile.read(file, MOST_BYTES), sealing);
        } catch (SealException | IllegalArgumentException e) {
            throw new TrailException(
                    "the signing key " + file
                            + " does not open: it was changed, or it belongs to other keys; put it back from a"
                            + " backup together with keys/, or move it away to go on with a new one",
                    e);
        }
    }

    private static SigningKey key(byte[] stored, Sealing sealing) {
        byte[] seed = sealing.crypto()
                .map(crypto -> crypto.open(CryptoContext.AUDIT, ASSOCIATED_DATA, stored))
                .orElse(stored);
        try {
            return SigningKey.ofSeed(seed);
        } finally {
            Arrays.fill(seed, (byte) 0);
        }
    }

    private SigningKey create(Path file, Sealing sealing) throws IOException {
        SigningKey key = SigningKey.random(random);
        write(file, key, sealing);
        return key;
    }

    private static void write(Path file, SigningKey key, Sealing sealing) throws IOException {
        byte[] seed = key.seed();
        try {
            OwnerOnly.write(file, sealing.seal(ASSOCIATED_DATA, seed));
        } finally {
            Arrays.fill(seed, (byte) 0);
        }
    }

    /** Puts it to those that ever signed, unless it is one of them; all of them. */
    PublicKeys publish(PublicKey key) throws IOException, TrailException {
        Path file = folder.resolve(PUBLIC);
        PublicKeys known = Files.exists(file) ? publicKeys(file) : PublicKeys.none();
        PublicKeys all = known.with(key);
        if (all != known) {
            OwnerOnly.write(file, all.pem().getBytes(StandardCharsets.US_ASCII));
        }
        return all;
    }

    /** Those of the trail's folder. By any thread. */
    PublicKeys publicKeys() throws IOException, TrailException {
        return publicKeys(folder.resolve(PUBLIC));
    }

    /** Those of a file; throws {@code NoSuchFileException} if there is none. */
    static PublicKeys publicKeys(Path file) throws IOException, TrailException {
        try {
            return PublicKeys.parse(new String(SmallFile.read(file, MOST_BYTES), StandardCharsets.ISO_8859_1));
        } catch (IllegalArgumentException e) {
            throw new TrailException(
                    "the public keys in " + file + " cannot be read (" + e.getMessage()
                            + "); put the file back from a backup, or move it away to have it made anew",
                    e);
        }
    }

    /** The key that signed while nothing was sealed, if it is still there. */
    Optional<SigningKey> plain() throws IOException, TrailException {
        Path file = folder.resolve(PLAIN);
        return Files.exists(file) ? Optional.of(read(file, Sealing.none())) : Optional.empty();
    }

    /** It is needed no more, and who can read it could sign. */
    void removePlain() throws IOException {
        Files.deleteIfExists(folder.resolve(PLAIN));
    }

    /** Seals the private half by the key that seals now, if it is not: the one before may be destroyed one day. */
    void sealAnew(SigningKey key, Sealing sealing) throws IOException {
        Optional<Integer> primary = sealing.crypto().flatMap(KeyFiles::primary);
        if (primary.isPresent() && !primary.equals(sealedBy())) {
            write(folder.resolve(SEALED), key, sealing);
        }
    }

    private static Optional<Integer> primary(CryptoService crypto) {
        return crypto.keys().stream()
                .filter(key -> key.context() == CryptoContext.AUDIT && key.state() == KeyState.PRIMARY)
                .map(Key::id)
                .findAny();
    }

    /** Which key of the crypto service the private half needs; empty if none. By any thread. */
    Optional<Integer> sealedBy() throws IOException {
        return hasSealedKey() ? Sealing.keyId(SmallFile.read(folder.resolve(SEALED), MOST_BYTES)) : Optional.empty();
    }
}
