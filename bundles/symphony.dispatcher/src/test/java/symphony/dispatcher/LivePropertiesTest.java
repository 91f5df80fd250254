package symphony.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import symphony.api.dispatcher.HandlerState;
import symphony.api.queue.DeadLetter;
import symphony.api.queue.DeadReason;
import symphony.queue.MemoryQueueEngine;

/** Each property of a handler, changed while events flow: what it does is done from then on, and no event is lost. G11. */
@Timeout(120)
class LivePropertiesTest extends LiveRig {
    /** Changes what the main handler says, as while it runs. */
    private void change(TestHandler handler, Object... properties) {
        handler.set(Flow.TOPIC, named("main", properties));
        bench.engine.modify(handler.serviceId());
    }

    /** That many calls run at once, and no more. */
    private void callsAtOnce(int calls) {
        Bench.await(() -> bench.view(MAIN).running() <= calls);
        main.atOnce.forget();
        Bench.await(() -> main.atOnce.most() == calls);
        progress(MAIN, 20);
        assertThat(main.atOnce.most()).isEqualTo(calls);
    }

    @Test
    void asManyCallsRunAtOnceAsTheHandlerSays() {
        start("workers", 6);
        main.slow = true;
        TestHandler handler = subscribe("main", main);
        callsAtOnce(1);
        change(handler, "symphony.concurrency", 4);
        callsAtOnce(4);
        change(handler, "symphony.concurrency", 2);
        callsAtOnce(2);
        change(handler);
        callsAtOnce(1);
        main.relent();
        flow.endsWithNothingLost();
    }

    @Test
    void eventsOfOneKeyAreHandledOneAfterTheOther() {
        start("workers", 6);
        main.slow = true;
        TestHandler handler = subscribe("main", main, "symphony.concurrency", 4);
        callsAtOnce(4);
        flow.hold(); // what is published from now on has a key
        change(handler, "symphony.concurrency", 4, "symphony.order.key", "all");
        Bench.await(this::isEmpty);
        flow.goOn();
        callsAtOnce(1);
        change(handler, "symphony.concurrency", 4);
        callsAtOnce(4);
        main.relent();
        flow.endsWithNothingLost();
    }

    /** Whether no event waits, and no call runs. */
    private boolean isEmpty() {
        return bench.stats(MAIN).depth() == 0 && bench.view(MAIN).running() == 0;
    }

    private long letters(DeadReason reason) {
        return bench.dead().stream()
                .map(DeadLetter::reason)
                .filter(reason::equals)
                .count();
    }

    @Test
    void laterEventsOfAKeyAreTakenAlongOnceTheHandlerWantsItSo() {
        start("attempts", 1, "capacity", 4_000); // what is taken along keeps its room, and must not fill all of it
        main.slow = true;
        TestHandler handler = subscribe("main", main, "symphony.order.key", "key");
        main.failOnce();
        Bench.await(() -> letters(DeadReason.ATTEMPTS) == 1);
        progress(MAIN, 100);
        assertThat(letters(DeadReason.TAKEN_ALONG)).isZero();
        change(handler, "symphony.order.key", "key", "symphony.order.failure", "take-along");
        main.failOnce();
        Bench.await(() -> letters(DeadReason.TAKEN_ALONG) > 20);
        progress(MAIN, 100);
        main.relent();
        flow.endsWithNothingLost();
        assertThat(letters(DeadReason.ATTEMPTS)).isEqualTo(2);
    }

    @Test
    void threadsOfThePoolThatTheHandlerNamesCallIt() {
        start();
        bench.engine
                .poolDefinitions()
                .put(
                        "reports",
                        PoolDefinitions.PID,
                        PoolDefinitions.settings(PoolDefinitions.PID).orDefaults(Map.of("name", "reports")));
        TestHandler handler = subscribe("main", main);
        progress(MAIN, 100);
        assertThat(main.thread.getName()).startsWith("symphony-default-");
        change(handler, "symphony.pool", "reports");
        Bench.await(() -> main.thread.getName().startsWith("symphony-reports-"));
        progress(MAIN, 100);
        assertThat(bench.view(MAIN).pool()).isEqualTo("reports");
        change(handler);
        Bench.await(() -> main.thread.getName().startsWith("symphony-default-"));
        flow.endsWithNothingLost();
    }

    @Test
    void callsAreInterruptedAfterTheTimeLimitOfTheHandler() {
        start("attempts", 1000);
        TestHandler handler = subscribe("main", main, "symphony.time.limit", "1h");
        progress(MAIN, 100);
        change(handler, "symphony.time.limit", "10ms");
        progress(MAIN, 10); // a call that runs has its limit already
        main.stuck = true;
        Bench.await(() -> bench.view(MAIN).overruns() >= 3);
        main.stuck = false;
        change(handler, "symphony.time.limit", "1h");
        progress(MAIN, 100);
        flow.endsWithNothingLost();
    }

    private boolean hasLetterAfter(int attempts) {
        return bench.dead().stream().mapToInt(DeadLetter::attempts).anyMatch(made -> made == attempts);
    }

    @Test
    void eventsAreTriedAsOftenAsTheHandlerSays() {
        start("attempts", 7, "backoff", "20ms", "backoff.max", "20ms"); // a thousand attempts last longer than the test
        TestHandler handler = subscribe("main", main, "symphony.attempts", 1000);
        main.failing = number -> number % 20 == 0;
        Bench.await(() -> bench.view(MAIN).failures() > 50);
        assertThat(bench.dead()).isEmpty();
        for (int attempts : new int[] {2, 5, 1}) {
            change(handler, "symphony.attempts", attempts);
            Bench.await(() -> hasLetterAfter(attempts));
        }
        change(handler);
        Bench.await(() -> hasLetterAfter(7));
        main.relent();
        progress(MAIN, 100);
        flow.endsWithNothingLost();
    }

    /** With short waits an event that failed is tried again at once, with long ones it is not. */
    private void waitsBetweenAttempts(Object[] patiently, Object[] hastily) {
        start();
        TestHandler handler = subscribe("main", main, patiently);
        for (int round = 1; round <= 3; round++) {
            change(handler, patiently);
            long patient = main.failOnce();
            int delayed = round;
            Bench.await(() -> bench.stats(MAIN).delayed() == delayed);
            progress(MAIN, 200);
            assertThat(main.hasRetried(patient)).isFalse();
            change(handler, hastily);
            long hasty = main.failOnce();
            Bench.await(() -> main.hasRetried(hasty));
        }
        flow.endsWithNothingLost();
        assertThat(bench.stats(MAIN).delayed()).isEqualTo(3);
    }

    @Test
    void waitsBeforeTheSecondAttemptAsLongAsTheHandlerSays() {
        waitsBetweenAttempts(new Object[] {"symphony.backoff", "1h"}, new Object[] {"symphony.backoff", "1ms"});
    }

    @Test
    void waitsNoLongerBetweenAttemptsThanTheHandlerSays() {
        waitsBetweenAttempts(
                new Object[] {"symphony.backoff", "1h", "symphony.backoff.max", "1h"},
                new Object[] {"symphony.backoff", "1h", "symphony.backoff.max", "1ms"});
    }

    @Test
    void eventsExpireOnceTheyHaveWaitedLongerThanTheHandlerSays() {
        start();
        main.slow = true;
        TestHandler handler = subscribe("main", main, "symphony.time.to.live", "1h");
        progress(MAIN, 50);
        assertThat(bench.stats(MAIN).expired()).isZero();
        change(handler, "symphony.time.to.live", "1ms");
        Bench.await(() -> bench.stats(MAIN).expired() > 20);
        change(handler);
        progress(MAIN, 200);
        flow.endsWithNothingLost();
    }

    @Test
    void eventsThatFindItFullBecomeDeadLettersOnceTheHandlerWantsItSo() {
        start();
        main.gate = new Gate();
        TestHandler handler = subscribe("main", main);
        refused(3);
        assertThat(bench.dead()).isEmpty();
        change(handler, "symphony.full", "dead-letter");
        Bench.await(() -> letters(DeadReason.OVERFLOW) > 100);
        change(handler, "symphony.full", "refuse");
        refused(3);
        long dead = bench.stats(MAIN).dead();
        refused(3);
        assertThat(bench.stats(MAIN).dead()).isEqualTo(dead);
        assertThat(bench.stats(MAIN).depth()).isEqualTo(100);
        main.relent();
        progress(MAIN, 100);
        flow.endsWithNothingLost();
    }

    @Test
    void asManyEventsWaitAsTheCapacityOfTheHandler() {
        start("capacity", 100);
        main.gate = new Gate();
        TestHandler handler = subscribe("main", main, "symphony.capacity", 20);
        Bench.await(() -> bench.stats(MAIN).depth() == 20);
        refused(2);
        assertThat(bench.stats(MAIN).depth()).isEqualTo(20);
        change(handler, "symphony.capacity", 200);
        Bench.await(() -> bench.stats(MAIN).depth() == 200);
        refused(2);
        assertThat(bench.stats(MAIN).depth()).isEqualTo(200);
        // when: it says none, and fewer wait by and by
        change(handler);
        refused(2);
        assertThat(bench.stats(MAIN).depth()).as("none is given up").isEqualTo(200);
        Gate before = main.gate;
        main.slow = true;
        before.open();
        Bench.await(() -> bench.stats(MAIN).depth() <= 100);
        main.gate = new Gate();
        Bench.await(() -> bench.stats(MAIN).depth() == 100);
        refused(2);
        assertThat(bench.stats(MAIN).depth()).isEqualTo(100);
        main.relent();
        progress(MAIN, 100);
        flow.endsWithNothingLost();
    }

    @Test
    void whatTheHandlerSaysIsNotTriedAgain() {
        Object[] tried = {"symphony.attempts", 1000};
        Object[] notTried = {"symphony.attempts", 1000, "symphony.no.retry", IllegalStateException.class.getName()};
        start("backoff", "20ms", "backoff.max", "20ms"); // a thousand attempts last longer than the test
        TestHandler handler = subscribe("main", main, tried);
        main.failing = number -> number % 20 == 0;
        for (int round = 0; round < 2; round++) {
            long failures = bench.view(MAIN).failures();
            long dead = bench.stats(MAIN).dead();
            Bench.await(() -> bench.view(MAIN).failures() >= failures + 30);
            assertThat(bench.stats(MAIN).dead()).isEqualTo(dead);
            change(handler, notTried);
            Bench.await(() -> letters(DeadReason.NOT_RETRYABLE) >= dead + 5);
            change(handler, tried);
            progress(MAIN, 20); // a call that ran has ended
        }
        main.relent();
        progress(MAIN, 100);
        flow.endsWithNothingLost();
        assertThat(bench.dead()).extracting(DeadLetter::reason).containsOnly(DeadReason.NOT_RETRYABLE);
    }

    @Test
    void aSubscriptionIsKeptForTheGraceThatTheHandlerSays() {
        start("grace", "1h");
        main.slow = true;
        TestHandler first = subscribe("main", main, "symphony.grace", "0");
        progress(MAIN, 20);
        change(first, "symphony.grace", "1h");
        bench.engine.depart(first.serviceId());
        assertThat(bench.view(MAIN).state()).isEqualTo(HandlerState.PARKED);
        Bench.await(() -> bench.stats(MAIN).waiting() == 100);
        TestHandler second = subscribe("main", main, "symphony.grace", "1h");
        progress(MAIN, 200);
        change(second, "symphony.grace", "0");
        bench.engine.depart(second.serviceId());
        Bench.await(() -> bench.engine.subscriptions().isEmpty());
        flow.end();
        assertThat(bench.dead()).extracting(DeadLetter::reason).containsOnly(DeadReason.HANDLER_GONE);
        assertThat(main.calls.get() + bench.dead().size()).isEqualTo((int) flow.accepted());
    }

    @Test
    void eventsThatArePublishedAgainAreKnownForTheWindowThatTheHandlerSays() {
        start();
        subscribe("main", main);
        TestHandler handler = bench.handle("twice", beside, "symphony.subscription", "twice");
        assertThat(takenOf(new UUID(1, 1))).isEqualTo(2);
        handler.set("twice", "symphony.subscription", "twice", "symphony.duplicates.window", "1h");
        bench.engine.modify(handler.serviceId());
        assertThat(takenOf(new UUID(1, 2))).isEqualTo(1);
        progress(MAIN, 100);
        handler.set("twice", "symphony.subscription", "twice", "symphony.duplicates.window", "0");
        bench.engine.modify(handler.serviceId());
        assertThat(takenOf(new UUID(1, 3))).isEqualTo(2);
        Bench.await(() -> beside.calls.get() == 5);
        flow.endsWithNothingLost();
    }

    @Test
    void theKindOfQueueChangesOnceItIsEmptyAndIsRefusedBefore() {
        start();
        try (MemoryQueueEngine kept = bench.newQueues()) {
            bench.engine.bind(HookedQueues.durable(kept));
            main.gate = new Gate();
            TestHandler handler = subscribe("main", main);
            Bench.await(() -> bench.stats(MAIN).depth() == 100);
            // when: events wait
            change(handler, "symphony.durable", true);
            assertThat(reason(handler))
                    .contains("has a queue of kind memory that is in use", "let the queue run empty first");
            // then: none of them is lost
            change(handler);
            main.gate.open();
            progress(MAIN, 200);
            assertThat(bench.view(MAIN).kind()).isEqualTo("memory");
            // when: none waits
            flow.hold();
            Bench.await(this::isEmpty);
            change(handler, "symphony.durable", true);
            flow.goOn();
            // then
            assertThat(bench.view(MAIN).kind()).isEqualTo("journal");
            progress(MAIN, 200);
            assertThat(kept.queues()).hasSize(1);
            flow.end();
            Bench.await(() -> bench.stats(MAIN).depth() == 0);
            assertThat(bench.stats(MAIN).balanced()).isTrue();
            assertThat(main.calls).hasValue((int) flow.accepted());
            assertThat(bench.dead()).isEmpty();
            bench.engine.close();
        }
    }
}
