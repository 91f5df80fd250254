package symphony.dispatcher;

import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.api.dispatcher.PublisherView;
import symphony.component.Principal;
import symphony.component.Settings;

/**
 * How much bundles may publish, one configuration for each. Of several for one bundle the first is in force, and when it goes
 * the next. Thread-safe; while none is configured, publishing costs one volatile read.
 */
public final class PublisherLimits {
    /** Factory PID of the configurations. */
    public static final String PID = "symphony.publisher";

    private static final Logger log = LoggerFactory.getLogger(PublisherLimits.class);
    private static final int MAX_NAME_CHARS = 255;
    private static final String INSTANCE = "~";

    private final LongSupplier nanos;
    private final Consumer<Map<String, Integer>> shares;
    private final Map<Object, Definition> definitions = new LinkedHashMap<>(); // guarded by this
    private volatile Map<String, Allowance> allowances = Map.of(); // written under this monitor

    private record Definition(String bundle, PublisherLimit limit) {}

    /**
     * Without limits.
     *
     * @param nanos the monotonic clock, in nanoseconds
     * @param shares is told most percent of a queue by publisher, each time that it changes
     */
    PublisherLimits(LongSupplier nanos, Consumer<Map<String, Integer>> shares) {
        this.nanos = nanos;
        this.shares = shares;
    }

    /**
     * The symbolic name of a bundle.
     *
     * @throws IllegalArgumentException if it is none; its message goes on after "is …, "
     */
    static void checkBundle(String name) {
        if (!name.isEmpty() && !isName(name)) {
            throw new IllegalArgumentException("must be the symbolic name of a bundle, as shop.orders");
        }
    }

    private static boolean isName(String name) {
        return name.length() <= MAX_NAME_CHARS && Principal.isSymbolicName(name);
    }

    /**
     * The keys of a configuration.
     *
     * @param pid its own PID, named in what is said of bad values: there may be several
     * @return the keys
     */
    public static Settings settings(String pid) {
        return PublisherLimit.keys(pid);
    }

    /**
     * A configuration came, or changed; it is applied live.
     *
     * @param key who has it
     * @param pid its own PID, whose part after the tilde is the bundle where none is named
     * @param values read by {@link #settings}
     */
    public synchronized void put(Object key, String pid, Settings.Values values) {
        String bundle = bundle(pid, values.text("bundle"));
        if (bundle.isEmpty()) {
            definitions.remove(key);
            log.warn(
                    "{}: bundle is missing; nobody is limited by it; set it in that PID, or call the PID {}~BUNDLE",
                    pid,
                    PID);
        } else {
            definitions.put(key, new Definition(bundle, PublisherLimit.of(values)));
        }
        apply();
    }

    private static String bundle(String pid, String given) {
        if (!given.isEmpty()) {
            return given;
        }
        String instance = pid.substring(pid.indexOf(INSTANCE) + 1);
        return pid.contains(INSTANCE) && isName(instance) ? instance : "";
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
        var wanted = new HashMap<String, Allowance>();
        var percents = new HashMap<String, Integer>();
        definitions.forEach((key, definition) -> {
            String bundle = definition.bundle();
            if (!wanted.containsKey(bundle)) {
                wanted.put(bundle, allowance(bundle, definition.limit()));
                if (definition.limit().queueShare() < PublisherLimit.WHOLE) {
                    percents.put(bundle, definition.limit().queueShare());
                }
            } else if (!wanted.get(bundle).limit.equals(definition.limit())) {
                log.warn(
                        "{}: limits of {} are configured more than once; the first are used, {}; take the others away",
                        PID,
                        bundle,
                        wanted.get(bundle).limit);
            }
        });
        allowances = Map.copyOf(wanted);
        shares.accept(Map.copyOf(percents));
    }

    /** What a bundle has used up stays so if its limits stay. */
    private Allowance allowance(String bundle, PublisherLimit limit) {
        Allowance before = allowances.get(bundle);
        return before != null && before.limit.equals(limit) ? before : new Allowance(bundle, limit, nanos.getAsLong());
    }

    /** Whether anybody has limits. */
    boolean any() {
        return !allowances.isEmpty();
    }

    /** A bundle publishes an event of this size: empty, or why it must be refused. */
    String take(String publisher, int size) {
        Map<String, Allowance> all = allowances;
        if (all.isEmpty()) {
            return "";
        }
        Allowance its = all.get(publisher);
        return its == null ? "" : its.take(size, nanos.getAsLong());
    }

    /** A queue refused an event of a bundle, since that has its share of it. */
    void shareRefused(String publisher) {
        Allowance its = allowances.get(publisher);
        if (its != null) {
            its.shareRefused();
        }
    }

    /** All limits as people see them, by publisher. */
    List<PublisherView> views() {
        return allowances.values().stream()
                .map(Allowance::view)
                .sorted(Comparator.comparing(PublisherView::publisher))
                .toList();
    }
}
