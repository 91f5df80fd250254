package symphony.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.osgi.framework.Version;
import symphony.api.dispatcher.HandlerState;
import symphony.api.event.EventHandler;
import symphony.api.queue.DeadReason;

/** How long a subscription is kept whose handler left while those of other bundles leave, too. */
@Timeout(120)
class GraceTest {
    private static final Owner OTHER = new Owner("other", new Version("1.0.0"), 8);
    private static final Duration GRACE = Duration.ofMillis(400);

    private final Bench bench = new Bench("departure.deadline", "10m", "grace", "400ms");
    private final Gate gate = new Gate();

    @AfterEach
    void close() {
        gate.open();
        bench.close();
    }

    /** A call of another bundle that runs on until the gate is open. */
    private void callOther() throws InterruptedException {
        bench.add(TestHandler.any(OTHER, "other", (EventHandler) delivery -> gate.passStubbornly()));
        bench.publish("other");
        gate.awaitEntered();
    }

    private FutureTask<Void> otherLeaves() {
        var departure = new FutureTask<Void>(() -> bench.engine.departing(8), null);
        new Thread(departure).start();
        Bench.await(() -> bench.view("other/handler").state() == HandlerState.PARKED);
        return departure;
    }

    /** Leaves behind an event. */
    private void leaves() {
        TestHandler handler = bench.handle("t", delivery -> {});
        bench.engine.pauseAll(true);
        bench.publish("t");
        bench.engine.depart(handler.serviceId());
    }

    private void awaitMillis(long millis) throws InterruptedException {
        var later = new CountDownLatch(1);
        bench.timer.schedule(bench.timer.nanoTime() + Duration.ofMillis(millis).toNanos(), n -> later.countDown(), 0);
        later.await();
    }

    /** Nanoseconds from the end of the other's departure until the event is given up. */
    private long fromTheEndOf(FutureTask<Void> departure) throws Exception {
        assertThat(bench.dead()).isEmpty();
        long end = System.nanoTime();
        gate.open();
        departure.get();
        Bench.await(() -> bench.dead().size() == 1);
        assertThat(bench.dead().get(0).reason()).isEqualTo(DeadReason.HANDLER_GONE);
        return System.nanoTime() - end;
    }

    @Test
    void beginsAgainAtTheEndOfADepartureThatItsOwnEndFellInto() throws Exception {
        callOther();
        FutureTask<Void> departure = otherLeaves();
        leaves();
        awaitMillis(700); // as long as the grace and most of another one
        assertThat(fromTheEndOf(departure)).isGreaterThanOrEqualTo(GRACE.toNanos());
    }

    @Test
    void beginsAgainAtTheEndOfADepartureThatWasOverJustBefore() throws Exception {
        callOther();
        FutureTask<Void> departure = otherLeaves();
        leaves();
        awaitMillis(200); // so that none is waited for when the grace is over
        assertThat(fromTheEndOf(departure)).isGreaterThanOrEqualTo(GRACE.toNanos());
    }

    @Test
    void isOverInTheEndThoughSomebodyIsWaitedForAtEachMoment() throws Exception {
        callOther();
        bench.nanos = () -> bench.timer.nanoTime() - Duration.ofHours(2).toNanos();
        FutureTask<Void> departure = otherLeaves();
        leaves();
        bench.nanos = bench.timer::nanoTime;
        Bench.await(() -> bench.dead().size() == 1);
        assertThat(departure.isDone()).isFalse();
        gate.open();
        departure.get();
    }
}
