package symphony.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import symphony.api.event.Delivery;
import symphony.api.event.EventHandler;

/**
 * Records the events of some topics, in the order in which they are delivered. A subscription like any other: it counts in the
 * receipts of publishers. Thread-safe.
 */
public final class Probe {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int SHOWN = 10;

    private final String topicFilter;
    private final Idleness idleness;
    private final Supplier<String> situation;
    private final ReentrantLock lock = new ReentrantLock(); // guards the list
    private final Condition came = lock.newCondition();
    private final List<Delivery> deliveries = new ArrayList<>();

    Probe(String topicFilter, Idleness idleness, Supplier<String> situation) {
        this.topicFilter = topicFilter;
        this.idleness = idleness;
        this.situation = situation;
    }

    EventHandler handler() {
        return this::add;
    }

    private void add(Delivery delivery) {
        lock.lock();
        try {
            deliveries.add(delivery);
            came.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until so many events have come since it was made or cleared, up to 10 seconds of real time, and until nothing is
     * under way that could add to them. The time of the test stands still meanwhile: what is due later does not come.
     *
     * @param count exactly how many, 0 or more
     * @return this
     * @throws AssertionError if fewer or more came; the message tells which did, and what else there was
     */
    public Probe awaitCount(int count) {
        return awaitCount(count, PATIENCE);
    }

    /**
     * As {@link #awaitCount(int)}, with another patience.
     *
     * @param count exactly how many, 0 or more
     * @param most longest wait of real time
     * @return this
     * @throws AssertionError if fewer or more came
     */
    public Probe awaitCount(int count, Duration most) {
        if (count < 0) {
            throw new IllegalArgumentException("count is " + count + ", must not be negative");
        }
        awaitAtLeast(count, most);
        idleness.await(SymphonyTest.IDLE_PATIENCE);
        List<Delivery> all = events();
        if (all.size() != count) {
            throw new AssertionError("probe on " + topicFilter + ": expected " + count + " events, " + all.size()
                    + " came" + shown(all) + System.lineSeparator() + situation.get());
        }
        return this;
    }

    private void awaitAtLeast(int count, Duration most) {
        long left = most.toNanos();
        lock.lock();
        try {
            while (deliveries.size() < count && left > 0) {
                left = came.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the count as it is decides
        } finally {
            lock.unlock();
        }
    }

    private static String shown(List<Delivery> all) {
        return all.stream()
                .limit(SHOWN)
                .map(delivery -> System.lineSeparator() + "  " + delivery.topic() + " " + delivery.data())
                .collect(Collectors.joining("", "", all.size() > SHOWN ? System.lineSeparator() + "  …" : ""));
    }

    /**
     * What came so far.
     *
     * @return in the order of delivery, a copy
     */
    public List<Delivery> events() {
        lock.lock();
        try {
            return List.copyOf(deliveries);
        } finally {
            lock.unlock();
        }
    }

    /**
     * What came last.
     *
     * @return the delivery
     * @throws AssertionError if nothing came
     */
    public Delivery last() {
        List<Delivery> all = events();
        if (all.isEmpty()) {
            throw new AssertionError(
                    "probe on " + topicFilter + ": nothing came" + System.lineSeparator() + situation.get());
        }
        return all.get(all.size() - 1);
    }

    /** Forgets what came so far. */
    public void clear() {
        lock.lock();
        try {
            deliveries.clear();
        } finally {
            lock.unlock();
        }
    }
}
