package symphony.shell;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Function;

/** The variables of a session that its user set; names with a dot or a hash are Gogo's. */
final class Variables {
    private Variables() {}

    static Map<String, Object> of(CommandSession session) {
        var variables = new HashMap<String, Object>();
        if (session.get(".variables") instanceof Set<?> names) {
            for (Object name : names) {
                String text = String.valueOf(name);
                boolean internal = text.isEmpty() || ".#".indexOf(text.charAt(0)) >= 0 || text.equals("pipe-exception");
                Object value = internal ? null : session.get(text);
                if (value != null) {
                    variables.put(text, value);
                }
            }
        }
        return variables;
    }

    /** Those that Gogo calls as it calls a command of their name. */
    static Map<String, Function> functions(CommandSession session) {
        var functions = new HashMap<String, Function>();
        of(session).forEach((name, value) -> {
            if (value instanceof Function function) {
                functions.put(name, function);
            }
        });
        return functions;
    }
}
