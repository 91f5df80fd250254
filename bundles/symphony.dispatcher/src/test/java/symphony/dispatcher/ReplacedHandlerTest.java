package symphony.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import symphony.api.dispatcher.HandlerState;
import symphony.api.queue.DeadReason;
import symphony.api.rbac.AccessControl;
import symphony.api.rbac.Decision;

/** Calls that ran as their handler was given another subscription, or none, and that handler's departure. G7. */
@Timeout(120)
class ReplacedHandlerTest {
    private final Set<String> denied = ConcurrentHashMap.newKeySet();
    private final Bench bench = new Bench("workers", 4);
    private final Gate gate = new Gate();

    @AfterEach
    void close() {
        gate.open();
        bench.close();
    }

    private void rename(TestHandler handler) {
        handler.set("t", "symphony.subscription", "other");
        bench.engine.modify(handler.serviceId());
        assertThat(bench.view("acme/other").state()).isEqualTo(HandlerState.ACTIVE);
    }

    private void deny(TestHandler handler) {
        denied.add("acme event:subscribe:t");
        handler.set("t", "symphony.time.limit", "7s");
        bench.engine.modify(handler.serviceId());
        assertRefused();
    }

    private void assertRefused() {
        assertThat(bench.engine.handlers())
                .singleElement()
                .matches(view ->
                        view.state() == HandlerState.REFUSED && !view.reason().isEmpty());
    }

    /** One call runs on; it is abandoned when its handler leaves. */
    private void leavesDuringACall(Consumer<TestHandler> replacing, Consumer<TestHandler> leaving) throws Exception {
        bench.guard.bind((AccessControl)
                (principal, permission) -> new Decision(!denied.contains(principal + " " + permission), "a test's"));
        TestHandler handler = bench.handle("t", delivery -> gate.passStubbornly());
        bench.publish("t");
        gate.awaitEntered();
        replacing.accept(handler);
        // when
        leaving.accept(handler);
        // then
        assertAbandoned(handler);
    }

    private void assertAbandoned(TestHandler handler) {
        assertThat(bench.engine.stats().abandoned()).isEqualTo(1);
        assertThat(bench.view("acme/handler").abandoned()).isEqualTo(1);
        gate.open();
        Bench.await(() -> bench.dead().size() == 1);
        assertThat(bench.dead().get(0).reason()).isEqualTo(DeadReason.ABANDONED);
        Bench.await(() -> handler.ungets.get() == handler.gets.get());
    }

    @Test
    void aBundleThatStopsLeavesNoCallBehindOfASubscriptionThatItGaveUp() throws Exception {
        leavesDuringACall(this::rename, handler -> bench.engine.departing(7));
    }

    @Test
    void aHandlerThatLeavesLeavesNoCallBehindOfASubscriptionThatItGaveUp() throws Exception {
        leavesDuringACall(this::rename, handler -> bench.engine.depart(handler.serviceId()));
    }

    @Test
    void aBundleThatStopsLeavesNoCallBehindOfAHandlerThatMaySubscribeNoMore() throws Exception {
        leavesDuringACall(this::deny, handler -> bench.engine.departing(7));
    }

    @Test
    void aBundleThatStopsLeavesNoCallBehindOfAHandlerThatAnotherCallFoundUnusable() throws Exception {
        TestHandler handler = TestHandler.of(
                "t", delivery -> gate.passStubbornly(), "symphony.concurrency", 2, "symphony.attempts", 1);
        var fetched = new AtomicInteger();
        handler.gives(good -> {
            if (fetched.getAndIncrement() > 0) {
                return good;
            }
            Bench.await(gate::isEntered); // the other call runs
            return new Object();
        });
        bench.add(handler);
        bench.publish("t");
        bench.publish("t");
        Bench.await(() -> bench.engine.handlers().get(0).state() == HandlerState.REFUSED);
        Bench.await(() -> bench.view("acme/handler").running() == 1);
        // when
        bench.engine.departing(7);
        // then
        assertAbandoned(handler);
    }

    /** As it does when a service is unregistered while its bundle stops. */
    @Test
    void aBundleThatStopsWaitsForCallsThatSomebodyElseWaitsForAlready() throws Exception {
        bench.configure("departure.deadline", "10m");
        TestHandler handler = bench.handle("t", delivery -> gate.passStubbornly());
        bench.publish("t");
        gate.awaitEntered();
        var departure = new FutureTask<>(() -> bench.engine.depart(handler.serviceId()), null);
        new Thread(departure).start();
        Bench.await(() -> bench.engine.handlers().isEmpty());
        var stop = new FutureTask<>(() -> bench.engine.departing(7), null);
        var stopping = new Thread(stop);
        stopping.start();
        // when: it waits, or did not
        Bench.await(() -> stopping.getState() == Thread.State.TIMED_WAITING || !stopping.isAlive());
        // then
        assertThat(stop.isDone()).as("the call runs").isFalse();
        gate.open();
        stop.get();
        departure.get();
        assertThat(bench.engine.stats().abandoned()).isZero();
        assertThat(bench.engine.stats().delivered()).isEqualTo(1);
    }

    @Test
    void noCallStartsUnderASubscriptionThatTheHandlerGaveUpThoughAWorkerHadTheEvent() throws Exception {
        // given: a worker that has taken an event, and is about to call
        var before = new Gate();
        bench.guard.bind((AccessControl) (principal, permission) -> {
            if (permission.action().equals("receive")) {
                before.passUnchecked();
            }
            return new Decision(true, "a test's");
        });
        bench.configure("departure.deadline", "10m");
        var calls = new AtomicInteger();
        TestHandler handler = bench.handle("t", delivery -> calls.incrementAndGet());
        bench.publish("t");
        before.awaitEntered();
        // when
        rename(handler);
        var stop = new FutureTask<>(() -> bench.engine.departing(7), null);
        var stopping = new Thread(stop);
        stopping.start();
        Bench.await(() -> stopping.getState() == Thread.State.TIMED_WAITING || !stopping.isAlive());
        assertThat(stop.isDone()).as("the worker is still about to call").isFalse();
        before.open();
        stop.get();
        // then
        assertThat(calls).hasValue(0);
        assertThat(bench.stats("acme/handler").waiting()).isEqualTo(1);
        assertThat(bench.stats("acme/handler").leased()).isZero();
    }

    @Test
    void noCallStartsUnderASubscriptionThatAHandlerThatWasCalledBeforeGaveUp() throws Exception {
        // given: a handler that was fetched for a first call
        var before = new Gate();
        var asked = new AtomicInteger();
        bench.guard.bind((AccessControl) (principal, permission) -> {
            if (permission.action().equals("receive") && asked.incrementAndGet() == 2) {
                before.passUnchecked();
            }
            return new Decision(true, "a test's");
        });
        var calls = new AtomicInteger();
        TestHandler handler = bench.handle("t", delivery -> calls.incrementAndGet());
        bench.publish("t");
        Bench.await(() -> bench.engine.stats().delivered() == 1);
        bench.publish("t");
        before.awaitEntered();
        // when
        rename(handler);
        before.open();
        // then
        Bench.await(() -> bench.stats("acme/handler").leased() == 0);
        assertThat(calls).hasValue(1);
        assertThat(bench.stats("acme/handler").waiting()).isEqualTo(1);
    }
}
