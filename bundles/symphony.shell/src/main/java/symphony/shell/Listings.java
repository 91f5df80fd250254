package symphony.shell;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import symphony.api.dispatcher.HandlerView;
import symphony.api.dispatcher.SubscriptionView;
import symphony.api.dispatcher.UnhandledTopic;

/** Commands that list what there is. */
final class Listings {
    private static final int MOST_UNHANDLED = 100;
    private static final int MOST_SCHEDULES = 1000;

    private final Services services;
    private final Topics topics;
    private final InstantSource clock;

    Listings(Services services, Topics topics, InstantSource clock) {
        this.services = services;
        this.topics = topics;
        this.clock = clock;
    }

    List<Command> commands() {
        return List.of(
                new Command(listing("handlers", "list the handler services, also unusable ones"), c -> handlers()),
                new Command(listing("queues", "list what waits, by subscription"), c -> queues()),
                new Command(
                        listing("subscriptions", "list the subscriptions and how their handlers do"),
                        c -> subscriptions()),
                new Command(listing("topics", "list the topics that are in use"), c -> topics()),
                new Command(unhandledSynopsis(), this::unhandled),
                new Command(scheduledSynopsis(), this::scheduled));
    }

    private static Synopsis listing(String name, String summary) {
        return Synopsis.of(name, summary)
                .with(Synopsis.JSON)
                .example("symphony:" + name)
                .example("(symphony:" + name + ") size")
                .build();
    }

    private Rows<HandlerView> handlers() throws CommandException {
        services.checkListing();
        return new Rows<>(
                services.dispatcher.get().handlers(),
                "no handler services",
                HandlerView::reason,
                List.of(
                        Column.number("SERVICE", (HandlerView h) -> Long.toString(h.serviceId())),
                        Column.name("BUNDLE", (HandlerView h) -> h.bundle() + " " + h.version()),
                        Column.word("STATE", (HandlerView h) -> h.state().name())
                                .painted((p, h) -> t -> p.of(h.state(), t)),
                        Column.name("SUBSCRIPTION", (HandlerView h) -> shortName(h.bundle(), h.subscription())),
                        Column.name("TOPICS", (HandlerView h) -> String.join(" ", h.topics()))));
    }

    /** The bundle stands in the row already. */
    private static String shortName(String bundle, String subscription) {
        return subscription.startsWith(bundle + "/") ? subscription.substring(bundle.length() + 1) : subscription;
    }

    private Rows<SubscriptionView> queues() throws CommandException {
        services.checkListing();
        List<SubscriptionView> queues = services.dispatcher.get().subscriptions();
        var columns = queueColumns();
        if (queues.stream().anyMatch(q -> q.queue().expired() > 0)) { // few events have a time to live
            columns.add(Column.number(
                    "EXPIRED", (SubscriptionView q) -> Long.toString(q.queue().expired())));
        }
        if (queues.stream().anyMatch(q -> q.queue().duplicates() > 0)) { // few ask for a window
            columns.add(Column.number(
                    "TWICE", (SubscriptionView q) -> Long.toString(q.queue().duplicates())));
        }
        if (queues.stream().anyMatch(q -> q.queue().takenAlong() > 0)) { // they make a queue full that looks empty
            columns.add(Column.number(
                    "ALONG", (SubscriptionView q) -> Long.toString(q.queue().takenAlong())));
        }
        return new Rows<>(queues, "no queues: nothing is subscribed", q -> "", columns);
    }

    private static List<Column<SubscriptionView>> queueColumns() {
        return new ArrayList<>(List.of(
                Column.name("SUBSCRIPTION", SubscriptionView::identity),
                Column.number(
                        "WAITING",
                        (SubscriptionView q) -> Long.toString(q.queue().waiting())),
                Column.number(
                        "DELAYED",
                        (SubscriptionView q) -> Long.toString(q.queue().delayed())),
                Column.number(
                        "LEASED",
                        (SubscriptionView q) -> Long.toString(q.queue().leased())),
                Column.number(
                        "HANDLED",
                        (SubscriptionView q) -> Long.toString(q.queue().handled())),
                Column.number(
                        "DEAD", (SubscriptionView q) -> Long.toString(q.queue().dead())),
                Column.number(
                        "REFUSED",
                        (SubscriptionView q) -> Long.toString(q.queue().refusals())),
                Column.number("OLDEST", (SubscriptionView q) -> oldest(q))));
    }

    private static String oldest(SubscriptionView q) {
        return q.queue().oldestMillis() == 0 ? "-" : Text.time(q.queue().oldestMillis());
    }

    private Rows<SubscriptionView> subscriptions() throws CommandException {
        services.checkListing();
        return new Rows<>(
                services.dispatcher.get().subscriptions(),
                "no subscriptions",
                SubscriptionView::reason,
                List.of(
                        Column.name("SUBSCRIPTION", SubscriptionView::identity),
                        Column.word("STATE", (SubscriptionView s) -> s.state().name())
                                .painted((p, s) -> t -> p.of(s.state(), t)),
                        Column.number("RUNNING", (SubscriptionView s) -> s.running() + "/" + s.concurrency()),
                        Column.number("FAILED", (SubscriptionView s) -> Long.toString(s.failures())),
                        Column.number("LATE", (SubscriptionView s) -> Long.toString(s.overruns())),
                        Column.name("TOPICS", (SubscriptionView s) -> String.join(" ", s.topics()))));
    }

    private Rows<TopicRow> topics() throws CommandException {
        services.checkListing();
        var subscribers = new TreeMap<String, List<String>>();
        topics.exact().forEach(topic -> subscribers.put(topic, new ArrayList<>()));
        for (SubscriptionView subscription : services.dispatcher.get().subscriptions()) {
            subscription
                    .topics()
                    .forEach(filter -> subscribers
                            .computeIfAbsent(filter, f -> new ArrayList<>())
                            .add(subscription.identity()));
        }
        List<TopicRow> rows = subscribers.entrySet().stream()
                .map(entry -> new TopicRow(entry.getKey(), List.copyOf(entry.getValue())))
                .toList();
        return new Rows<>(
                rows,
                "no topics yet",
                t -> "",
                List.of(
                        Column.name("TOPIC", TopicRow::topic),
                        Column.name("SUBSCRIPTIONS", (TopicRow t) -> String.join(" ", t.subscriptions()))));
    }

    private static Synopsis unhandledSynopsis() {
        return Synopsis.of("unhandled", "list the topics that nobody wanted lately")
                .with(Operand.maybe("FILTER", Kind.FILTER, "which topics, as orders/*; all if not given"))
                .with(Option.text("--limit", "N", "the last so many; " + MOST_UNHANDLED + " if not given"))
                .with(Synopsis.JSON)
                .text("A topic that is mistyped, or whose handler is not there, shows here.")
                .example("symphony:unhandled")
                .example("symphony:unhandled orders/*")
                .build();
    }

    private Rows<UnhandledTopic> unhandled(Call call) throws CommandException {
        Arguments arguments = call.arguments();
        int most = Math.toIntExact(arguments.number("--limit", MOST_UNHANDLED, 1, 1_000_000));
        Instant now = clock.instant();
        return new Rows<>(
                services.monitor.get().unhandled(arguments.count() == 0 ? "*" : arguments.text(0), most),
                "no unhandled events",
                t -> "",
                List.of(
                        Column.name("TOPIC", UnhandledTopic::topic),
                        Column.number("EVENTS", (UnhandledTopic t) -> Long.toString(t.count())),
                        Column.number(
                                "LAST",
                                (UnhandledTopic t) -> Text.time(
                                        Duration.between(t.last(), now).toMillis())),
                        Column.name("PUBLISHER", UnhandledTopic::publisher)));
    }

    private static Synopsis scheduledSynopsis() {
        return Synopsis.of("scheduled", "list the events that are published later or again")
                .with(Option.text("--limit", "N", "at most so many; " + MOST_SCHEDULES + " if not given"))
                .with(Synopsis.JSON)
                .example("symphony:scheduled")
                .build();
    }

    private Rows<ScheduleRow> scheduled(Call call) throws CommandException {
        int most = Math.toIntExact(call.arguments().number("--limit", MOST_SCHEDULES, 1, 1_000_000));
        services.check("schedule", "list", "scheduler"); // else the scheduler would show the shell's own
        Instant now = clock.instant();
        return ScheduleRow.table(services.scheduler.get().scheduled(most).stream()
                .map(schedule -> ScheduleRow.of(schedule, now))
                .toList());
    }
}
