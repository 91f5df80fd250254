package symphony.api.rbac.weaving;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.osgi.annotation.versioning.ProviderType;
import symphony.api.rbac.Permission;
import symphony.api.rbac.RequiresPermission.Mode;

/**
 * What one annotation demands, as it was written: permissions in whose instances {@code {n}} stands for an argument. Immutable;
 * equal if it is of the same mode and the same texts.
 */
@ProviderType
public final class DemandPattern {
    /*
     * Parsed before anything is filled in, so that no argument can move a colon. An argument with wildcards asks for all that
     * they match, which is more than it could ask for without.
     */
    private static final int MOST_DIGITS = 3;
    private static final char SEPARATOR = '\n';

    private final Mode mode;
    private final List<String> texts;
    private final List<Pattern> patterns;

    /**
     * Reads an annotation's members.
     *
     * @param mode how many of the permissions are needed
     * @param texts permissions, at least one
     * @throws IllegalArgumentException if there is none or one is malformed; the message names it
     */
    public DemandPattern(Mode mode, List<String> texts) {
        this.mode = Objects.requireNonNull(mode, "mode");
        this.texts = List.copyOf(texts);
        if (texts.isEmpty()) {
            throw new IllegalArgumentException("it names no permission; name one, as \"payments:pay:{0}\"");
        }
        this.patterns = this.texts.stream().map(DemandPattern::parse).toList();
    }

    /**
     * Reads what {@link #toString} wrote.
     *
     * @param text mode and permissions
     * @return the pattern
     */
    public static DemandPattern of(String text) {
        List<String> parts = Arrays.asList(text.split(String.valueOf(SEPARATOR), -1));
        return new DemandPattern(Mode.valueOf(parts.get(0)), parts.subList(1, parts.size()));
    }

    /**
     * Which arguments it needs.
     *
     * @return their numbers, from 0
     */
    public SortedSet<Integer> arguments() {
        return patterns.stream()
                .flatMap(pattern -> pattern.numbers.stream())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /**
     * Fills arguments in.
     *
     * @param numbers of the arguments that follow, ascending; at least {@link #arguments}
     * @param values of them
     * @return what is demanded of this call
     * @throws IllegalArgumentException if an instance comes out empty
     */
    Demand with(List<Integer> numbers, Object... values) {
        var permissions = new Permission[patterns.size()];
        for (int i = 0; i < permissions.length; i++) {
            permissions[i] = patterns.get(i).with(numbers, values);
        }
        return new Demand(mode, List.of(permissions));
    }

    private static Pattern parse(String text) {
        if (text.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("permission '" + visible(text) + "' holds a control character");
        }
        Permission permission = Permission.of(text);
        if (hasBrace(permission.domain()) || hasBrace(permission.action())) {
            throw new IllegalArgumentException("permission '" + text
                    + "' has a brace in its domain or action; arguments stand in the instance only");
        }
        var between = new ArrayList<String>();
        var numbers = new ArrayList<Integer>();
        String instance = permission.instance();
        int at = 0;
        for (int open = instance.indexOf('{'); open >= 0; open = instance.indexOf('{', at)) {
            between.add(literal(text, instance.substring(at, open)));
            int close = instance.indexOf('}', open);
            numbers.add(number(text, close < 0 ? "" : instance.substring(open + 1, close)));
            at = close + 1;
        }
        between.add(literal(text, instance.substring(at)));
        return new Pattern(permission.domain(), permission.action(), List.copyOf(between), List.copyOf(numbers));
    }

    private static boolean hasBrace(String text) {
        return text.indexOf('{') >= 0 || text.indexOf('}') >= 0;
    }

    private static String literal(String text, String part) {
        if (part.indexOf('}') >= 0) {
            throw malformed(text);
        }
        return part;
    }

    private static int number(String text, String digits) {
        if (digits.isEmpty() || digits.length() > MOST_DIGITS || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw malformed(text);
        }
        return Integer.parseInt(digits);
    }

    private static IllegalArgumentException malformed(String text) {
        return new IllegalArgumentException(
                "permission '" + text + "' has a brace that is not of the form {n}, the number of an argument from 0");
    }

    private static String visible(String text) {
        return text.codePoints()
                .map(c -> Character.isISOControl(c) ? '?' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    /** One permission: literals, and between each two of them the number of an argument. */
    private record Pattern(String domain, String action, List<String> between, List<Integer> numbers) {
        Permission with(List<Integer> known, Object[] values) {
            var instance = new StringBuilder(between.get(0));
            for (int i = 0; i < numbers.size(); i++) {
                instance.append(values[known.indexOf(numbers.get(i))]).append(between.get(i + 1));
            }
            return new Permission(domain, action, instance.toString());
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof DemandPattern that && mode == that.mode && texts.equals(that.texts);
    }

    @Override
    public int hashCode() {
        return 31 * mode.hashCode() + texts.hashCode();
    }

    /** In a form that {@link #of} reads. */
    @Override
    public String toString() {
        return mode.name() + SEPARATOR + String.join(String.valueOf(SEPARATOR), texts);
    }
}
