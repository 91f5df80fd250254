package symphony.launcher;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Folder names that every part of the product reads alike.
 * <p>They end up in URLs, comma-separated lists, log file patterns and variables of several libraries, so the few
 * characters that mean something there are refused up front instead of failing later in four different ways. Spaces and
 * letters of any language are fine.
 */
final class FolderNames {
    private static final Pattern TROUBLE = Pattern.compile("[,%#?$*{}\\p{Cntrl}]");

    private FolderNames() {}

    /** The absolute folder; {@code setting} names it in the error. */
    static Path parse(String setting, String name) throws LaunchException {
        Matcher trouble = TROUBLE.matcher(name);
        if (trouble.find()) {
            throw LaunchException.usage(setting + " is " + name + ", which contains '" + trouble.group()
                    + "'; folder names must do without , % # ? $ * { } and control characters: rename or move it");
        }
        try {
            return Path.of(name).toAbsolutePath().normalize();
        } catch (InvalidPathException e) {
            throw LaunchException.usage(setting + " is " + name + ", which is not a folder name: " + e.getReason());
        }
    }
}
