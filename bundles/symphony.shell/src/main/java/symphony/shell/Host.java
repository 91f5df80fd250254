package symphony.shell;

import java.lang.management.ManagementFactory;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.LongSupplier;

/** What the process and the framework tell about themselves. Thread-safe. */
final class Host {
    /** System property: when the process began, epoch milliseconds. Set by the launcher. */
    static final String LAUNCHED = "symphony.launch.millis";

    private static final String DROP_FOLDER = "felix.fileinstall.dir";

    private final String version;
    private final Function<String, String> properties;
    private final InstantSource clock;
    private final LongSupplier nanos;
    private final long started;
    private final AtomicLong ready = new AtomicLong();

    Host(String version, Function<String, String> properties, InstantSource clock, LongSupplier nanos) {
        this.version = version;
        this.properties = properties;
        this.clock = clock;
        this.nanos = nanos;
        this.started = started(properties.apply(LAUNCHED));
    }

    private static long started(String launched) {
        boolean known = launched != null && launched.matches("\\d{1,15}");
        return known
                ? Long.parseLong(launched)
                : ManagementFactory.getRuntimeMXBean().getStartTime();
    }

    String version() {
        return version;
    }

    /** The time of day. */
    InstantSource clock() {
        return clock;
    }

    /** Nanoseconds that only grow. */
    LongSupplier nanos() {
        return nanos;
    }

    long uptimeMillis() {
        return Math.max(0, clock.millis() - started);
    }

    /** From the start of the process to the first call of this. */
    long startMillis() {
        ready.compareAndSet(0, clock.millis());
        return Math.max(0, ready.get() - started);
    }

    /** The folder whose bundles are installed; empty if there is none. */
    String dropFolder() {
        String folder = properties.apply(DROP_FOLDER);
        return folder == null ? "" : folder;
    }
}
