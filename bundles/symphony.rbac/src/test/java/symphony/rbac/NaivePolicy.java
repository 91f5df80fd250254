package symphony.rbac;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a policy means, written down a second time with nothing of the first: a reader that knows the format as the document
 * has it, and decisions by trying out. Slow. {@link IllegalArgumentException} for what is no policy.
 */
final class NaivePolicy {
    private static final Pattern ROLE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,99}");
    private static final Pattern USER = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.@-]{0,99}");
    private static final Pattern BUNDLE =
            Pattern.compile("[*]|(?!bundle-[0-9]+$)(?=.{1,255}$)[A-Za-z0-9_-]+([.][A-Za-z0-9_-]+)*");
    private static final String WORD = "[A-Za-z0-9][A-Za-z0-9_.-]{0,99}";
    private static final Pattern GRANT =
            Pattern.compile("(!?)([*]|" + WORD + "):([*]|" + WORD + "):(.+)", Pattern.DOTALL);
    private static final String IGNORABLE =
            "\\u034f\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u3164\\ufe00-\\ufe0f\\uffa0\\x{e0100}-\\x{e01ef}";
    private static final Pattern VISIBLE = Pattern.compile("[\\p{L}\\p{M}\\p{N}\\p{P}\\p{S} &&[^" + IGNORABLE + "]]*");
    private static final String MARKS =
            "\\u2041\\u2044\\u2215\\u2571\\u27cb\\u29f8\\u1735\\u2cc6\\u2f03\\u3033\\u066d\\u204e\\u2217\\u22c6\\u2731\\ufe61"
                    + "\\u02d6\\u16ed\\u2795\\ufe62\\u02d0\\u02f8\\u0589\\u05c3\\u0703\\u0704\\u16ec\\u1803\\u1809\\u205a\\u2236"
                    + "\\ua4fd\\ua789\\ufe13\\ufe30\\ufe55\\u01c3\\u203c\\u2755\\u2757\\u2d51\\ufe15\\ufe57";
    private static final Map<String, String> ACTIONS = Map.ofEntries(
            Map.entry("event", "publish|publish-as|subscribe|receive|monitor"),
            Map.entry("schedule", "create|create-as|cancel|list"),
            Map.entry("dispatcher", "pause|resume|quarantine|lift|list|start|stop"),
            Map.entry("context", "run-as"),
            Map.entry("dead", "list|redrive|drop"),
            Map.entry("queue", "list|use"),
            Map.entry("policy", "show|explain|reload|try"),
            Map.entry("shell", "run"),
            Map.entry("subscription", "take-over"),
            Map.entry("user", "add|list|passwd|remove|unlock"),
            Map.entry("admission", "list|trust"),
            Map.entry("audit", "read|verify|export|record|record-as"),
            Map.entry("nlp", "recognize|train|evaluate|list|activate|rollback|delete|export|use"),
            Map.entry("crypto", "rotate|disable|enable|destroy|list|change|peek|seal|open"));
    private static final Pattern LOOK_ALIKE = Pattern.compile("(?s).*[\\uff01-\\uff5e" + MARKS + "].*|"
            + "(?=.*\\p{IsLatin}).*[\\p{IsCyrillic}\\p{IsGreek}\\p{IsArmenian}\\p{IsCherokee}\\p{IsCoptic}].*");

    private final Map<String, Object> roles;
    private final Map<String, Object> bundles;
    private final Map<String, Object> users;

    NaivePolicy(String text) {
        Map<String, Object> top =
                object(NaiveJson.read(text), Set.of("version", "comment", "roles", "bundles", "users"));
        need("1".equals(String.valueOf(top.get("version"))) && top.get("version") instanceof NaiveJson.Number);
        comment(top);
        roles = entries(top, "roles", ROLE, Set.of("comment", "roles", "grants"));
        bundles = entries(top, "bundles", BUNDLE, Set.of("comment", "roles", "grants", "signer"));
        users = entries(top, "users", USER, Set.of("comment", "roles", "grants"));
        need(Policies.SYSTEM.stream().noneMatch(bundles::containsKey));
        need(!bundles.containsKey("*") || !asObject(bundles.get("*")).containsKey("signer"));
        roles.keySet().forEach(role -> need(depth(role, 0) <= 16));
    }

    private static void need(boolean holds) {
        if (!holds) {
            throw new IllegalArgumentException("no policy");
        }
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> asObject(Object value) {
        need(value instanceof Map);
        return (Map<String, Object>) value;
    }

    private static Map<String, Object> object(Object value, Set<String> known) {
        need(known.containsAll(asObject(value).keySet()));
        return asObject(value);
    }

    private static void comment(Map<String, Object> object) {
        Object comment = object.getOrDefault("comment", "");
        need(comment instanceof String text
                && text.length() <= 4_096
                && VISIBLE.matcher(text).matches());
    }

    private Map<String, Object> entries(Map<String, Object> top, String name, Pattern names, Set<String> members) {
        Map<String, Object> entries = asObject(top.getOrDefault(name, Map.of()));
        comment(entries);
        var without = new LinkedHashMap<>(entries);
        without.remove("comment");
        without.forEach((key, value) -> {
            need(names.matcher(key).matches());
            Map<String, Object> entry = object(value, members);
            comment(entry);
            List<String> has = strings(entry, "roles");
            need(Set.copyOf(has).size() == has.size() && has.size() <= 100);
            has.forEach(role ->
                    need(asObject(top.getOrDefault("roles", Map.of())).containsKey(role) && !role.equals("comment")));
            strings(entry, "grants").forEach(NaivePolicy::grant);
            need(entry.getOrDefault("signer", "0".repeat(64)) instanceof String signer
                    && signer.matches("[0-9a-f]{64}"));
        });
        return without;
    }

    private static List<String> strings(Map<String, Object> entry, String name) {
        Object list = entry.getOrDefault(name, List.of());
        need(list instanceof List);
        var strings = new ArrayList<String>();
        for (Object element : (List<?>) list) {
            need(element instanceof String);
            strings.add((String) element);
        }
        return strings;
    }

    private static void grant(String text) {
        var grant = GRANT.matcher(text);
        need(grant.matches());
        String instance = grant.group(4);
        need(isProper(instance));
        String domain = grant.group(2);
        String action = grant.group(3);
        need(action.equals("*") || action.matches(ACTIONS.getOrDefault(domain, ".*")));
        if (domain.equals("event") && !action.equals("publish-as")
                || domain.equals("schedule") && action.equals("create")
                || domain.equals("crypto") && action.equals("peek")) {
            need(isTopicFilter(instance));
        }
        for (String segment : instance.split("/", -1)) {
            need(!LOOK_ALIKE.matcher(segment).matches());
        }
    }

    private static boolean isTopicFilter(String instance) {
        String[] segments = instance.split("/", -1);
        boolean open = segments[segments.length - 1].equals("*");
        String named = open ? instance.substring(0, Math.max(0, instance.length() - 2)) : instance;
        boolean letters = named.codePoints()
                .allMatch(c -> "/+$_-".indexOf(c) >= 0
                        || c < 0x80 && Character.isLetterOrDigit(c)
                        || c >= 0x80 && Character.isJavaIdentifierPart(c) && !Character.isIdentifierIgnorable(c));
        return letters && named.getBytes(StandardCharsets.UTF_8).length <= 255;
    }

    private static boolean hasWildcardsInTheirPlaces(String instance) {
        String[] segments = instance.split("/", -1);
        boolean holds = true;
        for (int i = 0; i < segments.length; i++) {
            boolean wildcard = segments[i].equals("+") || segments[i].equals("*") && i == segments.length - 1;
            holds &= wildcard || !segments[i].contains("*") && !segments[i].contains("+");
        }
        return holds;
    }

    private static boolean isProper(String instance) {
        boolean blanks = List.of(instance.split("/", -1)).stream()
                .anyMatch(segment -> segment.isEmpty() || segment.startsWith(" ") || segment.endsWith(" "));
        return instance.length() <= 1_024
                && !blanks
                && hasWildcardsInTheirPlaces(instance)
                && VISIBLE.matcher(instance).matches()
                && Normalizer.normalize(instance, Normalizer.Form.NFC).equals(instance);
    }

    private int depth(String role, int above) {
        need(above < 16);
        int deepest = 0;
        for (String inner : strings(asObject(roles.get(role)), "roles")) {
            deepest = Math.max(deepest, depth(inner, above + 1));
        }
        return deepest + 1;
    }

    // ---- what it means ----

    private void collect(Map<String, Object> entry, Set<String> into) {
        into.addAll(strings(entry, "grants"));
        strings(entry, "roles").forEach(role -> collect(asObject(roles.get(role)), into));
    }

    Set<String> grants(String principal) {
        var grants = new LinkedHashSet<String>();
        boolean user = principal.startsWith("user:");
        Map<String, Object> own = asObject(
                user
                        ? users.getOrDefault(principal.substring(5), Map.of())
                        : bundles.getOrDefault(principal, Map.of()));
        collect(own, grants);
        if (!principal.contains(":")) {
            collect(asObject(bundles.getOrDefault("*", Map.of())), grants);
        }
        return own.containsKey("signer") || Policies.SYSTEM.contains(principal) ? Set.of() : grants;
    }

    /** @param topics all that there are, with names that no pattern has */
    boolean allows(String principal, String domain, String action, String wanted, List<String> topics) {
        if (!domain.matches(WORD) || !action.matches(WORD)) {
            return false;
        }
        boolean proper = isProper(wanted);
        List<String> meant =
                topics.stream().filter(topic -> matches(wanted, topic)).toList();
        boolean granted = false;
        for (String grant : grants(principal)) {
            boolean forbids = grant.startsWith("!");
            String[] parts = grant.substring(forbids ? 1 : 0).split(":", 3);
            if ((parts[0].equals("*") || parts[0].equals(domain))
                    && (parts[1].equals("*") || parts[1].equals(action))) {
                String pattern = parts[2];
                if (forbids && (!proper || meant.stream().anyMatch(topic -> matches(pattern, topic)))) {
                    return false;
                }
                granted |= !forbids
                        && (proper ? meant.stream().allMatch(topic -> matches(pattern, topic)) : pattern.equals("*"));
            }
        }
        return granted;
    }

    static boolean matches(String pattern, String topic) {
        String[] wanted = pattern.split("/", -1);
        String[] given = topic.split("/", -1);
        for (int i = 0; i < wanted.length; i++) {
            if (wanted[i].equals("*") && i == wanted.length - 1) {
                return given.length > i;
            }
            if (i >= given.length || !wanted[i].equals("+") && !wanted[i].equals(given[i])) {
                return false;
            }
        }
        return wanted.length == given.length;
    }
}
