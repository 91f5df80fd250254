package symphony.it.container;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.Test;

/** What the documentation says of the log: each warning and each error of ours stands in it, with what to do. */
public class LogTableIT {
    private static final Path ROOT = Path.of(System.getProperty("readme")).getParent();
    private static final Pattern LINE = Pattern.compile("log\\.(?:warn|error)\\(\\s*((?:\"[^\"]*\"[\\s+]*)+)");
    private static final Pattern LITERAL = Pattern.compile("\"([^\"]*)\"");
    private static final int LEAST_CHARACTERS = 8;
    private static final int LEAST_LINES = 30;

    @Test
    public void eachWarningAndErrorIsExplained() throws IOException {
        String documented = Files.readString(ROOT.resolve("docs/operations.md"));
        List<String> messages = messages();
        assertTrue(messages.size() + " messages", messages.size() >= LEAST_LINES);
        assertEquals(
                List.of(),
                messages.stream()
                        .filter(message -> parts(message).noneMatch(documented::contains))
                        .toList());
    }

    private static List<String> messages() throws IOException {
        var messages = new ArrayList<String>();
        try (var files = Files.walk(ROOT.resolve("bundles"))) {
            for (Path source : files.filter(LogTableIT::isOfABundle).toList()) {
                Matcher line = LINE.matcher(Files.readString(source));
                while (line.find()) {
                    messages.add(LITERAL.matcher(line.group(1))
                            .results()
                            .map(literal -> literal.group(1))
                            .collect(Collectors.joining()));
                }
            }
        }
        return messages;
    }

    private static boolean isOfABundle(Path file) {
        String name = file.toString();
        return name.endsWith(".java")
                && name.contains("/src/main/")
                && !name.contains("symphony.example")
                && !name.contains("symphony.testing");
    }

    /** What is left of a message between what is put into it, and short enough to be quoted. */
    private static Stream<String> parts(String message) {
        return Stream.of(message.split("\\{\\}|;|\\(|: "))
                .map(part -> part.replaceAll("^[\\s:,.]+|[\\s:,.]+$", ""))
                .filter(part -> part.length() >= LEAST_CHARACTERS);
    }
}
