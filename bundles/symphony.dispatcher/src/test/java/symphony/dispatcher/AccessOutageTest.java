package symphony.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.osgi.framework.Version;
import symphony.api.dispatcher.HandlerState;
import symphony.api.dispatcher.HandlerView;
import symphony.api.event.EventHandler;
import symphony.api.queue.DeadReason;
import symphony.api.rbac.AccessControl;
import symphony.api.rbac.Decision;
import symphony.component.Guard;

/** Handlers that change, leave and come while security is required and nobody decides. */
@Timeout(120)
class AccessOutageTest {
    private final Set<String> denied = ConcurrentHashMap.newKeySet();
    private volatile boolean failing;
    private final AccessControl access = (principal, permission) -> {
        if (failing) {
            throw new IllegalStateException("the roles are being read, a test says");
        }
        return new Decision(!denied.contains(principal + " " + permission), "a test's");
    };
    private final Guard guard = new Guard(true);
    private final Bench bench = new Bench(guard, "departure.deadline", "10m");
    private final Gate gate = new Gate();
    private final AtomicInteger handled = new AtomicInteger();

    AccessOutageTest() {
        comes();
    }

    @AfterEach
    void close() {
        gate.open();
        bench.close();
    }

    private void comes() {
        guard.bind(access);
        bench.engine.accessChanged();
    }

    private void leaves() {
        guard.unbind(access);
        bench.engine.accessChanged();
    }

    private TestHandler handle(Object... properties) {
        return bench.handle("t", delivery -> handled.incrementAndGet(), properties);
    }

    /** A handler with an event that waits. */
    private TestHandler handlerWithAnEvent(Object... properties) {
        TestHandler handler = handle(properties);
        bench.engine.pauseAll(true);
        bench.publish("t");
        return handler;
    }

    private HandlerView onlyHandler() {
        assertThat(bench.engine.handlers()).hasSize(1);
        return bench.engine.handlers().get(0);
    }

    private void assertIsHandled() {
        bench.engine.pauseAll(false);
        Bench.await(() -> handled.get() == 1);
        assertThat(bench.dead()).isEmpty();
    }

    private void change(TestHandler handler) {
        handler.set("u", "symphony.grace", "0");
        bench.engine.modify(handler.serviceId());
    }

    /** As DS unbinds access control from a component that is over. */
    @Test
    void saysNothingOfWhatLeavesAfterItsEnd() {
        bench.engine.close();
        CapturedLog.clear();
        leaves();
        assertThat(CapturedLog.lines()).noneMatch(line -> line.contains("access control is away"));
    }

    @Test
    void keepsASubscriptionWhoseHandlerChangesMeanwhileAndAppliesTheChangeAfter() {
        TestHandler handler = handlerWithAnEvent("symphony.grace", "0");
        leaves();
        change(handler);
        assertThat(onlyHandler().state()).isEqualTo(HandlerState.ACTIVE);
        assertThat(onlyHandler().topics()).containsExactly("t");
        assertThat(onlyHandler().reason())
                .startsWith("goes on as before")
                .contains("acme", "event:subscribe:u", "no access control is there");
        comes();
        assertThat(onlyHandler().topics()).containsExactly("u");
        assertThat(onlyHandler().reason()).isEmpty();
        assertIsHandled();
    }

    @Test
    void keepsASubscriptionWhoseHandlerChangesWhileAccessControlFails() {
        TestHandler handler = handlerWithAnEvent("symphony.grace", "0");
        AccessControl failing = (principal, permission) -> {
            throw new IllegalStateException("the roles are being read");
        };
        guard.bind(failing);
        change(handler);
        assertThat(onlyHandler().state()).isEqualTo(HandlerState.ACTIVE);
        assertThat(onlyHandler().reason()).startsWith("goes on as before").contains("access control gave no answer");
        comes();
        assertThat(onlyHandler().topics()).containsExactly("u");
        assertIsHandled();
    }

    @Test
    void appliesAChangeOnceAccessControlThatFailedAsItWasAskedIsWell() {
        TestHandler handler = handlerWithAnEvent("symphony.grace", "0");
        failing = true;
        change(handler);
        failing = false;
        Bench.await(() -> onlyHandler().topics().equals(List.of("u")));
        assertThat(onlyHandler().reason()).isEmpty();
        assertIsHandled();
    }

    @Test
    void givesWhatWaitsToAHandlerThatCameWhileAccessControlFailedThoughTheGraceIsOver() throws Exception {
        TestHandler first = handlerWithAnEvent("symphony.grace", "20ms");
        failing = true;
        bench.atOneMoment(() -> {
            bench.engine.depart(first.serviceId());
            handle("symphony.grace", "20ms");
        });
        // when: it fails still at the second look, and the grace is over, several times
        var later = new CountDownLatch(1);
        bench.timer.schedule(bench.timer.nanoTime() + Duration.ofMillis(1300).toNanos(), n -> later.countDown(), 0);
        later.await();
        assertThat(bench.dead()).isEmpty();
        assertThat(onlyHandler().reason()).contains("event:subscribe:t", "access control gave no answer");
        failing = false;
        // then
        Bench.await(() -> onlyHandler().state() == HandlerState.ACTIVE);
        assertIsHandled();
    }

    @Test
    void givesUpWhatWaitsOnceTheHandlerLeftAboutWhichNobodyCouldDecide() {
        TestHandler first = handlerWithAnEvent("symphony.grace", "20ms");
        failing = true;
        bench.engine.depart(first.serviceId());
        TestHandler second = handle("symphony.grace", "20ms");
        bench.engine.depart(second.serviceId());
        Bench.await(() -> bench.dead().size() == 1);
        assertThat(bench.dead().get(0).reason()).isEqualTo(DeadReason.HANDLER_GONE);
    }

    @Test
    void takesASubscriptionFromAHandlerThatChangesAndMayNotSubscribeOnceSomebodyDecides() {
        TestHandler handler = handle("symphony.grace", "0");
        leaves();
        denied.add("acme event:subscribe:u");
        change(handler);
        assertThat(onlyHandler().state()).isEqualTo(HandlerState.ACTIVE);
        comes();
        assertThat(onlyHandler().state()).isEqualTo(HandlerState.REFUSED);
        assertThat(onlyHandler().reason()).contains("acme has no permission event:subscribe:u");
        assertThat(bench.engine.subscriptions()).isEmpty();
    }

    @Test
    void givesWhatWaitsToAHandlerThatComesMeanwhileThoughTheGraceIsOver() throws Exception {
        TestHandler first = handlerWithAnEvent("symphony.grace", "20ms");
        leaves();
        bench.engine.depart(first.serviceId());
        TestHandler second = handle("symphony.grace", "20ms");
        // when: the grace is over, several times
        var later = new CountDownLatch(1);
        bench.timer.schedule(bench.timer.nanoTime() + Duration.ofMillis(300).toNanos(), n -> later.countDown(), 0);
        later.await();
        // then
        assertThat(bench.dead()).isEmpty();
        assertThat(onlyHandler().serviceId()).isEqualTo(second.serviceId());
        assertThat(onlyHandler().reason()).contains("event:subscribe:t", "no access control is there");
        comes();
        assertThat(onlyHandler().state()).isEqualTo(HandlerState.ACTIVE);
        assertIsHandled();
    }

    @Test
    void givesUpWhatWaitsForAHandlerThatLeftMeanwhileOnceSomebodyDecides() throws Exception {
        TestHandler handler = handlerWithAnEvent("symphony.grace", "1ms");
        leaves();
        bench.engine.depart(handler.serviceId());
        var later = new CountDownLatch(1);
        bench.timer.schedule(bench.timer.nanoTime() + Duration.ofMillis(100).toNanos(), n -> later.countDown(), 0);
        later.await();
        assertThat(bench.view("acme/handler").state()).isEqualTo(HandlerState.PARKED);
        comes();
        Bench.await(() -> bench.dead().size() == 1);
        assertThat(bench.dead().get(0).reason()).isEqualTo(DeadReason.HANDLER_GONE);
    }

    @Test
    void givesUpWhatWaitsInTheEndThoughSomebodyIsWaitedForAtEachMomentSinceSomebodyDecides() throws Exception {
        // given: a grace that was over hours ago, while nobody decides
        var other = new Owner("other", new Version("1.0.0"), 8);
        bench.add(TestHandler.any(other, "other", (EventHandler) delivery -> gate.passStubbornly()));
        bench.publish("other");
        gate.awaitEntered();
        TestHandler handler = handlerWithAnEvent("symphony.grace", "1ms");
        leaves();
        bench.nanos = () -> bench.timer.nanoTime() - Duration.ofHours(5).toNanos();
        bench.engine.depart(handler.serviceId());
        var later = new CountDownLatch(1);
        bench.timer.schedule(bench.timer.nanoTime() + Duration.ofMillis(100).toNanos(), n -> later.countDown(), 0);
        later.await();
        // when: somebody decides while another departure is waited for, hours ago, too
        var departure = new FutureTask<Void>(() -> bench.engine.departing(8), null);
        new Thread(departure).start();
        Bench.await(() -> bench.view("other/handler").state() == HandlerState.PARKED);
        comes();
        bench.nanos = bench.timer::nanoTime;
        // then
        Bench.await(() -> bench.dead().size() == 1);
        assertThat(departure.isDone()).isFalse();
        gate.open();
        departure.get();
    }

    @Test
    void tellsTheReasonOfTheDayOfAHandlerThatWaitsForSomebodyToDecide() {
        leaves();
        handle();
        assertThat(onlyHandler().state()).isEqualTo(HandlerState.REFUSED);
        assertThat(onlyHandler().reason()).contains("event:subscribe:t", "no access control is there");
        denied.add("acme event:subscribe:t");
        comes();
        assertThat(onlyHandler().reason()).contains("acme has no permission event:subscribe:t");
        denied.clear();
        comes();
        assertThat(onlyHandler().state()).isEqualTo(HandlerState.ACTIVE);
    }
}
