package symphony.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import symphony.api.rbac.AccessControl;
import symphony.api.rbac.Decision;

/** Workers whose surroundings fail: threads that cannot be made, queues that throw, checks that hang. */
@Timeout(120)
class WorkerTest {
    private Bench bench = new Bench("workers", 1, "workers.max", 1);
    private final CountDownLatch gate = new CountDownLatch(1);
    private final AtomicInteger handled = new AtomicInteger();

    @AfterEach
    void close() {
        gate.countDown();
        bench.close();
    }

    @Test
    void takesTheNextThreadWhenOneCouldNotBeStarted() {
        var failed = new AtomicBoolean();
        bench.maker = task -> new Thread(task) {
            @Override
            public void start() {
                if (failed.compareAndSet(false, true)) {
                    throw new OutOfMemoryError("unable to create a thread, a test says");
                }
                super.start();
            }
        };
        CapturedLog.clear();
        bench.handle("t", delivery -> handled.incrementAndGet());
        bench.publish("t");
        Bench.await(() -> handled.get() == 1);
        assertThat(failed).isTrue();
        assertThat(CapturedLog.lines())
                .contains("ERROR a task of the dispatcher failed"
                        + " java.lang.OutOfMemoryError: unable to create a thread, a test says");
    }

    @Test
    void isReplacedAndCountedWhenItsThreadEndsByAFaultOfOurs() {
        // given: an error as it takes the next subscription, where no handler and no queue has a part
        var left = new AtomicInteger(3);
        long now = bench.timer.nanoTime();
        bench.nanos = () -> now; // all three come within the ten seconds in which one is told
        var uncaught = new AtomicInteger();
        bench.maker = task -> {
            Thread thread = DispatcherThreads.INSTANCE.newThread(task);
            thread.setUncaughtExceptionHandler((t, e) -> uncaught.incrementAndGet());
            return thread;
        };
        CapturedLog.clear();
        bench.beforeNanoTime = () -> {
            if (isTaking() && left.getAndDecrement() > 0) {
                throw new LinkageError("a fault of ours, a test says");
            }
        };
        bench.handle("t", delivery -> handled.incrementAndGet());
        // when
        for (int i = 0; i < 100; i++) {
            bench.publish("t");
        }
        // then
        Bench.await(() -> handled.get() == 100);
        assertThat(bench.engine.stats().pools().get(0).lost()).isEqualTo(3);
        Bench.await(() -> lossesTold().size() == 1); // told last, by the thread that ends
        assertThat(lossesTold())
                .containsExactly(
                        "ERROR pool default: a worker ended by a fault, another takes its place (0 more not told)"
                                + " java.lang.LinkageError: a fault of ours, a test says");
        assertThat(uncaught).as("told in the log alone").hasValue(0);
        assertThat(bench.stats("acme/handler").balanced()).isTrue();
    }

    private static List<String> lossesTold() {
        return CapturedLog.lines().stream()
                .filter(line -> line.contains("a worker ended by a fault"))
                .toList();
    }

    private static boolean isTaking() {
        return StackWalker.getInstance()
                .walk(frames -> frames.anyMatch(frame -> frame.getClassName().equals(Pool.class.getName())
                        && frame.getMethodName().equals("take")));
    }

    @Test
    void servesAllLanesThoughThreadsCouldNotBeMadeAgainAndAgain() {
        bench.close();
        var left = new AtomicInteger();
        try (var other = new Bench("workers", 2, "workers.max", 4)) {
            other.maker = task -> {
                if (left.getAndDecrement() > 0) {
                    throw new OutOfMemoryError("unable to create a thread, a test says");
                }
                return DispatcherThreads.INSTANCE.newThread(task);
            };
            left.set(5);
            other.handle("t", delivery -> handled.incrementAndGet(), "symphony.concurrency", 3);
            other.handle("t", delivery -> handled.incrementAndGet(), "symphony.subscription", "second");
            for (int i = 0; i < 100; i++) {
                other.publish("t");
            }
            Bench.await(() -> handled.get() == 200);
            assertThat(left.get()).isNegative();
        }
    }

    @Test
    void goesOnAfterTheQueueFailedWhereverItDid() {
        // given: a queue that fails once when it is asked, taken from, and asked again while one event is out; a second
        // worker may come, since a single one that finds its queue empty need not ask again
        CapturedLog.clear();
        bench.close();
        bench = new Bench("workers", 2);
        var failures = new AtomicInteger();
        int published = 0;
        bench.handle("t", delivery -> handled.incrementAndGet(), "symphony.concurrency", 2);
        for (int at = 1; at <= 4; at++) {
            var left = new AtomicInteger(at);
            Runnable fail = () -> {
                boolean worker = Thread.currentThread().getName().startsWith("symphony-default");
                if (worker && left.decrementAndGet() == 0) {
                    failures.incrementAndGet();
                    throw new IllegalStateException("the queue fails, a test says");
                }
            };
            bench.hooked.beforePop = at % 2 == 0 ? () -> {} : fail;
            bench.hooked.beforeReadyPriority = fail;
            while (failures.get() < at) { // how often it is asked for a few events is for the threads to say
                for (int i = 0; i < 3; i++) {
                    bench.publish("t"); // when
                }
                published += 3;
                int wanted = published;
                Bench.await(() -> handled.get() == wanted); // then
            }
        }
        Bench.await(() -> bench.stats("acme/handler").depth() == 0);
        assertThat(bench.stats("acme/handler").handled()).isEqualTo(published);
        assertThat(bench.stats("acme/handler").balanced()).isTrue();
        assertThat(failures).hasValue(4);
        assertThat(CapturedLog.lines())
                .contains("ERROR acme/handler: its queue failed; trying again in a second"
                        + " java.lang.IllegalStateException: the queue fails, a test says");
    }

    @Test
    void asksAQueueThatFailedAgainThoughThereIsNoTimer() {
        failOnce();
        bench.handle("t", delivery -> handled.incrementAndGet());
        bench.timer.close();
        bench.publish("t"); // when
        Bench.await(() -> handled.get() == 1); // then
    }

    private void failOnce() {
        var failed = new AtomicBoolean();
        bench.hooked.beforePop = () -> {
            if (failed.compareAndSet(false, true)) {
                throw new IllegalStateException("the queue fails, a test says");
            }
        };
    }

    @Test
    void asksAQueueThatFailedAgainAndEndsWhateverTheTimerDoes() {
        failOnce();
        bench.beforeSchedule = () -> {
            throw new UnsupportedOperationException("the timer fails, a test says");
        };
        bench.handle("t", delivery -> handled.incrementAndGet());
        bench.publish("t");
        Bench.await(() -> handled.get() == 1);
        bench.engine.close();
        Bench.await(() -> bench.threads().stream().noneMatch(Thread::isAlive));
    }

    @Test
    void asksAQueueThatFailedAgainHoweverLongItTakesToTellOfIt() {
        // given: a failure that is not told before the queue could have been asked again
        var skipped = new AtomicLong();
        bench.nanos = () -> bench.timer.nanoTime() + skipped.get();
        var failed = new AtomicBoolean();
        var telling = new Gate();
        bench.hooked.beforePop = () -> {
            if (failed.compareAndSet(false, true)) {
                throw new IllegalStateException("the queue fails, a test says") {
                    private static final long serialVersionUID = 1;

                    @Override
                    public String toString() {
                        telling.passUnchecked();
                        return super.toString();
                    }
                };
            }
        };
        var asked = new AtomicInteger();
        bench.hooked.beforeReadyPriority = () -> {
            if (Thread.currentThread().getName().equals("symphony-dispatcher-supervisor")) {
                asked.incrementAndGet();
            }
        };
        bench.handle("t", delivery -> handled.incrementAndGet());
        bench.publish("t");
        Bench.await(telling::isEntered);
        skipped.set(TimeUnit.SECONDS.toNanos(10)); // when
        Bench.await(() -> asked.get() > 0);
        telling.open();
        Bench.await(() -> handled.get() == 1); // then
    }

    @Test
    void asksAQueueThatFailedUntilItIsWell() {
        // given: it fails again as it is asked whether it is well
        failOnce();
        var left = new AtomicInteger(1);
        bench.hooked.beforeReadyPriority = () -> {
            if (Thread.currentThread().getName().equals("symphony-dispatcher-supervisor")
                    && left.getAndDecrement() > 0) {
                throw new IllegalStateException("the queue fails again, a test says");
            }
        };
        bench.handle("t", delivery -> handled.incrementAndGet());
        bench.publish("t"); // when
        Bench.await(() -> handled.get() == 1); // then
        assertThat(left.get()).isNotPositive();
    }

    @Test
    void asksNoMoreForTheQueueOfASubscriptionThatIsGone() {
        // given: a queue that fails, and again whenever the supervisor asks it
        var asked = new AtomicInteger();
        failOnce();
        bench.hooked.beforeReadyPriority = () -> {
            if (Thread.currentThread() == supervisor()) {
                asked.incrementAndGet();
                throw new IllegalStateException("the queue fails again, a test says");
            }
        };
        TestHandler handler =
                TestHandler.of("t", delivery -> handled.incrementAndGet()).byProgram();
        bench.add(handler);
        bench.publish("t");
        Bench.await(() -> asked.get() > 0);
        bench.engine.depart(handler.serviceId()); // when
        Bench.await(() -> bench.engine.subscriptions().isEmpty());
        // then: there is nothing to look at
        Bench.await(() -> LockSupport.getBlocker(supervisor()) instanceof Supervisor
                && supervisor().getState() == Thread.State.WAITING);
    }

    private Thread supervisor() {
        synchronized (bench.threads) {
            return bench.threads.stream()
                    .filter(thread -> thread.getName().equals("symphony-dispatcher-supervisor"))
                    .findAny()
                    .orElseThrow();
        }
    }

    @Test
    void doesNotCallAHandlerThatLeftWhileThePermissionWasAskedFor() {
        // given: an access control that hangs as it is asked about a delivery
        var asked = new CountDownLatch(1);
        AccessControl slow = (principal, permission) -> {
            while (permission.action().equals("receive") && gate.getCount() > 0) {
                asked.countDown();
                awaitStubbornly();
            }
            return new Decision(true, "a test's");
        };
        bench.guard.bind(slow);
        TestHandler handler = bench.handle("t", delivery -> handled.incrementAndGet());
        bench.publish("t");
        Bench.await(() -> handler.gets.get() > 0 || asked.getCount() == 0);
        // when: it leaves, and is told that no call starts any more
        bench.engine.depart(handler.serviceId());
        gate.countDown();
        // then: the event was not tried, so it is no dead letter either
        Bench.await(() -> bench.stats("acme/handler").leased() == 0);
        assertThat(bench.stats("acme/handler").waiting()).isEqualTo(1);
        assertThat(handled).hasValue(0);
        assertThat(bench.dead()).isEmpty();
        bench.handle("t", delivery -> handled.incrementAndGet());
        Bench.await(() -> handled.get() == 1);
    }

    private void awaitStubbornly() {
        try {
            gate.await();
        } catch (InterruptedException e) {
            assertThat(gate.getCount()).as("interrupted, and goes on").isNotNegative();
        }
    }
}
