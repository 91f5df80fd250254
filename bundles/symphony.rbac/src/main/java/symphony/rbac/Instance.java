package symphony.rbac;

import java.util.Arrays;

/**
 * What a permission is for, or a pattern over that: segments joined by {@code /}, as those of a topic, in which {@code +}
 * stands for one segment and a final {@code *} for one or more. Unlike a topic's, a segment is any visible text, since
 * subscriptions, pools and bundles have names of their own.
 *
 * @param segments without a final {@code *}
 * @param open whether it ends with {@code *}
 * @param proper false if it is no such text; then nobody can tell what whoever asks would make of it
 */
record Instance(String[] segments, boolean open, boolean proper) {
    static final String ONE = "+";
    static final String REST = "*";
    static final int MAX_CHARS = 1024;

    /** Whatever it is. */
    static Instance of(String text) {
        boolean proper = problem(text).isEmpty();
        String[] segments = proper ? text.split("/", -1) : new String[] {text};
        boolean open = segments[segments.length - 1].equals(REST);
        if (open) {
            segments = Arrays.copyOf(segments, segments.length - 1);
        }
        for (String segment : segments) {
            proper &= isWellUsed(segment);
        }
        return new Instance(segments, open, proper);
    }

    /** A pattern of a policy; throws {@code IllegalArgumentException} that says what is wrong with it and how to mend it. */
    static Instance pattern(String text) {
        String problem = problem(text);
        if (!problem.isEmpty()) {
            throw new IllegalArgumentException(problem);
        }
        Instance pattern = of(text);
        for (String segment : pattern.segments) {
            if (!isWellUsed(segment)) {
                throw misplaced(segment);
            }
            int strange = Characters.firstLookAlike(segment);
            if (strange >= 0) {
                throw new IllegalArgumentException(
                        "segment " + Characters.shown(segment) + " has "
                                + Characters.name(segment.codePointAt(strange))
                                + ", which looks like another one; use letters of one script and none that look like / * + : or !");
            }
        }
        return pattern;
    }

    /** Whether a segment but a final {@code *} has no wildcard, or is one. */
    private static boolean isWellUsed(String segment) {
        return segment.equals(ONE) || segment.indexOf('*') < 0 && segment.indexOf('+') < 0;
    }

    private static IllegalArgumentException misplaced(String segment) {
        String hint;
        if (segment.equals("**")) {
            hint = "; write one * at the end";
        } else if (segment.equals(REST)) {
            hint = "; write + for one segment";
        } else {
            hint = "; there are no patterns within a segment";
        }
        return new IllegalArgumentException("in segment " + Characters.shown(segment)
                + " a wildcard does not stand alone, or * is not the last segment" + hint);
    }

    /** Why it is no text of this kind; empty if it is one. */
    private static String problem(String text) {
        if (text.isEmpty()) {
            return "the instance is empty; write what it is for, as orders/new, or *";
        }
        if (text.length() > MAX_CHARS) {
            return "the instance has " + text.length() + " characters, at most " + MAX_CHARS + " are allowed";
        }
        int hidden = Characters.firstInvisible(text);
        if (hidden >= 0) {
            return "the instance " + Characters.shown(text) + " has " + Characters.name(text.codePointAt(hidden))
                    + " at position " + hidden + ", which nobody sees; take it out";
        }
        if (!Characters.isNormal(text)) {
            return "the instance " + Characters.shown(text)
                    + " is not in Unicode normal form NFC, and looks like one that is; save it normalised";
        }
        for (String segment : text.split("/", -1)) {
            if (segment.isEmpty() || segment.startsWith(" ") || segment.endsWith(" ")) {
                return "the instance " + Characters.shown(text)
                        + " has an empty segment, or a blank at the end of one; "
                        + "write one / between segments and none at the ends, as orders/new";
            }
        }
        return "";
    }
}
