package symphony.rbac;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Rules by their instance, segment by segment. To find those for an instance without wildcards takes two steps for each of
 * its segments at most where few rules have {@code +}, whatever the number of rules. Filled once, then read only.
 */
final class PatternTree {
    /*
     * Two questions are asked, since what is asked for may be a pattern, too, as a subscription's. A grant must cover it: give
     * each instance that it stands for. What is forbidden takes it away if it only overlaps: one instance that both stand for
     * is one that would be got by asking for more. So whoever may have a pattern may have each instance of it, and there is
     * no way round by wildcards (ADR 20). For an instance without wildcards both mean that the rule's pattern matches.
     *
     * An instance that is no proper text is covered by * alone, and overlaps with everything: whoever asks for it may make
     * something else of it than its letters say.
     */
    private final Node root = new Node();

    private static final class Node {
        private final Map<String, Node> named = new HashMap<>();
        private final List<Rule> ends = new ArrayList<>(0);
        private final List<Rule> rests = new ArrayList<>(0);
        private Node one;

        private Node child(String segment) {
            if (!segment.equals(Instance.ONE)) {
                return named.computeIfAbsent(segment, s -> new Node());
            }
            if (one == null) {
                one = new Node();
            }
            return one;
        }
    }

    void add(Rule rule) {
        Node node = root;
        for (String segment : rule.instance().segments()) {
            node = node.child(segment);
        }
        (rule.instance().open() ? node.rests : node.ends).add(rule);
    }

    /** Rules that stand for all that the instance stands for. */
    void covering(Instance wanted, Consumer<Rule> found) {
        if (wanted.proper()) {
            covering(root, wanted, 0, found);
        } else {
            root.rests.forEach(found);
        }
    }

    private static void covering(Node node, Instance wanted, int at, Consumer<Rule> found) {
        String[] segments = wanted.segments();
        boolean more = at < segments.length;
        if (more || wanted.open()) {
            node.rests.forEach(found);
        } else {
            node.ends.forEach(found);
        }
        if (!more) {
            return;
        }
        Node same = segments[at].equals(Instance.ONE) ? null : node.named.get(segments[at]);
        if (same != null) {
            covering(same, wanted, at + 1, found);
        }
        if (node.one != null) {
            covering(node.one, wanted, at + 1, found);
        }
    }

    /** Rules that stand for something that the instance stands for, too. */
    void overlapping(Instance wanted, Consumer<Rule> found) {
        if (wanted.proper()) {
            overlapping(root, wanted, 0, found);
        } else {
            all(root, found);
        }
    }

    private static void overlapping(Node node, Instance wanted, int at, Consumer<Rule> found) {
        String[] segments = wanted.segments();
        if (at == segments.length) {
            if (wanted.open()) { // one segment more, or any number
                node.rests.forEach(found);
                children(node, child -> all(child, found));
            } else {
                node.ends.forEach(found);
            }
            return;
        }
        node.rests.forEach(found);
        if (segments[at].equals(Instance.ONE)) {
            children(node, child -> overlapping(child, wanted, at + 1, found));
            return;
        }
        Node same = node.named.get(segments[at]);
        if (same != null) {
            overlapping(same, wanted, at + 1, found);
        }
        if (node.one != null) {
            overlapping(node.one, wanted, at + 1, found);
        }
    }

    private static void all(Node node, Consumer<Rule> found) {
        node.ends.forEach(found);
        node.rests.forEach(found);
        children(node, child -> all(child, found));
    }

    private static void children(Node node, Consumer<Node> visit) {
        node.named.values().forEach(visit);
        if (node.one != null) {
            visit.accept(node.one);
        }
    }
}
