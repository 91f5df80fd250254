package symphony.shell;

import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Function;
import symphony.api.event.HandlerConstants;
import symphony.api.event.Topic;
import symphony.api.event.TopicFilter;

/** {@code on}, {@code route} and {@code off}: handlers that are typed. */
final class WiringCommands {
    private final Services services;
    private final Topics topics;
    private final Wirings wirings;
    private final Logins logins;
    private final Globs globs;
    private final ChildSessions children;
    private final LinePrinter printer;
    private final InstantSource clock;
    private final Map<CommandSession, ReentrantLock> turns = Collections.synchronizedMap(new WeakHashMap<>());

    WiringCommands(
            Services services,
            Topics topics,
            Wirings wirings,
            Logins logins,
            Globs globs,
            ChildSessions children,
            LinePrinter printer,
            InstantSource clock) {
        this.services = services;
        this.topics = topics;
        this.wirings = wirings;
        this.logins = logins;
        this.globs = globs;
        this.children = children;
        this.printer = printer;
        this.clock = clock;
    }

    List<Command> commands() {
        return List.of(on(), route(), off());
    }

    private Command on() {
        return new Command(
                Synopsis.of("on", "call a closure for each event")
                        .with(Operand.maybe(
                                "FILTER", Kind.FILTER, "which topics, as 'orders/*'; without, list what is on"))
                        .with(Operand.maybe("{ closure }", Kind.TEXT, "commands in braces"))
                        .with(Option.text("--name", "NAME", "name of the subscription; on-1, on-2 … if not given"))
                        .with(Option.text("--attempts", "N", "attempts before a failed event becomes a dead letter; 1"))
                        .with(Option.flag("--keep", "goes on when this session ends"))
                        .with(Synopsis.JSON)
                        .text(
                                "In the closure $it (or $1) is the event: $it topic, $it priority, $it id, $it publisher, "
                                        + "$it get KEY, $it data; $2 is its topic, $3 its data. Closures of one session run one "
                                        + "after the other. Variables that they set are set in the session, while who made them is "
                                        + "at work there; to somebody else they show nothing.")
                        .example("symphony:on 'orders/*' { echo ($it topic) ($it get amount) }")
                        .example("symphony:on orders/new --name count { orders = %(orders + 1) }")
                        .build(),
                this::on);
    }

    private Object on(Call call) throws CommandException {
        Arguments arguments = call.arguments();
        if (arguments.count() == 0) {
            return WiringRow.table(wirings.list());
        }
        String filter = TopicFilter.of(arguments.text(0)).toString();
        if (arguments.count() < 2 || !(arguments.operand(1) instanceof Function closure)) {
            throw new CommandException("a closure in braces is missing after " + Text.quoted(filter)
                    + "; write one like { echo ($it topic) }");
        }
        int attempts = Math.toIntExact(arguments.number("--attempts", 1, 1, 1000));
        var events = services.events.get();
        String name = wirings.name(arguments.text("--name"), "on");
        CommandSession session = call.session();
        var user = call.user();
        BooleanSupplier isShared = () -> logins.of(session).equals(user);
        var target = new ClosureTarget(
                name,
                new ClosureSession(
                        services.processor.get(),
                        logins.children(children, user),
                        session,
                        isShared,
                        closure,
                        globs,
                        printer),
                source(closure),
                arguments.flag("--keep"),
                turns.computeIfAbsent(session, s -> new ReentrantLock(true)),
                line -> {
                    if (isShared.getAsBoolean()) {
                        printer.print(session, line);
                    }
                },
                new Maker(services, user));
        Map<String, Object> properties = Wiring.properties(name, filter);
        properties.put(HandlerConstants.ATTEMPTS, attempts);
        var wiring = new Wiring(name, filter, properties, target);
        wirings.add(wiring, events);
        return WiringRow.of(wiring);
    }

    private static String source(Function closure) {
        String text = Arguments.show(closure);
        return Text.line(text.substring(1, text.length() - 1));
    }

    private Command route() {
        return new Command(
                Synopsis.of("route", "publish what comes to some topics to another one, too")
                        .with(Operand.maybe("FILTER", Kind.FILTER, "from, as 'orders/*'; without, list what is on"))
                        .with(Operand.maybe("TOPIC", Kind.TOPIC, "to, as audit/orders"))
                        .with(Option.text(
                                "--name", "NAME", "name of the subscription; route-1, route-2 … if not given"))
                        .with(Synopsis.JSON)
                        .text(
                                "Data, priority, attributes and expiry are kept; the id is a new one. A route stays until "
                                        + "symphony:off, also when this session ends. An event is forwarded at most "
                                        + RouteTarget.MOST_HOPS + " times.")
                        .example("symphony:route 'orders/*' audit/orders")
                        .build(),
                this::route);
    }

    private Object route(Call call) throws CommandException {
        Arguments arguments = call.arguments();
        if (arguments.count() == 0) {
            return WiringRow.table(wirings.list());
        }
        TopicFilter filter = TopicFilter.of(arguments.text(0));
        if (arguments.count() < 2) {
            throw new CommandException("TOPIC is missing; write symphony:route " + filter + " TOPIC");
        }
        String topic = Topic.check(arguments.text(1));
        if (filter.matches(topic)) {
            throw new CommandException("topic " + Text.quoted(topic) + " matches " + Text.quoted(filter)
                    + ", so events would go round for ever; choose a topic outside of it");
        }
        var events = services.events.get();
        services.check("event", "publish", topic); // it would be refused for each event
        String name = wirings.name(arguments.text("--name"), "route");
        var wiring = new Wiring(
                name,
                filter.toString(),
                Wiring.properties(name, filter.toString()),
                new RouteTarget(services, topic, new Maker(services, call.user()), clock));
        wirings.add(wiring, events);
        topics.used(topic);
        return WiringRow.of(wiring);
    }

    private Command off() {
        return new Command(
                Synopsis.of("off", "end a closure or a route")
                        .with(Operand.maybe("NAME", Kind.WIRING, "as symphony:on shows it"))
                        .with(Option.flag("--all", "end all of them"))
                        .text(
                                "What waits there becomes dead letters. Within a closure it takes effect when the closure has ended.")
                        .example("symphony:off --all")
                        .build(),
                this::off);
    }

    private Object off(Call call) throws CommandException {
        boolean all = call.arguments().flag("--all");
        if (all == (call.arguments().count() == 1)) {
            throw new CommandException("give either a NAME or --all; symphony:on shows what is on");
        }
        if (all) {
            return Text.count(wirings.offAll(call.session()), "closure or route", "closures and routes") + " ended";
        }
        String name = call.arguments().text(0);
        wirings.off(name, call.session());
        return Text.clean(name) + " ended";
    }
}
