package symphony.shell;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.function.Predicate;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Function;
import org.apache.felix.service.command.Process;

/** Keeps Gogo from taking the {@code *} in our commands' arguments for file names; others' commands keep it. Thread-safe. */
final class Globs {
    /*
     * Gogo expands * before any command runs, so that orders/* fails with "no matches found". It does not if the session
     * option gogo.option.noglob is set. Setting it before a line and clearing it after has gaps: a job in the background
     * expands its words after the line's end, a nested line clears it too early, and in "ls *.txt; symphony:tail orders/*"
     * ls would lose its files. But Gogo asks for "#name" before "name", and calls it if it is a function: at the very
     * moment of expansion, on the thread of the job whose text is at hand. So one function in the session decides for each
     * command by itself. What the user set is kept, as the value for all other commands.
     */
    private static final String OPTION = CommandSession.OPTION_NO_GLOB;
    private static final String COMPUTED = "#" + OPTION;

    private final Predicate<String> names;
    private final Function decision = (session, arguments) -> decide(session);
    private final Map<CommandSession, Boolean> sessions = Collections.synchronizedMap(new WeakHashMap<>());

    /** For the commands of these names, in lower case, without scope. */
    Globs(Predicate<String> names) {
        this.names = names;
    }

    void install(CommandSession session) {
        if (sessions.put(session, true) == null) {
            session.put(COMPUTED, decision);
        }
    }

    /**
     * Leaves nothing of this bundle in the sessions.
     *
     * @return those it was in
     */
    List<CommandSession> uninstall() {
        List<CommandSession> all;
        synchronized (sessions) {
            all = List.copyOf(sessions.keySet());
            sessions.clear();
        }
        all.forEach(session -> session.put(COMPUTED, null));
        return all;
    }

    private Object decide(CommandSession session) {
        Process process = Process.Utils.current();
        if (process != null && commands(process.job().command()).stream().anyMatch(c -> isOurs(session, c))) {
            return true;
        }
        return plainValue(session);
    }

    /** What the user set. {@code get} would ask us again, and the API has no other way. */
    private static Object plainValue(CommandSession session) {
        try {
            Object variables = session.getClass().getMethod("getVariables").invoke(session);
            return variables instanceof Map<?, ?> map ? map.get(OPTION) : null;
        } catch (ReflectiveOperationException e) {
            return null; // a session of another make: it has no such option
        }
    }

    private boolean isOurs(CommandSession session, String word) {
        String name = word.toLowerCase(Locale.ROOT);
        int colon = name.indexOf(':');
        if (colon >= 0) {
            return name.startsWith(Synopsis.SCOPE + ":") && names.test(name.substring(colon + 1));
        }
        return names.test(name) && isResolvedToUs(session, name);
    }

    /** As Gogo looks for a command without scope. If several scopes have it behind a {@code *}, nobody knows: not ours. */
    private static boolean isResolvedToUs(CommandSession session, String name) {
        Object path = session.get("SCOPE");
        Set<?> commands = session.get(".commands") instanceof Set<?> set ? set : Set.of();
        for (String scope : (path == null ? "*" : path.toString()).split(":")) {
            if (scope.equals("*")) {
                List<String> found = commands.stream()
                        .map(String::valueOf)
                        .filter(command -> command.endsWith(":" + name))
                        .toList();
                return found.equals(List.of(Synopsis.SCOPE + ":" + name));
            }
            if (commands.contains(scope + ":" + name)) {
                return scope.equals(Synopsis.SCOPE);
            }
        }
        return false;
    }

    /**
     * The command of each part of a pipe.
     *
     * @param pipe as {@code x = symphony:queues a | grep b}
     * @return as {@code symphony:queues}, {@code grep}
     */
    static List<String> commands(CharSequence pipe) {
        var commands = new ArrayList<String>();
        for (List<String> words : parts(pipe)) {
            boolean assigns = words.size() > 2 && words.get(1).equals("=");
            if (!words.isEmpty()) {
                commands.add(words.get(assigns ? 2 : 0));
            }
        }
        return commands;
    }

    /** The first words of each part: no more than three are of interest. */
    private static List<List<String>> parts(CharSequence pipe) {
        var parts = new ArrayList<List<String>>();
        var words = new ArrayList<String>();
        var word = new StringBuilder();
        int depth = 0;
        char quote = 0;
        for (int i = 0; i < pipe.length(); i++) {
            char c = pipe.charAt(i);
            boolean outside = depth == 0 && quote == 0;
            boolean ends = outside && (Character.isWhitespace(c) || c == '|' || c == ';' || c == '&');
            if (ends) {
                endWord(words, word);
                if (!Character.isWhitespace(c)) {
                    parts.add(List.copyOf(words));
                    words.clear();
                }
                continue;
            }
            word.append(c);
            if (c == '\\' && quote != '\'') {
                i++;
            } else if (quote != 0) {
                quote = c == quote ? 0 : quote;
            } else if (c == '\'' || c == '"') {
                quote = c;
            } else {
                depth += "({[".indexOf(c) >= 0 ? 1 : ")}]".indexOf(c) >= 0 ? -1 : 0;
            }
        }
        endWord(words, word);
        parts.add(List.copyOf(words));
        return parts;
    }

    private static void endWord(List<String> words, StringBuilder word) {
        if (word.length() > 0 && words.size() < 3) {
            words.add(word.toString());
        }
        word.setLength(0);
    }
}
