package symphony.shell;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import symphony.api.event.TopicFilter;
import symphony.api.queue.DeadLetter;
import symphony.api.queue.DeadLetterFilter;
import symphony.api.queue.DeadReason;
import symphony.api.queue.QueueProvider;

/** Which dead letters the arguments of {@code dead} mean. */
final class DeadSelection {
    /** Options that choose. */
    static final List<Option> OPTIONS = List.of(
            new Option(
                    "--subscription", "NAME", Kind.DEAD_SUBSCRIPTION, "list, redrive --all: only of this subscription"),
            new Option("--topic", "FILTER", Kind.FILTER, "list, redrive --all: only events on these topics"),
            new Option(
                    "--reason",
                    "REASON",
                    Kind.DEAD_REASON,
                    "list, redrive --all: only with this reason, as attempts; several with commas"),
            Option.text(
                    "--after",
                    "TIME",
                    "list, redrive --all: only given up since then: 10m ago, or 2026-11-24T12:00:00Z"),
            Option.text("--before", "TIME", "list, redrive --all: only given up before then"));

    private static final Pattern UUID_TEXT = Pattern.compile("\\p{XDigit}{8}(-\\p{XDigit}{4}){3}-\\p{XDigit}{12}");

    private final Services services;
    private final SubscriptionNames names;
    private final InstantSource clock;

    DeadSelection(Services services, SubscriptionNames names, InstantSource clock) {
        this.services = services;
        this.names = names;
        this.clock = clock;
    }

    /** A dead letter and whose it is. */
    record Found(QueueProvider provider, DeadLetter letter) {}

    /** The names of all reasons, as they are typed. */
    static List<String> reasons() {
        return Arrays.stream(DeadReason.values()).map(DeadSelection::typed).toList();
    }

    private static String typed(DeadReason reason) {
        return reason.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether any option chooses. */
    static Optional<String> chosenBy(Arguments arguments) {
        return OPTIONS.stream().map(Option::name).filter(arguments::flag).findFirst();
    }

    /** What the options choose. */
    DeadLetterFilter filter(Arguments arguments) throws CommandException {
        DeadLetterFilter filter = DeadLetterFilter.ALL
                .because(reasons(arguments))
                .between(
                        arguments.instant("--after", clock).orElse(Instant.MIN),
                        arguments.instant("--before", clock).orElse(Instant.MAX));
        Optional<String> subscription = arguments.text("--subscription");
        if (subscription.isPresent()) {
            filter = filter.ofSubscription(names.findWithDeadLetters(subscription.get()));
        }
        Optional<String> topic = arguments.text("--topic");
        return topic.isPresent() ? filter.onTopics(TopicFilter.of(topic.get())) : filter;
    }

    private static Set<DeadReason> reasons(Arguments arguments) throws CommandException {
        var chosen = EnumSet.noneOf(DeadReason.class);
        for (String text : arguments.texts("--reason")) {
            for (String name : text.split(",")) {
                chosen.add(reason(name.strip()));
            }
        }
        return chosen;
    }

    private static DeadReason reason(String name) throws CommandException {
        for (DeadReason reason : DeadReason.values()) {
            if (name.equalsIgnoreCase(reason.name()) || name.equalsIgnoreCase(typed(reason))) {
                return reason;
            }
        }
        throw new CommandException("--reason is " + Text.quoted(name) + ", must be of " + String.join(", ", reasons()));
    }

    /** All that a filter means, in the order in which to re-drive them. */
    List<Found> all(DeadLetterFilter filter) throws CommandException {
        var found = new ArrayList<Found>();
        for (QueueProvider provider : services.someProviders()) {
            provider.deadLetters().list(filter).forEach(letter -> found.add(new Found(provider, letter)));
        }
        return found;
    }

    /** Those that the operand after the action names: one by its number, or those of an event by its id. */
    List<Found> named(Arguments arguments, String action) throws CommandException {
        if (arguments.count() < 2) {
            throw new CommandException(
                    "number is missing; write symphony:dead " + action + " N; symphony:dead list shows them");
        }
        String name = arguments.text(1);
        Optional<UUID> event = eventId(name);
        List<Found> found = event.isPresent() ? all(DeadLetterFilter.ALL.ofEvent(event.get())) : numbered(name);
        if (found.isEmpty()) {
            throw new CommandException("no dead letter " + Text.quoted(name) + "; symphony:dead list shows them");
        }
        return found;
    }

    /** The id of an event that a text is. */
    static Optional<UUID> eventId(String text) {
        return UUID_TEXT.matcher(text).matches() ? Optional.of(UUID.fromString(text)) : Optional.empty();
    }

    /** The one that the operand names. */
    Found one(Arguments arguments, String action) throws CommandException {
        List<Found> found = named(arguments, action);
        if (found.size() > 1) {
            List<String> each = found.stream()
                    .map(f -> f.provider().kind() + ":" + f.letter().number())
                    .toList();
            throw new CommandException("several subscriptions gave up the event " + arguments.text(1)
                    + "; write one of " + String.join(", ", each));
        }
        return found.get(0);
    }

    /** The one of a number, perhaps with its kind; none if there is none. */
    List<Found> numbered(String name) throws CommandException {
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
            List<String> kinds =
                    found.stream().map(f -> f.provider().kind() + ":" + number).toList();
            throw new CommandException(
                    "several kinds of queues have a number " + number + "; write one of " + String.join(", ", kinds));
        }
        return found;
    }

    private static long number(String text) throws CommandException {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new CommandException(
                    Text.quoted(text)
                            + " is no number of a dead letter, and no event's id; symphony:dead list shows them",
                    e);
        }
    }
}
