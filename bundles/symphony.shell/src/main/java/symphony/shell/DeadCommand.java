package symphony.shell;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import symphony.api.audit.Outcome;
import symphony.api.crypto.CryptoContext;
import symphony.api.crypto.SealException;
import symphony.api.queue.DeadLetter;
import symphony.api.queue.Offer;
import symphony.api.queue.QueueProvider;

/** {@code dead}: looks at dead letters, pushes them again, discards them. Permissions are checked, all is audited. */
final class DeadCommand {
    private static final int MOST_LISTED = 100;

    private final Services services;
    private final SubscriptionNames names;
    private final InstantSource clock;

    DeadCommand(Services services, SubscriptionNames names, InstantSource clock) {
        this.services = services;
        this.names = names;
        this.clock = clock;
    }

    Command command() {
        return new Command(
                Synopsis.of("dead", "list, show, redrive or drop events that were given up")
                        .with(Operand.one("ACTION", Kind.DEAD_ACTION, "list, show, redrive or drop"))
                        .with(Operand.maybe("N", Kind.DEAD_LETTER, "number of a dead letter, or KIND:N"))
                        .with(Option.flag("--all", "redrive: all of them, oldest first"))
                        .with(new Option(
                                "--subscription",
                                "NAME",
                                Kind.DEAD_SUBSCRIPTION,
                                "list, redrive --all: only of this one"))
                        .with(Option.text("--limit", "N", "list: the newest so many; " + MOST_LISTED + " if not given"))
                        .with(Option.flag("--data", "show: open the event; needs a permission, is audited"))
                        .with(Synopsis.JSON)
                        .text("Redrive pushes the event to its subscription again, with the same id.")
                        .example("symphony:dead list")
                        .example("symphony:dead redrive --all --subscription symphony.example.orders/invoicing")
                        .build(),
                this::run);
    }

    private Object run(Call call) throws CommandException {
        Arguments arguments = call.arguments();
        String action = arguments.text(0);
        refuseIdleOptions(arguments, action);
        return switch (action) {
            case "list" -> list(arguments);
            case "show" -> show(arguments);
            case "redrive" -> redrive(arguments);
            case "drop" -> drop(arguments);
            default ->
                throw new CommandException("unknown action " + Text.quoted(action)
                        + "; known are list, show N, redrive N or --all, drop N");
        };
    }

    /** An option that would do nothing is a mistake that nobody would notice. */
    private static void refuseIdleOptions(Arguments arguments, String action) throws CommandException {
        boolean all = arguments.flag("--all");
        String idle = "";
        if (all && !action.equals("redrive")) {
            idle = "--all is for redrive";
        } else if (arguments.flag("--data") && !action.equals("show")) {
            idle = "--data is for show";
        } else if (arguments.flag("--limit") && !action.equals("list")) {
            idle = "--limit is for list";
        } else if (arguments.flag("--subscription") && !action.equals("list") && !all) {
            idle = "--subscription is for list and redrive --all";
        }
        if (!idle.isEmpty()) {
            String meant = action.equals("list") ? action : action + " N";
            throw new CommandException(idle + ", not for " + meant + "; see symphony:help dead");
        }
    }

    /** The identity of the subscription that was asked for; empty for all. */
    private String subscription(Arguments arguments) throws CommandException {
        Optional<String> name = arguments.text("--subscription");
        return name.isPresent() ? names.findWithDeadLetters(name.get()) : "";
    }

    /** A dead letter and whose it is. */
    private record Found(QueueProvider provider, DeadLetter letter) {}

    private Rows<DeadRow> list(Arguments arguments) throws CommandException {
        if (arguments.count() > 1) {
            throw new CommandException(
                    "list takes no " + Text.quoted(arguments.text(1)) + "; use --subscription or show N");
        }
        int most = Math.toIntExact(arguments.number("--limit", MOST_LISTED, 1, 1_000_000));
        String subscription = subscription(arguments);
        var rows = new ArrayList<DeadRow>();
        for (QueueProvider provider : services.someProviders()) {
            provider.deadLetters()
                    .list(subscription, most)
                    .forEach(letter -> rows.add(DeadRow.of(provider.kind(), letter, Map.of(), clock.instant())));
        }
        return DeadRow.table(rows);
    }

    private Object show(Arguments arguments) throws CommandException {
        Found found = find(arguments, "show");
        if (!arguments.flag("--data")) {
            return DeadRow.of(found.provider().kind(), found.letter(), Map.of(), clock.instant());
        }
        String topic = found.letter().envelope().topic();
        services.check("event", "peek", topic);
        audit("event:peek", topic, Outcome.DONE, found);
        try {
            var open = services.sealer
                    .get()
                    .open(CryptoContext.EVENT, found.letter().envelope());
            return DeadRow.of(found.provider().kind(), found.letter(), open.data(), clock.instant());
        } catch (SealException e) {
            throw new CommandException(
                    "dead letter " + found.letter().number() + " cannot be opened with the keys here", e);
        }
    }

    private Object redrive(Arguments arguments) throws CommandException {
        if (arguments.flag("--all")) {
            if (arguments.count() > 1) {
                throw new CommandException("give either a number or --all");
            }
            return redriveAll(subscription(arguments));
        }
        Found found = find(arguments, "redrive");
        Offer offer = redrive(found);
        if (offer instanceof Offer.Refused refused) {
            throw new CommandException("dead letter " + found.letter().number() + " was not taken by "
                    + found.letter().subscription() + ": " + refused.reason() + ", " + refused.detail());
        }
        return found.letter().number() + " waits again for " + found.letter().subscription();
    }

    private Object redriveAll(String subscription) throws CommandException {
        long done = 0;
        String firstRefusal = "";
        long refused = 0;
        for (QueueProvider provider : services.someProviders()) {
            for (DeadLetter letter : provider.deadLetters().list(subscription, Integer.MAX_VALUE)) {
                if (Thread.currentThread().isInterrupted()) {
                    break;
                }
                if (redrive(new Found(provider, letter)) instanceof Offer.Refused no) {
                    refused++;
                    firstRefusal = firstRefusal.isEmpty() ? no.reason() + ", " + no.detail() : firstRefusal;
                } else {
                    done++;
                }
            }
        }
        return Text.count(done, "event waits", "events wait") + " again"
                + (refused == 0 ? "" : Text.clean(", " + refused + " refused, the first one: " + firstRefusal));
    }

    private Offer redrive(Found found) {
        String subscription = found.letter().subscription();
        services.check("dead", "redrive", subscription);
        audit("dead:redrive", subscription, Outcome.DONE, found);
        Offer offer = found.provider().deadLetters().redrive(found.letter().number());
        if (offer instanceof Offer.Refused) {
            audit("dead:redrive", subscription, Outcome.FAILED, found);
        }
        return offer;
    }

    private Object drop(Arguments arguments) throws CommandException {
        Found found = find(arguments, "drop");
        String subscription = found.letter().subscription();
        services.check("dead", "drop", subscription);
        audit("dead:drop", subscription, Outcome.DONE, found);
        if (!found.provider().deadLetters().drop(found.letter().number())) {
            audit("dead:drop", subscription, Outcome.FAILED, found);
            throw new CommandException("dead letter " + found.letter().number() + " has just gone");
        }
        return found.letter().number() + " is discarded";
    }

    private Found find(Arguments arguments, String action) throws CommandException {
        if (arguments.count() < 2) {
            throw new CommandException(
                    "number is missing; write symphony:dead " + action + " N; symphony:dead list shows them");
        }
        String name = arguments.text(1);
        int colon = name.indexOf(':');
        String kind = colon < 0 ? "" : name.substring(0, colon);
        long number = number(name.substring(colon + 1));
        var found = new ArrayList<Found>();
        for (QueueProvider provider : services.someProviders()) {
            if (kind.isEmpty() || kind.equals(provider.kind())) {
                Optional<DeadLetter> letter = provider.deadLetters().find(number);
                letter.ifPresent(there -> found.add(new Found(provider, there)));
            }
        }
        if (found.size() > 1) {
            List<String> names =
                    found.stream().map(f -> f.provider().kind() + ":" + number).toList();
            throw new CommandException(
                    "several kinds of queues have a number " + number + "; write one of " + String.join(", ", names));
        }
        if (found.isEmpty()) {
            throw new CommandException("no dead letter " + Text.quoted(name) + "; symphony:dead list shows them");
        }
        return found.get(0);
    }

    private static long number(String text) throws CommandException {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new CommandException(
                    Text.quoted(text) + " is no number of a dead letter; symphony:dead list shows them", e);
        }
    }

    private void audit(String action, String target, Outcome outcome, Found found) {
        services.guard.record(
                Services.PRINCIPAL,
                action,
                target,
                outcome,
                Map.of(
                        "number", Long.toString(found.letter().number()),
                        "event", found.letter().envelope().eventId().toString()));
    }
}
