package symphony.shell;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;
import symphony.api.event.Topic;

/** {@code load}: publishes the lines of a file, however large. */
final class Loading {
    /** Bytes of a line; more than any payload, written as JSON. */
    static final int MAX_LINE = 4 << 20;

    private static final Duration DEFAULT_WAIT = Duration.ofSeconds(30);

    private final Services services;
    private final Topics topics;
    private final Editor editor;
    private final LongSupplier nanos;
    private final InputFile files;

    Loading(Services services, Topics topics, Editor editor, LongSupplier nanos, InputFile files) {
        this.services = services;
        this.topics = topics;
        this.editor = editor;
        this.nanos = nanos;
        this.files = files;
    }

    Command command() {
        return new Command(
                Synopsis.of("load", "publish the events of a file")
                        .with(Operand.one("FILE", Kind.FILE, "one event a line; relative to the shell's folder"))
                        .with(new Option("--topic", "TOPIC", Kind.TOPIC, "topic of lines that name none"))
                        .with(Option.text(
                                "--columns", "A,B", "the lines are no JSON but values between tabs, of these names"))
                        .with(Option.text("--wait", "TIME", "wait so long for full subscriptions; 30s if not given"))
                        .with(Synopsis.JSON)
                        .text("A line is a JSON object: {\"topic\": …, \"data\": {…}, \"priority\": 0 to 9}, and"
                                + " optionally key, ttl, id, attributes. Bad lines are reported and skipped, empty"
                                + " ones are skipped. A full subscription slows loading down. Ctrl-C stops with a"
                                + " summary.")
                        .example("symphony:load events.jsonl")
                        .example("symphony:load utterances.tsv --topic nlp/utterance --columns intent,text")
                        .build(),
                this::run);
    }

    private Object run(Call call) throws Exception {
        Arguments arguments = call.arguments();
        Path file = call.file(arguments.text(0));
        EventLines format = format(arguments, file);
        Duration wait = arguments.time("--wait", DEFAULT_WAIT);
        var load = new Load(services.events.get(), format, wait, call.console(), topics, nanos);
        LoadReport report;
        boolean returns;
        try (var interruption = editor.interruption(call.session())) {
            report = load(load, file);
            returns = report.finished() || interruption.isRequested();
        }
        boolean interrupted = Thread.interrupted(); // an interrupted thread cannot print
        if (!report.finished()) {
            load.leaveProgress();
        }
        if (returns) {
            return report;
        }
        return stopped(call, report, interrupted);
    }

    private LoadReport load(Load load, Path file) throws CommandException {
        try (var lines = new BoundedLines(files.open(file, "a file with one event a line"), MAX_LINE)) {
            return load.run(lines);
        } catch (ClosedByInterruptException e) {
            return load.interrupted();
        } catch (IOException e) {
            throw InputFile.unreadable(file, e);
        }
    }

    /** Gogo throws the result of an interrupted command away, so it is printed here. */
    private static LoadReport stopped(Call call, LoadReport report, boolean interrupted) {
        if (!interrupted) {
            return report; // the system stopped, nobody pressed Ctrl-C
        }
        report.lines(call.console().width(), Paint.NONE).forEach(call.console()::line);
        Thread.currentThread().interrupt();
        return null;
    }

    private static EventLines format(Arguments arguments, Path file) throws CommandException {
        String topic = arguments.text("--topic").orElse("");
        if (arguments.flag("--topic")) {
            Topic.check(topic);
        }
        List<String> columns = arguments.text("--columns").map(Loading::columns).orElse(List.of());
        boolean tabs = file.toString().toLowerCase(Locale.ROOT).endsWith(".tsv");
        if (tabs && columns.isEmpty()) {
            throw new CommandException(
                    Text.quoted(file.getFileName()) + " has values between tabs; name them, as --columns intent,text");
        }
        if (!columns.isEmpty() && topic.isEmpty()) {
            throw new CommandException("values between tabs name no topic; give --topic");
        }
        if (columns.stream().anyMatch(String::isBlank)
                || columns.stream().distinct().count() < columns.size()) {
            throw new CommandException("--columns is " + Text.quoted(String.join(",", columns))
                    + ", must be different names between commas");
        }
        return new EventLines(topic, columns);
    }

    private static List<String> columns(String names) {
        return List.of(names.split(",", -1)).stream().map(String::strip).toList();
    }
}
