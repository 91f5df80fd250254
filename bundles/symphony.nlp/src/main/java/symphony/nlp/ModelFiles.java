package symphony.nlp;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import symphony.api.crypto.CryptoContext;
import symphony.api.crypto.CryptoService;
import symphony.api.crypto.CryptoService.KeyState;
import symphony.api.crypto.SealException;
import symphony.component.OwnerOnly;

/**
 * Models and their manifests in a folder, sealed: {@code <model>/manifest} and {@code <model>/<version>.model}; beside them the key
 * that hashes texts, {@code text.key}. Nothing is ever there as plaintext; each file is there whole or not at all. What was sealed
 * for one name opens under no other. One writer at a time.
 */
final class ModelFiles {
    private static final String MANIFEST = "manifest";
    private static final String TEXT_KEY = "text.key";
    private static final int KEY_ID_BYTES = 4;
    private static final int MOST_MANIFEST_BYTES = 1 << 20;
    private static final long MOST_SEALED_BYTES = ModelFormat.MOST_BYTES + (1L << 20);

    private final Path folder;
    private final CryptoService crypto;

    ModelFiles(Path folder, CryptoService crypto) {
        this.folder = folder;
        this.crypto = crypto;
    }

    /** Of models that have a folder. */
    List<String> models() throws IOException {
        var models = new ArrayList<String>();
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> all = Files.newDirectoryStream(folder, Files::isDirectory)) {
                for (Path each : all) {
                    String name = String.valueOf(each.getFileName());
                    if (Models.isName(name)) {
                        models.add(name);
                    }
                }
            }
        }
        models.sort(null);
        return models;
    }

    /** The manifest of a model; an empty one if there is none. */
    Manifest manifest(String model) throws IOException {
        Optional<byte[]> file = read(folder.resolve(model).resolve(MANIFEST), MOST_MANIFEST_BYTES);
        return file.isEmpty() ? Manifest.EMPTY : Manifest.read(open(file.get(), MANIFEST + ' ' + model));
    }

    void write(String model, Manifest manifest) throws IOException {
        OwnerOnly.createFolder(folder.resolve(model));
        OwnerOnly.write(folder.resolve(model).resolve(MANIFEST), sealed(manifest.write(), MANIFEST + ' ' + model));
    }

    /** Id of the key that a manifest is sealed with; empty if there is none. */
    Optional<Integer> keyOfManifest(String model) throws IOException {
        return keyOfFile(folder.resolve(model).resolve(MANIFEST));
    }

    /** The key before the sealed bytes, and authenticated by them. */
    private byte[] sealed(byte[] plaintext, String name) {
        while (true) {
            int key = primaryKey();
            byte[] id = ByteBuffer.allocate(KEY_ID_BYTES).putInt(key).array();
            byte[] sealed = crypto.seal(CryptoContext.MODEL, associatedData(name, id), plaintext);
            if (key == primaryKey()) { // else it was sealed with the one or the other
                byte[] file = Arrays.copyOf(id, KEY_ID_BYTES + sealed.length);
                System.arraycopy(sealed, 0, file, KEY_ID_BYTES, sealed.length);
                return file;
            }
        }
    }

    private byte[] open(byte[] file, String name) throws IOException {
        if (file.length < KEY_ID_BYTES) {
            throw new IOException(name + " is cut off");
        }
        byte[] id = Arrays.copyOf(file, KEY_ID_BYTES);
        try {
            return crypto.open(
                    CryptoContext.MODEL, associatedData(name, id), Arrays.copyOfRange(file, KEY_ID_BYTES, file.length));
        } catch (SealException e) {
            throw new IOException(name + " was changed, or its key is gone", e);
        }
    }

    private static byte[] associatedData(String name, byte[] more) {
        byte[] text = ("symphony.nlp " + name + '\n').getBytes(StandardCharsets.UTF_8);
        byte[] all = Arrays.copyOf(text, text.length + more.length);
        System.arraycopy(more, 0, all, text.length, more.length);
        return all;
    }

    private int primaryKey() {
        return crypto.keys().stream()
                .filter(key -> key.context() == CryptoContext.MODEL && key.state() == KeyState.PRIMARY)
                .mapToInt(CryptoService.Key::id)
                .findFirst()
                .orElse(0); // encryption is off
    }

    /** Writes a model; gives the id of the key that it is sealed with. */
    int write(String model, int version, byte[] bytes) throws IOException {
        OwnerOnly.createFolder(folder.resolve(model));
        while (true) {
            int key = primaryKey();
            var sealed = new ByteArrayOutputStream();
            try (var out = crypto.sealing(CryptoContext.MODEL, nameOf(model, version), sealed)) {
                out.write(bytes);
                out.finish();
            }
            if (key == primaryKey()) {
                OwnerOnly.write(file(model, version), sealed.toByteArray());
                return key;
            }
        }
    }

    byte[] model(String model, int version) throws IOException {
        Path file = file(model, version);
        if (Files.size(file) > MOST_SEALED_BYTES) {
            throw new IOException(file + " has " + Files.size(file) + " bytes, more than any model");
        }
        try (InputStream in = crypto.opening(CryptoContext.MODEL, nameOf(model, version), Files.newInputStream(file))) {
            byte[] bytes = in.readNBytes(ModelFormat.MOST_BYTES + 1);
            if (bytes.length > ModelFormat.MOST_BYTES) {
                throw new IOException(file + " holds more than any model");
            }
            return bytes;
        } catch (SealException e) {
            throw new IOException(file + " was changed, or its key is gone", e);
        }
    }

    void delete(String model, int version) throws IOException {
        Files.deleteIfExists(file(model, version));
    }

    private Path file(String model, int version) {
        return folder.resolve(model).resolve(version + ".model");
    }

    private static byte[] nameOf(String model, int version) {
        return associatedData("model " + model + ' ' + version, new byte[0]);
    }

    /** The key that hashes texts; made if it is not there, and sealed anew if that was done with a key that is primary no more. */
    byte[] textKey(SecureRandom random) throws IOException {
        Optional<byte[]> there = read(folder.resolve(TEXT_KEY), MOST_MANIFEST_BYTES);
        if (there.isPresent()) {
            byte[] key = open(there.get(), TEXT_KEY);
            if (keyOf(there.get()) != primaryKey()) {
                writeTextKey(key);
            }
            return key;
        }
        byte[] key = new byte[TextHash.KEY_BYTES];
        random.nextBytes(key);
        OwnerOnly.createFolder(folder);
        writeTextKey(key);
        return key;
    }

    private void writeTextKey(byte[] key) throws IOException {
        OwnerOnly.write(folder.resolve(TEXT_KEY), sealed(key, TEXT_KEY));
    }

    /** Id of the key that the one for texts is sealed with; empty if there is none. */
    Optional<Integer> keyOfTextKey() throws IOException {
        return keyOfFile(folder.resolve(TEXT_KEY));
    }

    private static Optional<Integer> keyOfFile(Path file) throws IOException {
        return read(file, MOST_MANIFEST_BYTES)
                .filter(bytes -> bytes.length >= KEY_ID_BYTES)
                .map(ModelFiles::keyOf);
    }

    private static int keyOf(byte[] file) {
        return ByteBuffer.wrap(file).getInt();
    }

    private static Optional<byte[]> read(Path file, int most) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(most + 1);
            if (bytes.length > most) {
                throw new IOException(file + " has more than " + most + " bytes");
            }
            return Optional.of(bytes);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }
}
