package symphony.launcher;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The files that components get their configuration from at the start. Checked here, as what reads them would go on without
 * them: on defaults, and with a stack trace on the terminal, since where the log goes is in there, too.
 */
final class InitialConfiguration {
    private static final String FILE = "file:";

    private InitialConfiguration() {}

    /** Refuses to start if one is not there; {@code urls} are separated by commas, and only {@code file:} is checked. */
    static void check(String urls) throws LaunchException {
        for (String url : urls.split(",")) {
            String name = url.strip();
            if (name.startsWith(FILE) && !Files.isReadable(Path.of(name.substring(FILE.length())))) {
                throw LaunchException.usage("there is no " + name.substring(FILE.length())
                        + " that may be read; unpack it again from the archive");
            }
        }
    }
}
