package symphony.it.container;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.Test;

/**
 * What the documentation says of the log and of standard error: each line of ours stands in it with its level, as the sources
 * have it, and it tells of no line that is never written.
 */
public class LogTableIT {
    /*
     * A message is the first argument of a call of the logger: what stands in quotes, and … for all that is put into it. Rows
     * of the tables quote it the same way and may leave out what the reader does not need, but not its longest part.
     */
    private static final Path ROOT = Path.of(System.getProperty("readme")).getParent();
    private static final Path DOCUMENT = ROOT.resolve("docs/operations.md");
    private static final int LEAST_MESSAGES = 110;

    /** The product's are SLF4J's; the launcher has the JDK's. */
    private static final Pattern LOGGED =
            Pattern.compile("\\blog\\.(?:(warn|error|info)\\(|log\\(\\s*Level\\.(INFO|WARNING|SEVERE)\\s*,)");

    /** Calls whose message is made elsewhere: in which file of theirs, and by which call there. */
    private static final Map<String, List<Maker>> INDIRECT = Map.of(
            "Supervisor.java", List.of(new Maker("Supervisor.java", "\\breport\\(")),
            "Crypto.java",
                    List.of(
                            new Maker(".*\\.java", "new KeysUnavailableException\\("),
                            new Maker("Encryption.java", "new IllegalStateException\\(")));

    private static final Pattern TOLD =
            Pattern.compile("\\b(?:LaunchException\\s*\\.(usage|failure)|(?:lines|warnings)\\s*\\.accept|say)\\(");
    private static final Pattern TOLD_BY_SCRIPT = Pattern.compile("fail \"((?:[^\"\\\\]|\\\\.)*)\" (\\d)");
    private static final Map<String, String> EXIT_CODES = Map.of("usage", "2", "failure", "1");

    private static final Set<String> HEADERS = Set.of("the log says", "standard error says");
    private static final Pattern QUOTED = Pattern.compile("`([^`]+)`");
    private static final String GAP = "…";

    private record Maker(String file, String call) {}

    /** @param level or exit code; empty where each will do */
    private record Message(String level, String text, String source) {
        String longest() {
            return Arrays.stream(text.split(GAP))
                    .max(Comparator.comparingInt(String::length))
                    .orElse("");
        }
    }

    private record Quote(String levels, String text) {
        boolean isOf(Message message) {
            var pattern = Arrays.stream(text.split(GAP, -1)).map(Pattern::quote).collect(Collectors.joining(".*"));
            return levels.contains(message.level()) && message.text().matches(pattern);
        }
    }

    @Test
    public void eachLineThatIsWrittenIsExplained() throws IOException {
        List<Quote> quotes = quotes();
        List<Message> messages = messages();
        assertTrue(messages.size() + " messages", messages.size() >= LEAST_MESSAGES);
        assertEquals(
                "lines that " + DOCUMENT + " does not tell of",
                "",
                messages.stream()
                        .filter(message -> quotes.stream()
                                .noneMatch(quote ->
                                        quote.isOf(message) && quote.text().contains(message.longest())))
                        .map(Message::toString)
                        .collect(Collectors.joining("\n")));
    }

    @Test
    public void eachLineThatIsExplainedIsWritten() throws IOException {
        List<Message> messages = messages();
        assertEquals(
                "lines that only " + DOCUMENT + " knows",
                "",
                quotes().stream()
                        .filter(quote -> messages.stream().noneMatch(quote::isOf))
                        .map(Quote::toString)
                        .collect(Collectors.joining("\n")));
    }

    private static List<Quote> quotes() throws IOException {
        var quotes = new ArrayList<Quote>();
        List<String> header = List.of();
        for (String line : Files.readAllLines(DOCUMENT)) {
            List<String> cells = cells(line);
            if (cells.stream().anyMatch(HEADERS::contains)) {
                header = cells;
            } else if (cells.isEmpty()) {
                header = List.of();
            } else if (!header.isEmpty()) {
                String levels = header.get(0).matches("level|exit code") ? cells.get(0) : "INFO";
                int column = header.indexOf(
                        header.stream().filter(HEADERS::contains).findFirst().orElseThrow());
                QUOTED.matcher(cells.get(column))
                        .results()
                        .forEach(quoted -> quotes.add(new Quote(levels, quoted.group(1))));
            }
        }
        return quotes;
    }

    /** Of a line of a table; none if it is no such line. */
    private static List<String> cells(String line) {
        return line.startsWith("|")
                ? Arrays.stream(line.substring(1).split("\\|"))
                        .map(String::strip)
                        .toList()
                : List.of();
    }

    private static List<Message> messages() throws IOException {
        var messages = new ArrayList<Message>();
        try (var files = Files.walk(ROOT.resolve("bundles"))) {
            for (Path file : files.filter(LogTableIT::isOfTheProduct).toList()) {
                messages.addAll(logged(file));
                if (file.toString().contains("symphony.launcher")) {
                    calls(file, TOLD, call -> EXIT_CODES.getOrDefault(String.valueOf(call.group(1)), ""))
                            .filter(message -> !message.text().equals(GAP))
                            .forEach(messages::add);
                }
            }
        }
        Matcher script = TOLD_BY_SCRIPT.matcher(Files.readString(ROOT.resolve("bndrun/bin/symphony")));
        while (script.find()) {
            String text = script.group(1).replaceAll("\\$[{]?\\w+-?[}]?", GAP);
            messages.add(new Message(script.group(2), text, "bin/symphony"));
        }
        return messages;
    }

    private static boolean isOfTheProduct(Path file) {
        String name = file.toString();
        return name.endsWith(".java")
                && name.contains("/src/main/")
                && !name.contains("symphony.example")
                && !name.contains("symphony.testing");
    }

    private static List<Message> logged(Path file) {
        var messages = new ArrayList<Message>();
        calls(file, LOGGED, LogTableIT::level).forEach(message -> {
            if (message.text().equals(GAP)) {
                messages.addAll(madeElsewhere(file, message.level()));
            } else {
                messages.add(message);
            }
        });
        return messages;
    }

    private static String level(MatchResult call) {
        return switch (call.group(1) == null ? call.group(2) : call.group(1)) {
            case "info", "INFO" -> "INFO";
            case "warn", "WARNING" -> "WARN";
            default -> "ERROR";
        };
    }

    private static List<Message> madeElsewhere(Path file, String level) {
        List<Maker> makers = INDIRECT.getOrDefault(name(file), List.of());
        var messages = new ArrayList<Message>();
        for (Maker maker : makers) {
            for (Path other : beside(file, maker.file())) {
                calls(other, Pattern.compile(maker.call()), call -> level)
                        .filter(message -> !message.text().equals(GAP))
                        .forEach(messages::add);
            }
        }
        assertTrue("what " + file + " logs must be found, see INDIRECT", !messages.isEmpty());
        return messages;
    }

    private static List<Path> beside(Path file, String names) {
        try (var files = Files.list(file.resolveSibling("."))) {
            return files.filter(other -> name(other).matches(names)).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String name(Path file) {
        return String.valueOf(file.getFileName());
    }

    private static Stream<Message> calls(Path file, Pattern calls, Function<MatchResult, String> level) {
        String source = read(file);
        return calls.matcher(source)
                .results()
                .map(call -> new Message(level.apply(call), firstArgument(source, call.end()), name(file)));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What stands in quotes, and … for what is put between, before and after. */
    private static String firstArgument(String source, int from) {
        var text = new StringBuilder();
        int depth = 0;
        for (int i = from; depth > 0 || ",)".indexOf(source.charAt(i)) < 0; i++) {
            char c = source.charAt(i);
            depth += "([{".indexOf(c) >= 0 ? 1 : ")]}".indexOf(c) >= 0 ? -1 : 0;
            if (c == '"') {
                int end = endOfLiteral(source, i);
                text.append(depth > 0 ? GAP : source.substring(i + 1, end).translateEscapes());
                i = end;
            } else if (!Character.isWhitespace(c) && c != '+') {
                text.append(GAP);
            }
        }
        return text.toString().replaceAll("\\{\\d*}", GAP).replaceAll(GAP + "+", GAP);
    }

    private static int endOfLiteral(String source, int quote) {
        int i = quote + 1;
        while (source.charAt(i) != '"') {
            i += source.charAt(i) == '\\' ? 2 : 1;
        }
        return i;
    }
}
