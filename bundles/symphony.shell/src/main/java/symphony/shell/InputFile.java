package symphony.shell;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Opens files for reading. */
@FunctionalInterface
interface InputFile {
    /** Opens one. */
    InputStream open(Path file) throws IOException;

    /** Opens one, or says why not; {@code wanted} is what should be there, as {@code a file with examples}. */
    default InputStream open(Path file, String wanted) throws CommandException {
        if (Files.exists(file)
                && !Files.isRegularFile(file)) { // opening a pipe waits for who writes, and hears no Ctrl-C
            throw new CommandException("cannot read " + file + ": it is no regular file; name " + wanted);
        }
        try {
            return open(file);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    static CommandException unreadable(Path file, IOException e) {
        String reason = e instanceof AccessDeniedException ? "no permission" : String.valueOf(e.getMessage());
        return new CommandException("cannot read " + file + ": " + reason, e);
    }

    /** An interrupted thread cannot go on with files; an exception tells of it from here on. */
    static InterruptedException interrupted(IOException e) {
        Thread.interrupted();
        var interruption = new InterruptedException();
        interruption.initCause(e);
        return interruption;
    }
}
