package symphony.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import symphony.api.dispatcher.StopReport;
import symphony.api.event.Event;
import symphony.api.event.Receipt;
import symphony.api.event.Refusal;

/** What a stop lets through, waits for and reports. */
@Timeout(120)
class DrainTest {
    private final Bench bench = new Bench();
    private final Gate gate = new Gate();

    @AfterEach
    void close() {
        gate.open();
        bench.close();
    }

    private CompletableFuture<StopReport> stopping(Duration deadline) {
        var report = CompletableFuture.supplyAsync(() -> bench.engine.stop(deadline), task -> new Thread(task).start());
        Bench.await(() -> refused(bench.publish("nobody")));
        return report;
    }

    private static boolean refused(Receipt receipt) {
        return receipt.refusals().stream().anyMatch(refusal -> refusal.reason() == Refusal.Reason.CLOSED);
    }

    @Test
    void tellsThatItDrainsBeforeItRefusesAnything() {
        var refusedBefore = new AtomicReference<Boolean>();
        bench.engine.whenDraining(() -> refusedBefore.compareAndSet(null, refused(bench.publish("nobody"))));
        bench.engine.stop(Duration.ZERO);
        assertThat(refusedBefore).hasValue(false);
        assertThat(refused(bench.publish("nobody"))).isTrue();
    }

    @Test
    void takesAndHandlesWhatHandlersPublishWhileItDrainsAndRefusesOthers() throws Exception {
        // given: an order whose handler publishes an invoice, for which another publishes a letter
        List<String> handled = new CopyOnWriteArrayList<>();
        bench.handle("order", delivery -> {
            gate.pass();
            handled.add("order"); // before another worker can have handled what comes now
            bench.publish("invoice").orThrow();
        });
        bench.handle("invoice", delivery -> {
            handled.add("invoice");
            var receipt = bench.engine
                    .dispatchAsync(Bench.PUBLISHER, Event.on("letter").build(), Bench.PUBLISHER)
                    .toCompletableFuture()
                    .get();
            receipt.orThrow();
        });
        bench.handle("letter", delivery -> handled.add("letter"));
        bench.publish("order");
        gate.awaitEntered();
        // when
        CompletableFuture<StopReport> report = stopping(Duration.ofSeconds(20));
        assertThat(bench.publish("letter").accepted()).isZero();
        gate.open();
        // then
        assertThat(report.get(20, TimeUnit.SECONDS)).isEqualTo(new StopReport(3, Map.of(), 0));
        assertThat(handled).containsExactly("order", "invoice", "letter");
        assertThat(bench.engine.stats().failed()).isZero();
        assertThat(refused(bench.publish("letter"))).isTrue();
    }

    @Test
    void refusesAnotherThreadThatPublishesForAHandler() throws Exception {
        var other = new AtomicReference<Receipt>();
        bench.handle("order", delivery -> {
            gate.pass();
            var helper = new Thread(() -> other.set(bench.publish("order")));
            helper.start();
            helper.join();
        });
        bench.publish("order");
        gate.awaitEntered();
        CompletableFuture<StopReport> report = stopping(Duration.ofSeconds(20));
        gate.open();
        report.get(20, TimeUnit.SECONDS);
        assertThat(refused(other.get())).isTrue();
    }

    @Test
    void refusesAnAbandonedCallToo() throws Exception {
        var late = new CompletableFuture<Receipt>();
        bench.handle("t", delivery -> {
            gate.passStubbornly();
            late.complete(bench.publish("t"));
        });
        bench.publish("t");
        gate.awaitEntered();
        assertThat(bench.engine.stop(Duration.ofMillis(20)).abandoned()).isEqualTo(1);
        gate.open();
        assertThat(refused(late.get(20, TimeUnit.SECONDS))).isTrue();
    }

    @Test
    void doesNotWaitForACallThatWasAbandonedBefore() throws Exception {
        bench.handle("t", delivery -> gate.passStubbornly());
        bench.publish("t");
        gate.awaitEntered();
        bench.engine.departing(TestHandler.ACME.id());
        assertThat(bench.engine.stats().abandoned()).isEqualTo(1);
        StopReport report = stopping(Duration.ofMinutes(10)).get(20, TimeUnit.SECONDS);
        assertThat(report.abandoned()).isZero();
    }

    @Test
    void doesNotWaitForACallThatIsAbandonedMeanwhile() throws Exception {
        // given: a stop that has a long time, and waits for a call that does not end
        TestHandler handler = bench.handle("stuck", delivery -> gate.passStubbornly());
        bench.publish("stuck");
        gate.awaitEntered();
        var stopping = new Thread(() -> bench.engine.stop(Duration.ofMinutes(1)));
        stopping.start();
        Bench.await(() -> isIn(stopping, "awaitQuiet"));
        bench.engine.depart(handler.serviceId()); // when
        Bench.await(() -> !stopping.isAlive()); // then
    }

    private static boolean isIn(Thread thread, String method) {
        return thread.getState() == Thread.State.TIMED_WAITING
                && Stream.of(thread.getStackTrace())
                        .anyMatch(frame -> frame.getMethodName().equals(method));
    }

    @Test
    void endsAtItsDeadlineAlsoIfHandlersPublishForEver() {
        bench.handle("ping", delivery -> bench.publish("pong"));
        bench.handle("pong", delivery -> bench.publish("ping"));
        bench.publish("ping");
        StopReport report = bench.engine.stop(Duration.ofMillis(100));
        assertThat(report.leftInAll())
                .as("one, and those of calls that are slow to come back")
                .isBetween(0L, 1L + report.abandoned());
        assertThat(bench.engine.subscriptions()).allMatch(view -> view.queue().balanced());
        assertThat(bench.dead().size()).isLessThanOrEqualTo(report.abandoned());
    }

    @Test
    void waitsForWhoIsPublishingAndHandlesThat() throws Exception {
        // given: a publisher that was let in and has not pushed yet
        var handled = new AtomicInteger();
        bench.handle("t", delivery -> handled.incrementAndGet());
        bench.hooked.beforePush = gate::passUnchecked;
        var receipt = CompletableFuture.supplyAsync(() -> bench.publish("t"), task -> new Thread(task).start());
        gate.awaitEntered();
        // when
        CompletableFuture<StopReport> report = stopping(Duration.ofSeconds(20));
        assertThat(report).isNotDone();
        gate.open();
        // then: what it was told is true
        assertThat(receipt.get().accepted()).isEqualTo(1);
        assertThat(report.get(20, TimeUnit.SECONDS)).isEqualTo(new StopReport(1, Map.of(), 0));
        assertThat(handled).hasValue(1);
    }

    @Test
    void startsNoCallOnceItHasStopped() throws Exception {
        // given: a worker that has chosen a subscription and has not taken its event yet
        var late = new AtomicBoolean();
        bench.handle("t", delivery -> late.set(true));
        bench.hooked.beforePop = gate::passUnchecked;
        bench.publish("t");
        gate.awaitEntered();
        // when
        bench.engine.stop(Duration.ZERO);
        gate.open();
        // then
        Bench.await(() -> bench.stats("acme/handler").leased() == 0
                && bench.stats("acme/handler").waiting() == 1);
        bench.engine.close();
        Bench.await(() -> bench.threads.stream().noneMatch(Thread::isAlive));
        assertThat(late).isFalse();
    }

    @Test
    void reportsACallThatHasEndedOnceItIsSettled() throws Exception {
        // given: a call that has ended, and a queue that has not taken its acknowledgement yet
        bench.configure("departure.deadline", "10m");
        bench.handle("t", delivery -> {});
        bench.hooked.beforeSettle = gate::passUnchecked;
        bench.publish("t");
        gate.awaitEntered();
        // when: nobody waits for what is due, only for calls
        var closing = new Thread(() -> bench.engine.close());
        closing.start();
        Bench.await(() -> isIn(closing, "await") || !closing.isAlive());
        gate.open();
        closing.join();
        // then
        assertThat(bench.engine.stop(Duration.ZERO)).isEqualTo(new StopReport(1, Map.of(), 0));
    }

    @Test
    void handlesAllThatIsDueHoweverOftenWorkersLetGoBetween() {
        for (int round = 0; round < 15; round++) {
            try (var many = new Bench("workers", 2, "batch", 1, "capacity", 1000)) {
                for (int i = 0; i < 2; i++) {
                    many.handle("t", delivery -> {});
                }
                for (int i = 0; i < 200; i++) {
                    many.publish("t");
                }
                StopReport report = many.engine.stop(Duration.ofSeconds(20));
                assertThat(report.left()).as("round " + round).isEmpty();
            }
        }
    }
}
