package symphony.crypto;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import symphony.component.OwnerOnly;

/** What opens the key store: a line of UTF-8 in a file of its own. */
final class Passphrase {
    static final int MAX_BYTES = 1024;

    private static final int RANDOM_BYTES = 32;

    private Passphrase() {}

    /** Reads it; the array is the caller's, to be cleared. Throws {@link KeysUnavailableException} if it is none. */
    static char[] read(Path file) throws IOException {
        refuseIfOpenToOthers(file);
        if (Files.size(file) > MAX_BYTES) {
            throw new KeysUnavailableException(
                    "passphrase file " + file + " has " + Files.size(file) + " bytes, at most " + MAX_BYTES
                            + " are allowed; put the passphrase alone on one line of it",
                    null);
        }
        byte[] bytes = Files.readAllBytes(file);
        try {
            CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            char[] line = Arrays.copyOf(text.array(), lineLength(text));
            Arrays.fill(text.array(), '\0');
            if (line.length == 0) {
                throw new KeysUnavailableException(
                        "passphrase file " + file + " has no passphrase on its first line; put it back from a backup",
                        null);
            }
            return line;
        } catch (CharacterCodingException e) {
            throw new KeysUnavailableException(
                    "passphrase file " + file + " is not UTF-8 text; put it back from a backup", e);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    /** Up to the first end of line. */
    private static int lineLength(CharBuffer text) {
        int length = 0;
        while (length < text.remaining() && text.get(length) != '\n' && text.get(length) != '\r') {
            length++;
        }
        return length;
    }

    /** Makes one of 256 random bits and writes it. */
    static void create(Path file, SecureRandom random) throws IOException {
        byte[] bytes = new byte[RANDOM_BYTES];
        random.nextBytes(bytes);
        byte[] text = Base64.getUrlEncoder().withoutPadding().encode(bytes);
        byte[] line = Arrays.copyOf(text, text.length + 1);
        line[text.length] = '\n';
        OwnerOnly.write(file, line);
        Arrays.fill(bytes, (byte) 0);
        Arrays.fill(text, (byte) 0);
        Arrays.fill(line, (byte) 0);
    }

    private static void refuseIfOpenToOthers(Path file) throws IOException {
        String permissions = OwnerOnly.othersPermissions(file);
        if (!permissions.isEmpty()) {
            throw new KeysUnavailableException(
                    "passphrase file " + file + " is open to other users (" + permissions
                            + "); close it with: chmod 600 '" + file + "'",
                    null);
        }
    }
}
