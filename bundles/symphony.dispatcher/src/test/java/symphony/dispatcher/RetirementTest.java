package symphony.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.osgi.framework.Version;
import symphony.api.event.EventHandler;

/** Workers that called a handler of a bundle that left, and the handlers of other bundles that they call meanwhile. */
@Timeout(600)
class RetirementTest {
    private static final Owner OTHER = new Owner("other", new Version("1.0.0"), 8);

    private final Bench bench = new Bench("workers", 1, "workers.max", 1);
    private final Gate gate = new Gate();

    @AfterEach
    void close() {
        gate.open();
        bench.close();
    }

    private void handleOther(EventHandler handler, Object... properties) {
        bench.add(TestHandler.any(OTHER, "other", handler, properties));
    }

    private void useTheOnlyWorkerForABundleThatLeavesWhileItCallsAnother() throws InterruptedException {
        bench.handle("acme", delivery -> {});
        bench.publish("acme");
        Bench.await(() -> bench.engine.stats().delivered() == 1);
        bench.publish("other");
        gate.awaitEntered();
        bench.engine.departing(TestHandler.ACME.id());
    }

    @Test
    void keepsTheTimeLimitOfTheOtherBundlesCall() throws Exception {
        var interrupted = new AtomicBoolean();
        handleOther(
                delivery -> {
                    try {
                        gate.pass();
                    } catch (InterruptedException e) {
                        interrupted.set(true);
                    }
                },
                "symphony.time.limit",
                "300ms");
        useTheOnlyWorkerForABundleThatLeavesWhileItCallsAnother();
        Bench.await(interrupted::get);
        Bench.await(() -> bench.engine.stats().overruns() == 1);
    }

    @Test
    void waitsForTheOtherBundlesCallWhenItStops() throws Exception {
        var ended = new AtomicBoolean();
        handleOther(delivery -> {
            gate.pass();
            ended.set(true);
        });
        useTheOnlyWorkerForABundleThatLeavesWhileItCallsAnother();
        assertThat(bench.engine.stats().pools().get(0).running()).isEqualTo(1);
        bench.timer.schedule(bench.timer.nanoTime() + Duration.ofMillis(50).toNanos(), cookie -> gate.open(), 0);
        assertThat(bench.engine.stop(Duration.ofSeconds(20)).left()).isEmpty();
        assertThat(ended).as("it ended before").isTrue();
    }

    @Test
    void takesAnotherWorkerForTheTimeBetween() throws Exception {
        EventHandler held = delivery -> gate.pass();
        handleOther(held);
        useTheOnlyWorkerForABundleThatLeavesWhileItCallsAnother();
        bench.add(TestHandler.any(OTHER, "second", held, "symphony.subscription", "second"));
        bench.publish("second");
        Bench.await(() -> bench.engine.stats().pools().get(0).running() == 2);
    }

    @Test
    void losesNoWakeUpWhenTheWorkerThatWasWokenMustEnd() throws Exception {
        try (var many = new Bench("workers", 3)) {
            var handled = new AtomicInteger();
            many.add(TestHandler.any(OTHER, "other", (EventHandler) delivery -> handled.incrementAndGet()));
            for (int round = 1; round <= 800; round++) {
                // given: idle workers, some of which have called the handler that leaves now
                TestHandler leaving = many.handle("acme", delivery -> {}, "symphony.concurrency", 3);
                for (int i = 0; i < 3; i++) {
                    many.publish("acme");
                }
                // when: one is woken, or looks for work, while its bundle leaves
                var leave = new Thread(() -> many.engine.departing(TestHandler.ACME.id()));
                leave.start();
                many.publish("other");
                leave.join();
                // then
                int wanted = round;
                Bench.await(() -> handled.get() == wanted);
                many.engine.depart(leaving.serviceId());
            }
        }
    }
}
