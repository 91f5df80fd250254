package symphony.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import symphony.api.queue.QueueStats;

/** Two things at once, ten thousand times: each event has exactly one outcome. */
@Timeout(180)
class RaceTest {
    private static final int ROUNDS = 10_000;

    private final Bench bench = new Bench("workers", 2, "quarantine.failures", 0, "departure.deadline", "1m");

    @AfterEach
    void close() {
        bench.close();
    }

    /** Does both in each round, from two threads that begin together. */
    private static void race(Runnable one, Runnable other) throws Exception {
        var start = new CyclicBarrier(2);
        var thread = new Thread(() -> {
            for (int i = 0; i < ROUNDS; i++) {
                await(start);
                other.run();
                await(start);
            }
        });
        thread.start();
        for (int i = 0; i < ROUNDS; i++) {
            await(start);
            one.run();
            await(start);
        }
        thread.join();
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aRetryOfAHandlerThatLeavesIsHandledByTheNextOrDead() throws Exception {
        // given: each event fails at first and is tried again at once, while its handler leaves and another comes
        var handled = new AtomicInteger();
        var handler = new TestHandler[] {null};
        Runnable come = () -> handler[0] = bench.handle(
                "t",
                delivery -> {
                    if (delivery.attempt() == 1) {
                        throw new IllegalStateException("the first time");
                    }
                    handled.incrementAndGet();
                },
                "symphony.backoff",
                "0",
                "symphony.grace",
                "1h");
        come.run();
        var accepted = new AtomicInteger();
        // when
        race(() -> accepted.addAndGet(bench.publish("t").accepted()), () -> {
            bench.engine.depart(handler[0].serviceId());
            come.run();
        });
        // then
        Bench.await(() -> bench.stats("acme/handler").depth() == 0);
        QueueStats stats = bench.stats("acme/handler");
        assertThat(accepted).hasValue(ROUNDS);
        assertThat(stats.accepted()).isEqualTo(ROUNDS);
        assertThat(stats.handled() + stats.dead()).isEqualTo(ROUNDS);
        assertThat(stats.handled()).isEqualTo(handled.get());
        assertThat(stats.balanced()).isTrue();
    }

    @Test
    void aSubscriptionThatEndsWhileItsEventIsTriedAgainLeavesOneOutcome() throws Exception {
        // given: a program's subscription, which keeps nothing
        var handler = new TestHandler[] {null};
        var handled = new AtomicInteger();
        Runnable come = () -> handler[0] = bench.add(TestHandler.of(
                        "t",
                        delivery -> {
                            if (delivery.attempt() == 1) {
                                throw new IllegalStateException("the first time");
                            }
                            handled.incrementAndGet();
                        },
                        "symphony.backoff",
                        "0")
                .byProgram());
        come.run();
        var accepted = new AtomicInteger();
        // when
        race(() -> accepted.addAndGet(bench.publish("t").accepted()), () -> {
            bench.engine.depart(handler[0].serviceId());
            come.run();
        });
        bench.engine.depart(handler[0].serviceId());
        // then
        Bench.await(() -> bench.engine.subscriptions().isEmpty());
        assertThat(handled.get() + bench.dead().size()).isEqualTo(accepted.get());
    }

    @Test
    void anEventThatComesWhileItsSubscriptionIsPausedOrResumedIsHandledOnce() throws Exception {
        var handled = new AtomicInteger();
        bench.handle("t", delivery -> handled.incrementAndGet());
        var paused = new AtomicInteger();
        race(
                () -> bench.publish("t").orThrow(),
                () -> bench.engine.pause("operator", "acme/handler", paused.incrementAndGet() % 2 == 1));
        bench.engine.pause("operator", "acme/handler", false);
        Bench.await(() -> bench.stats("acme/handler").handled() == ROUNDS);
        assertThat(handled).hasValue(ROUNDS);
    }

    @Test
    void anEventThatComesWhileItsPoolIsPausedOrResumedIsHandledOnce() throws Exception {
        var handled = new AtomicInteger();
        bench.handle("t", delivery -> handled.incrementAndGet());
        var paused = new AtomicInteger();
        race(() -> bench.publish("t").orThrow(), () -> bench.engine.pauseAll(paused.incrementAndGet() % 2 == 1));
        bench.engine.pauseAll(false);
        Bench.await(() -> bench.stats("acme/handler").handled() == ROUNDS);
        assertThat(handled).hasValue(ROUNDS);
    }

    @Test
    void anEventThatComesWhileItsQuarantineIsSetOrLiftedIsHandledOnce() throws Exception {
        bench.configure("quarantine.wait", "1h");
        var handled = new AtomicInteger();
        bench.handle("t", delivery -> handled.incrementAndGet());
        var set = new AtomicInteger();
        race(() -> bench.publish("t").orThrow(), () -> {
            if (set.incrementAndGet() % 2 == 1) {
                bench.engine.quarantine("operator", "acme/handler", "race");
            } else {
                bench.engine.lift("operator", "acme/handler");
            }
        });
        bench.engine.lift("operator", "acme/handler");
        Bench.await(() -> bench.stats("acme/handler").handled() == ROUNDS);
        assertThat(handled).hasValue(ROUNDS);
    }
}
