package symphony.component;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.osgi.framework.Constants;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.api.queue.QueueProvider;

/**
 * The keys of one configuration PID: type, range and default of each. Checks a configuration as a whole, and says of each bad
 * value what it is, what it must be, what is used instead and where to set it. Never throws for a bad configuration: a
 * component that did would take its consumers down with it. Immutable, thread-safe.
 */
public final class Settings {
    /*
     * Components get their configuration as a map and read it here, not by the annotation type of their Metatype: what
     * declarative services convert is silently 0 or false where it does not fit, and a range they do not know. The annotation
     * type stays for tools that show and edit configuration.
     *
     * There are two ways to read, after the two moments. At start there is nothing to keep, so a bad value becomes the default,
     * since a component that does not start would stop all that need it. A change is applied as a whole or not at all: half of
     * it would be a configuration that nobody wrote.
     */
    private static final Logger log = LoggerFactory.getLogger(Settings.class);

    private final String pid;
    private final Map<String, Setting> keys;

    private Settings(String pid, Map<String, Setting> keys) {
        this.pid = pid;
        this.keys = keys;
    }

    /**
     * Begins the keys of a PID.
     *
     * @param pid the configuration's PID
     * @return a builder
     */
    public static Builder of(String pid) {
        return new Builder(pid);
    }

    /**
     * The PID of the one configuration that a component of a factory PID has.
     *
     * @param config what DS gave
     * @param factoryPid taken where the configuration names none or several, as that of a component which has two has
     * @return its own PID, as {@code symphony.pool~reports}
     */
    public static String pidOf(Map<String, ?> config, String factoryPid) {
        return config.get(Constants.SERVICE_PID) instanceof String pid ? pid : factoryPid;
    }

    /**
     * Reads the configuration at start: a bad value is reported and its default is used.
     *
     * @param config what ConfigAdmin or DS gave
     * @return the values
     */
    public Values orDefaults(Map<String, ?> config) {
        var problems = new ArrayList<Problem>();
        Values values = read(config, problems);
        problems.forEach(p -> log.warn(
                "{}: {}; using {}; set it in PID {}", pid, p.what(), p.setting().fallback(), pid));
        return values;
    }

    /**
     * Reads a changed configuration: if each value is good they are applied, else the bad ones are reported and nothing
     * changes.
     *
     * @param config what ConfigAdmin or DS gave
     * @param apply takes the values
     * @return whether they were applied
     */
    public boolean ifValid(Map<String, ?> config, Consumer<Values> apply) {
        var problems = new ArrayList<Problem>();
        Values values = read(config, problems);
        if (!problems.isEmpty()) {
            problems.forEach(p -> log.warn("{}: {}; keeping all as it was; set it in PID {}", pid, p.what(), pid));
            return false;
        }
        apply.accept(values);
        log.info("{}: configuration is now {}", pid, values);
        return true;
    }

    /** A value that cannot be used, and why. */
    private record Problem(Setting setting, String what) {}

    private Values read(Map<String, ?> config, List<Problem> problems) {
        unknown(config)
                .forEach(name -> log.warn(
                        "{}: {} is no key of it and is ignored; known are {}",
                        pid,
                        shown(name),
                        new TreeSet<>(keys.keySet())));
        var values = new LinkedHashMap<String, Object>();
        keys.forEach((name, setting) -> {
            Object given = config.get(name);
            try {
                values.put(name, given == null ? setting.fallback() : setting.read(given));
            } catch (IllegalArgumentException e) {
                problems.add(new Problem(setting, name + " is " + shown(given) + ", " + e.getMessage()));
                values.put(name, setting.fallback());
            }
        });
        return new Values(values);
    }

    private static String shown(Object given) {
        String text = Excerpt.of(given, 80);
        return text.isEmpty() ? "empty" : text;
    }

    /** Keys that mean nothing here, sorted. */
    List<String> unknown(Map<String, ?> config) {
        return config.keySet().stream()
                .filter(name -> !keys.containsKey(name) && !isPropertyOfComponent(name))
                .sorted()
                .toList();
    }

    /** What DS, ConfigAdmin and its tools put beside the configuration's own keys. */
    private static boolean isPropertyOfComponent(String name) {
        return name.startsWith(".")
                || name.startsWith(":")
                || name.startsWith("service.")
                || name.startsWith("component.")
                || name.startsWith("felix.")
                || name.startsWith("osgi.")
                || name.equals(QueueProvider.KIND)
                || name.endsWith(".target")
                || name.equals("objectClass");
    }

    /** Declares the keys of a PID, in the order in which they are shown. */
    public static final class Builder {
        private final String pid;
        private final Map<String, Setting> keys = new LinkedHashMap<>();

        private Builder(String pid) {
            this.pid = pid;
        }

        /**
         * A whole number.
         *
         * @param name the key
         * @param fallback used if it is not set
         * @param least smallest
         * @param most largest
         * @return this
         */
        public Builder number(String name, long fallback, long least, long most) {
            keys.put(name, Setting.number(fallback, least, most));
            return this;
        }

        /**
         * A real number.
         *
         * @param name the key
         * @param fallback used if it is not set
         * @param least smallest
         * @param most largest
         * @return this
         */
        public Builder real(String name, double fallback, double least, double most) {
            keys.put(name, Setting.real(fallback, least, most));
            return this;
        }

        /**
         * A time, see {@link Durations}.
         *
         * @param name the key
         * @param fallback used if it is not set
         * @param least shortest
         * @param most longest
         * @return this
         */
        public Builder time(String name, Duration fallback, Duration least, Duration most) {
            keys.put(name, Setting.time(fallback, least, most));
            return this;
        }

        /**
         * A truth value.
         *
         * @param name the key
         * @param fallback used if it is not set
         * @return this
         */
        public Builder flag(String name, boolean fallback) {
            keys.put(name, Setting.flag(fallback));
            return this;
        }

        /**
         * A text.
         *
         * @param name the key
         * @param fallback used if it is not set
         * @param check throws {@code IllegalArgumentException} for a text that will not do; its message goes on after "is …, "
         * @return this
         */
        public Builder text(String name, String fallback, Consumer<String> check) {
            keys.put(name, Setting.text(fallback, check));
            return this;
        }

        /**
         * One of some words.
         *
         * @param name the key
         * @param fallback used if it is not set
         * @param words what is allowed
         * @return this
         */
        public Builder choice(String name, String fallback, String... words) {
            keys.put(name, Setting.choice(fallback, List.of(words)));
            return this;
        }

        /**
         * Ends the declaration.
         *
         * @return the keys
         */
        public Settings build() {
            return new Settings(pid, new LinkedHashMap<>(keys));
        }
    }

    /** Values that were checked. */
    public static final class Values {
        private final Map<String, Object> values;

        private Values(Map<String, Object> values) {
            this.values = values;
        }

        /**
         * A whole number.
         *
         * @param name a key declared as one
         * @return its value
         */
        public long number(String name) {
            return value(name, Long.class);
        }

        /**
         * A whole number whose range fits an {@code int}.
         *
         * @param name a key declared as one
         * @return its value
         */
        public int integer(String name) {
            return Math.toIntExact(number(name));
        }

        /**
         * A real number.
         *
         * @param name a key declared as one
         * @return its value
         */
        public double real(String name) {
            return value(name, Double.class);
        }

        /**
         * A time.
         *
         * @param name a key declared as one
         * @return its value
         */
        public Duration time(String name) {
            return value(name, Duration.class);
        }

        /**
         * A truth value.
         *
         * @param name a key declared as one
         * @return its value
         */
        public boolean flag(String name) {
            return value(name, Boolean.class);
        }

        /**
         * A text or a choice.
         *
         * @param name a key declared as one
         * @return its value
         */
        public String text(String name) {
            return value(name, String.class);
        }

        private <T> T value(String name, Class<T> type) {
            Object value = values.get(name);
            if (!type.isInstance(value)) {
                throw new IllegalStateException(name + " is not declared as " + type.getSimpleName());
            }
            return type.cast(value);
        }

        @Override
        public String toString() {
            return values.toString();
        }
    }
}
