package symphony.api.event;

import java.util.Arrays;
import java.util.Objects;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A pattern over topics, in the one wildcard language of Symphony Events, used for subscriptions, grants and in the shell:
 * {@code +} stands for exactly one segment, a final {@code *} for the rest, one segment or more. So {@code orders/+}
 * matches {@code orders/new}, {@code orders/*} also {@code orders/new/express}, and {@code *} every topic.
 * Immutable; equal if the text is.
 */
@ProviderType
public final class TopicFilter implements Comparable<TopicFilter> {
    /** Stands for exactly one segment. */
    public static final String ONE = "+";

    /** Stands, at the end, for one segment or more. */
    public static final String REST = "*";

    private final String text;

    /** Null if there is no wildcard: then the text says it all, and there may be very many of these. */
    private final String[] segments;

    private final boolean open;

    private TopicFilter(String text, String[] segments, boolean open) {
        this.text = text;
        this.segments = segments;
        this.open = open;
    }

    /**
     * Reads a filter.
     *
     * @param text a topic, with or without wildcards
     * @return the filter
     * @throws NullPointerException if the text is null
     * @throws IllegalArgumentException if it is no filter; the message says why
     */
    public static TopicFilter of(String text) {
        Objects.requireNonNull(text, "topic filter");
        String[] segments = text.split("/", -1);
        boolean open = segments[segments.length - 1].equals(REST);
        if (open) {
            segments = Arrays.copyOf(segments, segments.length - 1);
        }
        checkWildcards(text, segments);
        if (segments.length > 0) {
            // What is left must be a topic; a letter stands in for each wildcard.
            String stand = String.join("/", segments).replace('+', 'x');
            try {
                Topic.check(stand);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("topic filter '" + Topic.shown(text) + "': " + e.getMessage(), e);
            }
        }
        boolean exact = !open && !Arrays.asList(segments).contains(ONE);
        return new TopicFilter(text, exact ? null : segments, open);
    }

    private static void checkWildcards(String text, String[] segments) {
        for (String segment : segments) {
            boolean misplaced = segment.indexOf('*') >= 0 || segment.indexOf('+') >= 0 && !segment.equals(ONE);
            if (misplaced) {
                String hint = segment.equals("**") ? "; write one * at the end" : "";
                throw new IllegalArgumentException(
                        "topic filter '" + Topic.shown(text) + "': in segment '" + Topic.shown(segment)
                                + "' a wildcard does not stand alone, or * is not the last segment" + hint);
            }
        }
    }

    /**
     * Whether a topic matches.
     *
     * @param topic a valid topic
     * @return whether it does
     */
    public boolean matches(String topic) {
        if (segments == null) {
            return text.equals(topic);
        }
        int from = 0;
        for (String segment : segments) {
            if (from > topic.length()) {
                return false;
            }
            int slash = topic.indexOf('/', from);
            int to = slash < 0 ? topic.length() : slash;
            boolean same = segment.equals(ONE) || to - from == segment.length() && topic.startsWith(segment, from);
            if (!same) {
                return false;
            }
            from = to + 1;
        }
        return open ? from <= topic.length() : from == topic.length() + 1;
    }

    /**
     * Whether each topic that the other filter matches is matched by this one, too.
     *
     * @param other never null
     * @return whether it covers it
     */
    public boolean covers(TopicFilter other) {
        String[] ours = parts();
        String[] others = other.parts();
        if (!open && (other.open || others.length != ours.length)) {
            return false;
        }
        // An open filter asks for one segment more than it names; an open other one has that segment in its *.
        int least = ours.length + (open ? 1 : 0);
        if (others.length + (other.open ? 1 : 0) < least) {
            return false;
        }
        for (int i = 0; i < ours.length; i++) {
            boolean wider = ours[i].equals(ONE) || ours[i].equals(others[i]);
            if (!wider) {
                return false;
            }
        }
        return true;
    }

    /**
     * Whether the filter has no wildcard, and so matches one topic only.
     *
     * @return whether it is exact
     */
    public boolean isExact() {
        return segments == null;
    }

    /**
     * Whether it ends with {@code *}.
     *
     * @return whether it is open
     */
    public boolean isOpen() {
        return open;
    }

    /**
     * The segments, without a final {@code *}.
     *
     * @return a new array, each a literal or {@code +}; empty for the filter {@code *}
     */
    public String[] segments() {
        return parts().clone();
    }

    private String[] parts() {
        return segments == null ? text.split("/") : segments;
    }

    @Override
    public int compareTo(TopicFilter other) {
        return text.compareTo(other.text);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TopicFilter filter && filter.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /** The text it was read from. */
    @Override
    public String toString() {
        return text;
    }
}
