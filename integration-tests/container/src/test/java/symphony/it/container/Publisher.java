package symphony.it.container;

import static org.awaitility.Awaitility.await;
import static org.junit.Assert.assertTrue;

import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import symphony.api.event.Event;
import symphony.api.event.EventSystem;
import symphony.api.event.Receipt;
import symphony.api.rbac.AccessUndecidedException;

/**
 * Publishes numbered events at a steady pace from two threads, until it is closed, and remembers those that were accepted. An
 * event that is refused, or finds no event system, or nobody who decides, is published again: what a careful publisher does.
 */
final class Publisher implements AutoCloseable {
    private static final long PAUSE_NANOS = 200_000;
    private static final AtomicLong NEXT = new AtomicLong();

    private final BundleContext context;
    private final String topic;
    private final Set<Long> accepted = ConcurrentHashMap.newKeySet();
    private final Thread[] threads = {new Thread(this::run, "publisher-1"), new Thread(this::run, "publisher-2")};
    private volatile boolean open = true;
    private volatile Throwable failure;
    private volatile Receipt last;

    Publisher(BundleContext context, String topic) {
        this.context = context;
        this.topic = topic;
        for (Thread thread : threads) {
            thread.start();
        }
    }

    private void run() {
        try {
            while (open) {
                publish(NEXT.incrementAndGet());
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        } catch (RuntimeException | Error e) {
            failure = e;
        }
    }

    private void publish(long number) {
        for (boolean done = false; !done && open; ) {
            done = offer(number);
            if (!done) {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    private boolean offer(long number) {
        ServiceReference<EventSystem> reference = context.getServiceReference(EventSystem.class);
        EventSystem events = reference == null ? null : context.getService(reference);
        if (events == null) {
            return false;
        }
        Event event = Event.on(topic).with("n", number).build();
        Receipt receipt;
        try {
            receipt = events.publish(event, Duration.ofSeconds(1));
        } catch (AccessUndecidedException e) { // access control is being restarted
            return false;
        }
        last = receipt;
        if (receipt.accepted() > 0) {
            accepted.add(number);
        }
        return receipt.accepted() > 0;
    }

    int count() {
        return accepted.size();
    }

    /** Waits until this many more events were accepted, or fails with what publishing met instead. */
    void awaitMore(int events) {
        int before = accepted.size();
        await().atMost(Duration.ofSeconds(120))
                .untilAsserted(() -> assertTrue("events go on: " + this, accepted.size() > before + events));
    }

    /** Ends both threads and returns the numbers of the events that were accepted. */
    Set<Long> stop() throws InterruptedException {
        open = false;
        for (Thread thread : threads) {
            thread.join(30_000);
            if (thread.isAlive()) {
                throw new AssertionError(
                        thread.getName() + " does not end: " + Arrays.toString(thread.getStackTrace()));
            }
        }
        if (failure != null) {
            throw new AssertionError("publisher failed", failure);
        }
        return accepted;
    }

    @Override
    public String toString() {
        return accepted.size() + " accepted on " + topic + ", last " + last
                + (failure == null ? "" : ", then " + failure);
    }

    /** Ends both threads, also after a failure of the test; does not wait for them. */
    @Override
    public void close() {
        open = false;
    }
}
