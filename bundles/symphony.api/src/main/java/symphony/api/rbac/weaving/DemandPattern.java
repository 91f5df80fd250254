package symphony.api.rbac.weaving;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.osgi.annotation.versioning.ProviderType;
import symphony.api.rbac.Permission;
import symphony.api.rbac.RequiresPermission.Mode;

/**
 * What one annotation demands, as it was written: permissions in whose instances {@code {n}} stands for an argument that is one
 * segment, and {@code {n*}} for one that is a path. Immutable; equal if it is of the same mode and the same texts.
 */
@ProviderType
public final class DemandPattern {
    /*
     * Parsed before anything is filled in, so that no argument can move a colon. Nor can it move a slash, unless it may be a
     * path: then no segment of it is left out or leads upwards, which the guarded method would follow and the policy not. An
     * argument with wildcards asks for all that they match, which is more than it could ask for without.
     */
    private static final int MOST_DIGITS = 3;
    private static final int MOST_CHARS = 1_024;
    private static final int MOST_SHOWN = 80;
    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,99}");
    private static final Set<String> LEADING_ELSEWHERE = Set.of("", ".", "..");
    private static final char SEPARATOR = '\n';

    private final Mode mode;
    private final List<String> texts;
    private final List<Parsed> patterns;

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
                .flatMap(pattern -> pattern.places.stream())
                .map(Place::number)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /**
     * Fills arguments in.
     *
     * @param numbers of the arguments that follow, ascending; at least {@link #arguments}
     * @param texts of them, null for null
     * @return what is demanded of this call
     */
    Demand with(List<Integer> numbers, String... texts) {
        var wanted = new Demand.Wanted[patterns.size()];
        for (int i = 0; i < wanted.length; i++) {
            wanted[i] = patterns.get(i).with(numbers, texts);
        }
        return new Demand(mode, List.of(wanted));
    }

    private static Parsed parse(String text) {
        if (text.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("permission '" + visible(text) + "' holds a control character");
        }
        Permission permission = Permission.of(text);
        if (hasBrace(permission.domain()) || hasBrace(permission.action())) {
            throw new IllegalArgumentException("permission '" + text
                    + "' has a brace in its domain or action; arguments stand in the instance only");
        }
        for (String word : List.of(permission.domain(), permission.action())) {
            if (!WORD.matcher(word).matches()) {
                throw new IllegalArgumentException("permission '" + text + "' could never be granted: '" + word
                        + "' must be 1 to 100 of letters, digits, _ . and -, the first a letter or digit");
            }
        }
        var between = new ArrayList<String>();
        var places = new ArrayList<Place>();
        String instance = permission.instance();
        int at = 0;
        for (int open = instance.indexOf('{'); open >= 0; open = instance.indexOf('{', at)) {
            between.add(literal(text, instance.substring(at, open)));
            int close = instance.indexOf('}', open);
            places.add(place(text, close < 0 ? "" : instance.substring(open + 1, close)));
            at = close + 1;
        }
        between.add(literal(text, instance.substring(at)));
        checkSegments(text, String.join("0", between)); // an argument is something
        return new Parsed(permission.domain(), permission.action(), List.copyOf(between), List.copyOf(places));
    }

    /** What no grant could have is of no use in a demand. */
    private static void checkSegments(String text, String instance) {
        List<String> segments = segments(instance);
        for (int i = 0; i < segments.size(); i++) {
            String segment = segments.get(i);
            boolean wildcard = segment.equals("+") || segment.equals("*") && i == segments.size() - 1;
            boolean wrong = LEADING_ELSEWHERE.contains(segment)
                    || !segment.equals(segment.strip())
                    || !wildcard && (segment.indexOf('*') >= 0 || segment.indexOf('+') >= 0);
            if (wrong || instance.length() > MOST_CHARS) {
                throw new IllegalArgumentException("permission '" + text
                        + "' could never be granted: the segments of an instance are not empty, not . or .., begin and"
                        + " end with no blank, and have no wildcards but + for one and a final *; at most " + MOST_CHARS
                        + " characters in all");
            }
        }
    }

    private static List<String> segments(String instance) {
        return List.of(instance.split("/", -1));
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

    private static Place place(String text, String inside) {
        boolean path = inside.endsWith("*");
        String digits = path ? inside.substring(0, inside.length() - 1) : inside;
        if (digits.isEmpty() || digits.length() > MOST_DIGITS || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw malformed(text);
        }
        return new Place(Integer.parseInt(digits), path);
    }

    private static IllegalArgumentException malformed(String text) {
        return new IllegalArgumentException("permission '" + text
                + "' has a brace that is not of the form {n} or {n*}, the number of an argument from 0");
    }

    private static String visible(String text) {
        return text.codePoints()
                .map(c -> Character.isISOControl(c) ? '?' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    /** Where an argument stands. */
    private record Place(int number, boolean path) {
        /** Why the argument cannot stand there; empty if it can. */
        String problem(String text) {
            if (text == null) {
                return "argument " + number + " is null";
            }
            boolean proper = path
                    ? segments(text).stream().noneMatch(LEADING_ELSEWHERE::contains)
                    : !LEADING_ELSEWHERE.contains(text) && text.indexOf('/') < 0;
            return proper
                    ? ""
                    : "argument " + number + " is '" + shown(text) + "', must be "
                            + (path
                                    ? "segments joined by /, none of them empty, . or .."
                                    : "one segment, not empty, not . or .., and without /");
        }

        @Override
        public String toString() {
            return "{" + number + (path ? "*}" : "}");
        }
    }

    private static String shown(String text) {
        return visible(text.length() <= MOST_SHOWN ? text : text.substring(0, MOST_SHOWN) + "…");
    }

    /** One permission: literals, and between each two of them an argument. */
    private record Parsed(String domain, String action, List<String> between, List<Place> places) {
        Demand.Wanted with(List<Integer> known, String... texts) {
            var instance = new StringBuilder(between.get(0));
            for (int i = 0; i < places.size(); i++) {
                Place place = places.get(i);
                String text = texts[known.indexOf(place.number())];
                String problem = place.problem(text);
                if (!problem.isEmpty()) {
                    return unfilled(problem);
                }
                instance.append(text).append(between.get(i + 1));
            }
            return instance.length() <= MOST_CHARS
                    ? wanted(instance.toString(), "")
                    : unfilled("with the arguments it has " + instance.length() + " characters, must be at most "
                            + MOST_CHARS);
        }

        private Demand.Wanted unfilled(String problem) {
            var instance = new StringBuilder(between.get(0));
            for (int i = 0; i < places.size(); i++) {
                instance.append(places.get(i)).append(between.get(i + 1));
            }
            return wanted(instance.toString(), problem);
        }

        private Demand.Wanted wanted(String instance, String problem) {
            return new Demand.Wanted(new Permission(domain, action, instance), problem);
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
