package symphony.shell;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.felix.service.command.Function;
import symphony.component.Durations;

/**
 * The arguments of one call, checked against its {@link Synopsis}. Gogo hands over strings, numbers, maps, lists and
 * closures; lists are taken as the arguments they hold.
 */
final class Arguments {
    private final Synopsis synopsis;
    private final List<Object> operands = new ArrayList<>();
    private final Map<String, List<Object>> options = new LinkedHashMap<>();

    private Arguments(Synopsis synopsis) {
        this.synopsis = synopsis;
    }

    static Arguments parse(Synopsis synopsis, List<?> given) throws CommandException {
        var arguments = new Arguments(synopsis);
        arguments.read(flat(synopsis, given));
        if (!arguments.has(Synopsis.HELP)) {
            arguments.checkCount();
        }
        return arguments;
    }

    private static List<Object> flat(Synopsis synopsis, List<?> given) throws CommandException {
        var flat = new ArrayList<Object>();
        for (Object argument : given == null ? List.of() : given) {
            if (argument instanceof List<?> list) {
                flat.addAll(flat(synopsis, list));
            } else if (argument == null) {
                throw new CommandException("argument " + (flat.size() + 1) + " has no value; is the variable set?");
            } else {
                flat.add(argument instanceof CharSequence text ? text.toString() : argument);
            }
        }
        return flat;
    }

    private void read(List<Object> given) throws CommandException {
        boolean optionsEnded = false;
        for (int i = 0; i < given.size(); i++) {
            Object argument = given.get(i);
            if (optionsEnded || !(argument instanceof String text) || text.length() < 2 || text.charAt(0) != '-') {
                operands.add(argument);
            } else if (text.equals("--")) {
                optionsEnded = true;
            } else {
                i += readOption(text, i + 1 < given.size() ? given.get(i + 1) : null);
            }
        }
    }

    /** Reads an option and tells how many further arguments that took. */
    private int readOption(String text, Object next) throws CommandException {
        int equals = text.indexOf('=');
        String name = equals < 0 ? text : text.substring(0, equals);
        Option option = synopsis.option(name).orElseThrow(() -> unknown(name));
        if (!option.takesValue()) {
            if (equals >= 0) {
                throw new CommandException(
                        name + " takes no value; leave " + Text.quoted(text.substring(equals)) + " out");
            }
            add(option, true);
            return 0;
        }
        if (equals >= 0) {
            add(option, text.substring(equals + 1));
            return 0;
        }
        if (next == null) {
            throw new CommandException(name + " needs a value; write " + option.usage());
        }
        add(option, next);
        return 1;
    }

    private void add(Option option, Object value) {
        options.computeIfAbsent(option.name(), k -> new ArrayList<>()).add(value);
    }

    private CommandException unknown(String name) {
        String known = synopsis.options().stream().map(Option::name).collect(Collectors.joining(", "));
        return new CommandException("unknown option " + Text.quoted(name) + "; known are " + known
                + "; write -- before arguments that begin with a dash");
    }

    private void checkCount() throws CommandException {
        List<Operand> known = synopsis.operands();
        boolean open = !known.isEmpty() && known.get(known.size() - 1).many();
        if (!open && operands.size() > known.size()) {
            throw new CommandException("unexpected argument " + Text.quoted(show(operands.get(known.size())))
                    + "; usage: " + synopsis.usage());
        }
        if (operands.size() < known.size() && known.get(operands.size()).required()) {
            throw new CommandException(known.get(operands.size()).name() + " is missing; usage: " + synopsis.usage());
        }
    }

    boolean has(Option option) {
        return options.containsKey(option.name());
    }

    int count() {
        return operands.size();
    }

    Object operand(int index) {
        return operands.get(index);
    }

    /** The text of an operand that is there. */
    String text(int index) {
        return show(operands.get(index));
    }

    /** An argument as it was typed. */
    static String show(Object argument) {
        if (!(argument instanceof Function closure)) {
            return String.valueOf(argument);
        }
        String source = source(closure);
        if (source.isEmpty()) {
            return "{ }";
        }
        boolean braces = source.startsWith("{") && source.endsWith("}");
        return braces ? source : "{ " + source + " }";
    }

    /** Gogo's closures show their source, in braces or without, but throw if there is nothing in them. */
    private static String source(Function closure) {
        try {
            return closure.toString().strip();
        } catch (IndexOutOfBoundsException e) {
            return "";
        }
    }

    List<Object> from(int index) {
        return index >= operands.size() ? List.of() : List.copyOf(operands.subList(index, operands.size()));
    }

    /** The last value of an option. */
    Optional<String> text(String option) {
        List<Object> values = options.getOrDefault(option, List.of());
        return values.isEmpty() ? Optional.empty() : Optional.of(show(values.get(values.size() - 1)));
    }

    List<String> texts(String option) {
        return options.getOrDefault(option, List.of()).stream()
                .map(Arguments::show)
                .toList();
    }

    boolean flag(String option) {
        return options.containsKey(option);
    }

    long number(String option, long otherwise, long least, long most) throws CommandException {
        Optional<String> given = text(option);
        if (given.isEmpty()) {
            return otherwise;
        }
        try {
            long value = Long.parseLong(given.get().strip());
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw new CommandException(range(option, given.get(), least, most), e);
        }
        throw new CommandException(range(option, given.get(), least, most));
    }

    private static String range(String option, String given, long least, long most) {
        return option + " is " + Text.quoted(given) + ", must be a whole number, " + least + " to " + most;
    }

    /** A point in time: an instant, or how long ago. */
    Optional<Instant> instant(String option, InstantSource clock) throws CommandException {
        Optional<String> given = text(option);
        if (given.isEmpty()) {
            return Optional.empty();
        }
        String text = given.get();
        try {
            return Optional.of(
                    text.contains(":") ? Instant.parse(text) : clock.instant().minus(Durations.parse(text)));
        } catch (DateTimeException | ArithmeticException | IllegalArgumentException e) {
            throw new CommandException(
                    option + " is " + Text.quoted(text)
                            + ", must be how long ago, as 10m, or an instant, as 2026-11-24T12:00:00Z",
                    e);
        }
    }

    /** A length of time in nanoseconds; the greatest number if it is not given, or longer. */
    long nanos(String option) throws CommandException {
        Duration time = time(option, Duration.ofNanos(Long.MAX_VALUE));
        return time.compareTo(Duration.ofNanos(Long.MAX_VALUE)) >= 0 ? Long.MAX_VALUE : time.toNanos();
    }

    Duration time(String option, Duration otherwise) throws CommandException {
        Optional<String> given = text(option);
        if (given.isEmpty()) {
            return otherwise;
        }
        try {
            return Durations.parse(given.get());
        } catch (IllegalArgumentException e) {
            throw new CommandException(option + ": " + e.getMessage(), e);
        }
    }
}
