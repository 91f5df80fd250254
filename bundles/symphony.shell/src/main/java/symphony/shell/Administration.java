package symphony.shell;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import symphony.api.audit.Outcome;
import symphony.api.dispatcher.EventDispatcher;
import symphony.api.event.Schedule;
import symphony.api.scheduler.EventScheduler;

/** {@code pause}, {@code resume} and {@code cancel}: each needs a permission and leaves an audit entry. */
final class Administration {
    private static final int LEAST_PREFIX = 4;
    private static final int MOST_SEARCHED = 1_000_000;

    private final Services services;
    private final SubscriptionNames names;

    Administration(Services services, SubscriptionNames names) {
        this.services = services;
        this.names = names;
    }

    List<Command> commands() {
        return List.of(
                new Command(
                        synopsis("pause", "let the events of a subscription wait"),
                        call -> change(call, EventDispatcher::pause, " is paused; resume it with symphony:resume")),
                new Command(
                        synopsis("resume", "call the handlers of a paused subscription again"),
                        call -> change(call, EventDispatcher::resume, " is resumed")),
                new Command(
                        Synopsis.of("cancel", "cancel an event that is scheduled")
                                .with(Operand.one(
                                        "ID", Kind.SCHEDULE, "as symphony:scheduled shows it, or its unique beginning"))
                                .example("symphony:cancel 01976f0c-7c5e-7000-8000-000000000000")
                                .build(),
                        this::cancel));
    }

    private static Synopsis synopsis(String name, String summary) {
        return Synopsis.of(name, summary)
                .with(Operand.one("NAME", Kind.SUBSCRIPTION, "identity of the subscription, or its unique end"))
                .text("The end of an identity is what follows the slash in it, or the last part of that after a dot.")
                .example("symphony:" + name + " symphony.example.orders/invoicing")
                .example("symphony:" + name + " invoicing")
                .build();
    }

    /** Changes a subscription. */
    @FunctionalInterface
    private interface Change {
        boolean apply(EventDispatcher dispatcher, String identity);
    }

    /** The dispatcher checks our permission and audits. */
    private Object change(Call call, Change change, String done) throws CommandException {
        EventDispatcher dispatcher = services.dispatcher.get();
        String identity = names.find(call.arguments().text(0));
        if (!change.apply(dispatcher, identity)) {
            throw new CommandException("subscription " + Text.quoted(identity) + " has just gone");
        }
        return identity + done;
    }

    private Object cancel(Call call) throws CommandException {
        Schedule schedule = find(services.scheduler.get(), call.arguments().text(0));
        String id = schedule.id().toString();
        services.check("schedule", "cancel", id);
        audit("schedule:cancel", id, Outcome.DONE);
        if (!schedule.cancel()) {
            audit("schedule:cancel", id, Outcome.FAILED);
            throw new CommandException(
                    "too late, " + id + " is " + schedule.state().name().toLowerCase(Locale.ROOT));
        }
        return id + " is cancelled";
    }

    private static Schedule find(EventScheduler scheduler, String id) throws CommandException {
        if (id.length() == 36) {
            return whole(scheduler, id).orElseThrow(() -> none(id));
        }
        if (id.length() < LEAST_PREFIX) {
            throw new CommandException(Text.quoted(id) + " is too short; give " + LEAST_PREFIX
                    + " characters of the id at least; symphony:scheduled lists them");
        }
        List<Schedule> found = scheduler.scheduled(MOST_SEARCHED).stream()
                .filter(s -> s.id().toString().startsWith(id.toLowerCase(Locale.ROOT)))
                .limit(2)
                .toList();
        if (found.size() > 1) {
            throw new CommandException("several ids begin with " + Text.quoted(id) + "; give more of it");
        }
        return found.stream().findFirst().orElseThrow(() -> none(id));
    }

    private static Optional<Schedule> whole(EventScheduler scheduler, String id) throws CommandException {
        try {
            return scheduler.find(UUID.fromString(id));
        } catch (IllegalArgumentException e) {
            throw new CommandException(Text.quoted(id) + " is no id; symphony:scheduled lists them", e);
        }
    }

    private static CommandException none(String id) {
        return new CommandException(
                "nothing is scheduled as " + Text.quoted(id) + "; symphony:scheduled lists what is; it may be over");
    }

    private void audit(String action, String target, Outcome outcome) {
        services.guard.record(Services.PRINCIPAL, action, target, outcome, Map.of());
    }
}
