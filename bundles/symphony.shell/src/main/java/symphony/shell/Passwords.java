package symphony.shell;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/** Where commands get passwords from: asked for on the terminal, or read from a file. Never an argument: those are kept in histories. */
final class Passwords {
    static final Option FILE =
            new Option("--file", "FILE", Kind.FILE, "take the password from the first line of a file");

    private static final int MOST_BYTES = 4096;

    private final Editor editor;

    Passwords(Editor editor) {
        this.editor = editor;
    }

    /** One that is there already; the caller clears it. */
    char[] known(Call call, String name) throws CommandException, InterruptedException {
        Optional<String> file = call.arguments().text(FILE.name());
        char[] password = file.isPresent() ? read(call.file(file.get())) : asked(call, "password of " + name + ": ");
        if (password.length == 0) { // a slip, which must not count as a wrong one
            throw new CommandException(
                    file.isPresent()
                            ? "the first line of " + Text.quoted(file.get()) + " is empty"
                            : "nothing was typed");
        }
        return password;
    }

    /** One that is new, and typed twice; the caller clears it. */
    char[] chosen(Call call, String name) throws CommandException, InterruptedException {
        if (call.arguments().flag(FILE.name())) {
            return known(call, name);
        }
        char[] first = asked(call, "new password of " + name + ": ");
        char[] second = {};
        boolean isSame = false;
        try {
            second = asked(call, "the same again: ");
            isSame = Arrays.equals(first, second);
            if (!isSame) {
                throw new CommandException("the two are not the same; nothing is changed");
            }
            return first;
        } finally {
            Arrays.fill(second, '\0');
            if (!isSame) {
                Arrays.fill(first, '\0');
            }
        }
    }

    private char[] asked(Call call, String prompt) throws CommandException, InterruptedException {
        return editor.secret(call.session(), Text.clean(prompt))
                .orElseThrow(() -> new CommandException("there is no terminal to ask on; use --file FILE"));
    }

    private static char[] read(Path file) throws CommandException {
        if (!Files.isRegularFile(file)) {
            throw new CommandException(Text.quoted(file) + " is no file; a pipe or a device would keep us waiting");
        }
        try (InputStream in = new FileInputStream(file.toFile())) {
            return firstLine(in.readNBytes(MOST_BYTES));
        } catch (CharacterCodingException e) {
            throw new CommandException(Text.quoted(file) + " is not UTF-8 text", e);
        } catch (IOException e) {
            throw new CommandException(Text.quoted(file) + " cannot be read: " + e, e);
        }
    }

    /** Clears the bytes. */
    private static char[] firstLine(byte[] bytes) throws CharacterCodingException {
        CharBuffer text = CharBuffer.allocate(0);
        try {
            int end = 0;
            while (end < bytes.length
                    && bytes[end] != '\n'
                    && bytes[end] != '\r') { // in UTF-8 no part of another letter
                end++;
            }
            text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, 0, end));
            char[] line = new char[text.length()];
            text.get(line);
            return line;
        } finally {
            Arrays.fill(text.array(), '\0');
            Arrays.fill(bytes, (byte) 0);
        }
    }
}
