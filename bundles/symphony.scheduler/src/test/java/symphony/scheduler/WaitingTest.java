package symphony.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static symphony.scheduler.SchedulerRig.OWNER;
import static symphony.scheduler.SchedulerRig.event;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import symphony.api.crypto.CryptoContext;
import symphony.api.crypto.Envelope;
import symphony.api.event.Recurrence;
import symphony.api.event.Schedule.State;

/** The one cell that decides a schedule's fate, under two threads that reach for it in the same moment. */
@Timeout(120)
final class WaitingTest {
    private static final int ROUNDS = 20_000;
    private static final int MOST_SPINS = 1_000;

    private final SchedulerRig rig = new SchedulerRig();
    private final Envelope envelope = rig.sealer.seal(CryptoContext.SCHEDULE, event("a"), UUID.randomUUID(), 0, OWNER);
    private final ExecutorService threads = Executors.newFixedThreadPool(2);

    @AfterEach
    void close() {
        threads.shutdownNow();
        rig.close();
    }

    @Test
    void ofCancelAndFireExactlyOneWins() throws Exception {
        Now now = Now.of(rig.timer, rig.wall);
        race(Waiting::cancel, waiting -> waiting.fire(now));
    }

    @Test
    void ofTwoCancelsExactlyOneWins() throws Exception {
        race(Waiting::cancel, Waiting::cancel);
    }

    @Test
    void ofCancelAndTheOnlyFireOfARecurrenceExactlyOneWins() throws Exception {
        rig.timer.advance(Duration.ofSeconds(1));
        Now now = Now.of(rig.timer, rig.wall);
        race(this::recurring, Waiting::cancel, waiting -> waiting.fire(now));
    }

    /** It is asked between steps of which none may be left out: memory may have run out. */
    @Test
    void sayingHowItStandsTakesNoMemory() {
        Waiting waiting = recurring();
        var threadsInfo = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        boolean any = waiting.isWaiting() | waiting.isCancelled() | waiting.isFired();
        long before = threadsInfo.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < ROUNDS; i++) {
            any &= waiting.isWaiting() | waiting.isCancelled() | waiting.isFired();
        }
        long taken = threadsInfo.getCurrentThreadAllocatedBytes() - before;
        assertThat(any).isTrue();
        assertThat(taken).isLessThan(ROUNDS);
    }

    private void race(Predicate<Waiting> one, Predicate<Waiting> other) throws Exception {
        race(this::waiting, one, other);
    }

    private void race(Supplier<Waiting> maker, Predicate<Waiting> one, Predicate<Waiting> other) throws Exception {
        List<Waiting> all = Stream.generate(maker).limit(ROUNDS).toList();
        var arrived = new AtomicInteger();
        Future<List<Boolean>> first = threads.submit(() -> run(all, one, arrived));
        Future<List<Boolean>> second = threads.submit(() -> run(all, other, arrived));
        for (int i = 0; i < ROUNDS; i++) {
            assertThat(first.get().get(i))
                    .as("round %d", i)
                    .isNotEqualTo(second.get().get(i));
        }
        assertThat(all).noneMatch(waiting -> waiting.state() == State.WAITING);
    }

    /** Both threads take one after the other, each of them at the same time: no latch is sharp enough for that. */
    private static List<Boolean> run(List<Waiting> all, Predicate<Waiting> action, AtomicInteger arrived) {
        return all.stream()
                .map(waiting -> {
                    int round = (arrived.getAndIncrement() >> 1) + 1;
                    for (int spins = 0; arrived.get() < 2 * round; spins++) {
                        if (spins < MOST_SPINS) {
                            Thread.onSpinWait();
                        } else {
                            Thread.yield(); // the other one lost its core
                        }
                    }
                    return action.test(waiting);
                })
                .toList();
    }

    private Waiting waiting() {
        var due = Due.after(Duration.ofHours(1), rig.timer);
        var fate = new AtomicReference<Object>(Waiting.WAITING);
        return new Waiting(
                rig.engine, UUID.randomUUID(), envelope, OWNER, event("a").timeToLive(), due, fate);
    }

    private Waiting recurring() {
        var recurrence = Recurrence.fixedRate(Duration.ofSeconds(1)).times(1);
        return new Recurring(
                rig.engine,
                UUID.randomUUID(),
                envelope,
                OWNER,
                event("a").timeToLive(),
                recurrence,
                Rhythm.of(recurrence),
                Recurring.newCell(Due.after(Duration.ZERO, rig.timer), Optional.empty()));
    }
}
