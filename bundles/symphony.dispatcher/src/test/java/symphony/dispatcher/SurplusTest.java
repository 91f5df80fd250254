package symphony.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import symphony.api.dispatcher.PoolView;

/** Threads beyond the configured number, of which some are needed again; the watchdog looks when the test wants it. */
@Timeout(120)
class SurplusTest {
    private static final Duration SPARE_IDLE = Duration.ofHours(1);

    private final AtomicLong ahead = new AtomicLong();
    private final Bench bench = new Bench(
            "workers", 2, "workers.max", 20, "watch.interval", "1ms", "spare.idle", "1h", "time.limit", "365d");
    private final Semaphore wanted = new Semaphore(0);
    private final Semaphore begun = new Semaphore(0);
    private final List<CountDownLatch> gates = new ArrayList<>();
    private final AtomicInteger quick = new AtomicInteger();
    private volatile boolean gated;
    private int all;

    @BeforeEach
    void gateTheLooks() {
        bench.nanos = () -> bench.timer.nanoTime() + ahead.get();
        bench.beforeNanoTime = () -> {
            if (gated && isLook()) {
                begun.release();
                wanted.acquireUninterruptibly();
            }
        };
    }

    private static boolean isLook() {
        return StackWalker.getInstance()
                .walk(frames -> frames.anyMatch(frame -> frame.getClassName().equals(Pool.class.getName())
                        && frame.getMethodName().equals("watch")));
    }

    @AfterEach
    void close() {
        gated = false;
        wanted.release(1_000);
        gates.forEach(CountDownLatch::countDown);
        bench.close();
    }

    private PoolView pool() {
        return bench.engine.stats().pools().get(0);
    }

    private int workers() {
        return pool().workers() + pool().spares();
    }

    /** All but two of those that are free. */
    private void holdUpAllButTwo() {
        hold(11, 11 + all - 3);
        awaitAsleep(2);
    }

    /** Those that are free may still be on their way to sleep, or from it, and one that passes a decision there ends by it. */
    private void awaitAsleep(int free) {
        Bench.await(() -> {
            synchronized (bench.threads) {
                return bench.threads.stream()
                                .filter(thread ->
                                        LockSupport.getBlocker(thread) instanceof Worker worker && worker.isAsleep())
                                .count()
                        == free;
            }
        });
    }

    /** One call for each, which all run when this returns. */
    private void hold(int from, int to) {
        int before = pool().running();
        for (int i = from; i < to; i++) {
            var gate = new CountDownLatch(1);
            gates.add(gate);
            bench.handle("slow/" + i, delivery -> gate.await(), "symphony.subscription", "slow" + i);
            bench.publish("slow/" + i);
        }
        Bench.await(() -> pool().running() == before + to - from);
    }

    /** Ten workers or a few more, of which one is held up, and no look but as wanted. */
    private void makeTenOfWhichOneIsHeldUp() throws InterruptedException {
        hold(0, 10);
        gates.forEach(CountDownLatch::countDown);
        Bench.await(() -> pool().running() == 0);
        hold(10, 11);
        gated = true;
        begun.acquire();
        look(2);
        all = workers();
        assertThat(all).isGreaterThanOrEqualTo(10);
        awaitAsleep(all - 1);
        bench.handle("quick", delivery -> quick.incrementAndGet(), "symphony.subscription", "quick");
    }

    /** Lets so many looks be made. */
    private void look(int looks) throws InterruptedException {
        for (int i = 0; i < looks; i++) {
            wanted.release();
            begun.acquire();
        }
    }

    private void awaitQuick(int events) {
        Bench.await(() -> quick.get() == events);
    }

    @Test
    void keepsWhatTheWatchdogAddedSinceTheOthersAreHeldUp() throws Exception {
        makeTenOfWhichOneIsHeldUp();
        // given: eight were not needed for long, but are held up before they could end
        ahead.addAndGet(SPARE_IDLE.toNanos());
        look(3);
        ahead.addAndGet(SPARE_IDLE.toNanos());
        holdUpAllButTwo();
        look(1);
        // and the two that were free have ended by now
        bench.publish("quick");
        Bench.await(() -> workers() == all - 2);
        look(1); // when: one is added
        awaitQuick(1);
        bench.publish("quick");
        awaitQuick(2); // then: it is still there
    }

    @Test
    void keepsThoseThatAreFreeOnceTheOthersAreHeldUp() throws Exception {
        makeTenOfWhichOneIsHeldUp();
        ahead.addAndGet(SPARE_IDLE.toNanos());
        look(3);
        ahead.addAndGet(SPARE_IDLE.toNanos());
        holdUpAllButTwo();
        look(2);
        bench.publish("quick"); // when
        awaitQuick(1); // then
        assertThat(workers()).isEqualTo(all);
    }

    @Test
    void endsNoneForWhatASingleLookSaw() throws Exception {
        makeTenOfWhichOneIsHeldUp();
        ahead.addAndGet(SPARE_IDLE.toNanos());
        look(1);
        ahead.addAndGet(SPARE_IDLE.toNanos());
        holdUpAllButTwo();
        look(1);
        bench.publish("quick"); // when
        awaitQuick(1); // then
        assertThat(workers()).isEqualTo(all);
    }

    @Test
    void keepsThoseThatAreFreeWhenFewerAreConfiguredAndTheOthersAreHeldUp() throws Exception {
        bench.configure("workers", 10);
        makeTenOfWhichOneIsHeldUp();
        holdUpAllButTwo();
        bench.configure("workers", 2);
        look(2);
        bench.publish("quick"); // when
        awaitQuick(1); // then
        assertThat(workers()).isEqualTo(all);
    }
}
