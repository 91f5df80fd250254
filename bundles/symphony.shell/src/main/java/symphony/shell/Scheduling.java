package symphony.shell;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import symphony.api.event.Event;
import symphony.api.event.EventSystem;
import symphony.api.event.Recurrence;
import symphony.api.event.Recurrence.Misfire;
import symphony.component.Durations;

/** {@code schedule}: an event again and again. */
final class Scheduling {
    private static final String CATCH_UP = "catch-up=";

    private final Services services;
    private final Topics topics;
    private final InstantSource clock;

    Scheduling(Services services, Topics topics, InstantSource clock) {
        this.services = services;
        this.topics = topics;
        this.clock = clock;
    }

    Command command() {
        return new Command(
                Synopsis.of("schedule", "publish an event again and again")
                        .with(EventArguments.TOPIC)
                        .with(EventArguments.DATA)
                        .with(Option.text("--rate", "TIME", "one such time after the other, as 5s, 1.5m, 2h"))
                        .with(Option.text("--delay", "TIME", "so long after the one before was handed over"))
                        .with(Option.text(
                                "--cron", "EXPRESSION", "minute hour day month weekday, as \"0 7 * * MON-FRI\""))
                        .with(new Option("--zone", "ZONE", Kind.ZONE, "of --cron; the system's if not given"))
                        .with(Option.text(
                                "--from",
                                "WHEN",
                                "the first time, as 10s or 2026-12-01T10:00:00Z; not before it with --cron"))
                        .with(Option.text("--until", "INSTANT", "no time after it"))
                        .with(Option.text("--times", "N", "ends after so many"))
                        .with(new Option(
                                "--misfire",
                                "POLICY",
                                Kind.MISFIRE,
                                "of missed times: once (one event; if not given), skip, or catch-up=N (up to N)"))
                        .with(Option.flag("--keep", "go on when the bundle symphony.shell stops"))
                        .with(EventArguments.PRIORITY)
                        .with(EventArguments.TTL)
                        .with(EventArguments.KEY)
                        .with(EventArguments.ATTRIBUTE)
                        .with(Synopsis.JSON)
                        .text("To publish once, see symphony:publish --delay and --at. A cron expression needs quotes; "
                                + "a sixth field in front is the second. symphony:scheduled lists, symphony:cancel ends it. A "
                                + "schedule belongs to the shell, whoever makes it.")
                        .example("symphony:schedule clock/tick --rate 5s")
                        .example("symphony:schedule reports/daily --cron \"0 7 * * MON-FRI\" --zone Europe/Berlin")
                        .example("symphony:schedule sensors/poll --delay 10s --from 0 --times 3 --misfire skip")
                        .build(),
                this::run);
    }

    private Object run(Call call) throws CommandException {
        Arguments arguments = call.arguments();
        Event event = EventArguments.event(arguments);
        Recurrence recurrence = recurrence(arguments);
        EventSystem events = services.events.get();
        services.check("event", "publish", event.topic()); // when it is due, only the shell's bundle is asked
        topics.used(event.topic());
        return ScheduleRow.of(events.schedule(event, recurrence), clock.instant());
    }

    private static Recurrence recurrence(Arguments arguments) throws CommandException {
        Recurrence recurrence = misfire(arguments, start(arguments, kind(arguments)));
        Optional<String> until = arguments.text("--until");
        if (until.isPresent()) {
            recurrence = recurrence.until(EventArguments.instant("--until", until.get()));
        }
        if (arguments.flag("--times")) {
            recurrence = recurrence.times(arguments.number("--times", 1, 1, Long.MAX_VALUE));
        }
        return arguments.flag("--keep") ? recurrence.keptWithoutOwner() : recurrence;
    }

    private static Recurrence kind(Arguments arguments) throws CommandException {
        long kinds =
                Stream.of("--rate", "--delay", "--cron").filter(arguments::flag).count();
        if (kinds != 1) {
            throw new CommandException(
                    "give one of --rate, --delay and --cron; once is symphony:publish --delay or --at");
        }
        Optional<String> cron = arguments.text("--cron");
        if (cron.isPresent()) {
            return Recurrence.cron(cron.get(), zone(arguments));
        }
        if (arguments.flag("--zone")) {
            throw new CommandException("--zone is of --cron; leave it out");
        }
        return arguments.flag("--rate")
                ? Recurrence.fixedRate(arguments.time("--rate", Duration.ZERO))
                : Recurrence.fixedDelay(arguments.time("--delay", Duration.ZERO));
    }

    private static ZoneId zone(Arguments arguments) throws CommandException {
        Optional<String> zone = arguments.text("--zone");
        try {
            return zone.map(ZoneId::of).orElseGet(ZoneId::systemDefault);
        } catch (DateTimeException e) {
            throw new CommandException(
                    "--zone is " + Text.quoted(zone.orElse("")) + ", must be a zone as Europe/Berlin, UTC or +02:00",
                    e);
        }
    }

    private static Recurrence start(Arguments arguments, Recurrence recurrence) throws CommandException {
        Optional<String> from = arguments.text("--from");
        if (from.isEmpty()) {
            return recurrence;
        }
        Optional<Instant> instant = instant(from.get());
        if (instant.isPresent()) {
            return recurrence.startAt(instant.get());
        }
        try {
            return recurrence.startAfter(Durations.parse(from.get()));
        } catch (IllegalArgumentException e) {
            throw new CommandException(
                    "--from is " + Text.quoted(from.get()) + ", must be a time as 10s, up to "
                            + Recurrence.MAX_PERIOD.toDays() + "d, or an instant as 2026-12-01T10:00:00Z",
                    e);
        }
    }

    private static Optional<Instant> instant(String text) {
        try {
            return Optional.of(Instant.parse(text.strip()));
        } catch (DateTimeParseException e) {
            return Optional.empty(); // a time, or nothing that can be read; who asks finds out
        }
    }

    /** What completes {@code --misfire}. */
    static List<String> policies() {
        return List.of("once", "skip", CATCH_UP + "10");
    }

    private static Recurrence misfire(Arguments arguments, Recurrence recurrence) throws CommandException {
        String policy = arguments.text("--misfire").orElse("once");
        if (policy.equals("once")) {
            return recurrence;
        }
        if (policy.equals("skip")) {
            return recurrence.misfire(Misfire.SKIP);
        }
        if (policy.matches(CATCH_UP + "\\d{1,4}")) {
            return recurrence.catchUp(Integer.parseInt(policy.substring(CATCH_UP.length())));
        }
        throw new CommandException("--misfire is " + Text.quoted(policy)
                + ", must be once, skip or catch-up=N with N 1 to " + Recurrence.MOST_CAUGHT_UP);
    }
}
