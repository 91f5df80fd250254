package symphony.scheduler;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static symphony.api.event.Recurrence.fixedRate;
import static symphony.scheduler.SchedulerRig.OWNER;
import static symphony.scheduler.SchedulerRig.event;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import symphony.api.crypto.CryptoContext;
import symphony.api.crypto.Envelope;
import symphony.api.crypto.EventSealer;
import symphony.api.crypto.OpenEvent;
import symphony.api.crypto.SealException;
import symphony.api.event.Event;
import symphony.api.event.Schedule;
import symphony.api.event.Schedule.State;

/** The scheduler stops while its thread stands still for longer than the second that it is waited for. */
@Timeout(120)
final class LateThreadTest {
    private static final String DOES_NOT_RETURN =
            "WARN symphony.scheduler: the dispatcher did not return within PT1S; going on without it";

    private final SchedulerRig rig = new SchedulerRig();
    private final CountedBudget budget = new CountedBudget(100_000);
    private final CountDownLatch stands = new CountDownLatch(1);
    private final CountDownLatch goesOn = new CountDownLatch(1);

    /** The thread that stands still, or has done so. */
    private final AtomicReference<Thread> late = new AtomicReference<>();

    @BeforeEach
    void begin() {
        rig.engine.bind(budget);
        CapturedLog.clear();
    }

    @AfterEach
    void close() throws InterruptedException {
        end();
        rig.close();
        assertThat(budget.used()).isZero();
    }

    /** What it still does is done when this returns. */
    private void end() throws InterruptedException {
        goesOn.countDown();
        late.get().join();
    }

    /** Called by the threads of schedulers; that of the first one waits. */
    private void standStill() {
        if (late.compareAndSet(null, Thread.currentThread())) {
            stands.countDown();
            await(goesOn);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    // ---- where it stands ----

    /** With an event that was taken and not yet handed over. */
    private enum Place {
        BEFORE_THE_CLAIM,
        BEFORE_THE_HANDOVER
    }

    private void standStillAt(Place place) {
        if (place == Place.BEFORE_THE_CLAIM) {
            standStillAtTheClock(LateThreadTest::isPublishing);
        } else {
            rig.engine.bind(new StandingSealer(() -> {}));
        }
    }

    private void standStillAtTheClock(BooleanSupplier when) {
        rig.wall.failIf(() -> {
            if (Thread.currentThread().getName().equals("symphony-scheduler") && when.getAsBoolean()) {
                standStill();
            }
            return false;
        });
    }

    /** Whether an event has just been taken out of the agenda. */
    private static boolean isPublishing() {
        return StackWalker.getInstance()
                .walk(frames -> frames.anyMatch(frame -> frame.getMethodName().equals("publish")
                        && frame.getClassName().equals(Publisher.class.getName())));
    }

    /** The thread stands still in it, and then does something. */
    private final class StandingSealer implements EventSealer {
        private final Runnable then;

        StandingSealer(Runnable then) {
            this.then = then;
        }

        @Override
        public Event reopen(CryptoContext context, Envelope envelope) {
            standStill();
            then.run();
            return rig.sealer.reopen(context, envelope);
        }

        @Override
        public Envelope seal(CryptoContext context, Event event, UUID id, long publishedMillis, String publisher) {
            return rig.sealer.seal(context, event, id, publishedMillis, publisher);
        }

        @Override
        public OpenEvent open(CryptoContext context, Envelope envelope) {
            return rig.sealer.open(context, envelope);
        }

        @Override
        public long orderKey(String key) {
            return rig.sealer.orderKey(key);
        }
    }

    /** The sealer stays that which is bound. */
    private void passUntilItStands(Duration time) {
        rig.wall.jump(time);
        rig.timer.advance(time);
        rig.engine.bind(rig.dispatcher); // has it look again
        await(stands);
    }

    private void restart() {
        rig.restart(); // waits for a second
        rig.engine.bind(budget);
        rig.engine.bind(rig.dispatcher);
    }

    private static List<String> warnings() {
        return CapturedLog.lines().stream()
                .filter(line -> line.startsWith("WARN") || line.startsWith("ERROR"))
                .toList();
    }

    // ---- with nothing in hand, and with the dispatcher ----

    @Test
    void aThreadThatHasNothingInHandIsNothingToWarnOf() {
        standStillAtTheClock(() -> true);
        passUntilItStands(ofSeconds(1));
        rig.engine.close();
        assertThat(late.get().isAlive()).isTrue();
        assertThat(warnings()).isEmpty();
    }

    @Test
    void aDispatcherThatDoesNotReturnIsWarnedOf() throws Exception {
        rig.dispatcher.answer(event -> {
            standStill();
            return RecordingDispatcher.accepted(event);
        });
        Schedule schedule = rig.engine.schedule(event("a"), OWNER, ofSeconds(1));
        passUntilItStands(ofSeconds(1));
        rig.dispatcher.next();
        restart();
        assertThat(warnings()).containsExactly(DOES_NOT_RETURN);
        end();
        rig.settle(); // the event is the dispatcher's, and published once
        assertThat(schedule.state()).isEqualTo(State.FIRED);
    }

    // ---- refused by the dispatcher after that ----

    private Schedule refuseLate(Duration delay, int accepted) throws Exception {
        rig.dispatcher.answer(event -> {
            standStill();
            return RecordingDispatcher.refused(event, accepted);
        });
        Schedule schedule = rig.engine.schedule(event("a"), OWNER, delay);
        passUntilItStands(delay);
        rig.dispatcher.next();
        rig.dispatcher.answer(RecordingDispatcher::accepted);
        return schedule;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void whatTheDispatcherRefusesAfterTheStopIsPublishedByTheNextScheduler(int accepted) throws Exception {
        Schedule schedule = refuseLate(ofSeconds(1), accepted);
        restart();
        rig.settle();
        end();
        assertThat(rig.dispatcher.next().event().id()).contains(schedule.id());
        assertIsPublished(schedule);
    }

    @Test
    void whatTheDispatcherRefusesWhileTheSchedulerIsAwayIsPublishedByTheNextOne() throws Exception {
        Schedule schedule = refuseLate(ofSeconds(1), 0);
        rig.engine.close();
        end();
        assertThat(rig.shelf.keySet()).containsExactly("late " + schedule.id());
        for (Object value : (Object[]) rig.shelf.get("late " + schedule.id())) {
            assertThat(value.getClass().getClassLoader())
                    .isNotEqualTo(getClass().getClassLoader());
        }
        assertThat(new Shelf(new ConcurrentHashMap<>(rig.shelf)).takeLate(rig.engine))
                .as("has no place among those of the next one yet")
                .extracting(waiting -> waiting.order)
                .containsExactly(Waiting.UNORDERED);
        restart();
        assertThat(rig.dispatcher.next().event().id()).contains(schedule.id());
        assertIsPublished(schedule);
    }

    private void assertIsPublished(Schedule schedule) throws Exception {
        rig.settle();
        assertThat(schedule.state()).isEqualTo(State.FIRED);
        assertThat(warnings()).containsExactly(DOES_NOT_RETURN);
        assertThat(rig.shelf.keySet()).containsExactlyInAnyOrder("cancelled", "late");
    }

    /** It stops as that comes to the shelf, or after it has taken it from there. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatTheDispatcherRefusesWhileTheNextSchedulerStopsIsPublishedByTheOneAfter(boolean taken) throws Exception {
        var stopped = new AtomicBoolean();
        rig.close();
        rig.shelf = new ConcurrentHashMap<>() {
            @Override
            public Object put(String key, Object value) {
                Object before = super.put(key, value);
                stopOnceIf(!taken, key);
                return before;
            }

            @Override
            public Object remove(Object key) {
                Object value = super.remove(key);
                stopOnceIf(taken, (String) key);
                return value;
            }

            private void stopOnceIf(boolean now, String key) {
                if (now && key.startsWith("late ") && stopped.compareAndSet(false, true)) {
                    rig.engine.close();
                }
            }
        };
        rig.restart();
        rig.engine.bind(budget);
        rig.engine.bind(rig.dispatcher);
        Schedule schedule = refuseLate(ofSeconds(1), 0);
        restart();
        end();
        assertThat(stopped).isTrue();
        restart();
        assertThat(rig.dispatcher.next().event().id()).contains(schedule.id());
        assertIsPublished(schedule);
    }

    @Test
    void whatTheDispatcherRefusesAfterTheContainerHasStoppedIsToldAndNotLeft() throws Exception {
        Schedule schedule = refuseLate(ofSeconds(1), 0);
        assertThat(rig.engine.stop()).isEmpty();
        end();
        assertThat(schedule.state()).isEqualTo(State.REFUSED);
        assertThat(warnings())
                .anyMatch(line -> line.startsWith("WARN symphony.scheduler: event " + schedule.id() + " on a"));
        assertThat(rig.shelf).isEmpty();
    }

    // ---- before an event was handed over ----

    @ParameterizedTest
    @EnumSource
    void theNextSchedulerPublishesWhatWasTakenAndNotHandedOver(Place place) throws Exception {
        standStillAt(place);
        Schedule schedule = rig.engine.schedule(event("a"), OWNER, ofSeconds(1));
        passUntilItStands(ofSeconds(1));
        restart();
        assertThat(rig.dispatcher.next().event().id()).contains(schedule.id());
        end();
        rig.settle(); // not twice
        assertThat(schedule.state()).isEqualTo(State.FIRED);
        assertThat(warnings()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void theNextSchedulerPublishesTheEventOfARecurrenceThatWasTakenAndNotHandedOver(Place place) throws Exception {
        standStillAt(place);
        Schedule rate = rig.engine.schedule(event("a"), OWNER, fixedRate(ofSeconds(10)));
        passUntilItStands(ofSeconds(10));
        restart();
        var first = rig.dispatcher.next().event().id();
        end();
        assertIsPublishedOnce(rate, first.orElseThrow());
    }

    private void assertIsPublishedOnce(Schedule rate, UUID first) throws Exception {
        rig.settle();
        assertThat(List.of(rate.fired(), rate.skipped(), rate.failed())).containsExactly(1L, 0L, 0L);
        rig.pass(ofSeconds(10));
        assertThat(rig.dispatcher.next().event().id().orElseThrow()).isNotEqualTo(first);
        assertThat(rate.fired()).isEqualTo(2);
        assertThat(warnings()).isEmpty();
    }

    /** What waits was taken out of the agenda; then the thread goes on, before it lies on the shelf. */
    @ParameterizedTest
    @CsvSource({"BEFORE_THE_CLAIM, a", "BEFORE_THE_CLAIM, b", "BEFORE_THE_HANDOVER, a", "BEFORE_THE_HANDOVER, b"})
    void nothingIsLostOrPublishedTwiceIfTheThreadGoesOnJustAfterTheAgendaWasEmptied(Place place, String taken)
            throws Exception {
        rig.close();
        rig.shelf = new ConcurrentHashMap<>() {
            @Override
            public boolean remove(Object key, Object listener) { // called in between
                try {
                    end();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                return super.remove(key, listener);
            }
        };
        rig.restart();
        rig.engine.bind(budget);
        standStillAt(place);
        Schedule rate = rig.engine.schedule(event("a", taken.equals("a") ? 1 : 2), OWNER, fixedRate(ofSeconds(10)));
        rig.engine.schedule(event("b", taken.equals("b") ? 1 : 2), OWNER, ofSeconds(10));
        passUntilItStands(ofSeconds(10));
        restart();
        var both = rig.dispatcher.next(2);
        assertThat(both).extracting(RecordingDispatcher.Call::topic).containsExactlyInAnyOrder("a", "b");
        var first = both.get(both.get(0).topic().equals("a") ? 0 : 1).event().id();
        assertIsPublishedOnce(rate, first.orElseThrow());
    }

    private static List<RuntimeException> failures() {
        return List.of(new SealException(), new IllegalStateException("expected by the test"));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void whatALateThreadCannotOpenIsNothingToTellOf(RuntimeException failure) throws Exception {
        rig.engine.bind(new StandingSealer(() -> {
            throw failure;
        }));
        Schedule schedule = rig.engine.schedule(event("a"), OWNER, ofSeconds(1));
        passUntilItStands(ofSeconds(1));
        restart();
        assertThat(rig.dispatcher.next().event().id()).contains(schedule.id());
        end();
        rig.settle();
        assertThat(schedule.state()).isEqualTo(State.FIRED);
        assertThat(warnings()).isEmpty();
    }

    @Test
    void whatIsCancelledBeforeItIsClaimedIsNotPublishedByTheNextScheduler() throws Exception {
        standStillAt(Place.BEFORE_THE_CLAIM);
        Schedule schedule = rig.engine.schedule(event("a"), OWNER, ofSeconds(1));
        passUntilItStands(ofSeconds(1));
        assertThat(schedule.cancel()).isTrue();
        restart();
        end();
        rig.settle();
        assertThat(schedule.state()).isEqualTo(State.CANCELLED);
    }

    @ParameterizedTest
    @EnumSource
    void whatWasNotHandedOverIsLeftWhenTheContainerStops(Place place) {
        standStillAt(place);
        rig.engine.schedule(event("a"), OWNER, ofSeconds(1));
        passUntilItStands(ofSeconds(1));
        assertThat(rig.engine.stop()).isEqualTo(Map.of(OWNER, 1));
        assertThat(warnings()).isEmpty();
    }
}
