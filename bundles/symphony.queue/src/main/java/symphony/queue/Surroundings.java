package symphony.queue;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import symphony.api.scheduler.Timer;

/** What all queues of one engine share. Thread-safe. */
final class Surroundings {
    /** Longer times count as this, 146 years, so that differences of nano times do not overflow. */
    private static final long MAX_NANOS = Long.MAX_VALUE / 2;

    private static final Duration MAX_TIME = Duration.ofNanos(MAX_NANOS);

    final InstantSource clock;
    final LongSupplier nanos;
    final EnvelopeBudget budget;
    final MemoryDeadLetters deadLetters;
    final Watchers watchers = new Watchers();
    private volatile long agingNanos;
    private volatile int duplicateIds;
    private volatile Map<String, Integer> shares = Map.of();
    private final AtomicReference<Timer> timer = new AtomicReference<>();

    Surroundings(
            InstantSource clock,
            LongSupplier nanos,
            EnvelopeBudget budget,
            MemoryDeadLetters deadLetters,
            Duration aging,
            int duplicateIds) {
        this.clock = clock;
        this.nanos = nanos;
        this.budget = budget;
        this.deadLetters = deadLetters;
        this.agingNanos = nanosOf(aging);
        this.duplicateIds = duplicateIds;
    }

    static long nanosOf(Duration time) {
        return time.compareTo(MAX_TIME) >= 0 ? MAX_NANOS : time.toNanos();
    }

    /** A time to come by the nano clock, for one by the wall clock. */
    long dueNanos(long epochMillis) {
        return nanos.getAsLong() + nanosOf(Duration.ofMillis(epochMillis - clock.millis()));
    }

    long agingNanos() {
        return agingNanos;
    }

    void aging(Duration aging) {
        agingNanos = nanosOf(aging);
    }

    /** Most ids that one queue remembers. */
    int duplicateIds() {
        return duplicateIds;
    }

    void duplicateIds(int most) {
        duplicateIds = most;
    }

    /** Most percent of each queue by publisher; others have no limit. */
    Map<String, Integer> shares() {
        return shares;
    }

    void shares(Map<String, Integer> percents) {
        shares = Map.copyOf(percents);
    }

    /** The timer, or null while there is none. */
    Timer timer() {
        return timer.get();
    }

    void timerCame(Timer service) {
        timer.set(service);
    }

    /** False if another came before it left. */
    boolean timerLeft(Timer service) {
        return timer.compareAndSet(service, null);
    }
}
