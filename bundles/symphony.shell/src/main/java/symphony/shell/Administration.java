package symphony.shell;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import symphony.api.audit.Outcome;
import symphony.api.dispatcher.EventDispatcher;
import symphony.api.event.Schedule;
import symphony.api.rbac.Decision;
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
                        synopsis("pause", "let the events of a subscription, a pool or all wait"),
                        call -> pause(call, PAUSE)),
                new Command(
                        synopsis("resume", "call the handlers of what was paused again"), call -> pause(call, RESUME)),
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
                .with(Operand.maybe("NAME", Kind.SUBSCRIPTION, "identity of the subscription, or its unique end"))
                .with(new Option("--pool", "POOL", Kind.POOL, "a pool, as symphony:status lists them"))
                .with(Option.flag("--all", "all pools, the dispatcher as a whole"))
                .text("The end of an identity is what follows the slash in it, or the last part of that after a dot.")
                .example("symphony:" + name + " symphony.example.orders/invoicing")
                .example("symphony:" + name + " invoicing")
                .example("symphony:" + name + " --pool reports")
                .example("symphony:" + name + " --all")
                .build();
    }

    /** Pausing or resuming. The dispatcher checks our permission and audits. */
    private record Turn(
            BiPredicate<EventDispatcher, String> subscription,
            BiPredicate<EventDispatcher, String> pool,
            Consumer<EventDispatcher> all,
            String done,
            String hint) {}

    private static final Turn PAUSE = new Turn(
            EventDispatcher::pause,
            EventDispatcher::pausePool,
            EventDispatcher::pause,
            " is paused",
            "; resume it with symphony:resume");

    private static final Turn RESUME =
            new Turn(EventDispatcher::resume, EventDispatcher::resumePool, EventDispatcher::resume, " is resumed", "");

    private Object pause(Call call, Turn turn) throws CommandException {
        Arguments arguments = call.arguments();
        Optional<String> pool = arguments.text("--pool");
        boolean all = arguments.flag("--all");
        boolean one = arguments.count() > 0;
        if ((one ? 1 : 0) + (pool.isPresent() ? 1 : 0) + (all ? 1 : 0) != 1) {
            throw new CommandException("give one of NAME, --pool POOL and --all");
        }
        EventDispatcher dispatcher = services.dispatcher.get();
        if (all) {
            turn.all.accept(dispatcher);
            return "the dispatcher" + turn.done + turn.hint.replace(":resume", ":resume --all");
        }
        if (pool.isPresent()) {
            if (!turn.pool.test(dispatcher, pool.get())) {
                throw new CommandException(
                        "there is no pool " + Text.quoted(pool.get()) + "; symphony:status lists the pools");
            }
            return "pool " + pool.get() + turn.done + turn.hint.replace(":resume", ":resume --pool " + pool.get());
        }
        String identity = names.find(arguments.text(0));
        if (!turn.subscription.test(dispatcher, identity)) {
            throw new CommandException("subscription " + Text.quoted(identity) + " has just gone");
        }
        return identity + turn.done + turn.hint;
    }

    private Object cancel(Call call) throws CommandException {
        Schedule schedule = find(services.scheduler.get(), call.arguments().text(0));
        String id = schedule.id().toString();
        Decision decision = services.check("schedule", "cancel", id);
        audit("schedule:cancel", id, Outcome.DONE, decision);
        if (!schedule.cancel()) {
            audit("schedule:cancel", id, Outcome.FAILED, decision);
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

    private void audit(String action, String target, Outcome outcome, Decision decision) {
        services.guard.record(Services.PRINCIPAL, action, target, outcome, Map.of(), decision);
    }
}
