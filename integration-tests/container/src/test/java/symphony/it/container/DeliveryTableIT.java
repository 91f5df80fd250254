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
import java.util.stream.Stream;
import org.junit.Test;

/** What the documentation promises about deliveries: each row names a test that there is, and that is not switched off. */
public class DeliveryTableIT {
    private static final Path ROOT = Path.of(System.getProperty("readme")).getParent();
    private static final Pattern ROW = Pattern.compile("\\| .*\\| `(\\w+)\\.(\\w+)` \\|");
    private static final int LEAST_ROWS = 25;

    @Test
    public void eachRowNamesATestThatRuns() throws IOException {
        List<Path> sources;
        try (var bundles = Files.walk(ROOT.resolve("bundles"));
                var tests = Files.walk(ROOT.resolve("integration-tests"))) {
            sources = Stream.concat(bundles, tests)
                    .filter(file -> file.toString().endsWith(".java"))
                    .toList();
        }
        var unknown = new ArrayList<String>();
        int rows = 0;
        for (String line : Files.readAllLines(ROOT.resolve("docs/delivery.md"))) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                rows++;
                if (!isThere(sources, row.group(1), row.group(2))) {
                    unknown.add(row.group(1) + "." + row.group(2));
                }
            } else {
                assertTrue(line, !line.startsWith("| ") || line.startsWith("| when |"));
            }
        }
        assertEquals(List.of(), unknown);
        assertTrue(rows + " rows", rows >= LEAST_ROWS);
    }

    private static boolean isThere(List<Path> sources, String type, String method) throws IOException {
        Pattern test = Pattern.compile("@(Test|Property|ParameterizedTest)\\b[^{}]*void " + method + "\\(");
        for (Path source : sources) {
            if (source.getFileName().toString().equals(type + ".java")) {
                String text = Files.readString(source);
                if (test.matcher(text).find() && !text.contains("@Disabled") && !text.contains("@Ignore")) {
                    return true;
                }
            }
        }
        return false;
    }
}
