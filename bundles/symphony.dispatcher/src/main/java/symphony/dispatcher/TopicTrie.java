package symphony.dispatcher;

import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import symphony.api.event.TopicFilter;

/**
 * Topic filters with wildcards, by their segments. Changed by one thread at a time; read by any number meanwhile, each
 * reading some state between the changes. The router's version stamp tells a reader when to read again.
 */
final class TopicTrie<T> {
    private static final Object[] NOBODY = {};

    private final Node root = new Node();

    /** A segment's node. Arrays are replaced, never changed. */
    private static final class Node {
        final Map<String, Node> children = new ConcurrentHashMap<>(2);
        /** Those whose filter ends here. */
        volatile Object[] here = NOBODY;
        /** Those whose filter ends here with {@code *}. */
        volatile Object[] rest = NOBODY;

        boolean isEmpty() {
            return children.isEmpty() && here.length == 0 && rest.length == 0;
        }
    }

    /** One thread at a time. */
    void add(TopicFilter filter, T target) {
        Node node = root;
        for (String segment : filter.segments()) {
            node = node.children.computeIfAbsent(segment, s -> new Node());
        }
        if (filter.isOpen()) {
            node.rest = with(node.rest, target);
        } else {
            node.here = with(node.here, target);
        }
    }

    /** One thread at a time. */
    void remove(TopicFilter filter, T target) {
        remove(root, filter.segments(), 0, filter.isOpen(), target);
    }

    private void remove(Node node, String[] segments, int at, boolean open, T target) {
        if (at < segments.length) {
            Node child = node.children.get(segments[at]);
            if (child != null) {
                remove(child, segments, at + 1, open, target);
                if (child.isEmpty()) {
                    node.children.remove(segments[at]);
                }
            }
        } else if (open) {
            node.rest = without(node.rest, target);
        } else {
            node.here = without(node.here, target);
        }
    }

    /** Adds to the set all whose filter matches. */
    void match(String topic, Set<T> found) {
        match(root, topic.split("/"), 0, found);
    }

    private void match(Node node, String[] segments, int at, Set<T> found) {
        if (at == segments.length) {
            addAll(node.here, found);
            return;
        }
        addAll(node.rest, found);
        Node literal = node.children.get(segments[at]);
        if (literal != null) {
            match(literal, segments, at + 1, found);
        }
        Node any = node.children.get(TopicFilter.ONE);
        if (any != null) {
            match(any, segments, at + 1, found);
        }
    }

    @SuppressWarnings("unchecked") // the arrays hold what add() put there
    private void addAll(Object[] targets, Set<T> found) {
        for (Object target : targets) {
            found.add((T) target);
        }
    }

    static Object[] with(Object[] all, Object one) {
        Object[] more = Arrays.copyOf(all, all.length + 1);
        more[all.length] = one;
        return more;
    }

    static Object[] without(Object[] all, Object one) {
        for (int i = 0; i < all.length; i++) {
            if (all[i] == one) {
                Object[] fewer = new Object[all.length - 1];
                System.arraycopy(all, 0, fewer, 0, i);
                System.arraycopy(all, i + 1, fewer, i, fewer.length - i);
                return fewer;
            }
        }
        return all;
    }
}
