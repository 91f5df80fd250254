package symphony.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import symphony.api.event.Event;
import symphony.api.event.EventHandler;
import symphony.api.event.Receipt;
import symphony.api.event.Refusal;

/** Handlers that publish to a subscription that is slow and full: what they may do about it, and what it costs whom. */
@Timeout(120)
class NestedPublishTest {
    private static final int CAPACITY = 10;
    private static final int EVENTS = 40;

    /** Each call that goes wrong would bring its subscription into quarantine at once. */
    private final Bench bench = new Bench("workers", 1, "quarantine.failures", 1, "quarantine.overruns", 1);

    private final Gate gate = new Gate();
    private final AtomicInteger slowlyHandled = new AtomicInteger();

    @AfterEach
    void close() {
        gate.open();
        bench.close();
    }

    /** One that holds its first event until the gate is open, and takes no more than its capacity meanwhile. */
    private void addSlow() {
        bench.handle(
                "slow",
                delivery -> {
                    gate.pass();
                    slowlyHandled.incrementAndGet();
                },
                "symphony.subscription",
                "slow",
                "symphony.capacity",
                CAPACITY);
    }

    private void addForwarder(EventHandler handler, Object... properties) {
        var all = new ArrayList<Object>(List.of("symphony.subscription", "forward"));
        all.addAll(List.of(properties));
        bench.handle("in", handler, all.toArray());
    }

    private Receipt forward(Duration maxWait) {
        return bench.engine.dispatch(Bench.PUBLISHER, Event.on("slow").build(), Bench.PUBLISHER, maxWait);
    }

    private void publishAll() {
        for (int i = 0; i < EVENTS; i++) {
            bench.publish("in").orThrow();
        }
    }

    private void awaitForwarderThatWaitsForRoom() throws InterruptedException {
        gate.awaitEntered();
        Bench.await(() -> bench.stats("acme/slow").depth() == CAPACITY
                && bench.view("acme/forward").running() == 1);
    }

    private void assertUnpunished() {
        for (String identity : List.of("acme/forward", "acme/slow")) {
            assertThat(bench.view(identity)).as(identity).satisfies(view -> {
                assertThat(view.failures()).isZero();
                assertThat(view.overruns()).isZero();
                assertThat(view.quarantines()).isZero();
            });
        }
    }

    @Test
    void oneThatWaitsForRoomGetsItOnceTheSlowOneGoesOn() throws Exception {
        // given: a worker for both, and another that stands in for whoever is held up
        addSlow();
        var refused = new AtomicInteger();
        addForwarder(delivery ->
                refused.addAndGet(forward(Duration.ofSeconds(30)).refusals().size()));
        publishAll();
        awaitForwarderThatWaitsForRoom();
        // when
        gate.open();
        // then
        Bench.await(() -> bench.stats("acme/forward").handled() == EVENTS && slowlyHandled.get() == EVENTS);
        assertThat(refused).hasValue(0);
        assertUnpunished();
        assertThat(bench.stats("acme/slow").balanced()).isTrue();
    }

    @Test
    void oneThatWaitsOnTheOnlyWorkerIsRefusedInTimeAndDoesNotWaitForEver() {
        // given: nobody can make room while the forwarder waits
        bench.configure("workers", 1, "workers.max", 1);
        gate.open();
        addSlow();
        var refused = new AtomicInteger();
        addForwarder(delivery ->
                refused.addAndGet(forward(Duration.ofMillis(20)).refusals().size()));
        publishAll();
        // then
        Bench.await(() -> bench.stats("acme/forward").handled() == EVENTS);
        Bench.await(() -> slowlyHandled.get() == EVENTS - refused.get());
        Bench.await(() -> bench.stats("acme/slow").depth() == 0);
        assertThat(bench.stats("acme/slow").accepted()).isEqualTo(EVENTS - refused.get());
        assertUnpunished();
    }

    /** Waiting is part of the call: who may wait longer than its limit is interrupted, and told so by its receipt. */
    @Test
    void oneThatWaitsBeyondItsTimeLimitIsInterruptedAndItsEventRefused() throws Exception {
        bench.configure("quarantine.overruns", 0);
        addSlow();
        for (int i = 0; i < CAPACITY; i++) {
            bench.publish("slow").orThrow();
        }
        gate.awaitEntered();
        Set<Refusal.Reason> reasons = ConcurrentHashMap.newKeySet();
        addForwarder(
                delivery -> forward(Duration.ofHours(1)).refusals().forEach(refusal -> reasons.add(refusal.reason())),
                "symphony.time.limit",
                "50ms");
        bench.publish("in").orThrow();
        // then
        Bench.await(() -> bench.stats("acme/forward").handled() == 1);
        assertThat(reasons).containsExactly(Refusal.Reason.INTERRUPTED);
        assertThat(bench.view("acme/forward").overruns()).isEqualTo(1);
        assertThat(bench.view("acme/slow").overruns()).isZero();
        assertThat(bench.stats("acme/slow").accepted()).isEqualTo(CAPACITY);
    }

    @Test
    void aRefusalThatIsThrownIsTheForwardersOwnFailureAndIsTriedAgain() throws Exception {
        bench.configure("quarantine.failures", 0);
        addSlow();
        addForwarder(delivery -> bench.publish("slow").orThrow(), "symphony.attempts", 1000, "symphony.backoff", "1ms");
        publishAll();
        gate.awaitEntered();
        Bench.await(() -> bench.view("acme/forward").failures() > 2L * EVENTS);
        assertThat(bench.view("acme/slow").failures()).isZero();
        // when
        gate.open();
        // then
        Bench.await(() -> bench.stats("acme/forward").handled() == EVENTS && slowlyHandled.get() == EVENTS);
        assertThat(bench.stats("acme/slow").accepted()).isEqualTo(EVENTS);
        assertThat(bench.stats("acme/forward").balanced()).isTrue();
        assertThat(bench.dead()).isEmpty();
    }

    @Test
    void aRefusalThatIsThrownToTheLastAttemptLeavesADeadLetterThatNamesTheSlowOne() throws Exception {
        bench.configure("quarantine.failures", 0);
        addSlow();
        addForwarder(delivery -> bench.publish("slow").orThrow(), "symphony.attempts", 3);
        publishAll();
        gate.awaitEntered();
        Bench.await(() -> bench.stats("acme/forward").depth() == 0
                && bench.dead().size() == bench.stats("acme/forward").dead());
        assertThat(bench.stats("acme/forward").handled()).isEqualTo(CAPACITY);
        assertThat(bench.dead())
                .hasSize(EVENTS - CAPACITY)
                .allSatisfy(letter -> assertThat(letter.detail()).contains("acme/slow", "FULL"));
    }

    @Test
    void ofFiftySubscriptionsFortyNineGetAllThoughOneIsFull() throws Exception {
        // given
        int others = 49;
        var counts = new ConcurrentHashMap<String, AtomicInteger>();
        for (int i = 0; i < others; i++) {
            var count = new AtomicInteger();
            counts.put("other" + i, count);
            bench.handle("slow", delivery -> count.incrementAndGet(), "symphony.subscription", "other" + i);
        }
        addSlow();
        var partly = new AtomicInteger();
        addForwarder(delivery -> {
            Receipt receipt = bench.publish("slow");
            assertThat(receipt.accepted() + receipt.refusals().size()).isEqualTo(others + 1);
            partly.addAndGet(receipt.refusals().size());
            assertThat(receipt.refusals())
                    .allMatch(refusal -> refusal.subscription().equals("acme/slow"));
        });
        // when
        publishAll();
        // then
        Bench.await(() -> counts.values().stream().allMatch(count -> count.get() == EVENTS));
        Bench.await(() -> bench.stats("acme/forward").handled() == EVENTS);
        assertUnpunished();
        assertThat(partly).hasValue(EVENTS - CAPACITY);
        assertThat(bench.stats("acme/slow").depth()).isEqualTo(CAPACITY);
        gate.open();
        Bench.await(() -> slowlyHandled.get() == CAPACITY);
    }
}
