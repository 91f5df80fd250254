package symphony.shell;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Collectors;
import org.apache.felix.service.command.CommandSession;
import symphony.api.event.EventSystem;

/** The closures and routes that are on, by name. Thread-safe. */
final class Wirings {
    private static final int MOST = 1000;

    private final Map<String, Wiring> wirings = new ConcurrentSkipListMap<>();
    /** Those that are on, and those that end after the call that said so. */
    private final Set<Wiring> open = ConcurrentHashMap.newKeySet();

    private final Map<String, Integer> counters = new ConcurrentHashMap<>();

    /** A name: the one asked for, or a new one. */
    String name(Optional<String> wanted, String prefix) throws CommandException {
        sweep();
        if (wirings.size() >= MOST) {
            throw new CommandException(MOST + " closures and routes are on; end some with symphony:off NAME");
        }
        if (wanted.isEmpty()) {
            return prefix + "-" + counters.merge(prefix, 1, Integer::sum);
        }
        String name = wanted.get();
        if (!name.matches("[A-Za-z0-9._-]{1,60}")) {
            throw new CommandException(
                    "--name is " + Text.quoted(name) + ", must be 1 to 60 letters, digits, dots, - and _");
        }
        if (wirings.containsKey(name)) {
            throw new CommandException("name " + Text.quoted(name) + " is in use; end it with symphony:off " + name);
        }
        return name;
    }

    /** Switches one on. */
    void add(Wiring wiring, EventSystem events) throws CommandException {
        if (wirings.putIfAbsent(wiring.name(), wiring) != null) {
            wiring.close();
            throw new CommandException("name " + Text.quoted(wiring.name()) + " is in use");
        }
        open.add(wiring);
        try {
            wiring.subscribe(events);
        } catch (RuntimeException e) {
            remove(wiring);
            throw e;
        }
    }

    /**
     * Switches one off. Within a closure that takes effect when its call has ended.
     *
     * @param by the session that says so
     */
    void off(String name, CommandSession by) throws CommandException {
        Wiring wiring = wirings.get(name);
        if (wiring == null) {
            throw new CommandException(Text.quoted(name) + " is not on; " + shown());
        }
        remove(List.of(wiring), by);
    }

    private String shown() {
        return wirings.isEmpty()
                ? "nothing is; start with symphony:on or symphony:route"
                : "on are " + wirings.keySet().stream().limit(20).collect(Collectors.joining(", "));
    }

    /** Switches all off, as {@link #off} does, and says how many. */
    int offAll(CommandSession by) {
        List<Wiring> all = List.copyOf(wirings.values());
        remove(all, by);
        return all.size();
    }

    /** Nobody waits: a closure that ended a wiring would wait for itself, or for one that waits for its turn after it. */
    private void remove(List<Wiring> leaving, CommandSession by) {
        leaving.forEach(wiring -> wirings.remove(wiring.name(), wiring));
        Runnable end = () -> leaving.forEach(this::remove);
        if (open.stream().noneMatch(caller -> caller.afterCall(by, end))) {
            end.run();
        }
    }

    private void remove(Wiring wiring) {
        wirings.remove(wiring.name(), wiring);
        wiring.close();
        open.remove(wiring);
    }

    /** Switches all off, and waits for their calls. */
    void close() {
        open.forEach(this::remove);
    }

    List<Wiring> list() {
        sweep();
        return List.copyOf(wirings.values());
    }

    /** Ends those whose session was closed; Gogo tells nobody. */
    void sweep() {
        wirings.values().stream().filter(wiring -> !wiring.isAlive()).forEach(this::remove);
    }
}
