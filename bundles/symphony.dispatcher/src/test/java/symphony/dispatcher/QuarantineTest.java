package symphony.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.osgi.framework.Version;
import symphony.api.audit.AuditEntry;
import symphony.api.audit.AuditSink;
import symphony.api.audit.Outcome;
import symphony.api.dispatcher.EventDispatcher;
import symphony.api.dispatcher.HandlerState;
import symphony.api.dispatcher.Quarantine;
import symphony.api.dispatcher.SubscriptionView;
import symphony.api.queue.DeadLetter;
import symphony.api.queue.DeadReason;

@Timeout(120)
class QuarantineTest {
    private static final String LONG = "1h";

    /** Events, of which each probe that fails takes one: enough for as long as a test may take. */
    private static final int MANY = 500;

    private final Bench bench = new Bench(
            "workers",
            2,
            "quarantine.failures",
            3,
            "quarantine.overruns",
            2,
            "quarantine.wait",
            "20ms",
            "quarantine.wait.max",
            "80ms",
            "attempts",
            1);
    private final Gate gate = new Gate();
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicBoolean well = new AtomicBoolean();

    @AfterEach
    void close() {
        gate.open();
        bench.close();
    }

    /** A handler that fails until it is well. */
    private TestHandler ill(Object... properties) {
        return bench.handle(
                "t",
                delivery -> {
                    calls.incrementAndGet();
                    if (!well.get()) {
                        throw new IllegalStateException("no database");
                    }
                },
                properties);
    }

    private void publish(int events) {
        IntStream.range(0, events).forEach(i -> bench.publish("t", i));
    }

    private SubscriptionView view() {
        return bench.view("acme/handler");
    }

    private boolean isQuarantined() {
        return view().quarantine().isPresent();
    }

    @Test
    void stopsCallingAHandlerThatFailsAndLosesNoMoreThanWhatFailed() {
        bench.configure("quarantine.wait", LONG);
        ill();
        publish(100);
        Bench.await(() -> view().queue().dead() == 3);
        assertThat(view().state()).isEqualTo(HandlerState.QUARANTINED);
        Bench.await(() -> view().queue().waiting() == 97);
        assertThat(calls).hasValue(3);
        Quarantine quarantine = view().quarantine().orElseThrow();
        assertThat(quarantine.reason())
                .isEqualTo("3 events in a row failed, the last with java.lang.IllegalStateException: no database");
        assertThat(Duration.between(quarantine.since(), quarantine.probe()))
                .isBetween(Duration.ofMinutes(59), Duration.ofMinutes(61));
        assertThat(view().quarantines()).isEqualTo(1);
        assertThat(bench.engine.stats().quarantined()).isEqualTo(1);
    }

    @Test
    void showsTheQuarantineBesideTheHandler() {
        bench.configure("quarantine.wait", LONG);
        ill();
        publish(3);
        Bench.await(this::isQuarantined);
        var handler = bench.engine.handlers().get(0);
        assertThat(handler.state()).isEqualTo(HandlerState.QUARANTINED);
        assertThat(handler.reason())
                .startsWith("3 events in a row failed")
                .contains("; since 20", ", the next probe 20")
                .endsWith(", quarantine number 1");
    }

    @Test
    void callsNobodyThoughItCannotSayThatTheQuarantineBegan() {
        try (var bench = new Bench("quarantine.failures", 1, "quarantine.wait", "1h", "quarantine.wait.max", "1h")) {
            var failed = new AtomicBoolean();
            bench.beforeNanoTime = () -> {
                boolean tells = StackWalker.getInstance()
                        .walk(frames ->
                                frames.anyMatch(frame -> frame.getClassName().endsWith("Quarantines")
                                        && frame.getMethodName().equals("view")));
                if (tells && failed.compareAndSet(false, true)) {
                    throw new OutOfMemoryError("as it is announced, a test says");
                }
            };
            var calls = new AtomicInteger();
            bench.handle("t", delivery -> {
                calls.incrementAndGet();
                throw new IllegalStateException("a test says");
            });
            bench.publish("t");
            Bench.await(failed::get);
            Bench.await(() -> bench.stats("acme/handler").paused());
            assertThat(calls).hasValue(1);
            assertThat(bench.engine.lift("ops", "acme/handler")).isTrue();
            Bench.await(() -> calls.get() == 2);
        }
    }

    @Test
    void tellsAQueueThatFailedUntilItIsTold() {
        Thread test = Thread.currentThread();
        var left = new AtomicInteger(2);
        bench.configure("quarantine.wait", LONG);
        bench.hooked.beforePause = () -> {
            if (Thread.currentThread() != test && left.getAndDecrement() > 0) {
                throw new IllegalStateException("the queue fails, a test says");
            }
        };
        ill();
        publish(3); // when
        Bench.await(() -> view().queue().paused()); // then
        assertThat(left).hasValue(-1);
    }

    @Test
    void tellsAQueueThatFailedAgainOnlyOnceHoweverOftenItFails() {
        // given: a clock by which the timer comes in an hour
        bench.nanos = () -> bench.timer.nanoTime() + TimeUnit.HOURS.toNanos(1);
        bench.configure("quarantine.wait", LONG);
        Thread test = Thread.currentThread();
        var failures = new AtomicInteger();
        bench.hooked.beforePause = () -> {
            if (Thread.currentThread() != test) {
                failures.incrementAndGet();
                throw new IllegalStateException("the queue fails, a test says");
            }
        };
        var scheduled = new AtomicInteger();
        bench.beforeSchedule = () -> {
            boolean again = StackWalker.getInstance()
                    .walk(frames -> frames.anyMatch(
                            frame -> frame.getClassName().endsWith("Adjuster") && isAdjust(frame.getMethodName())));
            scheduled.addAndGet(again ? 1 : 0);
        };
        ill();
        for (int i = 1; i <= 3; i++) {
            publish(3); // when: it cannot be told of a quarantine, but that it is over
            int quarantines = i;
            Bench.await(() -> failures.get() == quarantines && scheduled.get() > 0);
            assertThat(bench.engine.lift("ops", "acme/handler")).isTrue();
        }
        assertThat(scheduled).hasValue(1); // then
    }

    private static boolean isAdjust(String method) {
        return method.startsWith("adjust");
    }

    @Test
    void tellsTheQueueOfASubscriptionThatIsGoneNoMore() throws Exception {
        // given
        bench.configure("quarantine.wait", LONG);
        Thread test = Thread.currentThread();
        var failures = new AtomicInteger();
        bench.hooked.beforePause = () -> {
            if (Thread.currentThread() != test) {
                failures.incrementAndGet();
                throw new IllegalStateException("the queue fails, a test says");
            }
        };
        TestHandler handler = TestHandler.of("t", delivery -> {
                    throw new IllegalStateException("no database");
                })
                .byProgram();
        bench.add(handler);
        publish(3);
        Bench.await(() -> failures.get() > 0);
        // when
        bench.engine.depart(handler.serviceId());
        Bench.await(() -> bench.engine.subscriptions().isEmpty());
        int before = failures.get();
        var later = new CountDownLatch(1);
        bench.timer.schedule(bench.timer.nanoTime() + Duration.ofMillis(2500).toNanos(), n -> later.countDown(), 0);
        later.await();
        // then
        assertThat(failures).hasValue(before);
    }

    @Test
    void leavesOthersAloneWhileOneIsInQuarantine() {
        bench.configure("quarantine.wait", LONG);
        var others = new AtomicInteger();
        bench.handle("t", delivery -> others.incrementAndGet(), "symphony.subscription", "other");
        ill();
        publish(100);
        Bench.await(() -> others.get() == 100);
        Bench.await(() -> calls.get() == 3);
    }

    @Test
    void triesOneEventAgainAndAgainUntilItIsWell() {
        ill();
        publish(MANY);
        Bench.await(() -> view().quarantine()
                .filter(quarantine -> quarantine.probes() >= 3)
                .isPresent());
        assertThat(calls.get()).isLessThan(MANY);
        well.set(true);
        Bench.await(() -> view().queue().depth() == 0);
        assertThat(isQuarantined()).isFalse();
        assertThat(view().state()).isEqualTo(HandlerState.ACTIVE);
        assertThat(view().quarantines()).isEqualTo(1);
        long failed = view().failures();
        assertThat(failed).as("three, and the probes").isGreaterThanOrEqualTo(6);
        assertThat(view().queue().dead())
                .as("a probe is an attempt, the only one")
                .isEqualTo(failed);
        assertThat(view().queue().handled()).isEqualTo(MANY - failed);
    }

    @Test
    void isOverWhenItIsWellThoughTheAuditFailsAsItIsTold() {
        bench.guard.bind(new AuditSink() {
            @Override
            public void record(AuditEntry entry) {}

            @Override
            public void count(
                    String action, String principal, String topic, String subscription, Outcome outcome, UUID event) {
                if (action.equals("event:ack")) {
                    throw new IllegalStateException("the audit fails, a test says");
                }
            }
        });
        bench.configure("quarantine.wait", LONG); // the one event that is left is tried only once it is well
        ill();
        publish(4);
        Bench.await(this::isQuarantined);
        well.set(true);
        bench.configure("quarantine.wait", "20ms"); // when
        Bench.await(() -> !isQuarantined() && view().queue().depth() == 0); // then
    }

    @Test
    void makesOneProbeAtATimeHoweverManyCallsItMayHave() throws Exception {
        // given: calls at once, all bad
        var running = new AtomicInteger();
        var worst = new AtomicInteger();
        var probing = new AtomicBoolean();
        bench.handle(
                "t",
                delivery -> {
                    if (probing.get()) {
                        worst.accumulateAndGet(running.incrementAndGet(), Math::max);
                        gate.pass();
                        running.decrementAndGet();
                    } else if (!well.get()) {
                        throw new IllegalStateException();
                    }
                },
                "symphony.concurrency",
                8);
        bench.configure("quarantine.wait", LONG);
        publish(100);
        Bench.await(() -> isQuarantined() && view().running() == 0);
        probing.set(true);
        // when
        bench.configure("quarantine.wait", "20ms");
        gate.awaitEntered();
        // then: nobody comes beside it
        assertThat(view().running()).isEqualTo(1);
        well.set(true);
        probing.set(false);
        gate.open();
        Bench.await(() -> view().queue().depth() == 0);
        assertThat(worst).hasValue(1);
    }

    @Test
    void opensWhenCallsGoOverTheirTimeLimitAgainAndAgain() {
        bench.configure("quarantine.wait", LONG);
        bench.handle("t", delivery -> gate.pass(), "symphony.time.limit", "20ms");
        publish(5);
        Bench.await(this::isQuarantined);
        assertThat(view().overruns()).isEqualTo(2);
        assertThat(view().quarantine().orElseThrow().reason()).isEqualTo("2 calls in a row went over the time limit");
    }

    @Test
    void countsACallThatReturnsLateButWellAsBad() {
        bench.configure("quarantine.wait", LONG);
        bench.handle(
                "t",
                delivery -> {
                    try {
                        gate.pass();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt(); // and returns as if nothing had been
                    }
                },
                "symphony.time.limit",
                "20ms");
        publish(5);
        Bench.await(() -> view().queue().handled() == 2);
        Bench.await(this::isQuarantined);
        Bench.await(() -> view().queue().waiting() == 3);
    }

    @Test
    void doesNotProbeWhileACallRunsOn() throws Exception {
        // given: of two calls at once both are over the limit, and one does not end
        var stubborn = new AtomicBoolean(true);
        TestHandler handler = bench.handle(
                "t",
                delivery -> {
                    calls.incrementAndGet();
                    if (stubborn.getAndSet(false)) {
                        gate.passStubbornly();
                    } else if (!well.get()) {
                        new CountDownLatch(1).await();
                    }
                },
                "symphony.time.limit",
                "20ms",
                "symphony.concurrency",
                2);
        publish(5);
        Bench.await(() -> isQuarantined() && view().running() == 1);
        well.set(true);
        handler.set("t", "symphony.time.limit", LONG, "symphony.concurrency", 2); // no probe is over it
        bench.engine.modify(handler.serviceId());
        // when: the time of the probe is over
        Bench.await(() -> view().quarantine().orElseThrow().probe().isBefore(java.time.Instant.now()));
        int before = calls.get();
        var other = new AtomicInteger();
        bench.handle("later", delivery -> other.incrementAndGet());
        bench.publish("later");
        Bench.await(() -> other.get() == 1);
        assertThat(calls).hasValue(before);
        assertThat(isQuarantined()).isTrue();
        // then: the end of the call makes the probe
        gate.open();
        Bench.await(() -> view().queue().depth() == 0 && !isQuarantined());
    }

    /** What a call says that was abandoned is not told to the breaker, but while it runs nothing is tried beside it. */
    @Test
    void doesNotProbeWhileACallRunsOnThatADepartureAbandoned() throws Exception {
        // given: a call that does not end as its handler leaves, and a successor that is ill
        bench.configure("departure.deadline", "0s");
        TestHandler old = bench.handle("t", delivery -> gate.passStubbornly(), "symphony.concurrency", 2);
        publish(1);
        gate.awaitEntered();
        bench.engine.departing(old.owner().id());
        assertThat(view().abandoned()).isEqualTo(1);
        ill("symphony.concurrency", 2);
        publish(MANY);
        Bench.await(() -> isQuarantined() && view().running() == 1);
        // when: the time of the probe is over since long
        Bench.await(() -> view().quarantine()
                .orElseThrow()
                .probe()
                .isBefore(java.time.Instant.now().minusMillis(200)));
        var other = new AtomicInteger();
        bench.handle("later", delivery -> other.incrementAndGet());
        bench.publish("later");
        Bench.await(() -> other.get() == 1);
        // then
        assertThat(calls).as("the three that were bad").hasValue(3);
        assertThat(view().running()).as("the abandoned one").isEqualTo(1);
        assertThat(view().queue().paused()).isTrue();
        assertThat(view().quarantine().orElseThrow().probes()).isZero();
        // when: it returns
        gate.open();
        // then: its end makes the probe, and is none
        Bench.await(() -> view().quarantine()
                .filter(quarantine -> quarantine.probes() >= 1)
                .isPresent());
        assertThat(bench.dead()).extracting(DeadLetter::reason).contains(DeadReason.ABANDONED);
        well.set(true);
        Bench.await(() -> view().queue().depth() == 0);
        assertThat(isQuarantined()).isFalse();
    }

    @Test
    void isLiftedByAnUpdateOfTheBundle() {
        bench.configure("quarantine.wait", LONG);
        TestHandler old = ill();
        publish(10);
        Bench.await(this::isQuarantined);
        bench.engine.departing(old.owner().id());
        well.set(true);
        ill();
        Bench.await(() -> view().queue().depth() == 0);
        assertThat(isQuarantined()).isFalse();
        assertThat(view().queue().handled()).isEqualTo(7);
    }

    @Test
    void isLiftedWhenANewerVersionTakesOver() {
        bench.configure("quarantine.wait", LONG);
        ill();
        publish(10);
        Bench.await(this::isQuarantined);
        var handled = new AtomicInteger();
        bench.add(TestHandler.any(new Owner("acme", new Version("2.0.0"), 8), "t", (symphony.api.event.EventHandler)
                delivery -> handled.incrementAndGet()));
        Bench.await(() -> handled.get() == 7);
        assertThat(isQuarantined()).isFalse();
    }

    @Test
    void isNotBroughtAboutByCallsOfTheVersionBefore() throws Exception {
        // given: two calls that hang and do not end for an interrupt, before their time limit is over
        var ahead = new AtomicLong();
        bench.nanos = () -> bench.timer.nanoTime() + ahead.get();
        bench.configure("quarantine.wait", LONG, "departure.deadline", "0s");
        var hanging = new AtomicInteger();
        TestHandler old = bench.handle(
                "t",
                delivery -> {
                    hanging.incrementAndGet();
                    gate.passStubbornly();
                },
                "symphony.time.limit",
                LONG,
                "symphony.concurrency",
                4);
        publish(2);
        Bench.await(() -> hanging.get() == 2); // not only begun: a call that has not come to the handler would end
        bench.engine.departing(old.owner().id());
        // when: the next one is there as they go over it
        var handled = new AtomicInteger();
        bench.handle("t", delivery -> handled.incrementAndGet(), "symphony.concurrency", 4);
        ahead.set(TimeUnit.HOURS.toNanos(2));
        Bench.await(() -> view().overruns() == 2);
        publish(2);
        // then
        Bench.await(() -> handled.get() == 2);
        assertThat(view().quarantines()).isZero();
    }

    @Test
    void triesAnEventSoonerIfItIsConfiguredSo() {
        bench.configure("quarantine.wait", LONG, "quarantine.wait.max", LONG);
        ill();
        publish(10);
        Bench.await(this::isQuarantined);
        well.set(true);
        bench.configure("quarantine.wait", "20ms");
        Bench.await(() -> view().queue().depth() == 0);
        assertThat(isQuarantined()).isFalse();
    }

    @Test
    void isSetAndLiftedByHand() {
        bench.configure("quarantine.wait", LONG);
        well.set(true);
        ill();
        assertThat(bench.engine.quarantine("operator", "acme/handler", "because"))
                .isTrue();
        publish(3);
        assertThat(view().quarantine().orElseThrow().reason()).isEqualTo("operator wants it so: because");
        assertThat(view().queue().waiting()).isEqualTo(3);
        assertThat(bench.engine.lift("operator", "acme/handler")).isTrue();
        Bench.await(() -> view().queue().handled() == 3);
        assertThat(bench.engine.lift("operator", "acme/handler")).isFalse();
        assertThat(bench.engine.quarantine("operator", "acme/nobody", "because"))
                .isFalse();
    }

    @Test
    void announcesOpeningAndClosingAsEvents() {
        var told = new CopyOnWriteArrayList<Map<String, Object>>();
        bench.handle(
                EventDispatcher.QUARANTINE_TOPIC, delivery -> told.add(delivery.data()), "symphony.subscription", "w");
        ill();
        publish(MANY);
        Bench.await(() -> told.size() >= 2);
        well.set(true);
        Bench.await(() -> "closed".equals(told.get(told.size() - 1).get("state")));
        assertThat(told.get(0))
                .containsEntry("subscription", "acme/handler")
                .containsEntry("state", "open")
                .containsEntry("quarantines", 1L)
                .containsEntry("probes", 0L)
                .containsKeys("reason", "since", "probe");
        assertThat(told.get(1)).containsEntry("state", "open").containsEntry("probes", 1L);
        assertThat(told.stream().filter(data -> "closed".equals(data.get("state"))))
                .hasSize(1);
    }

    /** What the log says of quarantines. */
    private static List<String> told() {
        return CapturedLog.lines().stream()
                .filter(line -> line.contains("acme/handler: ") && line.contains("; its handlers are "))
                .toList();
    }

    private static long told(String beginning) {
        return told().stream().filter(line -> line.startsWith(beginning)).count();
    }

    @Test
    void theLogSaysOnceThatItBeginsThatAProbeFailedAndThatItEnds() {
        // given: eight calls at once, all of which fail
        CapturedLog.clear();
        bench.configure("workers", 8, "quarantine.wait", LONG, "quarantine.wait.max", LONG);
        bench.handle(
                "t",
                delivery -> {
                    gate.pass();
                    if (!well.get()) {
                        throw new IllegalStateException("no database");
                    }
                },
                "symphony.concurrency",
                8);
        publish(100);
        Bench.await(() -> view().running() == 8);
        // when
        gate.open();
        Bench.await(() -> isQuarantined() && view().running() == 0);
        // then
        long failed = view().failures();
        assertThat(failed).isGreaterThanOrEqualTo(8);
        assertThat(told())
                .singleElement()
                .asString()
                .matches("WARN acme/handler: in quarantine, since 3 events in a row failed, the last with"
                        + " java.lang.IllegalStateException: no database; its handlers are not called, its events wait;"
                        + " one is tried in 3[56]\\d{5} ms, symphony:quarantine lift calls them at once");
        // when: probes are made, and fail
        bench.configure("quarantine.wait", "20ms", "quarantine.wait.max", "80ms");
        Bench.await(() -> view().failures() >= failed + 3);
        // then: each of them is told
        well.set(true);
        Bench.await(() -> view().queue().depth() == 0 && told("INFO ") > 0);
        long probes = view().failures() - failed;
        assertThat(told("WARN acme/handler: the probe failed with java.lang.IllegalStateException: no database; its"))
                .isEqualTo(probes);
        assertThat(
                        told(
                                "INFO acme/handler: the probe succeeded, its quarantine is over; its handlers are called again"))
                .isEqualTo(1);
        assertThat(told()).hasSize(1 + (int) probes + 1);
    }

    /** Somebody holds the lock under which what follows from a change of the breaker is done; several come meanwhile. */
    private void whileChangesWait(Runnable changes) throws Exception {
        var locked = new Gate();
        bench.handle("other", delivery -> {}, "symphony.subscription", "other");
        var holder = new Thread(() -> bench.engine.pause("ops", "acme/other", true), "holder");
        bench.hooked.beforePause = () -> {
            if (Thread.currentThread() == holder) {
                locked.passUnchecked();
            }
        };
        holder.start();
        locked.awaitEntered();
        try {
            changes.run();
        } finally {
            locked.open();
            holder.join();
        }
    }

    /** Its breaker is changed by that; what follows waits. */
    private Thread waiting(Runnable change) {
        var thread = new Thread(change, "change");
        thread.start();
        Bench.await(() -> thread.getState() == Thread.State.WAITING);
        return thread;
    }

    @Test
    void theLogSaysOnceThatItBeginsThoughTwoBringItAboutAtOnce() throws Exception {
        CapturedLog.clear();
        bench.configure("quarantine.wait", LONG);
        ill();
        var changes = new CopyOnWriteArrayList<Thread>();
        whileChangesWait(() -> {
            publish(3);
            Bench.await(() -> bench.engine.stats().quarantined() == 1);
            changes.add(waiting(() -> bench.engine.quarantine("operator", "acme/handler", "because")));
        });
        for (Thread change : changes) {
            change.join();
        }
        Bench.await(() -> view().failures() == 3 && view().running() == 0);
        assertThat(told())
                .singleElement()
                .asString()
                .startsWith("WARN acme/handler: in quarantine, since operator wants it so: because; its handlers");
    }

    @Test
    void theLogSaysNothingOfOneThatWasLiftedBeforeAnythingFollowedFromIt() throws Exception {
        CapturedLog.clear();
        bench.configure("quarantine.wait", LONG);
        ill();
        var changes = new CopyOnWriteArrayList<Thread>();
        whileChangesWait(() -> {
            publish(3);
            Bench.await(() -> bench.engine.stats().quarantined() == 1);
            changes.add(waiting(() -> bench.engine.lift("operator", "acme/handler")));
        });
        for (Thread change : changes) {
            change.join();
        }
        Bench.await(() -> view().failures() == 3 && view().running() == 0);
        assertThat(view().quarantines()).isEqualTo(1);
        assertThat(isQuarantined()).isFalse();
        assertThat(told()).isEmpty();
    }

    @Test
    void doesNotTakeEventsThatNobodyCouldHandleForFailures() {
        bench.configure("quarantine.failures", 1);
        record Order(long amount) {}
        bench.add(TestHandler.any(
                TestHandler.ACME,
                "t",
                (symphony.api.event.TypedHandler<Order>) (order, delivery) -> {},
                "symphony.type",
                Order.class.getName()));
        for (int i = 0; i < 10; i++) {
            bench.publish(
                    symphony.api.event.Event.on("t").with("amount", "none").build());
        }
        Bench.await(() -> view().queue().dead() == 10);
        assertThat(view().quarantines()).isZero();
    }

    @Test
    void givesUpNothingOfAHandlerThatFailsForAWhileThoughItHasFewAttempts() {
        // without quarantine each of these would be dead within milliseconds
        bench.configure(
                "quarantine.failures", 3, "attempts", 2, "quarantine.wait", "100ms", "quarantine.wait.max", "100ms");
        ill();
        bench.engine.pauseAll(true); // however long it takes to publish them
        publish(1_000);
        bench.engine.pauseAll(false);
        Bench.await(() -> view().quarantine()
                .filter(quarantine -> quarantine.probes() >= 2)
                .isPresent());
        well.set(true);
        Bench.await(() -> view().queue().depth() == 0);
        assertThat(view().queue().handled()).isGreaterThan(900);
    }
}
