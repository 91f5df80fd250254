package symphony.shell;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.felix.service.command.CommandSession;
import symphony.api.rbac.SecurityContext;

/**
 * One call of a command.
 *
 * @param session who calls
 * @param arguments what with
 * @param console where to print
 * @param user in whose name; empty if nobody is logged in
 */
record Call(CommandSession session, Arguments arguments, Console console, Optional<SecurityContext> user) {
    /** What is there under a name that starts at the shell's folder, and is no folder. */
    Path file(String name) throws CommandException {
        Path file = path(name);
        if (!Files.exists(file)) {
            throw new CommandException(
                    "no file " + Text.quoted(file) + "; relative names start at " + session.currentDir());
        }
        if (Files.isDirectory(file)) {
            throw new CommandException(Text.quoted(file) + " is a folder; name a file in it");
        }
        return file;
    }

    /** A name that starts at the shell's folder. */
    Path path(String name) throws CommandException {
        try {
            return session.currentDir().resolve(name).toAbsolutePath().normalize();
        } catch (InvalidPathException e) {
            throw new CommandException(Text.quoted(name) + " is no file name: " + e.getReason(), e);
        }
    }
}
