package symphony.dispatcher;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Identities of subscriptions: the symbolic name of a bundle, a slash, a name; and a number where several handlers of a bundle
 * have one name, as in {@code acme/orders#2}. Guarded by the registry's lock.
 */
final class Identities {
    private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,4}");

    /** The highest number that was put behind a name, by identity without it. */
    private final Map<String, Integer> numbers = new HashMap<>();

    /** What an identity is to a handler that needs one. */
    enum Use {
        /** No handler of its bundle has it. */
        FREE,
        /** Another handler of its bundle has it. */
        TAKEN,
        /** A handler like it had it; what waits there is for this one. */
        LEFT_BEHIND
    }

    static String of(String bundle, String name) {
        return bundle + '/' + name;
    }

    /** Whether a text begins with a bundle, as identities do. */
    static boolean namesBundle(String text) {
        return text.indexOf('/') >= 0;
    }

    static String bundleOf(String identity) {
        return identity.substring(0, identity.indexOf('/'));
    }

    /** An identity is in use from now on. */
    void remember(String identity) {
        int hash = identity.lastIndexOf('#');
        String number = identity.substring(hash + 1);
        if (hash > 0 && NUMBER.matcher(number).matches()) {
            numbers.merge(identity.substring(0, hash), Integer.valueOf(number), Math::max);
        }
    }

    /**
     * The first name of a row, name, name#2, name#3, that no handler of the bundle has; but if there is an identity in that
     * row that such a handler left behind, that one's. So handlers find their own queues again in whatever order they come,
     * also if one of them is gone by then.
     */
    String unique(String bundle, String name, Function<String, Use> use) {
        int last = numbers.getOrDefault(of(bundle, name), 1);
        String free = "";
        for (int i = 1; free.isEmpty() || i <= last; i++) {
            String numbered = i == 1 ? name : name + '#' + i;
            Use found = use.apply(of(bundle, numbered));
            if (found == Use.LEFT_BEHIND) {
                return numbered;
            }
            if (found == Use.FREE && free.isEmpty()) {
                free = numbered;
            }
        }
        return free;
    }
}
