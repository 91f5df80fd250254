package symphony.it.container;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What the README tells its reader to do, in its order. */
final class Readme {
    private static final String PROMPT = "symphony> ";
    private static final Pattern BANNER = Pattern.compile("(?:Try:)? +(symphony:.*?)(?: {2,}\\(.*)?");
    private static final Pattern PIPED = Pattern.compile("echo '(symphony:[^']+)' \\| \\./symphony");
    private static final Pattern HANDLER = Pattern.compile("@Topics\\(\"([^\"]+)\"\\)");
    private static final Pattern ROW = Pattern.compile("\\| ([^|]*[^| ]) \\| ([^|]*[^| ]) \\|");
    private static final Pattern INLINE = Pattern.compile("`(symphony:[^`]+)`");

    private final Path file;
    private final List<Step> steps = new ArrayList<>();
    private final List<String> text = new ArrayList<>();

    /** Something to do. */
    sealed interface Step {}

    /** A line for the shell of Symphony, and what it shows. */
    record Command(String line, List<String> shown) implements Step {}

    /** Lines for the shell of the operating system, that put bundles into the drop folder. */
    record Script(String lines) implements Step {}

    /** The reader writes a handler for these topics, and drops it. */
    record Handler(String topics) implements Step {}

    private Readme(Path file) {
        this.file = file;
    }

    static Readme of(Path file) throws IOException {
        var readme = new Readme(file.toRealPath());
        List<String> block = null;
        String language = "";
        for (String line : Files.readAllLines(file)) {
            if (!line.startsWith("```")) {
                (block == null ? readme.text : block).add(line);
            } else if (block == null) {
                language = line.substring(3);
                block = new ArrayList<>();
            } else {
                readme.read(language, block);
                block = null;
            }
        }
        return readme;
    }

    /** Where it lies: relative paths in it start here. */
    Path folder() {
        return file.getParent();
    }

    List<Step> steps() {
        return steps;
    }

    /** Commands in its running text, with arguments or without. */
    List<String> mentioned() {
        return text.stream().flatMap(Readme::inline).toList();
    }

    /** The rows of the tables below a heading: what stands left, and what stands right of it. */
    Map<String, String> table(String heading) {
        var rows = new LinkedHashMap<String, String>();
        text.stream()
                .dropWhile(line -> !line.equals("## " + heading))
                .skip(1)
                .takeWhile(line -> !line.startsWith("## "))
                .map(ROW::matcher)
                .filter(Matcher::matches)
                .forEach(row -> rows.put(row.group(1), row.group(2)));
        return rows;
    }

    private static Stream<String> inline(String line) {
        return INLINE.matcher(line).results().map(found -> found.group(1));
    }

    /** What is text or JSON is for a system with a policy, and done in the tests of the product. */
    private void read(String language, List<String> block) {
        String whole = String.join("\n", block);
        if (language.equals("java")) {
            Matcher handler = HANDLER.matcher(whole);
            if (handler.find()) {
                steps.add(new Handler(handler.group(1)));
            }
        } else if (whole.contains("bndrun/target/symphony/load/")) {
            steps.add(new Script(whole));
        } else if (whole.contains("symphony:") && !language.equals("text") && !language.equals("json")) {
            block.forEach(this::readLine);
        }
    }

    private void readLine(String line) {
        Matcher banner = BANNER.matcher(line);
        Matcher piped = PIPED.matcher(line);
        if (line.startsWith(PROMPT)) {
            add(line.substring(PROMPT.length()));
        } else if (banner.matches()) {
            add(banner.group(1));
        } else if (piped.matches()) {
            add(piped.group(1));
        } else if (line.startsWith("symphony:")) {
            add(line);
        } else if (!steps.isEmpty() && steps.get(steps.size() - 1) instanceof Command last) {
            last.shown().add(line);
        }
    }

    private void add(String line) {
        steps.add(new Command(line, new ArrayList<>()));
    }
}
