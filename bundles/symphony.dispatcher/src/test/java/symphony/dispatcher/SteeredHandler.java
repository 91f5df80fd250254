package symphony.dispatcher;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongPredicate;
import symphony.api.event.Delivery;
import symphony.api.event.EventHandler;

/** A handler that a test steers while events flow, and that tells what it saw. */
final class SteeredHandler implements EventHandler {
    private static final long PAUSE_MILLIS = 1;
    private static final long NONE = -1;

    /** Each call takes a while. */
    volatile boolean slow;

    /** Calls do not return unless they are interrupted, and fail then. */
    volatile boolean stuck;

    /** Calls for events of these numbers fail. */
    volatile LongPredicate failing = number -> false;

    /** Calls wait here. */
    volatile Gate gate = openGate();

    /** The thread of the last call. */
    volatile Thread thread;

    final AtomicInteger calls = new AtomicInteger();
    final AtOnce atOnce = new AtOnce();
    private final Set<Long> retried = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean wish = new AtomicBoolean();
    private final AtomicLong granted = new AtomicLong(NONE);
    private final CountDownLatch never = new CountDownLatch(1);

    static Gate openGate() {
        var gate = new Gate();
        gate.open();
        return gate;
    }

    @Override
    public void handle(Delivery delivery) throws Exception {
        atOnce.begin();
        thread = Thread.currentThread();
        calls.incrementAndGet();
        try {
            handle(delivery.getLong("n", 0), delivery.attempt());
        } finally {
            atOnce.end();
        }
    }

    private void handle(long number, int attempt) throws InterruptedException {
        if (attempt > 1) {
            retried.add(number);
        }
        gate.pass();
        while (stuck) {
            never.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        }
        if (slow) {
            never.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        }
        if (attempt == 1 && wish.compareAndSet(true, false)) {
            granted.set(number);
            throw new IllegalStateException("as the test wished");
        }
        if (failing.test(number)) {
            throw new IllegalStateException("no database");
        }
    }

    /** Lets the first attempt of one event fail; gives its number. */
    long failOnce() {
        granted.set(NONE);
        wish.set(true);
        Bench.await(() -> granted.get() != NONE);
        return granted.get();
    }

    boolean hasRetried(long number) {
        return retried.contains(number);
    }

    /** The test is over: whatever calls there are return well. */
    void relent() {
        gate.open();
        gate = openGate();
        stuck = false;
        slow = false;
        failing = number -> false;
    }
}
