package symphony.scheduler;

import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofNanos;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static symphony.api.event.Recurrence.fixedDelay;
import static symphony.api.event.Recurrence.fixedRate;
import static symphony.scheduler.SchedulerRig.OWNER;
import static symphony.scheduler.SchedulerRig.event;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
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
import symphony.api.event.Refusal;
import symphony.api.event.Schedule;
import symphony.api.event.Schedule.State;
import symphony.api.rbac.AccessControl;
import symphony.api.rbac.AccessDeniedException;
import symphony.api.rbac.AccessUndecidedException;
import symphony.api.rbac.Decision;
import symphony.api.rbac.Permission;
import symphony.component.Guard;

@Timeout(120)
final class RecurringTest {
    private final SchedulerRig rig = new SchedulerRig();

    @AfterEach
    void close() {
        rig.close();
    }

    private Schedule schedule(String topic, Recurrence recurrence) {
        return rig.engine.schedule(event(topic), OWNER, recurrence);
    }

    private UUID nextId() throws InterruptedException {
        return rig.dispatcher.next().event().id().orElseThrow();
    }

    @Test
    void publishesAtAFixedRateWithANewIdEachTime() throws Exception {
        var event = Event.on("a")
                .data("d")
                .key("k")
                .attribute("x", "y")
                .priority(3)
                .timeToLive(ofSeconds(3))
                .build();
        Schedule schedule = rig.engine.schedule(event, OWNER, fixedRate(ofSeconds(5)));
        rig.passAndSettle(ofSeconds(5).minusNanos(1));
        assertThat(schedule.fired()).isZero();
        rig.pass(ofNanos(1));
        var first = rig.dispatcher.next();
        assertThat(first.publisher()).isEqualTo(OWNER);
        assertThat(first.event().data()).isEqualTo("d");
        assertThat(first.event().key()).contains("k");
        assertThat(first.event().attributes()).containsEntry("x", "y");
        assertThat(first.event().timeToLive()).contains(ofSeconds(3));
        rig.settle();
        assertThat(schedule.state()).isEqualTo(State.WAITING);
        assertThat(schedule.next()).contains(rig.wall.instant().plusSeconds(5));
        rig.pass(ofSeconds(5));
        var second = rig.dispatcher.next();
        assertThat(second.event().id()).isNotEqualTo(first.event().id()).isNotEqualTo(Optional.of(schedule.id()));
        assertThat(second.event().timeToLive()).contains(ofSeconds(3));
        assertThat(schedule.fired()).isEqualTo(2);
        assertThat(schedule.skipped()).isZero();
        assertThat(schedule.failed()).isZero();
        assertThat(schedule.refusal()).isEmpty();
        assertThat(schedule.recurrence()).contains(fixedRate(ofSeconds(5)));
        assertThat(schedule).hasToString("schedule " + schedule.id() + " of acme.shop on a, WAITING");
    }

    @Test
    void startsWhenItIsToldTo() throws Exception {
        schedule("now", fixedRate(ofHours(1)).startAfter(Duration.ZERO));
        assertThat(rig.dispatcher.next().topic()).isEqualTo("now");
        schedule("delay", fixedDelay(ofHours(1)).startAfter(ofSeconds(1)));
        schedule("at", fixedRate(ofSeconds(1)).startAt(rig.wall.instant().plusSeconds(2)));
        rig.pass(ofSeconds(1));
        assertThat(rig.dispatcher.next().topic()).isEqualTo("delay");
        rig.passAndSettle(ofMillis(999));
        rig.pass(ofMillis(1));
        assertThat(rig.dispatcher.next().topic()).isEqualTo("at");
        rig.passAndSettle(ofMillis(999));
        rig.pass(ofMillis(1));
        assertThat(rig.dispatcher.next().topic()).isEqualTo("at");
        schedule("past", fixedRate(ofHours(1)).startAt(Instant.MIN));
        assertThat(rig.dispatcher.next().topic()).isEqualTo("past");
    }

    @Test
    void aCronExpressionHasNoTimeBeforeItsStart() throws Exception {
        var noon = Recurrence.cron("0 12 * * *", ZoneOffset.UTC);
        Instant noonOfThe3rd = Instant.parse("2026-01-03T12:00:00Z");
        assertThat(schedule("a", noon).next()).contains(Instant.parse("2026-01-01T12:00:00Z"));
        assertThat(schedule("a", noon.startAt(noonOfThe3rd)).next()).contains(noonOfThe3rd);
        assertThat(schedule("a", noon.startAt(noonOfThe3rd.plusNanos(1_000))).next())
                .contains(Instant.parse("2026-01-04T12:00:00Z"));
        assertThat(schedule("a", noon.startAfter(ofHours(60))).next()).contains(noonOfThe3rd);
        assertThat(schedule("a", noon.startAt(Instant.EPOCH)).next()).contains(Instant.parse("2026-01-01T12:00:00Z"));
    }

    @Test
    void endsAfterItsNumberOfEventsAndGivesBackWhatItCost() throws Exception {
        var budget = new CountedBudget(100_000);
        rig.engine.bind(budget);
        Schedule schedule = schedule("a", fixedRate(ofSeconds(1)).times(2));
        assertThat(budget.used()).isPositive();
        for (int i = 0; i < 2; i++) {
            rig.pass(ofSeconds(1));
            assertThat(rig.dispatcher.next().topic()).isEqualTo("a");
        }
        rig.passAndSettle(ofSeconds(5));
        assertThat(schedule.state()).isEqualTo(State.FIRED);
        assertThat(schedule.fired()).isEqualTo(2);
        assertThat(schedule.next()).isEmpty();
        assertThat(schedule.cancel()).isFalse();
        assertThat(rig.engine.find(schedule.id())).isEmpty();
        rig.closeAndAwaitAllGivenBack(budget);
        assertThat(rig.engine.count()).isZero();
    }

    @Test
    void endsWithItsLastInstant() throws Exception {
        Instant until = rig.wall.instant().plusSeconds(2);
        List<Schedule> all = List.of(
                schedule("a", fixedRate(ofSeconds(1)).until(until)),
                schedule("b", fixedDelay(ofSeconds(1)).until(until)),
                schedule("c", Recurrence.cron("* * * * * *", ZoneOffset.UTC).until(until)));
        for (int i = 0; i < 2; i++) {
            rig.pass(ofSeconds(1));
            assertThat(rig.dispatcher.next(3))
                    .extracting(RecordingDispatcher.Call::topic)
                    .containsExactlyInAnyOrder("a", "b", "c");
            rig.settle();
        }
        rig.passAndSettle(ofSeconds(5));
        assertThat(all).allSatisfy(schedule -> {
            assertThat(schedule.state()).isEqualTo(State.FIRED);
            assertThat(schedule.fired()).isEqualTo(2);
            assertThat(schedule.next()).isEmpty();
        });
        rig.engine.close();
        assertThat(rig.shelf).isEmpty();
    }

    @Test
    void aFixedDelayCountsFromWhenTheEventWasHandedOver() throws Exception {
        rig.dispatcher.answer(event -> {
            rig.timer.advance(ofSeconds(3)); // so long does it take
            return RecordingDispatcher.accepted(event);
        });
        Schedule schedule = schedule("a", fixedDelay(ofSeconds(10)));
        rig.pass(ofSeconds(10));
        rig.dispatcher.next();
        rig.timer.awaitDeadlineWithin(ofSeconds(10));
        rig.dispatcher.answer(RecordingDispatcher::accepted);
        rig.passAndSettle(ofMillis(9_999));
        rig.pass(ofMillis(1));
        assertThat(rig.dispatcher.next().topic()).isEqualTo("a");
        assertThat(schedule.fired()).isEqualTo(2);
    }

    @Test
    void aFixedDelayDoesNotCountWhileTheEventIsOfferedAgain() throws Exception {
        rig.dispatcher.answer(event -> RecordingDispatcher.refused(event, 1));
        Schedule schedule = schedule("a", fixedDelay(ofMillis(10)));
        rig.pass(ofMillis(10));
        UUID id = nextId();
        for (int pause = 100; pause <= 400; pause *= 2) {
            rig.timer.awaitDeadlineWithin(ofMillis(pause));
            rig.dispatcher.answer(
                    pause == 400 ? RecordingDispatcher::accepted : event -> RecordingDispatcher.refused(event, 1));
            rig.pass(ofMillis(pause));
            assertThat(nextId()).isEqualTo(id);
        }
        rig.settle();
        assertThat(schedule.fired()).isEqualTo(1);
        assertThat(schedule.failed()).isZero();
        rig.pass(ofMillis(10));
        assertThat(nextId()).isNotEqualTo(id);
    }

    @Test
    void wallClockJumpsDoNotMoveAFixedRate() throws Exception {
        Schedule schedule = schedule("a", fixedRate(ofSeconds(10)));
        for (int hours : List.of(1, -1, -1, 1)) {
            rig.wall.jump(ofHours(hours));
            rig.settle();
            rig.passAndSettle(ofSeconds(9));
            assertThat(schedule.next()).contains(rig.wall.instant().plusSeconds(1));
            rig.pass(ofSeconds(1));
            assertThat(rig.dispatcher.next().topic()).isEqualTo("a");
        }
        assertThat(schedule.skipped()).isZero();
    }

    @Test
    void theNextTimeTakesThePlaceOfAnEventThatIsStillRefused() throws Exception {
        rig.dispatcher.answer(event -> RecordingDispatcher.refused(event, 1));
        Schedule schedule = schedule("a", fixedRate(ofSeconds(1)));
        rig.pass(ofSeconds(1));
        UUID first = nextId();
        for (int pause : List.of(100, 200, 400)) {
            rig.timer.awaitDeadlineWithin(ofMillis(pause));
            rig.pass(ofMillis(pause));
            assertThat(nextId()).isEqualTo(first);
        }
        rig.timer.awaitDeadlineWithin(ofMillis(300)); // not 800: its next time comes before
        assertThat(rig.engine.scheduled(10)).containsExactly(schedule);
        rig.dispatcher.answer(RecordingDispatcher::accepted);
        rig.pass(ofMillis(300));
        var call = rig.dispatcher.next();
        assertThat(call.retry()).isFalse();
        assertThat(call.event().id()).isNotEqualTo(Optional.of(first));
        rig.settle();
        assertThat(schedule.fired()).isEqualTo(2);
        assertThat(schedule.failed()).isEqualTo(1);
        assertThat(schedule.skipped()).isZero();
        assertThat(schedule.state()).isEqualTo(State.WAITING);
        assertThat(rig.engine.unpublished()).isEqualTo(1);
    }

    @Test
    void anEventThatIsRefusedForGoodEndsAloneNotTheRecurrence() throws Exception {
        var denied = new AccessDeniedException(OWNER, new Permission("event", "publish", "a"), "by the test");
        rig.dispatcher.answer(event -> {
            throw denied; // permission is asked for when it is published
        });
        Schedule schedule = schedule("a", fixedRate(ofSeconds(1)));
        rig.pass(ofSeconds(1));
        rig.dispatcher.next();
        rig.dispatcher.answer(RecordingDispatcher::accepted);
        rig.settle();
        assertThat(schedule.failed()).isEqualTo(1);
        rig.pass(ofSeconds(1));
        assertThat(rig.dispatcher.next().topic()).isEqualTo("a");
        rig.sealer.forgetAll(); // nor can it be opened
        rig.passAndSettle(ofSeconds(1));
        assertThat(schedule.state()).isEqualTo(State.WAITING);
        assertThat(schedule.fired()).isEqualTo(3);
        assertThat(schedule.failed()).isEqualTo(2);
    }

    @Test
    void anEventThatNobodyCouldDecideAboutDoesNotGiveWayToTheNext() throws Exception {
        rig.dispatcher.answer(event -> {
            throw new AccessUndecidedException(OWNER, new Permission("event", "publish", "a"), "by the test");
        });
        Schedule schedule = schedule("a", fixedRate(ofSeconds(1)));
        rig.pass(ofSeconds(1));
        UUID id = nextId();
        rig.timer.awaitDeadlineWithin(ofMillis(100));
        rig.dispatcher.answer(RecordingDispatcher::accepted);
        rig.pass(ofSeconds(5));
        assertThat(nextId()).isEqualTo(id);
        assertThat(nextId()).as("for what was missed meanwhile").isNotEqualTo(id);
        rig.settle();
        assertThat(schedule.failed()).isZero();
        assertThat(schedule.fired()).isEqualTo(2);
        assertThat(schedule.state()).isEqualTo(State.WAITING);
    }

    @Test
    void theLastEventIsOfferedAgainAsOthersAre() throws Exception {
        rig.dispatcher.answer(event -> RecordingDispatcher.refused(event, 0));
        Schedule schedule = schedule("a", fixedRate(ofMillis(1)).times(1));
        rig.pass(ofMillis(1));
        UUID id = nextId();
        assertThat(schedule.state()).isEqualTo(State.FIRED);
        rig.timer.awaitDeadlineWithin(ofMillis(100));
        rig.dispatcher.answer(RecordingDispatcher::accepted);
        rig.pass(ofMillis(100));
        assertThat(nextId()).isEqualTo(id);
        rig.settle();
        assertThat(schedule.failed()).isZero();
        assertThat(rig.engine.find(schedule.id())).isEmpty();
    }

    @Test
    void cancellingEndsAlsoTheOffersOfAnEventThatWasRefused() throws Exception {
        var budget = new CountedBudget(100_000);
        rig.engine.bind(budget);
        rig.dispatcher.answer(event -> RecordingDispatcher.refused(event, 1));
        Schedule schedule = schedule("a", fixedRate(ofSeconds(10)));
        rig.pass(ofSeconds(10));
        rig.dispatcher.next();
        rig.timer.awaitDeadlineWithin(ofMillis(100));
        assertThat(schedule.cancel()).isTrue();
        assertThat(schedule.cancel()).isFalse();
        assertThat(schedule.state()).isEqualTo(State.CANCELLED);
        assertThat(schedule.next()).isEmpty();
        assertThat(budget.used()).isZero();
        rig.dispatcher.answer(RecordingDispatcher::accepted);
        rig.passAndSettle(ofSeconds(30));
        assertThat(schedule.fired()).isEqualTo(1);
    }

    @Test
    void cancellingAsARefusedEventIsAboutToBeOfferedAgainEndsItsOffers() throws Exception {
        var budget = new CountedBudget(100_000);
        rig.engine.bind(budget);
        rig.dispatcher.answer(event -> RecordingDispatcher.refused(event, 1));
        Schedule schedule = schedule("a", fixedRate(ofSeconds(10)));
        rig.pass(ofSeconds(10));
        rig.dispatcher.next();
        rig.timer.awaitDeadlineWithin(ofMillis(100));
        var cancelled = new AtomicReference<Boolean>();
        rig.wall.failIf(() -> {
            if (isPublishing()) {
                cancelled.compareAndSet(null, schedule.cancel());
            }
            return false;
        });
        rig.dispatcher.answer(RecordingDispatcher::accepted);
        rig.passAndSettle(ofMillis(100)); // fails if it is dispatched
        assertThat(cancelled).hasValue(true);
        assertThat(rig.engine.find(schedule.id())).isEmpty();
        rig.closeAndAwaitAllGivenBack(budget);
    }

    /** Whether an event has just been taken out of the agenda. */
    private static boolean isPublishing() {
        return StackWalker.getInstance()
                .walk(frames -> frames.anyMatch(frame -> frame.getMethodName().equals("publish")
                        && frame.getClassName().equals(Publisher.class.getName())));
    }

    @Test
    void cancellingWhileAnEventIsWithTheDispatcherEndsItAfterThatOne() throws Exception {
        var budget = new CountedBudget(100_000);
        rig.engine.bind(budget);
        var schedule = new AtomicReference<Schedule>();
        var cancelled = new AtomicReference<Boolean>();
        rig.dispatcher.answer(event -> {
            cancelled.set(schedule.get().cancel());
            return RecordingDispatcher.accepted(event);
        });
        schedule.set(schedule("a", fixedRate(ofSeconds(1))));
        rig.pass(ofSeconds(1));
        rig.dispatcher.next();
        rig.dispatcher.answer(RecordingDispatcher::accepted);
        rig.passAndSettle(ofSeconds(5));
        assertThat(cancelled).hasValue(true);
        assertThat(schedule.get().state()).isEqualTo(State.CANCELLED);
        assertThat(schedule.get().fired()).isEqualTo(1);
        rig.closeAndAwaitAllGivenBack(budget);
    }

    @Test
    void cancellingWhileAnEventIsWithTheDispatcherEndsItAlsoIfThatIsRefused() throws Exception {
        var budget = new CountedBudget(100_000);
        rig.engine.bind(budget);
        var schedule = new AtomicReference<Schedule>();
        rig.dispatcher.answer(event -> {
            assertThat(schedule.get().cancel()).isTrue();
            return RecordingDispatcher.refused(event, 1);
        });
        schedule.set(schedule("a", fixedRate(ofSeconds(10))));
        rig.pass(ofSeconds(10));
        rig.dispatcher.next();
        rig.dispatcher.answer(RecordingDispatcher::accepted);
        rig.settle();
        rig.passAndSettle(ofSeconds(5));
        assertThat(schedule.get().fired()).isEqualTo(1);
        rig.closeAndAwaitAllGivenBack(budget);
    }

    @Test
    void goesOnWhateverTheAuditDoes() throws Exception {
        rig.guard.bind(new AuditSink() {
            @Override
            public void record(AuditEntry entry) {}

            @Override
            public void count(String action, String actor, String topic, String to, Outcome outcome, UUID id) {
                if (outcome == Outcome.FAILED) {
                    throw new IllegalStateException("expected by the test: an audit that breaks its contract");
                }
            }
        });
        rig.engine.apply(new ScheduleLimits(10, Duration.ZERO));
        rig.dispatcher.answer(event -> RecordingDispatcher.refused(event, 0));
        Schedule schedule = schedule("a", fixedRate(ofSeconds(1)));
        rig.pass(ofSeconds(1));
        rig.dispatcher.next();
        rig.dispatcher.answer(RecordingDispatcher::accepted);
        rig.pass(ofSeconds(1)); // its thread pauses for a second of real time
        assertThat(rig.dispatcher.next().topic()).isEqualTo("a");
        assertThat(schedule.failed()).isEqualTo(1);
        assertThat(schedule.state()).isEqualTo(State.WAITING);
    }

    /** Its event is settled while it is with the dispatcher, and then there is no memory to go on. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theNextTimeIsItsOwnAlsoIfTheEventBeforeCouldNotBePutAway(boolean catchesUp) throws Exception {
        var rate = fixedRate(ofSeconds(1));
        Schedule schedule = schedule("a", catchesUp ? rate.catchUp(3) : rate);
        var left = new AtomicInteger(1);
        rig.dispatcher.answer(event -> {
            ((Recurring) schedule).leaveEvent(Now.of(rig.timer, rig.wall));
            rig.wall.failIf(() -> left.getAndDecrement() > 0);
            return RecordingDispatcher.refused(event, 1);
        });
        rig.pass(ofSeconds(1));
        UUID first = nextId();
        rig.timer.awaitDeadlineWithin(ofSeconds(1));
        assertThat(left.get()).isNotPositive();
        rig.dispatcher.answer(RecordingDispatcher::accepted);
        rig.pass(ofSeconds(1));
        assertThat(nextId()).isNotEqualTo(first);
        rig.settle();
        assertThat(schedule.fired()).isEqualTo(2);
        assertThat(schedule.failed()).isZero();
        assertThat(rig.engine.unpublished()).isZero();
    }

    /** Nobody knows when that would end: it is as if it was cancelled. */
    @Test
    void whatCannotBePutBackIsNotSaidToWaitAndGivesBackWhatItCost() throws Exception {
        var budget = new CountedBudget(100_000);
        rig.engine.bind(budget);
        Schedule schedule = schedule("a", fixedRate(ofSeconds(1)));
        var left = new AtomicInteger(2);
        rig.dispatcher.answer(event -> {
            rig.wall.failIf(() -> left.getAndDecrement() > 0, () -> new StackOverflowError("expected by the test"));
            return RecordingDispatcher.accepted(event);
        });
        rig.pass(ofSeconds(1));
        nextId();
        rig.awaitUnpublished(1);
        assertThat(schedule.state()).isEqualTo(State.CANCELLED);
        assertThat(rig.engine.find(schedule.id())).isEmpty();
        rig.dispatcher.answer(RecordingDispatcher::accepted);
        rig.settle();
        rig.closeAndAwaitAllGivenBack(budget);
        assertThat(rig.shelf).isEmpty();
    }

    @Test
    void listsItUnderItsNextTimeAndCountsIt() throws Exception {
        Schedule rate = schedule("b", fixedRate(ofSeconds(2)));
        Schedule once = rig.engine.schedule(event("c"), OWNER, ofSeconds(3));
        Schedule cron = schedule("a", Recurrence.cron("* * * * * *", ZoneOffset.UTC));
        assertThat(rig.engine.scheduled(9)).containsExactly(cron, rate, once);
        assertThat(rig.engine.count()).isEqualTo(3);
        assertThat(rig.engine.find(rate.id())).containsSame(rate);
        rig.pass(ofSeconds(2));
        rig.dispatcher.next(2);
        rig.settle();
        assertThat(rig.engine.scheduled(9).subList(0, 2)).containsExactlyInAnyOrder(cron, once);
        assertThat(rig.engine.scheduled(9)).hasSize(3).last().isSameAs(rate);
        assertThat(once.recurrence()).isEmpty();
        assertThat(once.fired()).isZero();
    }

    @Test
    void ownersThatLeaveTakeAllWithThemButWhatIsKept() throws Exception {
        Schedule once = rig.engine.schedule(event("once"), OWNER, ofSeconds(1));
        Schedule ended = schedule("ended", fixedRate(ofSeconds(1)));
        Schedule kept = schedule("kept", fixedRate(ofSeconds(1)).keptWithoutOwner());
        Schedule other = rig.engine.schedule(event("other"), "other", fixedRate(ofSeconds(1)));
        assertThat(rig.engine.ownerLeft(OWNER)).isEqualTo(2);
        assertThat(List.of(once, ended)).allMatch(schedule -> schedule.state() == State.CANCELLED);
        rig.departed.add(OWNER);
        assertThat(rig.engine.cancelDeparted()).isZero();
        rig.pass(ofSeconds(1));
        var calls = rig.dispatcher.next(2);
        assertThat(calls).extracting(RecordingDispatcher.Call::topic).containsExactly("kept", "other");
        assertThat(calls.get(0).publisher()).isEqualTo(OWNER);
        assertThat(other.state()).isEqualTo(State.WAITING);
        assertThat(rig.engine.cancelAll(OWNER)).as("by intent").isEqualTo(1);
        assertThat(kept.state()).isEqualTo(State.CANCELLED);
    }

    @Test
    void aSingleTimeIsKeptWithoutItsOwnerIfThatIsWanted() throws Exception {
        Schedule kept = schedule("kept", Recurrence.once(ofSeconds(1)).keptWithoutOwner());
        Schedule at = schedule(
                "at", Recurrence.once(rig.wall.instant().plusSeconds(1)).keptWithoutOwner());
        Schedule ended = schedule("ended", Recurrence.once(ofSeconds(1)));
        assertThat(rig.engine.ownerLeft(OWNER)).isEqualTo(1);
        assertThat(ended.state()).isEqualTo(State.CANCELLED);
        rig.pass(ofSeconds(1));
        assertThat(rig.dispatcher.next(2))
                .extracting(RecordingDispatcher.Call::topic)
                .containsExactlyInAnyOrder("kept", "at");
        rig.pass(Recurrence.MAX_PERIOD.plusDays(1));
        assertThat(List.of(kept, at)).allMatch(schedule -> schedule.state() == State.FIRED && schedule.fired() == 1);
        assertThat(rig.engine.count()).isZero();
    }

    @Test
    void aSingleTimeThatWasMissedIsMadeUpForAtOnce() throws Exception {
        Schedule late = schedule("late", Recurrence.once(ofSeconds(1)).keptWithoutOwner());
        rig.pass(ofHours(5)); // as if the process had stood still
        assertThat(rig.dispatcher.next(1))
                .extracting(RecordingDispatcher.Call::topic)
                .containsExactly("late");
        assertThat(late.state()).isEqualTo(State.FIRED);
    }

    @Test
    void refusesWhatCannotBe() {
        var withId = Event.on("a").id(new UUID(0, 1)).build();
        assertThatThrownBy(() -> rig.engine.schedule(withId, OWNER, fixedRate(ofSeconds(1))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("event on a has the id 00000000-0000-0000-0000-000000000001,"
                        + " but each event of a recurrence gets one of its own; leave it out");
        assertThatThrownBy(() -> schedule("a", Recurrence.cron("0 25 * * *", ZoneOffset.UTC)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("cron expression '0 25 * * *': the hour is '25'; Value 25 not in range [0, 23]");
        assertThatThrownBy(() -> schedule("a", Recurrence.cron("0 0 30 2 *", ZoneOffset.UTC)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'0 0 30 2 *' never comes true");
        Instant now = rig.wall.instant();
        assertThatThrownBy(() -> schedule("a", fixedRate(ofHours(1)).until(now.plusSeconds(3_599))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("recurrence 'every 1h, until 2026-01-01T00:59:59Z' has no time at all:"
                        + " the first would be 2026-01-01T01:00:00Z, and it ends at 2026-01-01T00:59:59Z");
        for (var recurrence : List.of(fixedRate(ofSeconds(1)), Recurrence.cron("* * * * *", ZoneOffset.UTC))) {
            assertThatThrownBy(() -> schedule(
                            "a",
                            recurrence.startAt(now.plus(Recurrence.MAX_PERIOD).plusSeconds(1))))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("must be at most 3653 days ahead");
        }
        assertThatThrownBy(() -> rig.engine.schedule(event("a"), OWNER, (Recurrence) null))
                .hasMessage("recurrence");
        assertThat(rig.engine.count()).isZero();
    }

    @Test
    void isRefusedByTheSameLimitsAndAskedForTheSamePermissionAsAnEventOfOnce() {
        rig.engine.apply(new ScheduleLimits(1, ofSeconds(1)));
        schedule("a", fixedRate(ofSeconds(1)));
        Schedule refused = schedule("a", fixedRate(ofSeconds(1)));
        assertThat(refused.refusal().map(Refusal::reason)).contains(Refusal.Reason.LIMIT);
        assertThat(refused.fired()).isZero();
        rig.guard.bind((AccessControl) (principal, permission) -> new Decision(false, "by the test"));
        assertThatThrownBy(() -> schedule("a", fixedRate(ofSeconds(1))))
                .isInstanceOf(AccessDeniedException.class)
                .hasMessageContaining("schedule:create:a");
    }

    @Test
    void publishesTenThousandOfBothKindsDueInOneMillisecondByPriorityThenDueTimeThenSequence() throws Exception {
        record Due(int priority, long nanos, int sequence) {}
        var random = new Random(11);
        var expected = new ArrayList<Due>();
        rig.engine.unbind(rig.dispatcher);
        for (int i = 0; i < 10_000; i++) {
            var due = new Due(random.nextInt(10), 1 + random.nextInt(1_000), i); // none before time passes
            expected.add(due);
            var event = Event.on("t").priority(due.priority()).data(i).build();
            Duration delay = ofNanos(due.nanos());
            if (random.nextBoolean()) {
                rig.engine.schedule(event, OWNER, delay);
            } else {
                rig.engine.schedule(event, OWNER, fixedRate(ofHours(1)).startAfter(delay));
            }
        }
        rig.pass(ofMillis(1));
        rig.engine.bind(rig.dispatcher);
        expected.sort(
                Comparator.comparing(Due::priority).thenComparing(Due::nanos).thenComparing(Due::sequence));
        assertThat(rig.dispatcher.next(10_000))
                .extracting(call -> (Integer) call.event().data())
                .containsExactlyElementsOf(expected.stream().map(Due::sequence).toList());
    }

    /** What cancel says counts: from then on no further event is taken for publishing. */
    @Test
    void ofCancelAndEachEventExactlyOneHappens() throws Exception {
        int rounds = 10_000;
        var published = new AtomicIntegerArray(rounds);
        try (var timer = new TimerEngine()) {
            var engine = new EventSchedulerEngine(
                    timer,
                    java.time.Clock.systemUTC(),
                    new Guard(false),
                    new ScheduleLimits(rounds, ofSeconds(1)),
                    new ConcurrentHashMap<>(),
                    owner -> true);
            engine.bind(rig.sealer);
            var dispatcher = new RecordingDispatcher();
            dispatcher.answer(event -> {
                if (event.data() instanceof Integer number) {
                    published.incrementAndGet(number);
                }
                return RecordingDispatcher.accepted(event);
            });
            engine.bind(dispatcher);
            var all = new ArrayList<Schedule>();
            var counts = new ArrayList<Long>();
            for (int round = 0; round < rounds; round++) {
                Schedule schedule = engine.schedule(
                        Event.on("a").data(round).build(),
                        OWNER,
                        fixedRate(ofMillis(1)).startAfter(ofNanos(round % 50 * 1_000L)));
                all.add(schedule);
                SchedulerRig.linger(round);
                while (round % 100 == 0 && schedule.fired() == 0) {
                    Thread.onSpinWait(); // some are published, however slow the engine's thread is
                }
                assertThat(schedule.cancel()).isTrue();
                counts.add(schedule.fired());
            }
            engine.schedule(event("marker", 9), OWNER, ofMillis(50));
            while (!dispatcher.next().topic().equals("marker")) {
                // those before it
            }
            engine.close();
            assertThat(all).hasSize(rounds);
            for (int round = 0; round < rounds; round++) {
                assertThat(all.get(round).fired()).isEqualTo(counts.get(round)).isEqualTo(published.get(round));
                assertThat(all.get(round).state()).isEqualTo(State.CANCELLED);
            }
            assertThat(counts).contains(0L).anyMatch(count -> count > 0);
        }
    }

    /** There may be a million of them: what recurrences need is not paid for by events that are published once. */
    @Test
    void anEventOfOnceIsNoLargerThanBefore() {
        Map<Class<?>, Integer> sizes = Map.of(long.class, Long.BYTES, int.class, Integer.BYTES, boolean.class, 1);
        int compressedReference = 4;
        int header = 12;
        int size = header;
        for (var field : Waiting.class.getDeclaredFields()) {
            if (!java.lang.reflect.Modifier.isStatic(field.getModifiers())) {
                size += sizes.getOrDefault(field.getType(), compressedReference);
            }
        }
        assertThat(size).isLessThanOrEqualTo(72);
        assertThat(Waiting.class.getSuperclass()).isEqualTo(Object.class);
    }
}
