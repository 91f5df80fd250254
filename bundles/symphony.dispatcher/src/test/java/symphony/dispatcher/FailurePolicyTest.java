package symphony.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import symphony.api.event.Delivery;
import symphony.api.event.Event;
import symphony.api.queue.DeadLetter;
import symphony.api.queue.DeadReason;

@Timeout(120)
class FailurePolicyTest {
    private final Bench bench = new Bench("workers", 2);
    private final Gate gate = new Gate();

    @AfterEach
    void close() {
        gate.open();
        bench.close();
    }

    @Test
    void givesUpAtOnceWhatTheHandlerSaysAnotherAttemptWouldNotMend() {
        var calls = new AtomicInteger();
        bench.handle(
                "t",
                delivery -> {
                    calls.incrementAndGet();
                    throw new FileNotFoundException("orders.csv"); // of a subclass
                },
                "symphony.no.retry",
                new String[] {"java.lang.IllegalStateException", "java.io.IOException"});
        bench.publish("t");
        Bench.await(() -> bench.dead().size() == 1);
        var letter = bench.dead().get(0);
        assertThat(letter.reason()).isEqualTo(DeadReason.NOT_RETRYABLE);
        assertThat(letter.exception()).isEqualTo("java.io.FileNotFoundException");
        assertThat(letter.detail()).isEqualTo("java.io.FileNotFoundException: orders.csv");
        assertThat(calls).hasValue(1);
        assertThat(bench.view("acme/handler").failures()).isEqualTo(1);
        assertThat(bench.engine.stats().failed()).isEqualTo(1);
    }

    @Test
    void keepsTheOrderOfAKeyOverARedriveWhereItsLaterEventsAreTakenAlong() {
        var broken = new AtomicBoolean(true);
        List<String> handled = new CopyOnWriteArrayList<>();
        bench.handle(
                "t",
                delivery -> {
                    if (broken.get() && delivery.getLong("n", 0) == 1) {
                        throw new IllegalStateException("no");
                    }
                    handled.add(delivery.getString("customer") + delivery.getLong("n", 0));
                },
                "symphony.order.key",
                "customer",
                "symphony.order.failure",
                "take-along",
                "symphony.attempts",
                1);
        for (int n = 1; n <= 3; n++) {
            bench.publish(Event.on("t").with("customer", "ada").with("n", n).build());
            int letters = n;
            Bench.await(() -> bench.dead().size() == letters);
        }
        bench.publish(Event.on("t").with("customer", "bob").with("n", 2).build());
        Bench.await(() -> handled.contains("bob2"));
        assertThat(bench.dead())
                .extracting(DeadLetter::reason)
                .containsExactly(DeadReason.ATTEMPTS, DeadReason.TAKEN_ALONG, DeadReason.TAKEN_ALONG);
        // when
        broken.set(false);
        bench.dead().forEach(letter -> bench.queues.deadLetters().redrive(letter.number()));
        bench.publish(Event.on("t").with("customer", "ada").with("n", 4).build());
        Bench.await(() -> handled.size() == 5);
        // then
        assertThat(handled).containsExactly("bob2", "ada1", "ada2", "ada3", "ada4");
    }

    @Test
    void refusesToTakeAlongWithoutAnOrderKey() {
        bench.handle("t", delivery -> {}, "symphony.order.failure", "take-along");
        assertThat(bench.engine.handlers().get(0).reason())
                .contains("symphony.order.failure", "needs symphony.order.key");
    }

    @Test
    void triesAgainWhatTheHandlerDoesNotName() {
        var calls = new AtomicInteger();
        bench.handle(
                "t",
                delivery -> {
                    calls.incrementAndGet();
                    throw new IOException("busy"); // of a superclass
                },
                "symphony.no.retry",
                "java.io.FileNotFoundException",
                "symphony.attempts",
                3);
        bench.publish("t");
        Bench.await(() -> bench.dead().size() == 1);
        assertThat(bench.dead().get(0).reason()).isEqualTo(DeadReason.ATTEMPTS);
        assertThat(calls).hasValue(3);
    }

    @Test
    void knowsAnErrorByItsNameToo() {
        bench.handle(
                "t",
                delivery -> {
                    throw new NoClassDefFoundError("acme/Missing");
                },
                "symphony.no.retry",
                "java.lang.LinkageError");
        bench.publish("t");
        Bench.await(() -> bench.dead().size() == 1);
        assertThat(bench.dead().get(0).detail()).isEqualTo("java.lang.NoClassDefFoundError: acme/Missing");
    }

    @Test
    void changesWhatIsTriedAgainWhileItFails() {
        TestHandler handler = bench.handle(
                "t",
                delivery -> {
                    throw new IOException("busy");
                },
                "symphony.attempts",
                1000,
                "symphony.backoff",
                "1ms",
                "symphony.backoff.max",
                "50ms");
        bench.publish("t");
        Bench.await(() -> bench.view("acme/handler").failures() > 3);
        handler.set("t", "symphony.no.retry", "java.io.IOException", "symphony.attempts", 1000);
        bench.engine.modify(handler.serviceId());
        Bench.await(() -> bench.dead().size() == 1);
        assertThat(bench.dead().get(0).reason()).isEqualTo(DeadReason.NOT_RETRYABLE);
    }

    @Test
    void waitsNoLongerThanTheHandlerAllows() {
        // given: a first wait that is longer than the test, and a longest one that is not
        var calls = new AtomicInteger();
        bench.handle(
                "t",
                delivery -> {
                    calls.incrementAndGet();
                    throw new IOException("busy");
                },
                "symphony.attempts",
                5,
                "symphony.backoff",
                "1h",
                "symphony.backoff.max",
                "5ms");
        bench.publish("t");
        Bench.await(() -> bench.dead().size() == 1);
        assertThat(calls).hasValue(5);
    }

    @Test
    void waitsTwiceAsLongFromAttemptToAttemptVariedByChance() {
        bench.engine.close();
        bench.engine = bench.newEngine(() -> 0.25);
        bench.engine.start();
        List<Duration> waits = new CopyOnWriteArrayList<>();
        bench.hooked.beforeRetry = waits::add;
        bench.handle("t", FailurePolicyTest::fail, "symphony.attempts", 3, "symphony.backoff", "100ms");
        bench.publish("t");
        Bench.await(() -> bench.dead().size() == 1);
        assertThat(waits).containsExactly(Duration.ofMillis(90), Duration.ofMillis(180));
    }

    private static void fail(Delivery delivery) throws IOException {
        throw new IOException("busy");
    }

    @Test
    void variesEachWaitByAChanceOfItsOwn() {
        bench.configure("quarantine.failures", 0);
        List<Duration> waits = new CopyOnWriteArrayList<>();
        bench.hooked.beforeRetry = waits::add;
        bench.handle("t", FailurePolicyTest::fail, "symphony.backoff", "1h", "symphony.backoff.max", "1d");
        for (int i = 0; i < 20; i++) {
            bench.publish("t");
        }
        Bench.await(() -> waits.size() == 20);
        assertThat(waits)
                .allSatisfy(wait -> assertThat(wait).isBetween(Duration.ofMinutes(48), Duration.ofMinutes(72)));
        assertThat(Set.copyOf(waits)).hasSizeGreaterThan(10);
    }

    @Test
    void expiresWhatHasWaitedLongerThanTheHandlerWants() throws Exception {
        var calls = new AtomicInteger();
        TestHandler hasty = bench.handle(
                "t",
                delivery -> {
                    calls.incrementAndGet();
                    gate.pass();
                },
                "symphony.subscription",
                "hasty");
        var patient = new AtomicInteger();
        bench.handle("t", delivery -> patient.incrementAndGet(), "symphony.subscription", "patient");
        bench.publish("t");
        gate.awaitEntered();
        // when: it wants it so only now, or the first might expire before its call
        hasty.set("t", "symphony.time.to.live", "50ms", "symphony.subscription", "hasty");
        bench.engine.modify(hasty.serviceId());
        for (int i = 0; i < 10; i++) {
            bench.publish("t");
        }
        Bench.await(() -> patient.get() == 11);
        long published = System.currentTimeMillis();
        Bench.await(() -> System.currentTimeMillis() > published + 50);
        gate.open();
        Bench.await(() -> bench.stats("acme/hasty").depth() == 0);
        assertThat(bench.stats("acme/hasty").expired()).isEqualTo(10);
        assertThat(calls).hasValue(1);
        assertThat(bench.stats("acme/hasty").balanced()).isTrue();
    }

    @Test
    void expiresAtTheEarlierOfTheEventsTimeAndTheHandlers() throws Exception {
        bench.handle("t", delivery -> gate.pass(), "symphony.time.to.live", "1h");
        bench.publish("t");
        gate.awaitEntered();
        bench.publish(Event.on("t").timeToLive(Duration.ofMillis(20)).build());
        bench.publish(Event.on("t").timeToLive(Duration.ofDays(1)).build());
        long published = System.currentTimeMillis();
        Bench.await(() -> System.currentTimeMillis() > published + 20);
        gate.open();
        Bench.await(() -> bench.stats("acme/handler").depth() == 0);
        assertThat(bench.stats("acme/handler").expired()).isEqualTo(1);
        assertThat(bench.stats("acme/handler").handled()).isEqualTo(2);
    }
}
