package symphony.shell;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;
import symphony.api.event.Event;

/** The arguments and options that tell of an event, for all commands that publish one. */
final class EventArguments {
    static final Operand TOPIC = Operand.one("TOPIC", Kind.TOPIC, "where to, as orders/new");
    static final Operand DATA = Operand.any("key=value", Kind.TEXT, "the data; or one JSON text in single quotes");
    static final Option PRIORITY = Option.text("--priority", "N", "0 (most urgent) to 9; 5 if not given");
    static final Option TTL = Option.text("--ttl", "TIME", "handlers get it within this time or not at all");
    static final Option KEY = Option.text("--key", "KEY", "what it is about, for order by key");
    static final Option ATTRIBUTE = Option.text("--attribute", "A=B", "accompanies the data; may be repeated");

    private EventArguments() {}

    static Event event(Arguments arguments) throws CommandException {
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

    static Instant instant(String option, String text) throws CommandException {
        try {
            return Instant.parse(text.strip());
        } catch (DateTimeParseException e) {
            throw new CommandException(
                    option + " is " + Text.quoted(text) + ", must be an instant as 2026-12-01T10:00:00Z", e);
        }
    }
}
