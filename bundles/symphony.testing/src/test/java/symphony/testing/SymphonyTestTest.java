package symphony.testing;

import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import symphony.api.dispatcher.HandlerState;
import symphony.api.event.Delivery;
import symphony.api.event.Event;
import symphony.api.event.EventHandler;
import symphony.api.event.EventSystem;
import symphony.api.event.Recurrence;
import symphony.api.event.Refusal;
import symphony.api.event.Schedule;
import symphony.api.event.TypedHandler;
import symphony.api.queue.DeadReason;

@Timeout(120)
class SymphonyTestTest {
    record Order(String customer, long amount) {}

    private static final Instant NEW_YEAR = Instant.parse("2026-01-01T00:00:00Z");

    /** Doubles an order and publishes what came of it. */
    private static final class Doubling implements TypedHandler<Order> {
        private final EventSystem events;

        Doubling(EventSystem events) {
            this.events = events;
        }

        @Override
        public void handle(Order order, Delivery delivery) {
            events.publish("orders/doubled", new Order(order.customer(), 2 * order.amount()))
                    .orThrow();
        }
    }

    @Test
    void deliversToAHandlerAndRecordsWhatFollows() {
        try (var s = SymphonyTest.start()) {
            // given
            var subscription = s.handler(new Doubling(s.eventSystem()), Map.of("symphony.topics", "orders/new"));
            var doubled = s.probe("orders/doubled");
            // when
            var receipt = s.publish("orders/new", Map.of("customer", "ada", "amount", 21));
            // then
            assertThat(receipt.accepted()).isEqualTo(1);
            assertThat(doubled.awaitCount(1).last().as(Order.class)).isEqualTo(new Order("ada", 42));
            assertThat(doubled.last().publisher()).isEqualTo("test");
            assertThat(subscription.identity()).isEqualTo("test/" + Doubling.class.getName());
            assertThat(s.status(subscription).queue().handled()).isEqualTo(1);
        }
    }

    @Test
    void standsStillUntilTimeIsMoved() {
        try (var s = SymphonyTest.start(NEW_YEAR)) {
            var probe = s.probe("reminders/*");
            var schedule = s.schedule(Event.on("reminders/tea").build(), ofMinutes(4));
            probe.awaitCount(0);
            s.advance(ofMinutes(4).minusNanos(1));
            probe.awaitCount(0);
            s.advance(ofMillis(1));
            probe.awaitCount(1);
            assertThat(probe.last().publishedAt()).isEqualTo(NEW_YEAR.plus(ofMinutes(4)));
            assertThat(schedule.state()).isEqualTo(Schedule.State.FIRED);
            assertThat(s.clock().instant())
                    .isEqualTo(NEW_YEAR.plus(ofMinutes(4)).plusNanos(999_999));
        }
    }

    @Test
    void advancesFromOneDueMomentToTheNextSoThatWhatFollowsIsOnTimeToo() {
        try (var s = SymphonyTest.start(NEW_YEAR)) {
            // given a handler that schedules the next round, an hour later
            s.handler(
                    (EventHandler) delivery -> s.schedule(Event.on("clock/tick").build(), ofHours(1))
                            .orThrow(),
                    Map.of("symphony.topics", "clock/tick"));
            var ticks = s.probe("clock/tick");
            s.publish("clock/tick", 0);
            // when a day goes by at once
            s.advance(ofHours(24));
            // then each round was on its hour
            ticks.awaitCount(25);
            assertThat(ticks.events()).extracting(Delivery::publishedAt).contains(NEW_YEAR.plus(ofHours(7)));
            assertThat(ticks.last().publishedAt()).isEqualTo(NEW_YEAR.plus(ofHours(24)));
        }
    }

    @Test
    void waitsForACallWhoseThreadStandsStillForSeconds() {
        // given: real time that goes on as one looks at it, and stands from where the thread of the first call goes on
        var real = new AtomicLong();
        var goesOn = new CountDownLatch(1);
        LongSupplier nanos = () -> {
            if (real.get() == ofSeconds(9).toNanos()) {
                goesOn.countDown();
                return real.get();
            }
            return real.addAndGet(ofMillis(100).toNanos());
        };
        try (var s = new SymphonyTest(NEW_YEAR, nanos)) {
            s.handler(
                    (EventHandler) delivery -> {
                        goesOn.await();
                        s.schedule(Event.on("clock/tick").build(), ofHours(1)).orThrow();
                    },
                    Map.of("symphony.topics", "clock/tick"));
            var ticks = s.probe("clock/tick");
            s.publish("clock/tick", 0);
            // when
            s.advance(ofHours(24));
            // then: each round was on its hour
            ticks.awaitCount(25);
            assertThat(ticks.last().publishedAt()).isEqualTo(NEW_YEAR.plus(ofHours(24)));
        }
    }

    @Test
    void firesRecurrencesAtEachOfTheirTimes() {
        try (var s = SymphonyTest.start(NEW_YEAR)) {
            // given one of each kind
            var ticks = s.probe("clock/tick");
            var tocks = s.probe("clock/tock");
            var mornings = s.probe("clock/morning");
            s.schedule(Event.on("clock/tick").build(), Recurrence.fixedRate(ofHours(1)));
            s.schedule(
                    Event.on("clock/tock").build(),
                    Recurrence.fixedDelay(ofHours(6)).times(3));
            var cron = s.eventSystem()
                    .schedule(
                            Event.on("clock/morning").build(),
                            Recurrence.cron("30 7 * * MON-FRI", ZoneId.of("Europe/Berlin")));
            // when four days go by at once: a Thursday to a Sunday
            s.advance(ofHours(96));
            // then each was on its time, under ids of their own
            ticks.awaitCount(96);
            assertThat(ticks.events()).extracting(Delivery::id).doesNotHaveDuplicates();
            assertThat(ticks.events().get(6).publishedAt()).isEqualTo(NEW_YEAR.plus(ofHours(7)));
            tocks.awaitCount(3);
            mornings.awaitCount(2);
            assertThat(mornings.events())
                    .extracting(Delivery::publishedAt)
                    .containsExactly(NEW_YEAR.plus(ofMinutes(390)), NEW_YEAR.plus(ofMinutes(24 * 60 + 390)));
            assertThat(cron.next()).contains(NEW_YEAR.plus(ofMinutes(4 * 24 * 60 + 390)));
        }
    }

    @Test
    void leavesNothingDueUnhandledWhenAdvanceReturns() {
        for (int round = 0; round < 20; round++) {
            try (var s = SymphonyTest.start()) {
                List<String> handled = Collections.synchronizedList(new ArrayList<>());
                s.handler((EventHandler) d -> s.publish("b", 1), Map.of("symphony.topics", "a"));
                s.handler((EventHandler) d -> s.publish("c", 1), Map.of("symphony.topics", "b"));
                s.handler((EventHandler) d -> handled.add(d.topic()), Map.of("symphony.topics", "c"));
                for (int i = 0; i < 10; i++) {
                    s.schedule(Event.on("a").build(), ofSeconds(i));
                }
                s.advance(ofSeconds(10));
                assertThat(handled).hasSize(10);
            }
        }
    }

    @Test
    void schedulesAtInstantsOfItsOwnTimeHoweverFar() {
        try (var s = SymphonyTest.start(NEW_YEAR)) {
            var probe = s.probe("*");
            s.eventSystem().schedule(Event.on("later").build(), NEW_YEAR.plus(ofHours(24 * 300)));
            s.eventSystem().schedule(Event.on("past").build(), NEW_YEAR.minusSeconds(1));
            probe.awaitCount(1);
            assertThat(probe.last().topic()).isEqualTo("past");
            s.advance(ofHours(24 * 300));
            probe.awaitCount(2);
        }
    }

    @Test
    void doesNotDeliverWhatWasCancelled() {
        try (var s = SymphonyTest.start()) {
            var probe = s.probe("a");
            assertThat(s.schedule(Event.on("a").build(), ofSeconds(1)).cancel()).isTrue();
            s.advance(ofHours(1));
            probe.awaitCount(0);
        }
    }

    @Test
    void retriesAsTimeGoesOnAndGivesUpInTheEnd() {
        try (var s = SymphonyTest.start()) {
            var attempts = new AtomicInteger();
            EventHandler failing = delivery -> {
                attempts.set(delivery.attempt());
                throw new java.io.IOException("mail server is down");
            };
            s.handler(failing, Map.of("symphony.topics", "a", "symphony.attempts", 3, "symphony.backoff", "1s"));
            s.publish("a", 1);
            assertThat(s.awaitIdle()).isTrue();
            assertThat(attempts).hasValue(1);
            s.advance(ofMillis(1_200));
            assertThat(attempts).hasValue(2);
            s.advance(ofMillis(2_400));
            assertThat(attempts).hasValue(3);
            assertThat(s.awaitDeadLetters(1)).singleElement().satisfies(letter -> {
                assertThat(letter.reason()).isEqualTo(DeadReason.ATTEMPTS);
                assertThat(letter.detail()).contains("mail server is down");
            });
        }
    }

    @Test
    void givesUpAtOnceWhatDoesNotFit() {
        try (var s = SymphonyTest.start()) {
            s.handler(new Doubling(s.eventSystem()), Map.of("symphony.topics", "orders/new"));
            s.eventSystem().subscribe("orders/typed", Order.class, (order, delivery) -> {});
            s.publish("orders/new", Map.of("customer", "ada", "amount", "much"));
            s.publish("orders/typed", Map.of("customer", "ada", "amount", "more"));
            assertThat(s.deadLetters()).hasSize(2).allSatisfy(letter -> {
                assertThat(letter.reason()).isEqualTo(DeadReason.MISMATCH);
                assertThat(letter.detail()).contains("amount");
            });
        }
    }

    @Test
    void filtersAndOrdersAsTheProductDoes() {
        try (var s = SymphonyTest.start()) {
            var first = new CountDownLatch(1);
            List<Long> handled = Collections.synchronizedList(new ArrayList<>());
            EventHandler handler = delivery -> {
                first.await();
                handled.add(delivery.getLong("n", -1));
            };
            s.handler(handler, Map.of("symphony.topics", "a/*", "symphony.filter", "(n>=10)"));
            s.publish("a/x", Map.of("n", 10));
            s.publish(Event.on("a/x").with("n", 11).priority(9).build());
            s.publish(Event.on("a/x").with("n", 12).priority(0).build());
            assertThat(s.publish("a/x", Map.of("n", 9)).accepted()).isZero();
            first.countDown();
            assertThat(s.awaitIdle()).isTrue();
            assertThat(handled).hasSize(3).endsWith(11L);
        }
    }

    @Test
    void parksTheSubscriptionOfAHandlerThatLeftAsLongAsItsGrace() {
        try (var s = SymphonyTest.start()) {
            EventHandler handler = delivery -> {};
            var properties = Map.of("symphony.topics", "a", "symphony.subscription", "mine", "symphony.grace", "1m");
            s.handler(handler, properties).close();
            var parked = s.subscriptions().get(0);
            assertThat(parked.identity()).isEqualTo("test/mine");
            assertThat(parked.state()).isEqualTo(HandlerState.PARKED);
            assertThat(s.publish("a", 1).accepted()).isEqualTo(1);
            // when a successor comes in time
            var handled = new CountDownLatch(1);
            var second = s.handler((EventHandler) delivery -> handled.countDown(), properties);
            assertThat(s.awaitIdle()).isTrue();
            assertThat(handled.getCount()).isZero();
            // when nobody does
            second.close();
            s.publish("a", 2);
            s.advance(ofMinutes(2));
            assertThat(s.awaitDeadLetters(1).get(0).reason()).isEqualTo(DeadReason.HANDLER_GONE);
        }
    }

    @Test
    void interruptsACallThatRunsOverItsTimeLimitWhenTimeIsMoved() throws InterruptedException {
        var real = new AtomicLong(); // goes on as one looks at it: the call is not waited for long
        try (var s =
                new SymphonyTest(NEW_YEAR, () -> real.addAndGet(ofMillis(100).toNanos()))) {
            var running = new CountDownLatch(1);
            var interrupted = new CountDownLatch(1);
            EventHandler stuck = delivery -> {
                running.countDown();
                try {
                    new CountDownLatch(1).await();
                } finally {
                    interrupted.countDown();
                }
            };
            s.handler(stuck, Map.of("symphony.topics", "a", "symphony.time.limit", "30s"));
            s.publish("a", 1);
            running.await();
            s.advance(ofSeconds(31));
            assertThat(interrupted.await(60, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void tellsWhatCameAndHowItStandsWhereACountIsNotMet() {
        try (var s = SymphonyTest.start(NEW_YEAR)) {
            s.handler(new Doubling(s.eventSystem()), Map.of("symphony.topics", "orders/new"));
            var probe = s.probe("orders/*");
            s.publish("orders/new", Map.of("amount", "much"));
            s.publish("nobody/cares", 1);
            s.schedule(Event.on("orders/new").build(), ofSeconds(9));
            assertThatExceptionOfType(AssertionError.class)
                    .isThrownBy(() -> probe.awaitCount(2, ofMillis(50)))
                    .withMessageContaining("probe on orders/*: expected 2 events, 1 came")
                    .withMessageContaining("orders/new {amount=much}")
                    .withMessageContaining("time stands at 2026-01-01T00:00:00Z until advance(…) moves it")
                    .withMessageContaining("1 events were wanted by nobody")
                    .withMessageContaining("MISMATCH")
                    .withMessageContaining("scheduled on orders/new, due 2026-01-01T00:00:09Z");
            assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> probe.awaitCount(0));
            probe.clear();
            probe.awaitCount(0);
            assertThatExceptionOfType(AssertionError.class)
                    .isThrownBy(probe::last)
                    .withMessageContaining("nothing came");
            assertThatExceptionOfType(AssertionError.class)
                    .isThrownBy(() -> s.awaitDeadLetters(0))
                    .withMessageContaining("expected 0 dead letters, there are 1");
        }
    }

    @Test
    void saysAtOnceWhatIsWrongWithAHandler() {
        try (var s = SymphonyTest.start()) {
            EventHandler handler = delivery -> {};
            TypedHandler<Order> lambda = (order, delivery) -> {};
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> s.handler(handler, Map.of("symphony.topic", "a")))
                    .withMessageContaining("symphony.topic is unknown");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> s.handler(lambda, Map.of("symphony.topics", "a")))
                    .withMessageContaining("symphony.type");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> s.handler(lambda, Map.of("symphony.topics", "a", "symphony.type", "no.Such")))
                    .withMessageContaining("no.Such");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> s.handler(handler))
                    .withMessageContaining("a lambda has neither");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> s.handler(handler, Map.of("symphony.topics", "a", "symphony.durable", true)))
                    .withMessageContaining("durable");
            assertThatIllegalArgumentException().isThrownBy(() -> s.advance(ofSeconds(-1)));
            assertThat(s.subscriptions()).isEmpty();
            s.handler(lambda, Map.of("symphony.topics", "a", "symphony.type", Order.class.getName()));
        }
    }

    @Test
    void readsTheAnnotationsOfAComponent() {
        try (var s = SymphonyTest.start()) {
            var subscription = s.handler(new Annotated());
            assertThat(subscription.identity()).isEqualTo("test/many");
            var view = s.status(subscription);
            assertThat(view.topics()).containsExactly("a/+", "b");
            assertThat(view.filter()).isEqualTo("(n>=1)");
            assertThat(view.concurrency()).isEqualTo(3);
        }
    }

    @Test
    void takesEventsOfManyThreads() throws InterruptedException {
        try (var s = SymphonyTest.start()) {
            var probe = s.probe("a");
            int publishers = 4;
            var threads = Executors.newFixedThreadPool(publishers);
            for (int i = 0; i < publishers; i++) {
                threads.execute(() -> {
                    for (int n = 0; n < 500; n++) {
                        s.publish("a", n).orThrow();
                        s.eventSystem().publishAsync(Event.on("a").build());
                    }
                });
            }
            threads.shutdown();
            assertThat(threads.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
            probe.awaitCount(publishers * 1_000);
        }
    }

    @Test
    void endsWithAllItsThreads() throws InterruptedException {
        // given
        var before = Thread.getAllStackTraces().keySet();
        var s = SymphonyTest.start();
        s.probe("a");
        s.publish("a", 1);
        s.advance(ofSeconds(1));
        var own = new ArrayList<>(Thread.getAllStackTraces().keySet());
        own.removeAll(before);
        assertThat(own).isNotEmpty();
        // when
        s.close();
        // then
        for (var thread : own) {
            thread.join(60_000);
            assertThat(thread.isAlive()).as(thread.getName()).isFalse();
        }
        var receipt = s.publish("a", 1);
        assertThat(receipt.refusals()).extracting(Refusal::reason).containsExactly(Refusal.Reason.CLOSED);
    }
}
