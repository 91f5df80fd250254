package symphony.shell;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a command takes: the one source of its parser, its help and its completion.
 *
 * @param name without scope
 * @param summary one line
 * @param operands in their order
 * @param options in the order of the help; {@code --help} is added
 * @param text more about it, lines for people
 * @param examples lines that can be typed
 */
record Synopsis(
        String name,
        String summary,
        List<Operand> operands,
        List<Option> options,
        List<String> text,
        List<String> examples) {
    /** The scope of all our commands. */
    static final String SCOPE = "symphony";

    static final Option HELP = Option.flag("--help", "show this");
    static final Option JSON = Option.flag("--json", "print JSON, one object a line, instead of a table");

    private static final int HELP_COLUMN = 22;

    Optional<Option> option(String wanted) {
        return wanted.equals("-h")
                ? Optional.of(HELP)
                : options.stream().filter(o -> o.name().equals(wanted)).findFirst();
    }

    boolean hasJson() {
        return options.contains(JSON);
    }

    String scoped() {
        return SCOPE + ":" + name;
    }

    String usage() {
        var usage = new StringBuilder(scoped());
        operands.forEach(operand -> usage.append(' ').append(operand.usage()));
        return usage.append(options.size() > 1 ? " [option …]" : "").toString();
    }

    /** The help, for a width. */
    List<String> help(int width) {
        var lines = new ArrayList<String>();
        lines.add(usage());
        lines.add("  " + summary);
        section(
                lines,
                "arguments:",
                operands.stream().map(o -> entry(o.name(), o.help(), width)).toList());
        section(
                lines,
                "options:",
                options.stream().map(o -> entry(o.usage(), o.help(), width)).toList());
        if (!text.isEmpty()) {
            lines.add("");
            text.forEach(paragraph -> lines.addAll(Text.wrap(paragraph, width)));
        }
        section(
                lines,
                "examples:",
                examples.stream().map(e -> List.of("  " + e)).toList());
        return lines;
    }

    private static void section(List<String> lines, String title, List<List<String>> entries) {
        if (!entries.isEmpty()) {
            lines.add("");
            lines.add(title);
            entries.forEach(lines::addAll);
        }
    }

    private static List<String> entry(String name, String help, int width) {
        var lines = new ArrayList<String>();
        List<String> wrapped = Text.wrap(help, Math.max(20, width - HELP_COLUMN - 2));
        String first = "  " + Text.pad(name, HELP_COLUMN - 1, false) + " ";
        for (String line : wrapped) {
            lines.add((lines.isEmpty() ? first : " ".repeat(first.length())) + line);
        }
        return lines;
    }

    static Builder of(String name, String summary) {
        return new Builder(name, summary);
    }

    /** Declares a command. One thread only. */
    static final class Builder {
        private final String name;
        private final String summary;
        private final List<Operand> operands = new ArrayList<>();
        private final List<Option> options = new ArrayList<>();
        private final List<String> text = new ArrayList<>();
        private final List<String> examples = new ArrayList<>();

        private Builder(String name, String summary) {
            this.name = name;
            this.summary = summary;
        }

        Builder with(Operand operand) {
            operands.add(operand);
            return this;
        }

        Builder with(Option option) {
            options.add(option);
            return this;
        }

        Builder text(String paragraph) {
            text.add(paragraph);
            return this;
        }

        Builder example(String line) {
            examples.add(line);
            return this;
        }

        Synopsis build() {
            options.add(HELP);
            return new Synopsis(
                    name,
                    summary,
                    List.copyOf(operands),
                    List.copyOf(options),
                    List.copyOf(text),
                    List.copyOf(examples));
        }
    }
}
