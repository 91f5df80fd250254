package symphony.it.container;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Tables of the documentation whose last column names the tests that show the row. */
final class TableOfTests {
    static final Path ROOT = Path.of(System.getProperty("readme")).getParent();
    private static final String NAME = "`(\\w+)\\.(\\w+)`";
    private static final Pattern TEST = Pattern.compile(NAME);

    private final String head;
    private final Pattern row;

    /** With so many columns before the last one, and a row of titles that begins so. */
    TableOfTests(int columns, String head) {
        this.head = head;
        this.row = Pattern.compile("(?:\\| [^|]+){" + columns + "}\\| (" + NAME + "(?:, " + NAME + ")*) \\|");
    }

    /** The file behind the line, or all of it for an empty one, has at least so many rows, and each names tests that run. */
    void check(String file, String from, int leastRows) throws IOException {
        List<String> lines = Files.readAllLines(ROOT.resolve(file));
        List<Path> sources = sources();
        var unknown = new ArrayList<String>();
        int rows = 0;
        for (String line : lines.subList(from.isEmpty() ? 0 : lines.indexOf(from) + 1, lines.size())) {
            Matcher matcher = row.matcher(line);
            if (matcher.matches()) {
                rows++;
                for (Matcher test = TEST.matcher(matcher.group(1)); test.find(); ) {
                    if (!isThere(sources, test.group(1), test.group(2))) {
                        unknown.add(test.group());
                    }
                }
            } else {
                assertTrue(line, !line.startsWith("| ") || line.startsWith(head));
            }
        }
        assertEquals(List.of(), unknown);
        assertTrue(rows + " rows", rows >= leastRows);
    }

    /** The rows of a file that are of this form. */
    List<String> rows(String file) throws IOException {
        return Files.readAllLines(ROOT.resolve(file)).stream()
                .filter(line -> row.matcher(line).matches())
                .toList();
    }

    /** Of bundles and tests, but not what a build or another test has put in between. */
    private static List<Path> sources() throws IOException {
        var sources = new ArrayList<Path>();
        for (String folder : List.of("bundles", "integration-tests")) {
            Files.walkFileTree(ROOT.resolve(folder), new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                    return directory.endsWith("target") ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    if (file.toString().endsWith(".java")) {
                        sources.add(file);
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        }
        return sources;
    }

    private static boolean isThere(List<Path> sources, String type, String method) throws IOException {
        Pattern test = Pattern.compile("@(Test|Property|ParameterizedTest)\\b(?:(?!void )[^;])*void " + method + "\\(");
        for (Path source : sources) {
            if (source.endsWith(type + ".java")) {
                String text = Files.readString(source);
                if (test.matcher(text).find() && !text.contains("@Disabled") && !text.contains("@Ignore")) {
                    return true;
                }
            }
        }
        return false;
    }
}
