package symphony.scheduler;

import static java.time.Duration.ofDays;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofNanos;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static symphony.api.event.Recurrence.fixedDelay;
import static symphony.api.event.Recurrence.fixedRate;
import static symphony.scheduler.SchedulerRig.OWNER;
import static symphony.scheduler.SchedulerRig.event;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import symphony.api.audit.AuditEntry;
import symphony.api.audit.AuditSink;
import symphony.api.audit.Outcome;
import symphony.api.event.Event;
import symphony.api.event.Recurrence;
import symphony.api.event.Recurrence.Misfire;
import symphony.api.event.Schedule;
import symphony.api.event.Schedule.State;
import symphony.component.Guard;

/** The scheduler's bundle restarts while recurrences wait. */
@Timeout(120)
final class RecurrenceRestartTest {
    private final SchedulerRig rig = new SchedulerRig();

    @AfterEach
    void close() {
        rig.close();
    }

    private Schedule schedule(String topic, Recurrence recurrence) {
        return rig.engine.schedule(event(topic), OWNER, recurrence);
    }

    private void restart() {
        rig.restart();
        rig.engine.bind(rig.dispatcher);
    }

    private Schedule found(Schedule before) {
        return rig.engine.find(before.id()).orElseThrow();
    }

    @Test
    void aRestartKeepsRecurrencesWithTheirStateAndTheirRhythm() throws Exception {
        Instant noon = Instant.parse("2026-01-01T12:00:00Z");
        var recurrences = List.of(
                fixedRate(ofMinutes(10)).startAfter(ofMinutes(1)).times(5).catchUp(3),
                fixedDelay(ofMinutes(10))
                        .startAt(Instant.parse("2026-01-01T00:01:00Z"))
                        .keptWithoutOwner(),
                Recurrence.cron("1-59/10 * * * *", ZoneId.of("Europe/Berlin"))
                        .until(noon)
                        .misfire(Misfire.SKIP));
        var before = recurrences.stream().map(each -> schedule("a", each)).toList();
        rig.pass(ofMinutes(1));
        rig.dispatcher.next(3);
        rig.settle();
        restart();
        for (int i = 0; i < 3; i++) {
            Schedule now = found(before.get(i));
            assertThat(now).isNotSameAs(before.get(i));
            assertThat(now.recurrence()).contains(recurrences.get(i));
            assertThat(now.fired()).isEqualTo(1);
            assertThat(now.next()).contains(Instant.parse("2026-01-01T00:11:00Z"));
        }
        rig.passAndSettle(ofMinutes(10).minusNanos(1));
        rig.pass(ofNanos(1));
        rig.dispatcher.next(3);
        rig.settle();
        assertThat(before).as("also for who holds a handle from before").allSatisfy(schedule -> {
            assertThat(schedule.fired()).isEqualTo(2);
            assertThat(schedule.next()).contains(Instant.parse("2026-01-01T00:21:00Z"));
        });
    }

    @Test
    void whatWasMissedWhileTheSchedulerWasAwayIsAMisfire() throws Exception {
        Schedule once = schedule("a", fixedRate(ofSeconds(10)));
        Schedule cron =
                schedule("a", Recurrence.cron("*/10 * * * * *", ZoneOffset.UTC).catchUp(2));
        rig.engine.close();
        rig.wall.jump(ofSeconds(59));
        rig.timer.advance(ofSeconds(59));
        restart();
        assertThat(rig.dispatcher.next(3)).hasSize(3);
        rig.settle();
        assertThat(List.of(once.fired(), once.skipped(), cron.fired(), cron.skipped()))
                .containsExactly(1L, 4L, 2L, 3L);
    }

    /** Also if other restarts lie between its last look at the clock and that one. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void aWallClockThatIsPutRightDuringARestartDoesNotKeepACronExpressionWaiting(int restarts) throws Exception {
        rig.wall.jump(ofDays(3_650));
        Schedule hourly = schedule("a", Recurrence.cron("0 * * * *", ZoneOffset.UTC));
        rig.passAndSettle(ofSeconds(1));
        for (int i = 0; i < restarts; i++) {
            rig.restart();
        }
        rig.engine.close();
        rig.wall.jump(ofDays(-3_650));
        restart();
        rig.settle();
        assertThat(hourly.next()).contains(Instant.parse("2026-01-01T01:00:00Z"));
        rig.pass(ofHours(1));
        assertThat(rig.dispatcher.next().topic()).isEqualTo("a");
    }

    @Test
    void aWallClockThatIsPutRightDuringARestartFindsTheFirstTimeAfterTheStart() throws Exception {
        var daily = Recurrence.cron("0 6 * * *", ZoneOffset.UTC);
        rig.wall.jump(ofDays(3_650));
        Schedule at = schedule("a", daily.startAt(Instant.parse("2026-01-10T00:00:00Z")));
        Schedule after = schedule("a", daily.startAfter(ofDays(10)));
        rig.passAndSettle(ofSeconds(1));
        rig.engine.close();
        rig.wall.jump(ofDays(-3_650));
        restart();
        rig.settle();
        assertThat(at.next()).contains(Instant.parse("2026-01-10T06:00:00Z"));
        assertThat(after.next()).contains(Instant.parse("2026-01-11T06:00:00Z"));
    }

    @Test
    void anHourBackDuringARestartTakesNoTimeTwice() throws Exception {
        rig.wall.jump(ofMinutes(30));
        Schedule hourly = schedule("a", Recurrence.cron("0 * * * *", ZoneOffset.UTC));
        rig.pass(ofMinutes(30));
        assertThat(rig.dispatcher.next().topic()).isEqualTo("a");
        rig.engine.close();
        rig.wall.jump(ofHours(-1));
        restart();
        rig.passAndSettle(ofMinutes(61)); // through 01:00 for the second time
        assertThat(hourly.next()).contains(Instant.parse("2026-01-01T02:00:00Z"));
    }

    @Test
    void aHandleFromBeforeARestartStillCancels() throws Exception {
        var budget = new CountedBudget(100_000);
        Schedule here = schedule("a", fixedRate(ofSeconds(1)));
        Schedule away = schedule("b", fixedRate(ofSeconds(1)));
        Schedule due = schedule("c", fixedRate(ofSeconds(1)));
        rig.engine.close();
        assertThat(away.state()).isEqualTo(State.WAITING);
        assertThat(away.cancel()).isTrue();
        restart();
        rig.engine.bind(budget);
        long both = budget.used();
        assertThat(rig.engine.count()).isEqualTo(2);
        assertThat(here.cancel()).isTrue();
        assertThat(budget.used()).isEqualTo(both / 2);
        rig.pass(ofSeconds(1));
        assertThat(rig.dispatcher.next().topic()).isEqualTo("c");
        assertThat(due.cancel()).isTrue();
        rig.passAndSettle(ofSeconds(5));
        assertThat(due.fired()).isEqualTo(1);
        rig.closeAndAwaitAllGivenBack(budget);
        assertThat(rig.shelf).isEmpty();
    }

    @Test
    void onlyWhatIsKeptOutlivesAnOwnerThatLeftMeanwhile() throws Exception {
        Schedule ended = schedule("a", fixedRate(ofSeconds(1)));
        Schedule kept = schedule("b", fixedRate(ofSeconds(1)).keptWithoutOwner());
        rig.departed.add(OWNER);
        restart();
        assertThat(ended.state()).isEqualTo(State.CANCELLED);
        rig.pass(ofSeconds(1));
        var call = rig.dispatcher.next();
        assertThat(call.topic()).isEqualTo("b");
        assertThat(call.publisher()).isEqualTo(OWNER);
        assertThat(kept.cancel()).isTrue();
    }

    @Test
    void anEventThatWasBeingOfferedAgainIsDispatchedAnewUnderItsId() throws Exception {
        rig.dispatcher.answer(event -> RecordingDispatcher.refused(event, 1));
        Schedule rate = schedule("rate", fixedRate(ofHours(1)).startAfter(ofMillis(1)));
        Schedule last =
                schedule("last", fixedRate(ofHours(1)).startAfter(ofMillis(1)).times(1));
        rig.pass(ofMillis(1));
        var before = rig.dispatcher.next(2);
        rig.timer.awaitDeadlineWithin(ofMillis(100));
        rig.dispatcher.answer(RecordingDispatcher::accepted);
        restart();
        var after = rig.dispatcher.next(2);
        assertThat(after).extracting(call -> call.event().id()).isEqualTo(ids(before));
        assertThat(after).noneMatch(RecordingDispatcher.Call::retry);
        rig.settle();
        assertThat(rate.fired()).isEqualTo(1);
        assertThat(rate.state()).isEqualTo(State.WAITING);
        assertThat(last.state()).isEqualTo(State.FIRED);
        assertThat(rig.engine.count()).isEqualTo(1);
    }

    private static List<Optional<UUID>> ids(List<RecordingDispatcher.Call> calls) {
        return calls.stream().map(call -> call.event().id()).toList();
    }

    @Test
    void aDispatcherThatDoesNotReturnHoldsUpOneEventButNotTheRecurrence() throws Exception {
        var returns = new CountDownLatch(1);
        rig.dispatcher.answer(event -> {
            await(returns);
            return RecordingDispatcher.accepted(event);
        });
        Schedule rate = schedule("rate", fixedRate(ofSeconds(10)));
        rig.pass(ofSeconds(10));
        rig.dispatcher.next();
        assertThat(rig.engine.scheduled(9))
                .as("while its event is with the dispatcher")
                .containsExactly(rate);
        rig.dispatcher.answer(RecordingDispatcher::accepted);
        restart(); // waits for a second
        assertThat(rig.engine.count()).isEqualTo(1);
        for (int i = 0; i < 2; i++) {
            rig.pass(ofSeconds(10));
            assertThat(rig.dispatcher.next().topic()).isEqualTo("rate");
            returns.countDown();
        }
        rig.settle();
        assertThat(rate.fired()).isEqualTo(3);
        assertThat(rate.state()).isEqualTo(State.WAITING);
    }

    /** The scheduler has waited long enough and has taken out what waits; then the event comes back before it has looked for it. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aDispatcherThatReturnsJustAfterTheAgendaWasEmptiedDoesNotTakeTheRecurrenceWithIt(boolean accepts)
            throws Exception {
        var returns = new CountDownLatch(1);
        var publishing = new AtomicReference<Thread>();
        rig.close();
        rig.shelf = new ConcurrentHashMap<>() {
            @Override
            public boolean remove(Object key, Object listener) { // called in between
                returns.countDown();
                try {
                    publishing.get().join();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                return super.remove(key, listener);
            }
        };
        restart();
        rig.dispatcher.answer(event -> {
            publishing.set(Thread.currentThread());
            await(returns);
            return accepts ? RecordingDispatcher.accepted(event) : RecordingDispatcher.refused(event, 0);
        });
        Schedule rate = schedule("rate", fixedRate(ofSeconds(10)));
        rig.pass(ofSeconds(10));
        rig.dispatcher.next();
        while (publishing.get() == null) {
            Thread.onSpinWait();
        }
        rig.dispatcher.answer(RecordingDispatcher::accepted);
        restart(); // waits for a second
        assertThat(rig.engine.count()).isEqualTo(1);
        rig.pass(ofSeconds(10));
        assertThat(rig.dispatcher.next().topic()).isEqualTo("rate");
        rig.settle();
        assertThat(rate.fired()).isEqualTo(2);
        assertThat(rate.state()).isEqualTo(State.WAITING);
    }

    /** The old thread comes back with its event when a new scheduler has long gone on with the recurrence. */
    @Test
    void aThreadOfAnEarlierSchedulerChangesNothingAnyMore() throws Exception {
        var returns = new CountDownLatch(1);
        var settled = new CountDownLatch(1);
        rig.guard.bind(new AuditSink() {
            @Override
            public void record(AuditEntry entry) {}

            @Override
            public void count(String action, String actor, String topic, String to, Outcome outcome, UUID id) {
                if (outcome == Outcome.FAILED) {
                    settled.countDown();
                }
            }
        });
        rig.dispatcher.answer(event -> {
            await(returns);
            return RecordingDispatcher.refused(event, 0);
        });
        Schedule delay = schedule("delay", fixedDelay(ofSeconds(10)));
        rig.pass(ofSeconds(10));
        rig.dispatcher.next();
        rig.dispatcher.answer(RecordingDispatcher::accepted);
        restart(); // waits for a second
        Instant next = rig.wall.instant().plusSeconds(10);
        assertThat(delay.next()).contains(next);
        rig.passAndSettle(ofSeconds(3));
        returns.countDown();
        assertThat(settled.await(60, TimeUnit.SECONDS)).isTrue();
        assertThat(delay.next()).contains(next);
        assertThat(delay.failed()).isZero();
        rig.passAndSettle(ofMillis(6_999));
        rig.pass(ofMillis(1));
        assertThat(rig.dispatcher.next().topic()).isEqualTo("delay");
        assertThat(delay.fired()).isEqualTo(2);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void theOrderOfThoseDueTogetherOutlivesRestartsForBothKinds() throws Exception {
        for (int i = 0; i < 20; i++) {
            if (i % 3 == 0) {
                schedule("t" + i, fixedRate(ofHours(1)));
            } else {
                rig.engine.schedule(event("t" + i), OWNER, ofHours(1));
            }
        }
        restart();
        restart();
        rig.pass(ofHours(1));
        assertThat(rig.dispatcher.next(20))
                .extracting(RecordingDispatcher.Call::topic)
                .containsExactlyElementsOf(
                        IntStream.range(0, 20).mapToObj(i -> "t" + i).toList());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 6, 8})
    void aRecordThatCannotBeReadIsLostAlone(int place) {
        for (String topic : List.of("bad", "good")) {
            schedule(topic, fixedRate(ofSeconds(1)));
        }
        rig.engine.close();
        ((Object[]) ((List<?>) rig.shelf.get("recurring")).get(0))[place] = new Object[] {"WAITING", 0};
        rig.restart();
        assertThat(rig.engine.scheduled(9)).extracting(Schedule::topic).containsExactly("good");
    }

    @Test
    void theShelfHoldsNothingOfOurs() throws Exception {
        rig.dispatcher.answer(event -> RecordingDispatcher.refused(event, 1));
        rig.engine.schedule(
                Event.on("a").timeToLive(ofSeconds(1)).build(),
                OWNER,
                fixedRate(ofSeconds(1)).until(Instant.MAX).times(9));
        schedule("b", Recurrence.cron("* * * * *", ZoneId.of("Europe/Berlin")).startAfter(ofSeconds(1)));
        rig.pass(ofSeconds(1));
        rig.dispatcher.next(); // and its event is to be offered again
        rig.timer.awaitDeadlineWithin(ofMillis(100));
        rig.engine.close();
        assertThat(rig.shelf.keySet()).containsExactlyInAnyOrder("recurring", "latest");
        assertOfTheJdk(rig.shelf.get("latest"));
        assertOfTheJdk(rig.shelf.get("recurring"));
    }

    private void assertOfTheJdk(Object value) {
        if (value == null) {
            return;
        }
        assertThat(value.getClass().getClassLoader()).isNotEqualTo(getClass().getClassLoader());
        if (value instanceof Object[] array) {
            for (Object each : array) {
                assertOfTheJdk(each);
            }
        } else if (value instanceof Collection<?> all) {
            all.forEach(this::assertOfTheJdk);
        } else if (value instanceof AtomicReference<?> cell) {
            assertOfTheJdk(cell.get());
        } else if (value instanceof Optional<?> optional) {
            assertOfTheJdk(optional.orElse(null));
        }
    }

    /** Each event that a recurrence counts is published, once, through twenty restarts and cancels at random. */
    @Test
    void losesAndDoublesNothingUnderRestarts() throws Exception {
        int recurrences = 200;
        var published = new ConcurrentHashMap<UUID, Integer>();
        var dispatcher = new RecordingDispatcher();
        dispatcher.answer(event -> {
            if (!event.topic().equals("marker")) {
                published.merge(event.id().orElseThrow(), 1, Integer::sum);
            }
            return RecordingDispatcher.accepted(event);
        });
        try (var timer = new TimerEngine()) {
            var random = new Random(3);
            var shelf = new ConcurrentHashMap<String, Object>();
            var engine = realEngine(timer, shelf, dispatcher);
            var all = new ArrayList<Schedule>();
            for (int restart = 0; restart < 20; restart++) {
                for (int i = 0; i < recurrences / 20; i++) {
                    var every = ofMillis(1 + random.nextInt(20));
                    all.add(engine.schedule(
                            event("a", random.nextInt(10)), OWNER, i % 2 == 0 ? fixedRate(every) : fixedDelay(every)));
                }
                all.get(random.nextInt(all.size())).cancel();
                awaitMarker(engine, dispatcher);
                engine.close();
                engine = realEngine(timer, shelf, dispatcher);
            }
            all.forEach(Schedule::cancel);
            awaitMarker(engine, dispatcher); // what was published last is back, and was seen to be cancelled
            engine.close();
            var deadline = Instant.now().plusSeconds(60); // a thread of an engine before may still be at its event
            while (fired(all) != published.size() && Instant.now().isBefore(deadline)) {
                Thread.onSpinWait();
            }
            assertThat(fired(all)).isEqualTo(published.size());
            assertThat(published.values()).allMatch(times -> times == 1);
            assertThat(all).allMatch(schedule -> schedule.state() == State.CANCELLED);
            assertThat(engine.count()).isZero();
            assertThat(shelf).isEmpty();
        }
    }

    private static long fired(List<Schedule> all) {
        return all.stream().mapToLong(Schedule::fired).sum();
    }

    /** Of least urgency. */
    private static void awaitMarker(EventSchedulerEngine engine, RecordingDispatcher dispatcher) throws Exception {
        engine.schedule(event("marker", 9), OWNER, ofMillis(10));
        while (!dispatcher.next().topic().equals("marker")) {
            // those before it
        }
    }

    private EventSchedulerEngine realEngine(
            TimerEngine timer, ConcurrentHashMap<String, Object> shelf, RecordingDispatcher dispatcher) {
        var engine = new EventSchedulerEngine(
                timer, java.time.Clock.systemUTC(), new Guard(false), ScheduleLimits.DEFAULT, shelf, owner -> true);
        engine.bind(rig.sealer);
        engine.bind(dispatcher);
        return engine;
    }
}
