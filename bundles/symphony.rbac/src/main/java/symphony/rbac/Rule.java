package symphony.rbac;

import java.util.regex.Pattern;
import symphony.api.rbac.Decision;

/**
 * One grant of a policy: {@code domain:action:instance}, forbidden with a leading {@code !}.
 *
 * @param text as written
 * @param forbids whether it begins with {@code !}
 * @param domain a word, or {@code *} for each
 * @param action a word, or {@code *} for each
 * @param instance pattern of what it is for
 * @param order its place among all grants of the policy
 * @param line where it stands
 * @param verdict the answer where it decides
 */
record Rule(
        String text,
        boolean forbids,
        String domain,
        String action,
        Instance instance,
        int order,
        int line,
        Verdict verdict) {
    static final String ANY = "*";
    static final int MAX_CHARS = Instance.MAX_CHARS + 256;

    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,99}");
    private static final String FORM = "; grants are of the form domain:action:instance, as event:publish:orders/new";

    /**
     * Reads a grant.
     *
     * @throws IllegalArgumentException if it is none; says what is wrong with it and how to mend it
     */
    static Rule of(String text, int order, int line, String origin) {
        boolean forbids = text.startsWith("!");
        String[] parts = (forbids ? text.substring(1) : text).split(":", 3);
        if (parts.length != 3) {
            throw wrong(text, "it has " + parts.length + " of 3 parts" + FORM);
        }
        part(text, "domain", parts[0]);
        part(text, "action", parts[1]);
        Instance instance;
        try {
            instance = Instance.pattern(parts[2]);
            Vocabulary.check(parts[0], parts[1], parts[2]);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(wrong(text, e.getMessage()).getMessage(), e);
        }
        var decision = new Decision(!forbids, origin + ": " + text);
        var verdict = new Verdict(decision, Integer.toString(order + 1));
        return new Rule(text, forbids, parts[0], parts[1], instance, order, line, verdict);
    }

    /** Whether it can be the domain or the action of a permission that somebody asks for. */
    static boolean isWord(String text) {
        return WORD.matcher(text).matches();
    }

    private static void part(String text, String name, String value) {
        if (!value.equals(ANY) && !isWord(value)) {
            String hint = value.indexOf('*') >= 0 || value.indexOf('+') >= 0
                    ? "; the one wildcard here is * in its place"
                    : value.startsWith("!") ? "; one ! is enough" : FORM;
            throw wrong(
                    text,
                    name + " " + Characters.shown(value)
                            + " must be 1 to 100 of the letters a to z and A to Z, digits, _ . - and begin with a letter or "
                            + "digit, or be *" + hint);
        }
    }

    private static IllegalArgumentException wrong(String text, String why) {
        return new IllegalArgumentException("grant " + Characters.shown(text) + ": " + why);
    }
}
