package symphony.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.Version;
import symphony.api.dispatcher.HandlerState;
import symphony.api.dispatcher.PoolView;
import symphony.api.dispatcher.Quarantine;
import symphony.api.event.Event;
import symphony.api.event.EventHandler;
import symphony.api.queue.DeadLetter;
import symphony.api.queue.DeadReason;
import symphony.queue.MemoryQueueEngine;

/** Each key, changed while events flow: what it does is done from then on, and no event is lost. G11. */
@Timeout(120)
class LiveEffectTest extends LiveRig {
    private PoolView pool() {
        return bench.engine.stats().pools().get(0);
    }

    private long threads() {
        synchronized (bench.threads) {
            return bench.threads.stream()
                    .filter(thread -> thread.isAlive() && thread.getName().startsWith("symphony-default-"))
                    .count();
        }
    }

    private boolean isQuarantined() {
        return quarantine() != null;
    }

    private Quarantine quarantine() {
        return bench.view(MAIN).quarantine().orElse(null);
    }

    @Test
    void workersAreAsManyAsConfigured() {
        start("workers", 1, "watch.interval", "10s"); // so that nobody stands in for another within the test
        main.slow = true;
        for (int i = 0; i < 4; i++) {
            subscribe("s" + i, main);
        }
        progress("acme/s0", 20);
        assertThat(main.atOnce.most()).isEqualTo(1);
        bench.configure("workers", 4);
        Bench.await(() -> main.atOnce.most() == 4);
        bench.configure("workers", 1);
        Bench.await(() -> threads() == 1);
        main.atOnce.forget();
        progress("acme/s0", 20);
        assertThat(main.atOnce.most()).isEqualTo(1);
        main.relent();
        flow.endsWithNothingLost();
    }

    @Test
    void mostWorkersStandInForThoseThatAreHeldUp() {
        start("workers", 1, "workers.max", 3);
        subscribe("main", main);
        beside.gate = new Gate();
        for (int i = 0; i < 5; i++) {
            bench.handle("slow", beside);
        }
        progress(MAIN, 10);
        bench.publish("slow");
        Bench.await(() -> beside.calls.get() == 3);
        assertThat(threads()).isEqualTo(3);
        bench.configure("workers.max", 8);
        Bench.await(() -> beside.calls.get() == 5);
        progress(MAIN, 100);
        bench.configure("workers.max", 1);
        beside.relent();
        Bench.await(() -> threads() == 1);
        progress(MAIN, 100);
        flow.endsWithNothingLost();
    }

    /** Holds up three workers, so that others stand in for them, and lets them go again. */
    private void needSpares() {
        var gate = new Gate();
        beside.gate = gate;
        int before = beside.calls.get();
        bench.publish("slow");
        Bench.await(() -> beside.calls.get() == before + 3 && pool().spares() >= 3);
        gate.open();
    }

    @Test
    void spareThreadsEndOnceTheyWereIdleForAsLongAsConfigured() {
        start("workers", 1, "spare.idle", "1h");
        subscribe("main", main);
        for (int i = 0; i < 3; i++) {
            bench.handle("slow", beside);
        }
        needSpares();
        progress(MAIN, 500);
        assertThat(pool().spares()).isGreaterThanOrEqualTo(3);
        bench.configure("spare.idle", "10ms");
        needSpares(); // anew, since a change ends those that are idle
        Bench.await(() -> pool().spares() == 0);
        progress(MAIN, 100);
        flow.endsWithNothingLost();
    }

    @Test
    void callsAreLookedAtAsOftenAsConfigured() {
        start("watch.interval", "10s", "time.limit", "20ms", "attempts", 1000);
        subscribe("main", main);
        beside.stuck = true;
        bench.handle("slow", beside);
        bench.publish("slow");
        Bench.await(() -> beside.calls.get() == 1);
        progress(MAIN, 100);
        bench.configure("watch.interval", "5ms");
        Bench.await(() -> bench.view("acme/handler").overruns() >= 5);
        flow.endsWithNothingLost();
    }

    @Test
    void anotherSubscriptionIsServedWithinTheFairTime() {
        start("workers", 1, "workers.max", 1, "fair", "1m");
        bench.queues.apply(MemoryQueueEngine.SETTINGS.orDefaults(Map.of("aging", "0")));
        var flooding = new AtomicBoolean(true);
        var urgent = new AtomicLong();
        Event most = Event.on("flood").priority(0).build();
        bench.handle("flood", delivery -> {
            urgent.incrementAndGet();
            if (flooding.get()) {
                bench.publish(most);
            }
        });
        bench.publish(most);
        Bench.await(() -> urgent.get() > 100);
        subscribe("main", main);
        Bench.await(() -> bench.stats(MAIN).waiting() == 100);
        long before = urgent.get();
        Bench.await(() -> urgent.get() > before + 1_000);
        assertThat(main.calls).hasValue(0);
        bench.configure("fair", "1ms");
        progress(MAIN, 20);
        bench.configure("fair", "1m");
        flooding.set(false);
        flow.endsWithNothingLost();
    }

    /** Who was called lately, by the one worker there is. */
    private static final class Turns {
        private static final int LAST = 300;
        private final Deque<String> names = new ArrayDeque<>();

        synchronized void called(String name) {
            names.addLast(name);
            if (names.size() > LAST) {
                names.removeFirst();
            }
        }

        synchronized int longest() {
            int longest = names.size() < LAST ? LAST : 0;
            int length = 0;
            String before = "";
            for (String name : names) {
                length = name.equals(before) ? length + 1 : 1;
                longest = Math.max(longest, length);
                before = name;
            }
            return longest;
        }
    }

    @Test
    void aWorkerTakesAsManyInARowAsABatchIsConfigured() {
        start("workers", 1, "workers.max", 1, "batch", 1, "capacity", 1_000, "fair", "1m");
        bench.queues.apply(MemoryQueueEngine.SETTINGS.orDefaults(Map.of("aging", "0")));
        var turns = new Turns();
        for (String name : List.of("one", "other")) {
            bench.handle(
                    Flow.TOPIC,
                    delivery -> {
                        turns.called(name);
                        LockSupport.parkNanos(50_000); // so that events always wait in both
                    },
                    "symphony.subscription",
                    name);
        }
        Bench.await(() -> turns.longest() == 1);
        bench.configure("batch", 50);
        Bench.await(() -> turns.longest() == 50);
        bench.configure("batch", 1);
        Bench.await(() -> turns.longest() == 1);
        flow.endsWithNothingLost();
    }

    @Test
    void subscriptionsAreAsManyAsConfigured() {
        start("subscriptions.max", 1);
        subscribe("main", main);
        TestHandler refused = subscribe("beside", beside);
        assertThat(reason(refused)).contains("raise subscriptions.max");
        progress(MAIN, 100);
        bench.configure("subscriptions.max", 2);
        bench.engine.modify(refused.serviceId());
        progress("acme/beside", 100);
        bench.configure("subscriptions.max", 1);
        assertThat(reason(subscribe("third", beside))).contains("raise subscriptions.max");
        progress("acme/beside", 100);
        flow.endsWithNothingLost();
    }

    @Test
    void callsAreInterruptedAfterTheTimeLimit() {
        start("time.limit", "1h", "attempts", 1000);
        subscribe("main", main);
        progress(MAIN, 100);
        main.stuck = true;
        int before = main.calls.get();
        Bench.await(() -> bench.stats(MAIN).depth() == 100);
        assertThat(bench.view(MAIN).overruns()).isZero();
        bench.configure("time.limit", "10ms");
        main.stuck = false; // the call that runs has its limit already
        Bench.await(() -> main.calls.get() > before + 2);
        main.stuck = true;
        Bench.await(() -> bench.view(MAIN).overruns() >= 3);
        main.stuck = false;
        bench.configure("time.limit", "1h");
        progress(MAIN, 100);
        flow.endsWithNothingLost();
    }

    private boolean hasLetterAfter(int attempts) {
        return bench.dead().stream().mapToInt(DeadLetter::attempts).anyMatch(made -> made == attempts);
    }

    @Test
    void eventsAreTriedAsOftenAsConfigured() {
        start("attempts", 1000, "backoff", "20ms", "backoff.max", "20ms"); // these last longer than the test
        subscribe("main", main);
        main.failing = number -> number % 20 == 0;
        Bench.await(() -> bench.view(MAIN).failures() > 50);
        assertThat(bench.dead()).isEmpty();
        bench.configure("attempts", 2);
        Bench.await(() -> hasLetterAfter(2));
        bench.configure("attempts", 5);
        Bench.await(() -> hasLetterAfter(5));
        bench.configure("attempts", 1);
        Bench.await(() -> hasLetterAfter(1));
        main.relent();
        progress(MAIN, 100);
        flow.endsWithNothingLost();
        assertThat(bench.dead()).extracting(DeadLetter::reason).containsOnly(DeadReason.ATTEMPTS);
    }

    /** With short waits an event that failed is tried again at once, with long ones it is not. */
    private void waitsBetweenAttempts(String key) {
        subscribe("main", main);
        for (int round = 1; round <= 3; round++) {
            long patient = main.failOnce();
            int delayed = round;
            Bench.await(() -> bench.stats(MAIN).delayed() == delayed);
            progress(MAIN, 200);
            assertThat(main.hasRetried(patient)).isFalse();
            bench.configure(key, "2ms");
            long hasty = main.failOnce();
            Bench.await(() -> main.hasRetried(hasty));
            bench.configure(key, "1h");
        }
        flow.endsWithNothingLost();
        assertThat(bench.stats(MAIN).delayed()).isEqualTo(3);
    }

    @Test
    void waitsBeforeTheSecondAttemptAsLongAsConfigured() {
        start("backoff", "1h", "backoff.max", "1d");
        waitsBetweenAttempts("backoff");
    }

    @Test
    void waitsNoLongerBetweenAttemptsThanConfigured() {
        start("backoff", "1h", "backoff.max", "1h");
        waitsBetweenAttempts("backoff.max");
    }

    @Test
    void asManyEventsWaitAsTheCapacityIsConfigured() {
        start("capacity", 100);
        subscribe("main", main);
        main.gate = new Gate();
        Bench.await(() -> bench.stats(MAIN).depth() == 100);
        bench.configure("capacity", 200);
        Bench.await(() -> bench.stats(MAIN).depth() == 200);
        refused(2);
        bench.configure("capacity", 50);
        refused(2);
        assertThat(bench.stats(MAIN).depth()).as("none is given up").isEqualTo(200);
        Gate before = main.gate;
        main.slow = true;
        before.open();
        Bench.await(() -> bench.stats(MAIN).depth() <= 50);
        main.gate = new Gate();
        Bench.await(() -> bench.stats(MAIN).depth() == 50);
        refused(2);
        assertThat(bench.stats(MAIN).depth()).isEqualTo(50);
        main.relent();
        progress(MAIN, 100);
        flow.endsWithNothingLost();
    }

    @Test
    void subscriptionsAreKeptForTheGraceThatIsConfigured() {
        start("grace", "1h");
        main.slow = true;
        TestHandler first = subscribe("main", main);
        progress(MAIN, 20);
        bench.engine.depart(first.serviceId());
        assertThat(bench.view(MAIN).state()).isEqualTo(HandlerState.PARKED);
        Bench.await(() -> bench.stats(MAIN).waiting() == 100);
        TestHandler second = subscribe("main", main);
        progress(MAIN, 200);
        bench.configure("grace", "0");
        main.gate = new Gate();
        Bench.await(() -> bench.stats(MAIN).depth() == 100);
        bench.engine.pause("ops", MAIN, true); // or all might be handled before it leaves
        main.relent();
        bench.engine.depart(second.serviceId());
        Bench.await(() -> bench.engine.subscriptions().isEmpty());
        flow.end();
        assertThat(bench.dead()).isNotEmpty().extracting(DeadLetter::reason).containsOnly(DeadReason.HANDLER_GONE);
        assertThat(main.calls.get() + bench.dead().size()).isEqualTo((int) flow.accepted());
    }

    /** After quarantine was brought about: events wait meanwhile, and afterwards all goes on. */
    private void liftsAndGoesOn(String key) {
        Bench.await(() -> bench.stats(MAIN).waiting() == 100);
        bench.configure(key, 0);
        main.relent();
        bench.engine.lift(Bench.PUBLISHER, MAIN);
        progress(MAIN, 100);
    }

    @Test
    void overrunsBringIntoQuarantineAsConfigured() {
        start("quarantine.overruns", 0, "time.limit", "10ms", "attempts", 1000);
        subscribe("main", main);
        main.stuck = true;
        Bench.await(() -> bench.view(MAIN).overruns() >= 4);
        assertThat(isQuarantined()).isFalse();
        bench.configure("quarantine.overruns", 3);
        Bench.await(this::isQuarantined);
        assertThat(quarantine().reason()).endsWith("calls in a row went over the time limit");
        liftsAndGoesOn("quarantine.overruns");
        main.stuck = true;
        long before = bench.view(MAIN).overruns();
        Bench.await(() -> bench.view(MAIN).overruns() >= before + 4);
        assertThat(isQuarantined()).isFalse();
        main.relent();
        flow.endsWithNothingLost();
    }

    @Test
    void failuresBringIntoQuarantineAsConfigured() {
        start("quarantine.failures", 0, "attempts", 1);
        subscribe("main", main);
        main.failing = number -> true;
        Bench.await(() -> bench.view(MAIN).failures() >= 30);
        assertThat(isQuarantined()).isFalse();
        bench.configure("quarantine.failures", 3);
        Bench.await(this::isQuarantined);
        assertThat(quarantine().reason()).startsWith("3 events in a row failed");
        liftsAndGoesOn("quarantine.failures");
        main.failing = number -> true;
        long before = bench.view(MAIN).failures();
        Bench.await(() -> bench.view(MAIN).failures() >= before + 30);
        assertThat(isQuarantined()).isFalse();
        main.relent();
        flow.endsWithNothingLost();
    }

    @Test
    void aRateOfBadCallsBringsIntoQuarantineAsConfigured() {
        start("quarantine.rate", 0, "quarantine.window", 10, "attempts", 1);
        subscribe("main", main);
        main.failing = number -> number % 2 == 0;
        Bench.await(() -> bench.view(MAIN).failures() >= 30);
        assertThat(isQuarantined()).isFalse();
        bench.configure("quarantine.rate", 0.3);
        Bench.await(this::isQuarantined);
        assertThat(quarantine().reason()).endsWith("of the last 10 calls were bad");
        liftsAndGoesOn("quarantine.rate");
        main.failing = number -> number % 2 == 0;
        long before = bench.view(MAIN).failures();
        Bench.await(() -> bench.view(MAIN).failures() >= before + 30);
        assertThat(isQuarantined()).isFalse();
        main.relent();
        flow.endsWithNothingLost();
    }

    @Test
    void theRateIsOfAsManyCallsAsTheWindowIsConfigured() {
        start("quarantine.rate", 0.5, "quarantine.window", 10_000, "attempts", 1);
        subscribe("main", main);
        main.slow = true; // it takes longer than the test to fill such a window
        main.failing = number -> true;
        Bench.await(() -> bench.view(MAIN).failures() >= 100);
        assertThat(isQuarantined()).isFalse();
        bench.configure("quarantine.window", 20);
        Bench.await(this::isQuarantined);
        assertThat(quarantine().reason()).isEqualTo("20 of the last 20 calls were bad");
        liftsAndGoesOn("quarantine.rate");
        flow.endsWithNothingLost();
    }

    @Test
    void waitsForTheFirstProbeAsLongAsConfigured() {
        start("quarantine.failures", 1, "quarantine.wait", "1h", "quarantine.wait.max", "1d", "attempts", 1000);
        subscribe("main", main);
        subscribe("beside", beside);
        main.failing = number -> true;
        Bench.await(this::isQuarantined);
        staysInQuarantine(0);
        // when: it is short
        bench.configure("quarantine.wait", "1ms");
        Bench.await(() -> isQuarantined() && quarantine().probes() >= 3);
        // when: it is long again, and counts from the probe that failed last
        bench.configure("quarantine.wait", "1h");
        Bench.await(this::waitsForHours);
        staysInQuarantine(quarantine().probes());
        // when: it is over at once, and its handler is well
        main.relent();
        bench.configure("quarantine.wait", "1ms", "quarantine.wait.max", "1ms");
        progress(MAIN, 100);
        assertThat(isQuarantined()).isFalse();
        flow.endsWithNothingLost();
    }

    /** Whether it will be half an hour at least before the next probe. */
    private boolean waitsForHours() {
        return isQuarantined() && quarantine().probe().isAfter(Instant.now().plus(Duration.ofMinutes(30)));
    }

    /** Others are served, and no further probe is made. */
    private void staysInQuarantine(int probes) {
        assertThat(waitsForHours()).isTrue();
        int calls = main.calls.get();
        progress("acme/beside", 50);
        assertThat(quarantine().probes()).isEqualTo(probes);
        assertThat(main.calls).hasValue(calls);
    }

    @Test
    void eventsThatArePublishedAgainAreKnownForTheWindowThatIsConfigured() {
        start("duplicates.window", "0");
        subscribe("main", main);
        bench.handle("twice", beside, "symphony.subscription", "twice");
        assertThat(takenOf(new UUID(1, 1))).isEqualTo(2);
        bench.configure("duplicates.window", "1h");
        assertThat(takenOf(new UUID(1, 2))).isEqualTo(1);
        progress(MAIN, 100);
        bench.configure("duplicates.window", "0");
        assertThat(takenOf(new UUID(1, 3))).isEqualTo(2);
        Bench.await(() -> beside.calls.get() == 5);
        flow.endsWithNothingLost();
    }

    @Test
    void waitsNoLongerForAProbeThanConfigured() {
        start("quarantine.failures", 1, "quarantine.wait", "1ms", "quarantine.wait.max", "2ms", "attempts", 1000);
        subscribe("main", main);
        subscribe("beside", beside);
        main.failing = number -> true;
        Bench.await(() -> isQuarantined() && quarantine().probes() >= 25);
        // when: by now it would be doubled to hours
        bench.configure("quarantine.wait.max", "1d");
        Bench.await(() ->
                isQuarantined() && quarantine().probe().isAfter(Instant.now().plus(Duration.ofHours(1))));
        int probes = quarantine().probes();
        long letThrough = bench.stats("acme/beside").accepted();
        Bench.await(() -> bench.stats("acme/beside").accepted() >= letThrough + 50);
        assertThat(quarantine().probes()).isEqualTo(probes);
        bench.configure("quarantine.wait.max", "2ms");
        Bench.await(() -> isQuarantined() && quarantine().probes() >= probes + 5);
        main.relent();
        progress(MAIN, 100);
        flow.endsWithNothingLost();
    }

    @Test
    void callsOfWhoLeavesRunOnUntilTheDepartureDeadline() throws Exception {
        start("departure.deadline", "0", "attempts", 1000);
        subscribe("main", main);
        // given: time enough
        bench.configure("departure.deadline", "1m");
        var gate = new Gate();
        Departing patient = departing(8, gate);
        Bench.await(() -> patient.thread.getState() == Thread.State.TIMED_WAITING);
        progress(MAIN, 100);
        assertThat(patient.interrupted).isFalse();
        gate.open();
        patient.thread.join();
        assertThat(patient.interrupted).isFalse();
        // when: none
        bench.configure("departure.deadline", "0");
        Departing hasty = departing(9, new Gate());
        hasty.thread.join();
        Bench.await(hasty.interrupted::get); // whose thread is not waited for if it stands still
        progress(MAIN, 100);
        flow.endsWithNothingLost();
    }

    private record Departing(Thread thread, AtomicBoolean interrupted) {}

    /** A handler of a bundle, with a call that waits at a gate, is about to leave. */
    private Departing departing(long bundle, Gate gate) throws InterruptedException {
        var interrupted = new AtomicBoolean();
        TestHandler handler = bench.add(TestHandler.any(
                new Owner("bundle" + bundle, new Version("1.0.0"), bundle), "slow", (EventHandler) delivery -> {
                    try {
                        gate.pass();
                    } catch (InterruptedException e) {
                        interrupted.set(true);
                    }
                }));
        bench.publish("slow");
        gate.awaitEntered();
        var thread = new Thread(() -> bench.engine.depart(handler.serviceId()), "departing");
        thread.start();
        return new Departing(thread, interrupted);
    }

    @Test
    void whatIsDueIsHandledUntilTheStopDeadline(@TempDir Path storage) throws Exception {
        start("stop.deadline", "0");
        var framework = new TestFramework(storage);
        Bundle own = framework.install("symphony.dispatcher", "1.0.0");
        new BundleWatch(own.getBundleContext(), bench.engine).open();
        main.gate = new Gate();
        subscribe("main", main);
        Bench.await(() -> bench.stats(MAIN).depth() == 100);
        // when
        bench.configure("stop.deadline", "30s");
        CompletableFuture<Void> stopping =
                CompletableFuture.runAsync(framework::close, task -> new Thread(task, "stopping").start());
        Bench.await(() -> flow.closed() > 0);
        main.gate.open();
        stopping.get(30, TimeUnit.SECONDS);
        // then
        assertThat(bench.engine.stats().running()).isFalse();
        assertThat(bench.stats(MAIN).depth()).isZero();
        flow.endsWithNothingLost();
    }
}
