package symphony.launcher;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * The files that components get their configuration from at the start. Checked here, as what reads them would go on without
 * them: on defaults, and with a stack trace on the terminal, since where the log goes is in there, too.
 */
final class InitialConfiguration {
    private static final String CONFIGURATOR = "configurator.initial";
    private static final String LOGGING = "org.ops4j.pax.logging.property.file";
    private static final String FILE = "file:";

    private InitialConfiguration() {}

    /**
     * Refuses to start if one is not there.
     *
     * @param properties the launch properties: where the Configurator reads from, as URLs separated by commas, of which only
     *     {@code file:} is checked; and the file of the logging, if one is named
     */
    static void check(Map<String, String> properties) throws LaunchException {
        for (String url : properties.getOrDefault(CONFIGURATOR, "").split(",")) {
            String name = url.strip();
            if (name.startsWith(FILE)) {
                checkFile(name.substring(FILE.length()));
            }
        }
        String logging = properties.getOrDefault(LOGGING, "");
        if (!logging.isEmpty()) {
            checkFile(logging);
        }
    }

    private static void checkFile(String name) throws LaunchException {
        if (!Files.isReadable(Path.of(name))) {
            throw LaunchException.usage("there is no " + name + " that may be read; unpack it again from the archive");
        }
    }
}
