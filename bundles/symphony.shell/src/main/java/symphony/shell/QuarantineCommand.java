package symphony.shell;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import symphony.api.dispatcher.EventDispatcher;
import symphony.api.dispatcher.Quarantine;
import symphony.api.dispatcher.SubscriptionView;

/** {@code quarantine}: which subscriptions are in it, and bringing one in or out. The dispatcher checks permissions and audits. */
final class QuarantineCommand {
    private final Services services;
    private final SubscriptionNames names;
    private final InstantSource clock;

    QuarantineCommand(Services services, SubscriptionNames names, InstantSource clock) {
        this.services = services;
        this.names = names;
        this.clock = clock;
    }

    Command command() {
        return new Command(
                Synopsis.of("quarantine", "list, lift or set quarantines of subscriptions")
                        .with(Operand.one("ACTION", Kind.QUARANTINE_ACTION, "list, lift or set"))
                        .with(Operand.maybe(
                                "NAME", Kind.SUBSCRIPTION, "identity of the subscription, or its unique end"))
                        .with(Option.text("--reason", "TEXT", "set: why, for people"))
                        .with(Synopsis.JSON)
                        .text(
                                "A subscription in quarantine gets no events; they wait. One is tried after a while, and if that"
                                        + " goes well the quarantine is over; if not, the next is tried after twice the time.")
                        .example("symphony:quarantine list")
                        .example("symphony:quarantine set invoicing --reason \"mail server seems slow\"")
                        .example("symphony:quarantine lift invoicing")
                        .build(),
                this::run);
    }

    private Object run(Call call) throws CommandException {
        Arguments arguments = call.arguments();
        String action = arguments.text(0);
        if (arguments.flag("--reason") && !action.equals("set")) {
            throw new CommandException("--reason is for set, not for " + action);
        }
        if (!action.equals("list") && arguments.count() < 2) {
            throw new CommandException(action + " needs the NAME of a subscription; symphony:subscriptions lists them");
        }
        return switch (action) {
            case "list" -> list(arguments);
            case "lift" -> lift(names.find(arguments.text(1)));
            case "set" ->
                set(names.find(arguments.text(1)), arguments.text("--reason").orElse("no reason given"));
            default ->
                throw new CommandException(
                        "unknown action " + Text.quoted(action) + "; known are list, lift NAME, set NAME");
        };
    }

    private Object list(Arguments arguments) throws CommandException {
        if (arguments.count() > 1) {
            throw new CommandException("list takes no NAME; it lists all that are in quarantine");
        }
        services.checkListing();
        Instant now = clock.instant();
        List<SubscriptionView> ill = services.dispatcher.get().subscriptions().stream()
                .filter(view -> view.quarantine().isPresent())
                .toList();
        return new Rows<>(
                ill,
                "no subscription is in quarantine",
                view -> view.quarantine().map(Quarantine::reason).orElse(""),
                List.of(
                        Column.name("SUBSCRIPTION", SubscriptionView::identity),
                        Column.number("FOR", (SubscriptionView v) -> Text.time(forMillis(v, now))),
                        Column.number("PROBE IN", (SubscriptionView v) -> probe(v, now)),
                        Column.number(
                                "PROBES",
                                (SubscriptionView v) ->
                                        Integer.toString(quarantine(v).probes())),
                        Column.number("TIMES", (SubscriptionView v) -> Long.toString(v.quarantines())),
                        Column.number(
                                "WAITING",
                                (SubscriptionView v) -> Long.toString(v.queue().waiting()))));
    }

    private static Quarantine quarantine(SubscriptionView view) {
        return view.quarantine().orElseThrow();
    }

    private static long forMillis(SubscriptionView view, Instant now) {
        return Duration.between(quarantine(view).since(), now).toMillis();
    }

    private static String probe(SubscriptionView view, Instant now) {
        long millis = Duration.between(now, quarantine(view).probe()).toMillis();
        return millis <= 0 ? "now" : Text.time(millis);
    }

    private Object lift(String identity) throws CommandException {
        if (!services.dispatcher.get().lift(identity)) {
            throw new CommandException(identity + " is in no quarantine; symphony:quarantine list shows which are");
        }
        return "the quarantine of " + identity + " is lifted";
    }

    private Object set(String identity, String reason) throws CommandException {
        EventDispatcher dispatcher = services.dispatcher.get();
        if (!dispatcher.quarantine(identity, reason)) {
            throw new CommandException("subscription " + Text.quoted(identity) + " has just gone");
        }
        return identity + " is in quarantine" + probe(dispatcher, identity)
                + "; symphony:quarantine lift ends it, symphony:pause shuts it for as long as you like";
    }

    private String probe(EventDispatcher dispatcher, String identity) {
        return dispatcher.subscriptions().stream()
                .filter(view ->
                        view.identity().equals(identity) && view.quarantine().isPresent())
                .findAny()
                .map(view -> ", one event is tried in " + probe(view, clock.instant()))
                .orElse("");
    }
}
