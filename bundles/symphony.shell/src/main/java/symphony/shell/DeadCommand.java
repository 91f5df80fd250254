package symphony.shell;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import symphony.api.audit.Outcome;
import symphony.api.event.Refusal;
import symphony.api.queue.Offer;
import symphony.api.rbac.Decision;
import symphony.shell.DeadSelection.Found;

/** {@code dead}: looks at dead letters, pushes them again, discards them. Permissions are checked, all is audited. */
final class DeadCommand {
    private static final int MOST_LISTED = 100;

    private final Services services;
    private final DeadSelection selection;
    private final Peeking peeking;
    private final InstantSource clock;

    DeadCommand(Services services, DeadSelection selection, Peeking peeking, InstantSource clock) {
        this.services = services;
        this.selection = selection;
        this.peeking = peeking;
        this.clock = clock;
    }

    Command command() {
        var synopsis = Synopsis.of("dead", "list, show, redrive or drop events that were given up")
                .with(Operand.one("ACTION", Kind.DEAD_ACTION, "list, show, redrive or drop"))
                .with(Operand.maybe("N", Kind.DEAD_LETTER, "number of a dead letter, KIND:N, or an event's id"))
                .with(Option.flag("--all", "redrive: all that the options mean"));
        DeadSelection.OPTIONS.forEach(synopsis::with);
        return new Command(
                synopsis.with(Option.flag("--dry-run", "redrive: only show which, in which order"))
                        .with(Option.text("--limit", "N", "list: the newest so many; " + MOST_LISTED + " if not given"))
                        .with(Option.flag("--data", "show: open the event; needs a permission, is audited"))
                        .with(Synopsis.JSON)
                        .text(
                                "Redrive pushes events to their subscription again, with the same id, in the order in which"
                                        + " they came there first. Where one is refused, those of its subscription behind it"
                                        + " stay, so that none is overtaken; only those of its order key, where an earlier one of"
                                        + " the key has to come first.")
                        .example("symphony:dead list")
                        .example("symphony:dead redrive --all --subscription symphony.example.orders/invoicing")
                        .example("symphony:dead redrive --all --topic orders/* --after 1h --dry-run")
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
        Optional<String> chosenBy = DeadSelection.chosenBy(arguments);
        String idle = "";
        if (all && !action.equals("redrive")) {
            idle = "--all is for redrive";
        } else if (arguments.flag("--data") && !action.equals("show")) {
            idle = "--data is for show";
        } else if (arguments.flag("--limit") && !action.equals("list")) {
            idle = "--limit is for list";
        } else if (arguments.flag("--dry-run") && !action.equals("redrive")) {
            idle = "--dry-run is for redrive";
        } else if (chosenBy.isPresent() && !action.equals("list") && !all) {
            idle = chosenBy.get() + " is for list and redrive --all";
        }
        if (!idle.isEmpty()) {
            String meant = action.equals("list") ? action : action + " N";
            throw new CommandException(idle + ", not for " + meant + "; see symphony:help dead");
        }
    }

    private Rows<DeadRow> list(Arguments arguments) throws CommandException {
        if (arguments.count() > 1) {
            throw new CommandException(
                    "list takes no " + Text.quoted(arguments.text(1)) + "; use --subscription or show N");
        }
        int most = Math.toIntExact(arguments.number("--limit", MOST_LISTED, 1, 1_000_000));
        List<Found> found = new ArrayList<>(selection.all(selection.filter(arguments)));
        found.sort(Comparator.comparing((Found f) -> f.provider().kind())
                .thenComparingLong(f -> f.letter().number()));
        return table(found.subList(Math.max(0, found.size() - most), found.size()));
    }

    private Rows<DeadRow> table(List<Found> found) {
        return DeadRow.table(found.stream()
                .map(f -> DeadRow.of(f.provider().kind(), f.letter(), Map.of(), clock.instant()))
                .toList());
    }

    private Object show(Arguments arguments) throws CommandException {
        Found found = selection.one(arguments, "show");
        if (!arguments.flag("--data")) {
            return DeadRow.of(found.provider().kind(), found.letter(), Map.of(), clock.instant());
        }
        var details = Map.of("number", Long.toString(found.letter().number()));
        var open = peeking.open(found.letter().envelope(), details);
        return DeadRow.of(found.provider().kind(), found.letter(), open.data(), clock.instant());
    }

    private Object redrive(Arguments arguments) throws CommandException {
        List<Found> found = toRedrive(arguments);
        if (arguments.flag("--dry-run")) {
            return table(found);
        }
        return found.size() == 1 && !arguments.flag("--all") ? redriveOne(found.get(0)) : redriveAll(found);
    }

    private List<Found> toRedrive(Arguments arguments) throws CommandException {
        if (!arguments.flag("--all")) {
            return selection.named(arguments, "redrive");
        }
        if (arguments.count() > 1) {
            throw new CommandException("give either a number or --all");
        }
        return selection.all(selection.filter(arguments));
    }

    private Object redriveOne(Found found) throws CommandException {
        Offer offer = redrive(found);
        if (offer instanceof Offer.Refused refused) {
            throw new CommandException("dead letter " + found.letter().number() + " was not taken by "
                    + found.letter().subscription() + ": " + refused.reason() + ", " + refused.detail());
        }
        return found.letter().number() + " waits again for " + found.letter().subscription();
    }

    /** In the order of the list, which is that of their first push. */
    private Object redriveAll(List<Found> all) {
        Set<String> refusing = new HashSet<>();
        String firstRefusal = "";
        long done = 0;
        long refused = 0;
        long behind = 0;
        for (Found found : all) {
            if (Thread.currentThread().isInterrupted()) {
                break;
            }
            if (refusing.contains(found.letter().subscription())) {
                behind++; // it must not overtake the one that was refused
            } else if (!(redrive(found) instanceof Offer.Refused no)) {
                done++;
            } else if (isThere(found)) { // else somebody else was quicker
                refused++;
                if (no.reason() != Refusal.Reason.ORDER) { // that holds for its order key alone
                    refusing.add(found.letter().subscription());
                }
                firstRefusal = firstRefusal.isEmpty() ? no.reason() + ", " + no.detail() : firstRefusal;
            }
        }
        return Text.count(done, "event waits", "events wait") + " again"
                + (refused == 0 ? "" : Text.clean(", " + refused + " refused, the first one: " + firstRefusal))
                + (behind == 0 ? "" : "; " + behind + " behind stay, to keep the order");
    }

    private static boolean isThere(Found found) {
        return found.provider().deadLetters().find(found.letter().number()).isPresent();
    }

    private Offer redrive(Found found) {
        String subscription = found.letter().subscription();
        Decision decision = services.check("dead", "redrive", subscription);
        audit("dead:redrive", subscription, Outcome.DONE, found, decision);
        Offer offer = found.provider().deadLetters().redrive(found.letter().number());
        if (offer instanceof Offer.Refused) {
            audit("dead:redrive", subscription, Outcome.FAILED, found, decision);
        }
        return offer;
    }

    private Object drop(Arguments arguments) throws CommandException {
        Found found = selection.one(arguments, "drop");
        String subscription = found.letter().subscription();
        Decision decision = services.check("dead", "drop", subscription);
        audit("dead:drop", subscription, Outcome.DONE, found, decision);
        if (!found.provider().deadLetters().drop(found.letter().number())) {
            audit("dead:drop", subscription, Outcome.FAILED, found, decision);
            throw new CommandException("dead letter " + found.letter().number() + " has just gone");
        }
        return found.letter().number() + " is discarded";
    }

    private void audit(String action, String target, Outcome outcome, Found found, Decision decision) {
        services.guard.record(
                Services.PRINCIPAL,
                action,
                target,
                outcome,
                Map.of(
                        "number", Long.toString(found.letter().number()),
                        "event", found.letter().envelope().eventId().toString()),
                decision);
    }
}
