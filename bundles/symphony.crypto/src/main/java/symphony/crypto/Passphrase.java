package symphony.crypto;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import symphony.component.OwnerOnly;

/** What opens the key store: a line of UTF-8. */
final class Passphrase {
    static final int MAX_BYTES = 1024;

    private static final int RANDOM_BYTES = 32;

    private Passphrase() {}

    /**
     * The first line of what was read, which is cleared; the array is the caller's, to be cleared. Throws
     * {@link KeysUnavailableException} if it is no passphrase.
     */
    static char[] of(byte[] bytes, PassphraseSource source) {
        try {
            CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            char[] line = Arrays.copyOf(text.array(), lineLength(text));
            Arrays.fill(text.array(), '\0');
            if (line.length == 0) {
                throw new KeysUnavailableException(
                        source + " has no passphrase on its first line; " + source.mend(), null);
            }
            return line;
        } catch (CharacterCodingException e) {
            throw new KeysUnavailableException(source + " is not UTF-8 text; " + source.mend(), e);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    static KeysUnavailableException tooLong(PassphraseSource source, long bytes) {
        return new KeysUnavailableException(
                source + " has " + bytes + " bytes, at most " + MAX_BYTES
                        + " are allowed; put the passphrase alone on one line of it",
                null);
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
        write(file, text);
        Arrays.fill(bytes, (byte) 0);
    }

    /** Writes one that was given. */
    static void write(Path file, char[] secret) throws IOException {
        ByteBuffer encoded = StandardCharsets.UTF_8.encode(CharBuffer.wrap(secret));
        byte[] text = Arrays.copyOf(encoded.array(), encoded.remaining());
        Arrays.fill(encoded.array(), (byte) 0);
        write(file, text);
    }

    /** Clears the text. */
    private static void write(Path file, byte[] text) throws IOException {
        byte[] line = Arrays.copyOf(text, text.length + 1);
        line[text.length] = '\n';
        try {
            OwnerOnly.write(file, line);
        } finally {
            Arrays.fill(text, (byte) 0);
            Arrays.fill(line, (byte) 0);
        }
    }
}
