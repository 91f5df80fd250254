package symphony.shell;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.apache.felix.service.command.CommandSession;

/**
 * One call of a command.
 *
 * @param session who calls
 * @param arguments what with
 * @param console where to print
 */
record Call(CommandSession session, Arguments arguments, Console console) {
    /** What is there under a name that starts at the shell's folder, and is no folder. */
    Path file(String name) throws CommandException {
        try {
            Path file = session.currentDir().resolve(name).normalize();
            if (!Files.exists(file)) {
                throw new CommandException(
                        "no file " + Text.quoted(file) + "; relative names start at " + session.currentDir());
            }
            if (Files.isDirectory(file)) {
                throw new CommandException(Text.quoted(file) + " is a folder; name a file in it");
            }
            return file;
        } catch (InvalidPathException e) {
            throw new CommandException(Text.quoted(name) + " is no file name: " + e.getReason(), e);
        }
    }
}
