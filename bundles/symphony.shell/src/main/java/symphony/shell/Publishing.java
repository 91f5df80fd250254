package symphony.shell;

import java.time.Duration;
import java.time.InstantSource;
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
                        .with(EventArguments.TOPIC)
                        .with(EventArguments.DATA)
                        .with(EventArguments.PRIORITY)
                        .with(Option.text("--delay", "TIME", "publish later, as 5s, 1.5m, 2h"))
                        .with(Option.text("--at", "INSTANT", "publish then, as 2026-12-01T10:00:00Z"))
                        .with(EventArguments.TTL)
                        .with(EventArguments.KEY)
                        .with(EventArguments.ATTRIBUTE)
                        .with(Option.text(
                                "--wait", "TIME", "wait so long for full subscriptions instead of being refused"))
                        .with(Synopsis.JSON)
                        .text(
                                "Values are read as in JSON: 12, 1.5, true, null, \"12\" (text that looks like a number), "
                                        + "lists and objects; everything else is text. Quote what has quotes, braces or spaces. "
                                        + "To publish again and again, see symphony:schedule. What is published later belongs to the "
                                        + "shell from then on.")
                        .example("symphony:publish orders/new amount=12 customer=ada")
                        .example(
                                "symphony:publish orders/new '{\"amount\": 12, \"tags\": [\"a\", \"b\"]}' --priority 0")
                        .example("symphony:publish orders/new amount=12 zip='\"04109\"' --delay 5s")
                        .build(),
                this::run);
    }

    private Object run(Call call) throws CommandException {
        Arguments arguments = call.arguments();
        Event event = EventArguments.event(arguments);
        Optional<String> delay = arguments.text("--delay");
        Optional<String> at = arguments.text("--at");
        Optional<String> wait = arguments.text("--wait");
        if ((delay.isPresent() ? 1 : 0) + (at.isPresent() ? 1 : 0) + (wait.isPresent() ? 1 : 0) > 1) {
            throw new CommandException("--delay, --at and --wait exclude each other; give one of them");
        }
        EventSystem events = services.events.get();
        topics.used(event.topic());
        if (delay.isPresent() || at.isPresent()) {
            services.check("event", "publish", event.topic()); // when it is due, only the shell's bundle is asked
        }
        if (delay.isPresent()) {
            return scheduled(events.schedule(event, arguments.time("--delay", Duration.ZERO)));
        }
        if (at.isPresent()) {
            return scheduled(events.schedule(event, EventArguments.instant("--at", at.get())));
        }
        return publish(events, event, arguments.time("--wait", Duration.ZERO));
    }

    private ScheduleRow scheduled(Schedule schedule) {
        return ScheduleRow.of(schedule, clock.instant());
    }

    private static Receipt publish(EventSystem events, Event event, Duration wait) {
        return wait.isZero() ? events.publish(event) : events.publish(event, wait);
    }
}
