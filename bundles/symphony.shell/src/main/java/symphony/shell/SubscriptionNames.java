package symphony.shell;

import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import symphony.api.dispatcher.EventDispatcher;
import symphony.api.dispatcher.SubscriptionView;
import symphony.api.queue.DeadLetter;
import symphony.api.queue.QueueProvider;

/**
 * Finds the subscription that somebody means: by its identity, by what follows the slash in it, or by the last part of that
 * after a dot. Thread-safe.
 */
final class SubscriptionNames {
    private static final int MOST_SHOWN = 10;
    private static final String LISTED_BY = "; symphony:subscriptions lists them";

    private final Services services;

    SubscriptionNames(Services services) {
        this.services = services;
    }

    /** The identity of a subscription that there is; for who may not see which there are the name itself. */
    String find(String name) throws CommandException {
        EventDispatcher dispatcher = services.dispatcher.get();
        if (!services.mayList()) {
            return name; // the dispatcher answers alike whether it is there or not
        }
        return resolve(identities(dispatcher), name, "no subscription " + Text.quoted(name) + LISTED_BY);
    }

    /** The identity of one that there is, or that has left dead letters. */
    String findWithDeadLetters(String name) throws CommandException {
        services.someProviders();
        return resolve(
                withDeadLetters(),
                name,
                "no subscription " + Text.quoted(name) + ", and no dead letter of one" + LISTED_BY);
    }

    /** Those that there are, and those that have left dead letters. */
    Collection<String> withDeadLetters() {
        var identities = new TreeSet<String>();
        EventDispatcher dispatcher = services.dispatcher.now();
        if (dispatcher != null) {
            identities.addAll(identities(dispatcher));
        }
        for (QueueProvider provider : services.providers) {
            provider.deadLetters().list("", Integer.MAX_VALUE).stream()
                    .map(DeadLetter::subscription)
                    .forEach(identities::add);
        }
        return identities;
    }

    /** Those that there are. */
    static List<String> identities(EventDispatcher dispatcher) {
        return dispatcher.subscriptions().stream()
                .map(SubscriptionView::identity)
                .toList();
    }

    private static String resolve(Collection<String> identities, String name, String none) throws CommandException {
        if (identities.contains(name)) {
            return name;
        }
        List<String> meant =
                identities.stream().filter(identity -> means(name, identity)).toList();
        if (meant.isEmpty()) {
            throw new CommandException(none);
        }
        if (meant.size() > 1) {
            throw new CommandException(Text.quoted(name) + " is ambiguous; write one of "
                    + meant.stream().limit(MOST_SHOWN).collect(Collectors.joining(", "))
                    + (meant.size() > MOST_SHOWN ? " and " + (meant.size() - MOST_SHOWN) + " more" : ""));
        }
        return meant.get(0);
    }

    private static boolean means(String name, String identity) {
        String own = identity.substring(identity.indexOf('/') + 1);
        return own.equals(name) || own.substring(own.lastIndexOf('.') + 1).equals(name);
    }
}
