package symphony.it.karaf;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** A shell that lines are typed into, and what it answers, without what a terminal adds. One thread only. */
final class Shell implements AutoCloseable {
    /*
     * A line is followed by another one that prints a word which nothing else prints; what was printed until then is the
     * answer. What handlers and closures print comes at any time, so it is told apart by its look. A terminal draws its prompt
     * again and again, with what is typed behind it: what follows the last prompt of a line counts, unless it was typed.
     */
    private static final Pattern PROMPTS = Pattern.compile("^(\\S+@\\S+\\(\\)> *)+");
    private static final Pattern COLOURS = Pattern.compile("\u001b\\[[0-9;?]*[a-zA-Z]");
    private static final Pattern ASIDE = Pattern.compile("(invoice \\d+:|ALERT |saw ).*");

    private final Running process;
    private final String typed = "echo end-of-";
    private final List<String> aside = new ArrayList<>();
    private int count;
    private int read;

    Shell(Running process) throws IOException {
        this.process = process;
        answer("echo welcome"); // what a shell says at its begin is not compared
    }

    /** What it answers to a line. */
    List<String> answer(String line) throws IOException {
        String end = "answer-" + ++count;
        process.type(line + "\n" + typed + end); // at once: else the second might come into what the first prints
        String last = "end-of-" + end;
        process.awaitTrue("the answer to " + line, () -> lines(read).contains(last));
        List<String> lines = lines(read);
        int at = lines.indexOf(last);
        read += at + 1;
        lines = lines.subList(0, at);
        lines.stream().filter(ASIDE.asMatchPredicate()).forEach(aside::add);
        // A line that is too long for the terminal is broken, with a blank where it was.
        Predicate<String> echoed = text -> {
            String dense = dense(text);
            return dense(line).contains(dense) || dense(typed + end).contains(dense);
        };
        return lines.stream()
                .filter(ASIDE.asMatchPredicate().or(echoed).negate())
                .toList();
    }

    private static String dense(String text) {
        return text.replaceAll("\\s+", "");
    }

    /** Lines that handlers and closures have printed here so far. */
    List<String> aside() {
        List<String> all = new ArrayList<>(aside);
        lines(read).stream().filter(ASIDE.asMatchPredicate()).forEach(all::add);
        return all;
    }

    static List<String> aside(String printed) {
        return printed.lines().filter(ASIDE.asMatchPredicate()).toList();
    }

    private List<String> lines(int from) {
        String text = COLOURS.matcher(process.output()).replaceAll("");
        int end = Math.max(text.lastIndexOf('\n'), text.lastIndexOf('\r')); // the rest is not complete
        return Arrays.stream(text.substring(0, end + 1).split("[\r\n]+"))
                .map(line -> PROMPTS.matcher(line).replaceFirst("").strip())
                .filter(line -> !line.isEmpty())
                .skip(from)
                .toList();
    }

    @Override
    public void close() {
        process.close();
    }
}
