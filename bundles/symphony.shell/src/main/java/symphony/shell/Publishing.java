package symphony.shell;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Optional;
import symphony.api.event.Event;
import symphony.api.event.EventSystem;
import symphony.api.event.Receipt;
import symphony.api.event.Schedule;

/** {@code publish}: one event, now or later. */
final class Publishing {
    private final Services services;
    private final Topics topics;
    private final InstantSource clock;

    Publishing(Services services, Topics topics, InstantSource clock) {
        this.services = services;
        this.topics = topics;
        this.clock = clock;
    }

    Command command() {
        return new Command(
                Synopsis.of("publish", "publish an event")
                        .with(Operand.one("TOPIC", Kind.TOPIC, "where to, as orders/new"))
                        .with(Operand.any("key=value", Kind.TEXT, "the data; or one JSON text in single quotes"))
                        .with(Option.text("--priority", "N", "0 (most urgent) to 9; 5 if not given"))
                        .with(Option.text("--delay", "TIME", "publish later, as 5s, 1.5m, 2h"))
                        .with(Option.text("--at", "INSTANT", "publish then, as 2026-12-01T10:00:00Z"))
                        .with(Option.text("--ttl", "TIME", "handlers get it within this time or not at all"))
                        .with(Option.text("--key", "KEY", "what it is about, for order by key"))
                        .with(Option.text("--attribute", "A=B", "accompanies the data; may be repeated"))
                        .with(Option.text(
                                "--wait", "TIME", "wait so long for full subscriptions instead of being refused"))
                        .with(Synopsis.JSON)
                        .text(
                                "Values are read as in JSON: 12, 1.5, true, null, \"12\" (text that looks like a number), "
                                        + "lists and objects; everything else is text. Quote what has quotes, braces or spaces.")
                        .example("symphony:publish orders/new amount=12 customer=ada")
                        .example(
                                "symphony:publish orders/new '{\"amount\": 12, \"tags\": [\"a\", \"b\"]}' --priority 0")
                        .example("symphony:publish orders/new amount=12 zip='\"04109\"' --delay 5s")
                        .build(),
                this::run);
    }

    private Object run(Call call) throws CommandException {
        Arguments arguments = call.arguments();
        Event event = event(arguments);
        Optional<String> delay = arguments.text("--delay");
        Optional<String> at = arguments.text("--at");
        Optional<String> wait = arguments.text("--wait");
        if ((delay.isPresent() ? 1 : 0) + (at.isPresent() ? 1 : 0) + (wait.isPresent() ? 1 : 0) > 1) {
            throw new CommandException("--delay, --at and --wait exclude each other; give one of them");
        }
        EventSystem events = services.events.get();
        topics.used(event.topic());
        if (delay.isPresent()) {
            return scheduled(events.schedule(event, arguments.time("--delay", Duration.ZERO)));
        }
        if (at.isPresent()) {
            return scheduled(events.schedule(event, instant(at.get())));
        }
        return publish(events, event, arguments.time("--wait", Duration.ZERO));
    }

    private ScheduleRow scheduled(Schedule schedule) {
        return ScheduleRow.of(schedule, clock.instant());
    }

    private static Receipt publish(EventSystem events, Event event, Duration wait) {
        return wait.isZero() ? events.publish(event) : events.publish(event, wait);
    }

    private static Event event(Arguments arguments) throws CommandException {
        Event.Builder event = Event.on(arguments.text(0)).priority(priority(arguments));
        Map<String, Object> data = EventData.read(arguments.from(1));
        if (!data.isEmpty()) {
            event.data(data);
        }
        if (arguments.flag("--ttl")) {
            event.timeToLive(arguments.time("--ttl", Duration.ZERO));
        }
        arguments.text("--key").ifPresent(event::key);
        for (String attribute : arguments.texts("--attribute")) {
            int equals = attribute.indexOf('=');
            if (equals <= 0) {
                throw new CommandException("--attribute is " + Text.quoted(attribute) + ", must be name=value");
            }
            event.attribute(attribute.substring(0, equals), attribute.substring(equals + 1));
        }
        return event.build();
    }

    private static int priority(Arguments arguments) throws CommandException {
        return Math.toIntExact(
                arguments.number("--priority", Event.DEFAULT_PRIORITY, Event.MOST_URGENT, Event.LEAST_URGENT));
    }

    private static Instant instant(String text) throws CommandException {
        try {
            return Instant.parse(text.strip());
        } catch (DateTimeParseException e) {
            throw new CommandException(
                    "--at is " + Text.quoted(text) + ", must be an instant as 2026-12-01T10:00:00Z", e);
        }
    }
}
