package symphony.shell;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.Channels;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import symphony.api.audit.AuditPage;
import symphony.api.audit.AuditQuery;
import symphony.api.audit.AuditRecord;
import symphony.api.audit.AuditTrail;
import symphony.api.audit.AuditVerification.Verdict;

/** {@code audit}: reads, follows, verifies and exports the audit trail. The trail checks permissions. */
final class AuditCommand {
    private static final int MOST_TAIL = 20;
    private static final int MOST_FOUND = 100;
    private static final int PAGE = 1000;
    private static final long FOR_EVER = Long.MAX_VALUE;
    /** How long nothing is asked for after nothing was new. */
    private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(250);

    /** At most one part in so many of the time is spent with looking. */
    private static final int LOOKS = 10;

    /** Which options each action reads, besides {@code --json}. */
    private static final Map<String, Set<String>> READ = Map.of(
            "tail", Set.of("--limit", "--follow", "--for"),
            "find", Set.of("--limit"),
            "show", Set.of(),
            "verify", Set.of(),
            "export", Set.of());

    private final Services services;
    private final Editor editor;
    private final InstantSource clock;
    private final LongSupplier nanos;

    AuditCommand(Services services, Editor editor, InstantSource clock, LongSupplier nanos) {
        this.services = services;
        this.editor = editor;
        this.clock = clock;
        this.nanos = nanos;
    }

    static List<String> actions() {
        return List.of("tail", "find", "show", "verify", "export");
    }

    Command command() {
        var synopsis = Synopsis.of("audit", "read, follow, verify or export the audit trail")
                .with(Operand.one("ACTION", Kind.AUDIT_ACTION, "tail, find, show, verify or export"))
                .with(Operand.maybe("N", Kind.FILE, "show: a record's number; export: a new file"));
        AuditSelection.OPTIONS.forEach(synopsis::with);
        return new Command(
                synopsis.with(Option.text(
                                "--limit",
                                "N",
                                "tail, find: so many at most; " + MOST_TAIL + " and " + MOST_FOUND + " if not given"))
                        .with(Option.flag("--follow", "tail: go on with what is new, until Ctrl-C"))
                        .with(Option.text("--for", "TIME", "tail --follow: stop after this time"))
                        .with(Synopsis.JSON)
                        .text("verify fails if anything is wrong. export writes JSON Lines, here or into a file that"
                                + " is not there yet; that it was exported is recorded itself. Without a container"
                                + " the trail is verified by the class symphony.audit.Verify.")
                        .example("symphony:audit tail")
                        .example("symphony:audit find --outcome denied --after 1h")
                        .example("symphony:audit find --action key:* --json")
                        .example("symphony:audit show 1")
                        .example("symphony:audit verify")
                        .example("symphony:audit export trail.jsonl --after 24h")
                        .build(),
                this::run);
    }

    private Object run(Call call) throws Exception {
        Arguments arguments = call.arguments();
        String action = arguments.text(0);
        if (!READ.containsKey(action)) {
            throw new CommandException("unknown action " + Text.quoted(action)
                    + "; known are tail, find, show N, verify, export or export FILE");
        }
        refuseIdle(arguments, action);
        AuditTrail trail = services.trail.get();
        return switch (action) {
            case "tail" -> tail(call, trail);
            case "find" -> find(arguments, trail, clock);
            case "show" -> show(arguments.text(1), trail);
            case "verify" -> verify(call, trail);
            default -> export(call, trail);
        };
    }

    /** What would do nothing is a mistake that nobody would notice. */
    private static void refuseIdle(Arguments arguments, String action) throws CommandException {
        Optional<String> chosenBy = AuditSelection.chosenBy(arguments);
        boolean chooses = action.equals("find") || action.equals("export") || arguments.flag("--follow");
        String idle = "";
        if (chosenBy.isPresent() && !chooses) {
            idle = chosenBy.get() + " is for find, export and tail --follow";
        }
        for (String option : List.of("--limit", "--follow", "--for")) {
            if (arguments.flag(option) && !READ.get(action).contains(option)) {
                idle = option + " is for " + (option.equals("--limit") ? "tail and find" : "tail");
            }
        }
        if (arguments.flag("--for") && !arguments.flag("--follow") && idle.isEmpty()) {
            idle = "--for is for tail --follow";
        }
        boolean named = arguments.count() > 1;
        if (named && !action.equals("show") && !action.equals("export")) {
            idle = Text.quoted(arguments.text(1)) + " is for show and export";
        } else if (!named && action.equals("show")) {
            throw new CommandException("show needs the number of a record; symphony:audit tail shows some");
        }
        if (!idle.isEmpty()) {
            throw new CommandException(idle + ", not for " + action + "; see symphony:help audit");
        }
    }

    private static int limit(Arguments arguments, int otherwise) throws CommandException {
        return Math.toIntExact(arguments.number("--limit", otherwise, 1, AuditTrail.MOST_RECORDS));
    }

    private Object tail(Call call, AuditTrail trail) throws CommandException, InterruptedException {
        Arguments arguments = call.arguments();
        AuditPage page = trail.tail(limit(arguments, MOST_TAIL));
        if (!arguments.flag("--follow")) {
            return AuditRow.table(page.records().stream().map(AuditRow::of).toList());
        }
        AuditQuery query = AuditSelection.query(arguments, clock);
        long limit = arguments.nanos("--for");
        long shown = print(call, page.records().stream().filter(query::matches).toList());
        try (var interruption = editor.interruption(call.session())) {
            try {
                return end(call, follow(call, query.from(Math.max(query.sequence(), page.next())), limit) + shown);
            } catch (InterruptedException e) {
                if (!interruption.isRequested()) {
                    throw e;
                }
                call.console().line(""); // the terminal shows ^C where the next line would begin
                return null;
            }
        }
    }

    private static Object end(Call call, long shown) {
        return call.arguments().has(Synopsis.JSON) ? null : shown;
    }

    private long follow(Call call, AuditQuery from, long limit) throws CommandException, InterruptedException {
        long begin = nanos.getAsLong();
        AuditQuery query = from;
        long shown = 0;
        while (true) {
            boolean isOver = isOver(query);
            long asked = nanos.getAsLong();
            AuditPage page = services.trail.get().find(query, PAGE); // another one, once its bundle was updated
            shown += print(call, page.records());
            query = query.from(Math.max(query.sequence(), page.next()));
            long now = nanos.getAsLong();
            long left = limit == FOR_EVER ? FOR_EVER : limit - (now - begin);
            if (left <= 0 || page.isEnd() && isOver) {
                return shown;
            }
            if (page.isEnd()) {
                TimeUnit.NANOSECONDS.sleep(Math.min(left, pause(now - asked)));
            } else if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }

    /** Whether nothing more can come. */
    private boolean isOver(AuditQuery query) {
        return query.before().filter(end -> !clock.instant().isBefore(end)).isPresent();
    }

    /** A trail that is in trouble is read from its beginning at each look. */
    static long pause(long lookNanos) {
        return Math.max(PAUSE, LOOKS * lookNanos);
    }

    private static long print(Call call, List<AuditRecord> records) {
        Console console = call.console();
        for (AuditRecord record : records) {
            AuditRow row = AuditRow.of(record);
            if (call.arguments().has(Synopsis.JSON)) {
                console.line(Json.write(row));
            } else {
                console.line(console.terminal() ? Text.cut(row.line(), 4 * console.width()) : row.line());
            }
        }
        return records.size();
    }

    private static Object find(Arguments arguments, AuditTrail trail, InstantSource clock)
            throws CommandException, InterruptedException {
        int most = limit(arguments, MOST_FOUND);
        AuditQuery query = AuditSelection.query(arguments, clock);
        var rows = new ArrayList<AuditRow>();
        AuditPage page;
        do {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            page = trail.find(query, most - rows.size());
            page.records().forEach(record -> rows.add(AuditRow.of(record)));
            query = query.from(Math.max(query.sequence(), page.next()));
        } while (!page.isEnd() && rows.size() < most);
        Rows<AuditRow> table = AuditRow.table(rows);
        return page.isEnd() ? table : table.goingOn(page.next());
    }

    private static Object show(String number, AuditTrail trail) throws CommandException {
        try {
            long sequence = Long.parseLong(number);
            return trail.show(sequence)
                    .map(AuditRow::of)
                    .orElseThrow(() -> new CommandException(
                            "no record " + sequence + "; symphony:audit tail shows the newest ones"));
        } catch (NumberFormatException e) {
            throw new CommandException(Text.quoted(number) + " is no number of a record", e);
        }
    }

    private static Object verify(Call call, AuditTrail trail) throws CommandException {
        VerificationReport report = VerificationReport.of(trail.verify());
        if (report.verdict() == Verdict.INTACT) {
            return report;
        }
        Console console = call.console();
        if (call.arguments().has(Synopsis.JSON)) {
            console.line(Json.write(report));
        } else {
            report.lines(console.width(), console.paint()).forEach(console::line);
        }
        throw new CommandException("the trail is " + report.verdict()
                + "; keep a copy of its folder before anything else, docs/operations.md says what to do");
    }

    private Object export(Call call, AuditTrail trail) throws CommandException, InterruptedException {
        Arguments arguments = call.arguments();
        AuditQuery query = AuditSelection.query(arguments, clock);
        try {
            if (arguments.count() == 1) {
                var out = new ExportTarget(call.console().out());
                trail.export(query, out);
                out.end();
                return null;
            }
            Path file = call.path(arguments.text(1));
            return Text.count(export(file, query, trail), "record is", "records are") + " in "
                    + Text.clean(file.toString());
        } catch (InterruptedIOException | ClosedByInterruptException e) {
            throw InputFile.interrupted(e);
        } catch (IOException e) {
            throw new CommandException(e.getMessage(), e);
        }
    }

    /** Half of a trail looks like all of it, so the file is there once it is whole. */
    private static long export(Path file, AuditQuery query, AuditTrail trail) throws CommandException, IOException {
        return NewFile.write(file, made -> {
            var out = new BufferedWriter(Channels.newWriter(made, StandardCharsets.UTF_8));
            long count = trail.export(query, out);
            out.flush();
            return count;
        });
    }
}
