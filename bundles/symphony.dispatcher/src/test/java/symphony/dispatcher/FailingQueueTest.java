package symphony.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.util.HashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import symphony.api.dispatcher.HandlerState;
import symphony.api.dispatcher.PoolView;
import symphony.api.dispatcher.SubscriptionView;

/** A queue that throws while handlers come and go: it breaks nothing but itself, and that for a moment only. */
@Timeout(120)
class FailingQueueTest {
    private final Bench bench = new Bench("workers", 1);
    private final AtomicInteger handled = new AtomicInteger();

    @AfterEach
    void close() {
        bench.close();
    }

    private TestHandler handle(Object... properties) {
        return bench.handle("t", delivery -> handled.incrementAndGet(), properties);
    }

    /** Fails so often on the test's own thread. */
    private static Runnable failing(int times) {
        Thread own = Thread.currentThread();
        var left = new AtomicInteger(times);
        return () -> {
            if (Thread.currentThread() == own && left.getAndDecrement() > 0) {
                throw new IllegalStateException("the queue fails, a test says");
            }
        };
    }

    @Test
    void handlesWhatWaitedOnceTheQueueIsWellThatFailedAsTheHandlerArrived() {
        TestHandler first = handle();
        bench.engine.pauseAll(true);
        bench.publish("t");
        bench.engine.depart(first.serviceId());
        bench.engine.pauseAll(false);
        bench.hooked.beforeReadyPriority = failing(2);
        handle(); // when
        Bench.await(() -> handled.get() == 1); // then
        assertThat(bench.view("acme/handler").state()).isEqualTo(HandlerState.ACTIVE);
    }

    @Test
    void handlesAnEventAtWhoseComingTheQueueFailed() {
        handle();
        bench.hooked.beforeReadyPriority = failing(1);
        assertThat(bench.publish("t").accepted()).isEqualTo(1); // when
        Bench.await(() -> handled.get() == 1); // then
    }

    /** It is acknowledged, tried again, given back by the worker, and then twice by the watchdog. */
    @Test
    void givesBackWhatItsQueueLetNobodySettle() {
        var failures = new AtomicInteger(4);
        var asked = new AtomicInteger();
        bench.hooked.beforeSettle = () -> {
            if (asked.getAndIncrement() < failures.get()) {
                throw new IllegalStateException("the queue fails, a test says");
            }
        };
        CapturedLog.clear();
        handle("symphony.subscription", "one");
        bench.publish("t"); // when
        Bench.await(() -> bench.stats("acme/one").handled() == 1); // then
        assertThat(handled).hasValue(2);
        assertThat(asked).as("one more gives back, one acknowledges").hasValue(6);
        assertThat(bench.stats("acme/one").leased()).isZero();
        assertThat(CapturedLog.lines())
                .anyMatch(line -> line.startsWith("ERROR acme/one: ")
                        && line.endsWith("java.lang.IllegalStateException: the queue fails, a test says"));
    }

    /** Another event is not held up by it, and no worker is. */
    @Test
    void handlesOthersWhileOneCannotBeSettled() {
        bench.hooked.beforeSettle = () -> {
            if (handled.get() == 1) {
                throw new IllegalStateException("the queue fails, a test says");
            }
        };
        handle("symphony.subscription", "one");
        bench.publish("t");
        Bench.await(() -> bench.stats("acme/one").leased() == 1 && handled.get() == 1);
        bench.publish("t"); // when
        Bench.await(() -> bench.stats("acme/one").handled() >= 1); // then
        Bench.await(() -> bench.stats("acme/one").handled() == 2);
    }

    @Test
    void letsTheNextDispatcherHaveTheQueuesThoughOneDoesNotTellWhatIsLeft() {
        handle();
        bench.engine.pauseAll(true);
        bench.publish("t");
        CapturedLog.clear();
        bench.hooked.beforeStats = failing(Integer.MAX_VALUE);
        bench.engine.close(); // when
        // then
        assertThat(CapturedLog.lines())
                .contains("WARN acme/handler: its queue does not tell how many events are left:"
                        + " the queue fails, a test says");
        Bench.await(() -> {
            synchronized (bench.threads) {
                return bench.threads.stream().noneMatch(Thread::isAlive);
            }
        });
        bench.hooked.beforeStats = () -> {};
        bench.engine = bench.newEngine();
        bench.engine.start();
        handle();
        Bench.await(() -> handled.get() == 1);
    }

    @Test
    void showsTheOtherSubscriptionsThoughAQueueDoesNotTellItsCounters() {
        handle("symphony.subscription", "a");
        handle("symphony.subscription", "b");
        bench.engine.pauseAll(true);
        bench.publish("t");
        bench.hooked.beforeStats = failing(1); // when
        // then
        assertThat(bench.engine.subscriptions())
                .extracting(
                        SubscriptionView::identity,
                        SubscriptionView::reason,
                        view -> view.queue().waiting())
                .containsExactly(
                        tuple("acme/a", "its queue does not tell its counters: the queue fails, a test says", 0L),
                        tuple("acme/b", "", 1L));
    }

    @Test
    void endsAPoolThatIsTakenAwayWhileAQueueFails() {
        var pools = bench.engine.poolDefinitions();
        var config = new HashMap<String, Object>();
        config.put("workers", 1);
        pools.put(
                "p",
                "symphony.pool~p",
                PoolDefinitions.settings("symphony.pool~p").orDefaults(config));
        handle("symphony.pool", "p");
        bench.publish("t");
        Bench.await(() -> handled.get() == 1);
        bench.hooked.beforeReadyPriority = failing(Integer.MAX_VALUE);
        pools.remove("p"); // when
        // then
        assertThat(bench.engine.stats().pools()).extracting(PoolView::name).doesNotContain("p");
        Bench.await(() -> {
            synchronized (bench.threads) {
                return bench.threads.stream()
                        .noneMatch(
                                thread -> thread.isAlive() && thread.getName().startsWith("symphony-p-"));
            }
        });
        bench.publish("t");
        Bench.await(() -> handled.get() == 2);
    }

    @Test
    void callsNoHandlerOfABundleThatStoppedThoughAQueueCouldNotBePaused() {
        handle("symphony.subscription", "a");
        handle("symphony.subscription", "b");
        handle("symphony.subscription", "c");
        bench.hooked.beforePause = failing(1);
        bench.engine.departing(7); // when
        // then
        assertThat(bench.engine.handlers()).isEmpty();
        assertThat(bench.engine.subscriptions()).hasSize(3).allMatch(view -> view.state() == HandlerState.PARKED);
        Bench.await(() -> bench.engine.subscriptions().stream()
                .allMatch(view -> view.queue().paused()));
        bench.publish("t");
        assertThat(bench.engine.subscriptions()).allMatch(view -> view.queue().waiting() == 1);
        assertThat(handled).hasValue(0);
    }

    @Test
    void callsNobodyOfASubscriptionThatIsPausedThoughItsQueueCouldNotBe() {
        handle();
        bench.hooked.beforePause = failing(1);
        assertThat(bench.engine.pause("operator", "acme/handler", true)).isTrue(); // when
        bench.publish("t");
        // then
        Bench.await(() -> bench.stats("acme/handler").paused());
        Bench.await(() -> bench.stats("acme/handler").leased() == 0);
        assertThat(bench.stats("acme/handler").waiting()).isEqualTo(1);
        assertThat(handled).hasValue(0);
        bench.engine.pause("operator", "acme/handler", false);
        Bench.await(() -> handled.get() == 1);
    }

    @Test
    void takesNothingFromQueuesThatCouldNotBePausedWhileNobodyMayBeCalled() {
        // given: queues that hand out though one is paused, one in quarantine, and the handler of one is gone
        handle("symphony.subscription", "a", "symphony.concurrency", 2);
        handle("symphony.subscription", "b", "symphony.concurrency", 2);
        TestHandler leaving = handle("symphony.subscription", "c");
        var ill = new AtomicBoolean(true);
        var told = new AtomicInteger();
        bench.hooked.beforePause = () -> {
            told.incrementAndGet();
            if (ill.get()) {
                throw new IllegalStateException("the queue fails, a test says");
            }
        };
        bench.engine.pause("operator", "acme/a", true);
        bench.engine.quarantine("operator", "acme/b", "a test");
        bench.engine.depart(leaving.serviceId());
        var taken = new AtomicInteger();
        bench.hooked.beforePop = taken::incrementAndGet;
        // when
        for (int i = 0; i < 10; i++) {
            bench.publish("t");
        }
        // then
        Bench.await(() -> told.get() >= 6); // in vain, again and again
        assertThat(taken).hasValue(0);
        ill.set(false);
        Bench.await(() -> bench.engine.subscriptions().stream()
                .allMatch(view -> view.queue().paused()));
        bench.engine.pause("operator", "acme/a", false);
        bench.engine.lift("operator", "acme/b");
        handle("symphony.subscription", "c");
        Bench.await(() -> handled.get() == 30);
    }

    @Test
    void makesDeadLettersOfWhatWaitsAsSoonAsTheQueueThatFailedIsWell() {
        TestHandler handler = handle("symphony.grace", "0");
        bench.publish("t");
        Bench.await(() -> handled.get() == 1);
        bench.engine.pauseAll(true);
        bench.publish("t");
        CapturedLog.clear();
        var failures = new AtomicInteger();
        bench.hooked.beforeDeadLetterAll = () -> {
            if (failures.incrementAndGet() <= 2) {
                throw new IllegalStateException("the queue fails, a test says");
            }
        };
        bench.engine.depart(handler.serviceId()); // when
        // then
        assertThat(failures).hasPositiveValue();
        Bench.await(() -> handler.ungets.get() == handler.gets.get());
        Bench.await(() -> bench.engine.subscriptions().isEmpty());
        assertThat(bench.dead()).hasSize(1);
        assertThat(bench.queues.queues()).isEmpty();
        assertThat(CapturedLog.lines())
                .filteredOn(line -> line.contains("what waits could not be made dead letters"))
                .hasSize(1);
    }

    @Test
    void givesWhatCouldNotBeMadeDeadLettersToAHandlerThatComesMeanwhile() {
        TestHandler first = handle("symphony.grace", "0");
        bench.engine.pauseAll(true);
        bench.publish("t");
        var ill = new AtomicBoolean(true);
        bench.hooked.beforeDeadLetterAll = () -> {
            if (ill.get()) {
                throw new IllegalStateException("the queue fails, a test says");
            }
        };
        bench.engine.depart(first.serviceId());
        handle("symphony.grace", "0"); // when
        ill.set(false);
        bench.engine.pauseAll(false);
        Bench.await(() -> handled.get() == 1); // then
        assertThat(bench.dead()).isEmpty();
    }
}
