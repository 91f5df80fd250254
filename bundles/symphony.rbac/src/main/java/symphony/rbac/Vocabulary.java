package symphony.rbac;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import symphony.api.event.TopicFilter;

/**
 * The permissions that the core asks for. A grant for others of its domains would never count; one that forbids would keep
 * nobody out, and nobody would notice.
 */
final class Vocabulary {
    private static final String CRYPTO = "crypto";
    private static final String EVENT = "event";
    private static final String LIST = "list";
    private static final String PEEK = "peek";
    private static final String SCHEDULE = "schedule";

    /** A new one belongs in docs/security.md, too. */
    static final Map<String, Set<String>> ACTIONS = Map.ofEntries(
            Map.entry("admission", Set.of(LIST, "trust")),
            Map.entry("audit", Set.of("export", "read", "record", "record-as", "verify")),
            Map.entry(CRYPTO, Set.of("change", "destroy", "disable", "enable", LIST, "open", PEEK, "rotate", "seal")),
            Map.entry("context", Set.of("run-as")),
            Map.entry("dead", Set.of("drop", LIST, "redrive")),
            Map.entry("dispatcher", Set.of("lift", LIST, "pause", "quarantine", "resume", "start", "stop")),
            Map.entry(EVENT, Set.of("monitor", "publish", "publish-as", "receive", "subscribe")),
            Map.entry(
                    "nlp",
                    Set.of("activate", "delete", "evaluate", "export", LIST, "recognize", "rollback", "train", "use")),
            Map.entry("policy", Set.of("explain", "reload", "show", "try")),
            Map.entry("queue", Set.of(LIST, "use")),
            Map.entry(SCHEDULE, Set.of("cancel", "create", "create-as", LIST)),
            Map.entry("shell", Set.of("run")),
            Map.entry("subscription", Set.of("take-over")),
            Map.entry("user", Set.of("add", LIST, "passwd", "remove", "unlock")));

    private Vocabulary() {}

    /** Throws {@code IllegalArgumentException}, which says how to mend it, if the core never asks for such a permission. */
    static void check(String domain, String action, String instance) {
        Set<String> actions = ACTIONS.get(domain);
        if (actions != null && !action.equals(Rule.ANY) && !actions.contains(action)) {
            throw new IllegalArgumentException("action " + Characters.shown(action) + " of domain " + domain
                    + " is unknown, and would never count; known are " + String.join(", ", new TreeSet<>(actions))
                    + ", and *; domains of your own are all but "
                    + String.join(", ", new TreeMap<>(ACTIONS).keySet()));
        }
        boolean ofTopics = domain.equals(EVENT) && !action.equals("publish-as")
                || domain.equals(CRYPTO) && action.equals(PEEK)
                || domain.equals(SCHEDULE) && action.equals("create");
        if (ofTopics) {
            checkTopic(instance);
        }
    }

    private static void checkTopic(String instance) {
        try {
            TopicFilter.of(instance);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "it matches no topic: " + Characters.visible(String.valueOf(e.getMessage()), Instance.MAX_CHARS)
                            + hint(instance),
                    e);
        }
    }

    private static String hint(String instance) {
        if (instance.indexOf('#') >= 0) {
            return "; write * at the end for the rest";
        }
        return instance.indexOf('.') >= 0 ? "; segments are joined by /, as in orders/new" : "";
    }
}
