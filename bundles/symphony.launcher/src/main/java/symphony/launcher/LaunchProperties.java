package symphony.launcher;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The framework's properties: a file in {@link Properties} format, in UTF-8. A system property of the same name wins over
 * a line of the file; {@code ${name}} in a value stands for the system property {@code name}, which must be set.
 * <p>They are the framework's from then on: a system property that is set later changes none of them.
 */
final class LaunchProperties {
    /**
     * What bundles decide by who may do what, and where keys and state lie, with what each is where nobody says. The framework
     * answers what it was not given from the system properties, which any bundle may set: so it is given all of these.
     */
    static final Map<String, String> FIXED = Map.of(
            "symphony.security", "required",
            "symphony.environment", "production",
            "symphony.encryption", "on",
            "symphony.passphrase.file", "",
            "symphony.passphrase.fd", "",
            "symphony.policy.file", "",
            "symphony.admission", "",
            "symphony.admission.trusted", "",
            "symphony.home", "",
            "symphony.base", "");

    private static final Pattern VARIABLE = Pattern.compile("\\$\\{([^{}]*)(}?)");

    private LaunchProperties() {}

    /**
     * Reads {@code file}; {@code system} are the system properties. What is {@link #FIXED} is in the result, whether it is in the
     * file or not. The result is the caller's.
     */
    static Map<String, String> read(Path file, Properties system) throws LaunchException {
        Properties lines = load(file);
        Map<String, String> result = new TreeMap<>();
        FIXED.forEach((key, otherwise) -> result.put(key, system.getProperty(key, otherwise)));
        for (String key : lines.stringPropertyNames()) {
            String value = system.getProperty(key, lines.getProperty(key));
            result.put(key, substitute(file, key, value, system));
        }
        return result;
    }

    private static Properties load(Path file) throws LaunchException {
        if (Files.notExists(file)) {
            throw LaunchException.usage("there is no " + file + "; unpack it again from the archive");
        }
        var lines = new Properties();
        try (Reader in = Files.newBufferedReader(file)) {
            lines.load(in);
            return lines;
        } catch (CharacterCodingException e) {
            throw LaunchException.usage(file + " is not UTF-8 text; save it as UTF-8");
        } catch (IllegalArgumentException e) { // what Properties says to \\u without four digits
            throw LaunchException.usage(
                    file + " is malformed (" + e.getMessage() + "); write a backslash twice to mean one");
        } catch (IOException e) {
            throw LaunchException.failure(file + " cannot be read; make it a file that you may read", e);
        }
    }

    private static String substitute(Path file, String key, String value, Properties system) throws LaunchException {
        Matcher variable = VARIABLE.matcher(value);
        var result = new StringBuilder();
        while (variable.find()) {
            String replacement = variable.group(2).isEmpty() ? null : system.getProperty(variable.group(1));
            if (replacement == null) {
                throw LaunchException.usage(file + ": " + key + " is " + value + ", where " + variable.group()
                        + " names no system property; correct it, or set one in SYMPHONY_OPTS");
            }
            variable.appendReplacement(result, Matcher.quoteReplacement(replacement));
        }
        return variable.appendTail(result).toString();
    }
}
