package symphony.shell;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Collectors;
import symphony.api.event.EventSystem;

/** The closures and routes that are on, by name. Thread-safe. */
final class Wirings {
    private static final int MOST = 1000;

    private final Map<String, Wiring> wirings = new ConcurrentSkipListMap<>();
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
        try {
            wiring.subscribe(events);
        } catch (RuntimeException e) {
            remove(wiring);
            throw e;
        }
    }

    /** Switches one off. */
    void off(String name) throws CommandException {
        Wiring wiring = wirings.get(name);
        if (wiring == null) {
            throw new CommandException(Text.quoted(name) + " is not on; " + shown());
        }
        remove(wiring);
    }

    private String shown() {
        return wirings.isEmpty()
                ? "nothing is; start with symphony:on or symphony:route"
                : "on are " + wirings.keySet().stream().limit(20).collect(Collectors.joining(", "));
    }

    private void remove(Wiring wiring) {
        wirings.remove(wiring.name(), wiring);
        wiring.close();
    }

    int offAll() {
        List<Wiring> all = List.copyOf(wirings.values());
        all.forEach(this::remove);
        return all.size();
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
