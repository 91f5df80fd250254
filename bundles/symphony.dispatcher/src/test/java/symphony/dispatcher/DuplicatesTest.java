package symphony.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import symphony.api.event.Event;
import symphony.api.event.Receipt;
import symphony.api.event.Refusal;
import symphony.api.queue.Capability;
import symphony.api.queue.QueueStats;

/** Publishers that publish an event again, with the same id, since they did not see its receipt. */
@Timeout(120)
class DuplicatesTest {
    private static final String WINDOW = "symphony.duplicates.window";

    private final Bench bench = new Bench();

    @AfterEach
    void close() {
        bench.close();
    }

    private static Event event(String topic, long id) {
        return Event.on(topic).id(new UUID(1, id)).with("n", id).build();
    }

    @Test
    void handlesOnceWhatIsPublishedAgainAndSaysThatItIsAccepted() {
        var calls = new AtomicInteger();
        bench.handle("t", delivery -> calls.incrementAndGet(), WINDOW, "1h");
        Receipt first = bench.publish(event("t", 1));
        Receipt again = bench.publish(event("t", 1));
        assertThat(again.accepted()).isEqualTo(first.accepted()).isEqualTo(1);
        assertThat(again.refusals()).isEmpty();
        assertThat(again.eventId()).isEqualTo(first.eventId());
        Bench.await(() -> calls.get() == 1);
        assertThat(bench.publish(event("t", 1)).accepted())
                .as("also after it was handled")
                .isEqualTo(1);
        bench.publish(event("t", 2));
        Bench.await(() -> bench.stats("acme/handler").handled() == 2);
        assertThat(calls).hasValue(2);
        assertThat(bench.stats("acme/handler").duplicates()).isEqualTo(2);
    }

    @Test
    void handlesAgainWhereNobodyAskedForAWindow() {
        bench.handle("t", delivery -> {});
        bench.publish(event("t", 1));
        bench.publish(event("t", 1));
        Bench.await(() -> bench.stats("acme/handler").handled() == 2);
    }

    @Test
    void takesTheWindowOfTheConfigurationWhileItRunsUnlessTheHandlerSaysOtherwise() {
        bench.handle("t", delivery -> {}, "symphony.subscription", "configured");
        bench.handle("t", delivery -> {}, "symphony.subscription", "never", WINDOW, "0");
        bench.publish(event("t", 1));
        bench.publish(event("t", 1));
        bench.configure("duplicates.window", "1h");
        bench.publish(event("t", 2));
        bench.publish(event("t", 2));
        assertThat(bench.stats("acme/configured").duplicates()).isEqualTo(1);
        assertThat(bench.stats("acme/never").duplicates()).isZero();
        bench.configure("duplicates.window", "0");
        bench.publish(event("t", 2));
        Bench.await(() -> bench.stats("acme/configured").handled() == 4);
        assertThat(bench.stats("acme/configured").duplicates()).isEqualTo(1);
    }

    @Test
    void offersAgainToThoseThatRefusedAndTroublesNoOther() throws Exception {
        var gate = new Gate();
        var roomy = new AtomicInteger();
        bench.handle(
                "t", delivery -> gate.pass(), "symphony.subscription", "small", "symphony.capacity", 1, WINDOW, "1h");
        bench.handle("t", delivery -> roomy.incrementAndGet(), "symphony.subscription", "roomy", WINDOW, "1h");
        bench.publish(event("t", 1));
        gate.awaitEntered();
        Receipt half = bench.publish(event("t", 2));
        assertThat(half.accepted()).isEqualTo(1);
        assertThat(half.refusals()).extracting(Refusal::reason).containsExactly(Refusal.Reason.FULL);
        gate.open();
        Bench.await(() -> bench.stats("acme/small").handled() == 1);
        // when: by the receipt, and then by somebody who lost it
        Receipt whole = bench.engine.retry(Bench.PUBLISHER, half, Bench.PUBLISHER);
        assertThat(whole.accepted()).isEqualTo(2);
        assertThat(whole.refusals()).isEmpty();
        assertThat(bench.publish(event("t", 2)).accepted()).isEqualTo(2);
        assertThat(bench.engine.retry(Bench.PUBLISHER, half, Bench.PUBLISHER).accepted())
                .as("the first receipt once more")
                .isEqualTo(2);
        Bench.await(() -> bench.stats("acme/small").handled() == 2);
        Bench.await(() -> roomy.get() == 2);
        assertThat(bench.stats("acme/small").duplicates()).isEqualTo(2);
        assertThat(bench.stats("acme/roomy").duplicates()).isEqualTo(1);
    }

    @Test
    void knowsItsEventsWhileTheHandlerIsReplaced() {
        TestHandler handler =
                bench.handle("t", delivery -> {}, "symphony.subscription", "s", WINDOW, "1h", "symphony.grace", "1h");
        bench.publish(event("t", 1));
        Bench.await(() -> bench.stats("acme/s").handled() == 1);
        bench.engine.depart(handler.serviceId());
        bench.publish(event("t", 1));
        bench.publish(event("t", 2));
        var seen = ConcurrentHashMap.<UUID>newKeySet();
        bench.handle("t", delivery -> seen.add(delivery.id()), "symphony.subscription", "s", WINDOW, "1h");
        bench.publish(event("t", 2));
        Bench.await(() -> bench.stats("acme/s").handled() == 2);
        assertThat(seen).containsExactly(new UUID(1, 2));
        assertThat(bench.stats("acme/s").duplicates()).isEqualTo(2);
    }

    @Test
    void doesNotHoldUpADeadLetterThatIsReDriven() {
        var fails = new AtomicBoolean(true);
        var calls = new AtomicInteger();
        bench.handle(
                "t",
                delivery -> {
                    calls.incrementAndGet();
                    if (fails.get()) {
                        throw new IllegalStateException("not today");
                    }
                },
                "symphony.attempts",
                1,
                WINDOW,
                "1h");
        bench.publish(event("t", 1));
        Bench.await(() -> bench.dead().size() == 1);
        bench.publish(event("t", 1));
        assertThat(calls)
                .as("it is a dead letter, and that is where it is to be found")
                .hasValue(1);
        fails.set(false);
        bench.queues.deadLetters().redrive(bench.dead().get(0).number());
        Bench.await(() -> bench.stats("acme/handler").handled() == 1);
    }

    @Test
    void doesNotUseAHandlerThatWantsAWindowOfAKindThatHasNone() {
        try (var further = bench.newQueues()) {
            HookedQueues journal = HookedQueues.durableWithout(further, Capability.DUPLICATES);
            bench.engine.bind(journal);
            bench.handle("t", delivery -> {}, "symphony.durable", true, WINDOW, "5m");
            assertThat(bench.engine.handlers().get(0).reason())
                    .isEqualTo(
                            "property symphony.duplicates.window is 5m, but queues of kind journal do not know events"
                                    + " that come twice; leave the property out");
            bench.engine.unbind(journal);
        }
    }

    @Test
    void handlesEachEventOnceThatSeveralPublishersRepeatUnderLoad() throws Exception {
        int events = 5_000;
        int publishers = 4;
        Set<UUID> seen = ConcurrentHashMap.newKeySet();
        var calls = new AtomicInteger();
        bench.handle(
                "t",
                delivery -> {
                    seen.add(delivery.id());
                    calls.incrementAndGet();
                },
                "symphony.concurrency",
                4,
                "symphony.capacity",
                50,
                WINDOW,
                "1h");
        var start = new CountDownLatch(1);
        var threads = new ArrayList<FutureTask<Integer>>();
        for (int i = 0; i < publishers; i++) {
            var task = new FutureTask<>(() -> {
                start.await();
                int accepted = 0;
                for (int n = 0; n < events; n++) {
                    accepted += bench.engine
                            .dispatch(Bench.PUBLISHER, event("t", n), Bench.PUBLISHER, Duration.ofSeconds(20))
                            .accepted();
                }
                return accepted;
            });
            threads.add(task);
            new Thread(task, "publisher").start();
        }
        start.countDown();
        for (FutureTask<Integer> thread : threads) {
            assertThat(thread.get(50, TimeUnit.SECONDS))
                    .as("each is told that each is accepted")
                    .isEqualTo(events);
        }
        Bench.await(() -> bench.stats("acme/handler").depth() == 0);
        QueueStats stats = bench.stats("acme/handler");
        assertThat(stats.accepted()).isEqualTo(events);
        assertThat(stats.handled()).isEqualTo(events);
        assertThat(stats.duplicates()).isEqualTo((publishers - 1L) * events);
        assertThat(calls).hasValue(events);
        assertThat(new HashSet<>(seen)).hasSize(events);
        assertThat(List.of(stats.forgotten(), stats.refusals())).containsOnly(0L);
    }
}
