package symphony.dispatcher;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.component.HandlerProperties;
import symphony.component.Settings;

/**
 * The named pools that are configured, one configuration each. Of several of one name the first is in force, and when it goes
 * the next. Thread-safe.
 */
public final class PoolDefinitions {
    /** Factory PID of the configurations. */
    public static final String PID = "symphony.pool";

    private static final Logger log = LoggerFactory.getLogger(PoolDefinitions.class);
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,49}");
    private static final String INSTANCE = "~";

    private final Map<Object, Definition> definitions = new LinkedHashMap<>(); // guarded by this
    private final Consumer<Map<String, PoolSettings>> change;

    private record Definition(String name, PoolSettings size) {}

    PoolDefinitions(Consumer<Map<String, PoolSettings>> change) {
        this.change = change;
    }

    /**
     * A name for a pool.
     *
     * @throws IllegalArgumentException if it is none; its message goes on after "is …, "
     */
    static void checkName(String name) {
        if (!name.isEmpty() && !NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("must be 1 to 50 letters, digits, dots, dashes and underscores");
        }
        if (name.equals(HandlerProperties.DEFAULT_POOL)) {
            throw new IllegalArgumentException(
                    "must be another: that one is configured in PID " + DispatcherEngine.PID);
        }
    }

    /**
     * The keys of a configuration.
     *
     * @param pid its own PID, named in what is said of bad values: there may be several
     * @return the keys
     */
    public static Settings settings(String pid) {
        return PoolSettings.keys(pid);
    }

    /**
     * A configuration came, or changed; it is applied live.
     *
     * @param key who has it
     * @param pid its own PID, whose part after the tilde is the name of a pool that is given none
     * @param values read by {@link #settings}
     */
    public synchronized void put(Object key, String pid, Settings.Values values) {
        String name = name(pid, values.text("name"));
        if (name.isEmpty()) {
            definitions.remove(key);
            log.warn(
                    "{}: name is missing; the pool is not made; set it in that PID, or call the PID {}~NAME", pid, PID);
        } else {
            definitions.put(key, new Definition(name, PoolSettings.of(values)));
        }
        apply();
    }

    private static String name(String pid, String given) {
        if (!given.isEmpty()) {
            return given;
        }
        String instance = pid.substring(pid.indexOf(INSTANCE) + 1);
        boolean usable = pid.contains(INSTANCE) && NAME.matcher(instance).matches();
        return usable && !instance.equals(HandlerProperties.DEFAULT_POOL) ? instance : "";
    }

    /**
     * A configuration went.
     *
     * @param key who had it
     */
    public synchronized void remove(Object key) {
        definitions.remove(key);
        apply();
    }

    private void apply() {
        var wanted = new HashMap<String, PoolSettings>();
        definitions.forEach((key, definition) -> {
            PoolSettings first = wanted.putIfAbsent(definition.name(), definition.size());
            if (first != null && !first.equals(definition.size())) {
                log.warn(
                        "{}: pool {} is configured more than once; the first is used, with {}; take the others away",
                        PID,
                        definition.name(),
                        first);
            }
        });
        change.accept(wanted);
    }
}
