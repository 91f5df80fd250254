package symphony.scheduler;

import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofNanos;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static symphony.scheduler.SchedulerRig.OWNER;
import static symphony.scheduler.SchedulerRig.event;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import symphony.api.audit.AuditEntry;
import symphony.api.audit.AuditSink;
import symphony.api.audit.Outcome;
import symphony.api.event.Event;
import symphony.api.event.Refusal;
import symphony.api.event.RefusedException;
import symphony.api.event.Schedule;
import symphony.api.event.Schedule.State;
import symphony.api.rbac.AccessControl;
import symphony.api.rbac.AccessDeniedException;
import symphony.api.rbac.AccessUndecidedException;
import symphony.api.rbac.Decision;
import symphony.api.rbac.Permission;
import symphony.api.scheduler.EventScheduler;
import symphony.api.scheduler.Timer;
import symphony.component.Guard;

@Timeout(120)
final class EventSchedulerEngineTest {
    private final SchedulerRig rig = new SchedulerRig();

    @AfterEach
    void close() {
        rig.close();
    }

    @Test
    void publishesAfterTheDelayAsTheOwnerWithTheSameId() throws Exception {
        Schedule schedule = rig.engine.schedule(event("orders/new"), OWNER, ofSeconds(5));
        rig.passAndSettle(ofSeconds(5).minusNanos(1));
        assertThat(schedule.state()).isEqualTo(State.WAITING);
        rig.pass(ofNanos(1));
        var call = rig.dispatcher.next();
        assertThat(call.topic()).isEqualTo("orders/new");
        assertThat(call.publisher()).isEqualTo(OWNER);
        assertThat(call.event().id()).contains(schedule.id());
        assertThat(schedule.state()).isEqualTo(State.FIRED);
        assertThat(schedule.next()).isEmpty();
        assertThat(schedule.cancel()).isFalse();
        assertThat(rig.engine.find(schedule.id())).isEmpty();
    }

    @Test
    void keepsTheIdThatThePublisherChose() throws Exception {
        UUID chosen = UUID.randomUUID();
        Schedule schedule = rig.engine.schedule(Event.on("a").id(chosen).build(), OWNER, Duration.ZERO);
        assertThat(rig.dispatcher.next().event().id()).contains(chosen);
        assertThat(schedule.id()).isNotEqualTo(chosen);
    }

    @Test
    void timeToLiveCountsFromPublishing() throws Exception {
        var event = Event.on("a")
                .timeToLive(ofSeconds(1))
                .key("k")
                .attribute("x", "y")
                .build();
        rig.engine.schedule(event, OWNER, ofHours(1));
        rig.pass(ofHours(1));
        Event published = rig.dispatcher.next().event();
        assertThat(published.timeToLive()).contains(ofSeconds(1));
        assertThat(published.key()).contains("k");
        assertThat(published.attributes()).containsEntry("x", "y");
    }

    @Test
    void publishesInOrderOfPriorityThenDueTimeThenInsertion() throws Exception {
        rig.engine.unbind(rig.dispatcher);
        rig.engine.schedule(event("p5-2s"), OWNER, ofSeconds(2));
        rig.engine.schedule(event("p5-1s-first"), OWNER, ofSeconds(1));
        rig.engine.schedule(event("p5-1s-second"), OWNER, ofSeconds(1));
        rig.engine.schedule(event("p9-1ms", 9), OWNER, ofMillis(1)); // nothing is due before time passes
        rig.engine.schedule(event("p0-3s", 0), OWNER, ofSeconds(3));
        rig.engine.schedule(event("p0-at", 0), OWNER, rig.wall.instant().plusSeconds(2));
        rig.pass(ofSeconds(4));
        rig.engine.bind(rig.dispatcher);
        assertThat(rig.dispatcher.next(6))
                .extracting(RecordingDispatcher.Call::topic)
                .containsExactly("p0-at", "p0-3s", "p5-1s-first", "p5-1s-second", "p5-2s", "p9-1ms");
    }

    @Test
    void publishesTenThousandDueInOneMillisecondByPriorityThenSequence() throws Exception {
        var random = new Random(7);
        rig.engine.unbind(rig.dispatcher);
        for (int i = 0; i < 10_000; i++) {
            rig.engine.schedule(
                    Event.on("t").priority(random.nextInt(10)).data(i).build(), OWNER, ofMillis(1));
        }
        rig.pass(ofMillis(1));
        rig.engine.bind(rig.dispatcher);
        List<Event> events = rig.dispatcher.next(10_000).stream()
                .map(RecordingDispatcher.Call::event)
                .toList();
        for (int i = 1; i < events.size(); i++) {
            Event before = events.get(i - 1);
            Event event = events.get(i);
            assertThat(before.priority()).isLessThanOrEqualTo(event.priority());
            if (before.priority() == event.priority()) {
                assertThat((Integer) before.data()).isLessThan((Integer) event.data());
            }
        }
    }

    @Test
    void wallClockJumpsDoNotMoveDelays() throws Exception {
        Schedule schedule = rig.engine.schedule(event("a"), OWNER, ofMinutes(10));
        rig.wall.jump(ofHours(1));
        rig.settle();
        rig.wall.jump(ofHours(-2));
        assertThat(schedule.next()).contains(rig.wall.instant().plus(ofMinutes(10)));
        rig.pass(ofMinutes(10));
        assertThat(rig.dispatcher.next().topic()).isEqualTo("a");
    }

    @Test
    void instantsFollowAJumpOfTheWallClockForwardWithinTwoSeconds() throws Exception {
        Instant at = rig.wall.instant().plus(ofMinutes(59));
        Schedule schedule = rig.engine.schedule(event("a"), OWNER, at);
        rig.timer.awaitDeadlineWithin(ofNanos(Agenda.WALL_CHECK_NANOS));
        rig.wall.jump(ofHours(1));
        rig.timer.advance(ofNanos(Agenda.WALL_CHECK_NANOS)); // nothing but the timer tells it
        assertThat(rig.dispatcher.next().topic()).isEqualTo("a");
        assertThat(schedule.state()).isEqualTo(State.FIRED);
    }

    @Test
    void instantsFollowAJumpOfTheWallClockBack() throws Exception {
        Instant at = rig.wall.instant().plus(ofMinutes(10));
        Schedule schedule = rig.engine.schedule(event("a"), OWNER, at);
        rig.wall.jump(ofHours(-1));
        rig.passAndSettle(ofMinutes(65));
        assertThat(schedule.state()).isEqualTo(State.WAITING);
        assertThat(schedule.next()).contains(at);
        rig.pass(ofMinutes(5));
        assertThat(rig.dispatcher.next().topic()).isEqualTo("a");
    }

    @Test
    void instantsThatHavePassedAreDueAtOnce() throws Exception {
        rig.engine.schedule(event("a"), OWNER, Instant.MIN);
        assertThat(rig.dispatcher.next().topic()).isEqualTo("a");
    }

    @Test
    void cancelledEventsAreNotPublished() throws Exception {
        Schedule schedule = rig.engine.schedule(event("a"), OWNER, ofSeconds(1));
        assertThat(rig.engine.find(schedule.id())).containsSame(schedule);
        assertThat(schedule.cancel()).isTrue();
        assertThat(schedule.cancel()).isFalse();
        assertThat(schedule.state()).isEqualTo(State.CANCELLED);
        assertThat(rig.engine.count()).isZero();
        rig.passAndSettle(ofSeconds(2));
    }

    @Test
    void cancelsAllOfAnOwner() throws Exception {
        rig.engine.schedule(event("a"), "one", ofSeconds(1));
        rig.engine.schedule(event("b"), "one", rig.wall.instant().plusSeconds(1));
        rig.engine.schedule(event("c"), "two", ofSeconds(1));
        assertThat(rig.engine.cancelAll("one")).isEqualTo(2);
        assertThat(rig.engine.cancelAll("one")).isZero();
        rig.pass(ofSeconds(2));
        assertThat(rig.dispatcher.next().topic()).isEqualTo("c");
        rig.settle();
    }

    @Test
    void listsWhatWaitsTheNextDueFirst() {
        rig.engine.schedule(event("c"), OWNER, ofSeconds(3));
        rig.engine.schedule(event("b"), OWNER, rig.wall.instant().plusSeconds(2));
        rig.engine.schedule(event("a"), OWNER, ofSeconds(1));
        rig.engine.schedule(event("d"), OWNER, rig.wall.instant().plusSeconds(4));
        assertThat(rig.engine.scheduled(3)).extracting(Schedule::topic).containsExactly("a", "b", "c");
        assertThat(rig.engine.scheduled(0)).isEmpty();
        assertThat(rig.engine.count()).isEqualTo(4);
        assertThatThrownBy(() -> rig.engine.scheduled(-1)).hasMessageContaining("-1");
    }

    @Test
    void listsWhatIsDueTheLongestDueFirstHoweverUrgent() throws Exception {
        rig.engine.unbind(rig.dispatcher);
        rig.engine.schedule(event("c", 0), OWNER, ofSeconds(3));
        rig.engine.schedule(event("a", 9), OWNER, ofSeconds(1));
        rig.engine.schedule(event("b", 5), OWNER, ofSeconds(2));
        rig.engine.schedule(event("d", 0), OWNER, ofHours(1));
        rig.pass(ofMinutes(1));
        assertThat(rig.engine.scheduled(2)).extracting(Schedule::topic).containsExactly("a", "b");
        assertThat(rig.engine.scheduled(9)).extracting(Schedule::topic).containsExactly("a", "b", "c", "d");
        assertThat(rig.engine.scheduled(0)).isEmpty();
    }

    @Test
    void refusesDelaysAndInstantsOutOfRange() {
        for (Duration wrong : List.of(
                ofNanos(-1),
                Duration.ofSeconds(Long.MIN_VALUE),
                EventScheduler.MAX_DELAY.plusNanos(1),
                Duration.ofSeconds(Long.MAX_VALUE))) {
            assertThatThrownBy(() -> rig.engine.schedule(event("a"), OWNER, wrong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("delay is " + wrong + ", must be 0 to 3653 days");
        }
        for (Instant wrong : List.of(
                Instant.MAX, rig.wall.instant().plus(EventScheduler.MAX_DELAY).plusNanos(1))) {
            assertThatThrownBy(() -> rig.engine.schedule(event("a"), OWNER, wrong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("instant is " + wrong)
                    .hasMessageContaining("3653 days");
        }
        assertThat(rig.engine
                        .schedule(event("a"), OWNER, EventScheduler.MAX_DELAY)
                        .state())
                .isEqualTo(State.WAITING);
        assertThat(rig.engine
                        .schedule(event("a"), OWNER, rig.wall.instant().plus(EventScheduler.MAX_DELAY))
                        .state())
                .isEqualTo(State.WAITING);
    }

    @Test
    void refusesWhenAsManyWaitAsAllowed() throws Exception {
        rig.engine.apply(new ScheduleLimits(2, ofSeconds(1)));
        Schedule first = rig.engine.schedule(event("a"), OWNER, ofSeconds(1));
        rig.engine.schedule(event("b"), OWNER, ofSeconds(2));
        Schedule refused = rig.engine.schedule(event("c"), OWNER, ofSeconds(1));
        assertThat(refused.state()).isEqualTo(State.REFUSED);
        assertThat(refused.refusal().orElseThrow().reason()).isEqualTo(Refusal.Reason.LIMIT);
        assertThat(refused.refusal().orElseThrow().detail()).contains("2", "schedules.max", "symphony.scheduler");
        assertThat(refused.cancel()).isFalse();
        assertThat(refused.next()).isEmpty();
        assertThatThrownBy(refused::orThrow).isInstanceOf(RefusedException.class);
        first.cancel();
        assertThat(rig.engine.schedule(event("d"), OWNER, ofSeconds(1)).state()).isEqualTo(State.WAITING);
        rig.pass(ofSeconds(2));
        rig.dispatcher.next(2); // the first is settled before the second is handed over
        assertThat(rig.engine.schedule(event("e"), OWNER, ofSeconds(1)).state()).isEqualTo(State.WAITING);
    }

    @Test
    void anEventThatCannotBeSealedCostsNothing() {
        rig.engine.apply(new ScheduleLimits(1, ofSeconds(1)));
        var bad = Event.on("a").with("bad", true).build();
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> rig.engine.schedule(bad, OWNER, ofSeconds(1)))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(rig.engine.schedule(event("a"), OWNER, ofSeconds(1)).state()).isEqualTo(State.WAITING);
    }

    @Test
    void chargesTheMemoryBudgetAndGivesBack() throws Exception {
        var budget = new CountedBudget(300);
        rig.engine.bind(budget);
        Schedule first = rig.engine.schedule(event("a"), OWNER, ofSeconds(1));
        rig.engine.schedule(event("b"), OWNER, ofSeconds(1));
        long both = budget.used();
        Schedule refused = rig.engine.schedule(event("c"), OWNER, ofSeconds(1));
        assertThat(refused.refusal().orElseThrow().reason()).isEqualTo(Refusal.Reason.LIMIT);
        assertThat(refused.refusal().orElseThrow().detail()).contains("of 300 bytes");
        first.cancel();
        assertThat(budget.used()).isEqualTo(both / 2);
        rig.pass(ofSeconds(1));
        rig.dispatcher.next();
        rig.closeAndAwaitAllGivenBack(budget);
    }

    @Test
    void chargesABudgetThatTakesThePlaceOfAnother() {
        var before = new CountedBudget(1_000);
        var after = new CountedBudget(10);
        rig.engine.schedule(event("a"), OWNER, ofSeconds(1));
        rig.engine.bind(before);
        long used = before.used();
        assertThat(used).isPositive();
        rig.engine.bind(after);
        rig.engine.unbind(before);
        assertThat(before.used()).isZero();
        assertThat(after.used()).as("although it has no room").isEqualTo(used);
        rig.engine.unbind(after);
        assertThat(after.used()).isZero();
    }

    @Test
    void asksForThePermissionOfTheOwner() {
        rig.guard.bind((AccessControl)
                (principal, permission) -> new Decision(permission.toString().equals("schedule:create:allowed"), ""));
        assertThat(rig.engine.schedule(event("allowed"), OWNER, ofSeconds(1)).state())
                .isEqualTo(State.WAITING);
        assertThatThrownBy(() -> rig.engine.schedule(event("other"), OWNER, ofSeconds(1)))
                .isInstanceOf(AccessDeniedException.class)
                .hasMessageContaining("schedule:create:other")
                .hasMessageContaining(OWNER);
        assertThat(rig.engine.count()).isEqualTo(1);
    }

    @Test
    void refusesWhileNobodyCanSeal() {
        rig.engine.unbind(rig.sealer);
        Schedule refused = rig.engine.schedule(event("a"), OWNER, ofSeconds(1));
        assertThat(refused.refusal().orElseThrow().reason()).isEqualTo(Refusal.Reason.UNAVAILABLE);
        rig.engine.bind(rig.sealer);
        assertThat(rig.engine.schedule(event("a"), OWNER, ofSeconds(1)).state()).isEqualTo(State.WAITING);
    }

    @Test
    void whatIsDueWaitsForTheDispatcherAndCanStillBeCancelled() throws Exception {
        rig.engine.unbind(rig.dispatcher);
        Schedule cancelled = rig.engine.schedule(event("a"), OWNER, ofSeconds(1));
        Schedule kept = rig.engine.schedule(event("b"), OWNER, ofSeconds(2));
        rig.pass(ofHours(1));
        assertThat(cancelled.state()).isEqualTo(State.WAITING);
        assertThat(cancelled.cancel()).isTrue();
        rig.engine.bind(rig.dispatcher);
        assertThat(rig.dispatcher.next().topic()).isEqualTo("b");
        assertThat(kept.state()).isEqualTo(State.FIRED);
        rig.settle();
    }

    /** Longer than an event is offered again to those that refuse it. */
    @Test
    void whatIsDueWaitsWhileNobodyCanDecideAndCanStillBeCancelled() throws Exception {
        var inForce = new AtomicBoolean(true);
        rig.guard.bind((AccessControl) (principal, permission) -> {
            if (!inForce.get()) {
                throw new AccessUndecidedException(principal, permission, "no policy is in force");
            }
            return new Decision(true, "");
        });
        Schedule cancelled = rig.engine.schedule(event("a"), OWNER, ofSeconds(1));
        Schedule kept = rig.engine.schedule(event("b"), OWNER, ofSeconds(2));
        inForce.set(false);
        rig.pass(ofHours(1));
        rig.timer.awaitDeadlineWithin(ofMillis(500));
        assertThat(rig.dispatcher.isUntouched()).isTrue();
        assertThat(cancelled.state()).isEqualTo(State.WAITING);
        assertThat(cancelled.cancel()).isTrue();
        inForce.set(true);
        rig.timer.advance(ofMillis(500)); // nobody tells the scheduler: it looks
        assertThat(rig.dispatcher.next().topic()).isEqualTo("b");
        assertThat(kept.state()).isEqualTo(State.FIRED);
        rig.settle();
        assertThat(rig.engine.unpublished()).isZero();
    }

    /** It was asked for just before, and nobody decides any more when the dispatcher asks. */
    @Test
    void whatNobodyCouldDecideAboutIsOfferedAgainForAsLongAsItTakes() throws Exception {
        rig.engine.apply(new ScheduleLimits(10, ofMillis(50)));
        rig.dispatcher.answer(event -> {
            throw new AccessUndecidedException(OWNER, new Permission("event", "publish", "a"), "by the test");
        });
        Schedule schedule = rig.engine.schedule(event("a"), OWNER, Duration.ZERO);
        for (int i = 0; i < 5; i++) {
            assertThat(rig.dispatcher.next().event().id()).contains(schedule.id());
            rig.timer.awaitDeadlineWithin(ofMillis(100));
            if (i == 4) {
                rig.dispatcher.answer(RecordingDispatcher::accepted);
            }
            rig.timer.advance(ofMillis(100));
        }
        assertThat(rig.dispatcher.next().event().id()).contains(schedule.id());
        rig.settle();
        assertThat(schedule.state()).isEqualTo(State.FIRED);
        assertThat(rig.engine.unpublished()).isZero();
    }

    @Test
    void whatIsDueWaitsForTheSealer() throws Exception {
        rig.engine.schedule(event("a"), OWNER, ofSeconds(1));
        rig.engine.unbind(rig.sealer);
        rig.wall.jump(ofSeconds(2));
        rig.timer.advance(ofSeconds(2));
        rig.engine.bind(rig.dispatcher);
        assertThat(rig.engine.count()).isEqualTo(1);
        rig.engine.bind(rig.sealer);
        assertThat(rig.dispatcher.next().topic()).isEqualTo("a");
    }

    @Test
    void offersAgainToThoseThatRefused() throws Exception {
        rig.dispatcher.answer(event -> RecordingDispatcher.refused(event, 1));
        rig.engine.schedule(event("a"), OWNER, Duration.ZERO);
        assertThat(rig.dispatcher.next().retry()).isFalse();
        rig.timer.awaitDeadlineWithin(ofMillis(100));
        rig.timer.advance(ofMillis(100));
        assertThat(rig.dispatcher.next().retry()).isTrue();
        rig.timer.awaitDeadlineWithin(ofMillis(200));
        rig.timer.advance(ofMillis(199));
        rig.dispatcher.answer(RecordingDispatcher::accepted);
        rig.settle();
        rig.timer.awaitDeadlineWithin(ofMillis(1));
        rig.timer.advance(ofMillis(1));
        assertThat(rig.dispatcher.next().retry()).isTrue();
        rig.settle();
        assertThat(rig.engine.unpublished()).isZero();
    }

    @Test
    void dispatchesAnewWhatNobodyTook() throws Exception {
        rig.dispatcher.answer(event -> RecordingDispatcher.refused(event, 0));
        Schedule schedule = rig.engine.schedule(event("a"), OWNER, Duration.ZERO);
        rig.dispatcher.next();
        rig.timer.awaitDeadlineWithin(ofMillis(100));
        rig.dispatcher.answer(RecordingDispatcher::accepted);
        rig.timer.advance(ofMillis(100));
        assertThat(rig.dispatcher.next().retry()).isFalse();
        rig.settle();
        assertThat(schedule.state()).isEqualTo(State.FIRED);
    }

    @Test
    void dispatchesAnewIfAnotherDispatcherMadeTheReceipt() throws Exception {
        rig.dispatcher.answer(event -> RecordingDispatcher.refused(event, 1));
        Schedule schedule = rig.engine.schedule(event("a"), OWNER, Duration.ZERO);
        rig.dispatcher.next();
        rig.timer.awaitDeadlineWithin(ofMillis(100));
        var other = new RecordingDispatcher();
        rig.engine.bind(other);
        rig.engine.unbind(rig.dispatcher);
        rig.timer.advance(ofMillis(100));
        var call = other.next();
        assertThat(call.retry()).isFalse();
        assertThat(call.event().id()).contains(schedule.id());
    }

    @Test
    void triesAgainAfterADispatcherThatThrows() throws Exception {
        rig.dispatcher.answer(event -> {
            throw new IllegalStateException("expected by the test");
        });
        rig.engine.schedule(event("a"), OWNER, Duration.ZERO);
        rig.dispatcher.next();
        rig.timer.awaitDeadlineWithin(ofMillis(100));
        rig.dispatcher.answer(event -> {
            throw new StackOverflowError("expected by the test");
        });
        rig.timer.advance(ofMillis(100));
        rig.dispatcher.next();
        rig.timer.awaitDeadlineWithin(ofMillis(200));
        rig.dispatcher.answer(RecordingDispatcher::accepted);
        rig.timer.advance(ofMillis(200));
        assertThat(rig.dispatcher.next().retry()).isFalse();
    }

    @Test
    void givesUpAfterTheRetryTimeAndSaysSo() throws Exception {
        rig.engine.apply(new ScheduleLimits(10, ofMillis(150)));
        rig.dispatcher.answer(event -> RecordingDispatcher.refused(event, 0));
        Schedule schedule = rig.engine.schedule(event("a"), OWNER, Duration.ZERO);
        rig.dispatcher.next();
        rig.timer.awaitDeadlineWithin(ofMillis(100));
        rig.timer.advance(ofMillis(100));
        rig.dispatcher.next();
        rig.timer.awaitDeadlineWithin(ofMillis(200));
        rig.timer.advance(ofMillis(200));
        rig.dispatcher.next();
        rig.dispatcher.answer(RecordingDispatcher::accepted);
        rig.settle();
        assertThat(rig.engine.unpublished()).isEqualTo(1);
        assertThat(schedule.state()).isEqualTo(State.REFUSED);
        assertThat(schedule.refusal().orElseThrow().reason()).isEqualTo(Refusal.Reason.FULL);
    }

    @Test
    void settlesAnEventOnceWhateverTheAuditDoes() throws Exception {
        var budget = new CountedBudget(1_000);
        rig.engine.bind(budget);
        rig.engine.apply(new ScheduleLimits(10, Duration.ZERO));
        rig.engine.schedule(event("a"), OWNER, ofSeconds(1));
        rig.guard.bind(new AuditSink() {
            @Override
            public void record(AuditEntry entry) {}

            @Override
            public void count(String action, String actor, String topic, String to, Outcome outcome, UUID id) {
                throw new IllegalStateException("expected by the test: an audit that breaks its contract");
            }
        });
        rig.dispatcher.answer(event -> RecordingDispatcher.refused(event, 0));
        rig.pass(ofSeconds(1));
        rig.dispatcher.next();
        rig.awaitUnpublished(1);
        rig.closeAndAwaitAllGivenBack(budget);
        assertThat(rig.engine.unpublished()).isEqualTo(1);
    }

    @Test
    void refusesLimitsThatNoTimeCanBeReckonedWith() {
        for (Duration wrong : List.of(ofNanos(-1), ofHours(24).plusNanos(1), Duration.ofSeconds(Long.MAX_VALUE))) {
            assertThatThrownBy(() -> new ScheduleLimits(1, wrong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("retry.time is " + wrong + ", must be 0 to 1 day");
        }
        assertThatThrownBy(() -> new ScheduleLimits(0, Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("schedules.max is 0, must be at least 1");
    }

    @Test
    void namesWhatIsNull() {
        assertThatThrownBy(() -> rig.engine.schedule(null, OWNER, ofSeconds(1))).hasMessage("event");
        assertThatThrownBy(() -> rig.engine.schedule(event("a"), null, ofSeconds(1)))
                .hasMessage("owner");
        assertThatThrownBy(() -> rig.engine.schedule(event("a"), OWNER, (Duration) null))
                .hasMessage("delay");
        assertThatThrownBy(() -> rig.engine.schedule(event("a"), OWNER, (Instant) null))
                .hasMessage("at");
        assertThatThrownBy(() -> rig.engine.cancelAll(null)).hasMessage("owner");
        assertThatThrownBy(() -> rig.engine.find(null)).hasMessage("id");
        assertThat(rig.engine.count()).isZero();
    }

    /** A wake-up that comes between the look at what is due and the park, and whose permit somebody else uses up. */
    @Test
    void missesNoWakeUpThatALockOnItsThreadSwallows() throws Exception {
        var binds = new AtomicReference<Runnable>();
        var timer = new SwallowingTimer(() -> {
            Runnable bind = binds.getAndSet(null);
            if (bind != null) {
                bind.run();
            }
        });
        try (var engine = realEngine(timer, new ConcurrentHashMap<>(), 10)) {
            var dispatcher = new RecordingDispatcher();
            binds.set(() -> engine.bind(dispatcher));
            engine.schedule(
                    event("due"), OWNER, Duration.ZERO); // has it set the timer, after it looked for a dispatcher
            assertThat(dispatcher.next().topic()).isEqualTo("due");
        }
    }

    @Test
    void cancelsWhatBelongsToOwnersThatAreNotThere() throws Exception {
        Schedule gone = rig.engine.schedule(event("a"), "gone", ofSeconds(1));
        Schedule here = rig.engine.schedule(event("b"), OWNER, ofSeconds(1));
        rig.departed.add("gone");
        assertThat(rig.engine.cancelDeparted()).isEqualTo(1);
        assertThat(rig.engine.cancelDeparted()).isZero();
        assertThat(gone.state()).isEqualTo(State.CANCELLED);
        assertThat(here.state()).isEqualTo(State.WAITING);
    }

    @Test
    void givesUpAtOnceWhatCannotBeOpened() throws Exception {
        Schedule schedule = rig.engine.schedule(event("a"), OWNER, ofSeconds(1));
        rig.sealer.forgetAll();
        rig.passAndSettle(ofSeconds(1));
        assertThat(schedule.state()).isEqualTo(State.REFUSED);
        assertThat(rig.engine.unpublished()).isEqualTo(1);
    }

    @Test
    void ofCancelAndPublishExactlyOneHappens() throws Exception {
        int rounds = 10_000;
        var published = ConcurrentHashMap.<UUID>newKeySet();
        try (var timer = new TimerEngine()) {
            var engine = realEngine(timer, new ConcurrentHashMap<>(), rounds);
            var dispatcher = new RecordingDispatcher();
            dispatcher.answer(event -> {
                if (isNoMarker(event) && !published.add(event.id().orElseThrow())) {
                    throw new AssertionError("published twice");
                }
                return RecordingDispatcher.accepted(event);
            });
            engine.bind(dispatcher);
            var cancelled = new ArrayList<UUID>();
            var all = new ArrayList<Schedule>();
            for (int round = 0; round < rounds; round++) {
                Schedule schedule = engine.schedule(event("a"), OWNER, ofNanos(round % 50 * 1_000L));
                all.add(schedule);
                SchedulerRig.linger(round);
                while (round % 100 == 0 && schedule.state() == State.WAITING) {
                    Thread.onSpinWait(); // some are published, however slow the engine's thread is
                }
                if (schedule.cancel()) {
                    cancelled.add(schedule.id());
                }
            }
            awaitMarker(engine, dispatcher);
            engine.close();
            assertThat(published).doesNotContainAnyElementsOf(cancelled);
            for (Schedule schedule : all) {
                boolean out = published.contains(schedule.id());
                assertThat(schedule.state()).isEqualTo(out ? State.FIRED : State.CANCELLED);
            }
            assertThat(all).hasSize(rounds);
            assertThat(published.size() + cancelled.size()).isEqualTo(rounds);
            assertThat(published).isNotEmpty();
            assertThat(cancelled).isNotEmpty();
        }
    }

    /** 8 threads schedule and cancel at random while the scheduler is restarted: each event is published or cancelled, once. */
    @Test
    void losesNothingUnderThreadsAndRestarts() throws Exception {
        int threads = 8;
        int each = 1_000;
        var published = new ConcurrentHashMap<UUID, Integer>();
        var dispatcher = new RecordingDispatcher();
        dispatcher.answer(event -> {
            if (isNoMarker(event)) {
                published.merge(event.id().orElseThrow(), 1, Integer::sum);
            }
            return RecordingDispatcher.accepted(event);
        });
        try (var timer = new TimerEngine()) {
            var shelf = new ConcurrentHashMap<String, Object>();
            var current = new AtomicReference<>(realEngine(timer, shelf, threads * each));
            current.get().bind(dispatcher);
            var taken = ConcurrentHashMap.<Schedule>newKeySet();
            var cancels = new AtomicInteger();
            var ends = new CountDownLatch(threads);
            for (int t = 0; t < threads; t++) {
                var random = new Random(t);
                new Thread(() -> {
                            var mine = new ArrayList<Schedule>();
                            while (mine.size() < each) {
                                var schedule = current.get()
                                        .schedule(
                                                event("a", random.nextInt(10)),
                                                OWNER,
                                                ofNanos(random.nextInt(20_000_000)));
                                if (schedule.state() != State.REFUSED) {
                                    mine.add(schedule);
                                }
                                if (random.nextInt(4) == 0
                                        && mine.size() > 0
                                        && mine.get(random.nextInt(mine.size())).cancel()) {
                                    cancels.incrementAndGet();
                                }
                            }
                            taken.addAll(mine);
                            ends.countDown();
                        })
                        .start();
            }
            for (int restart = 0; restart < 20; restart++) {
                ends.await(10, TimeUnit.MILLISECONDS);
                current.get().close();
                current.set(realEngine(timer, shelf, threads * each));
                current.get().bind(dispatcher);
            }
            assertThat(ends.await(60, TimeUnit.SECONDS)).isTrue();
            awaitMarker(current.get(), dispatcher);
            current.get().close();
            assertThat(shelf).doesNotContainKey("parked");
            var deadline = Instant.now().plusSeconds(60); // a thread of an engine before may still be at its event
            while (published.size() + cancels.get() < threads * each
                    && Instant.now().isBefore(deadline)) {
                Thread.onSpinWait();
            }
            assertThat(published.size() + cancels.get()).isEqualTo(threads * each);
            assertThat(published.values()).allMatch(times -> times == 1);
            assertThat(taken)
                    .hasSize(threads * each)
                    .allSatisfy(schedule -> assertThat(schedule.state())
                            .isEqualTo(published.containsKey(schedule.id()) ? State.FIRED : State.CANCELLED));
        }
    }

    private static EventSchedulerEngine realEngine(Timer timer, ConcurrentHashMap<String, Object> shelf, int most) {
        var engine = new EventSchedulerEngine(
                timer,
                java.time.Clock.systemUTC(),
                new Guard(false),
                new ScheduleLimits(most + 1, ofSeconds(1)),
                shelf,
                owner -> true);
        engine.bind(SHARED_SEALER);
        return engine;
    }

    /** On the thread that sets it, it does something and then takes away the permit to go on that this may have given. */
    private static final class SwallowingTimer implements Timer {
        private final Runnable before;

        SwallowingTimer(Runnable before) {
            this.before = before;
        }

        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public long schedule(long deadlineNanos, LongConsumer callback, long cookie) {
            before.run();
            LockSupport.parkNanos(1);
            return 1;
        }

        @Override
        public boolean cancel(long ticket) {
            return true;
        }
    }

    private static final MapSealer SHARED_SEALER = new MapSealer();

    private static boolean isNoMarker(Event event) {
        return !event.topic().equals("marker");
    }

    /** Due after all others, and of least urgency. */
    private static void awaitMarker(EventSchedulerEngine engine, RecordingDispatcher dispatcher) throws Exception {
        engine.schedule(event("marker", 9), OWNER, ofMillis(50));
        while (!dispatcher.next().topic().equals("marker")) {
            // those before it
        }
    }

    @Test
    void setsTheTimerAgainThatCouldNotBeSet() throws Exception {
        rig.engine.schedule(event("a"), OWNER, Duration.ofSeconds(10));
        rig.timer.awaitDeadlineWithin(Duration.ofSeconds(10));
        rig.timer.failNext();
        rig.engine.schedule(event("b"), OWNER, Duration.ofSeconds(5));
        rig.timer.awaitDeadlineWithin(Duration.ofSeconds(5));
        rig.timer.advance(Duration.ofSeconds(5));
        assertThat(rig.dispatcher.next().topic()).isEqualTo("b");
    }

    @Test
    void publishesWhatItCouldNotClaimOnceThereIsMemoryAgain() throws Exception {
        Schedule schedule = rig.engine.schedule(event("a"), OWNER, ofSeconds(1));
        var calls = new AtomicInteger();
        var failed = new CountDownLatch(3); // once before it is taken, perhaps, and once after
        rig.wall.failIf(() -> {
            boolean fails = calls.incrementAndGet() % 2 == 0;
            if (fails) {
                failed.countDown();
            }
            return fails;
        });
        rig.pass(ofSeconds(1));
        assertThat(failed.await(60, TimeUnit.SECONDS)).isTrue();
        assertThat(rig.engine.find(schedule.id())).contains(schedule);
        rig.wall.failIf(() -> false);
        assertThat(rig.dispatcher.next().event().id()).contains(schedule.id());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void offersAgainWhatItCouldNotPutBackOnceThereIsMemoryAgain(int failures) throws Exception {
        var budget = new CountedBudget(1_000);
        rig.engine.bind(budget);
        Schedule schedule = rig.engine.schedule(event("a"), OWNER, ofSeconds(1));
        var left = new AtomicInteger(failures);
        rig.dispatcher.answer(event -> {
            rig.wall.failIf(() -> left.getAndDecrement() > 0);
            return RecordingDispatcher.refused(event, 1);
        });
        rig.pass(ofSeconds(1));
        rig.dispatcher.next();
        rig.timer.awaitDeadlineWithin(ofMillis(100));
        assertThat(left.get()).isNotPositive();
        rig.dispatcher.answer(RecordingDispatcher::accepted);
        rig.timer.advance(ofMillis(100));
        var again = rig.dispatcher.next();
        assertThat(again.retry()).as("only those that have refused it").isTrue();
        assertThat(again.event().id()).contains(schedule.id());
        rig.settle();
        assertThat(rig.engine.published()).isPositive();
        rig.closeAndAwaitAllGivenBack(budget);
    }

    /** Memory runs out right after it was put into the agenda. */
    @Test
    void givesBackOnceWhatAnEventCostThatIsInTheAgendaWhateverFailsThen() throws Exception {
        var budget = new CountedBudget(1_000);
        rig.engine.bind(budget);
        rig.engine.apply(new ScheduleLimits(1, ofSeconds(1)));
        var left = new AtomicInteger(1);
        var due = Due.after(ofSeconds(1), rig.timer);
        assertThatThrownBy(() -> rig.engine.schedule(
                        event("a"),
                        OWNER,
                        (id, envelope) ->
                                new Waiting(
                                        rig.engine,
                                        id,
                                        envelope,
                                        OWNER,
                                        Optional.empty(),
                                        due,
                                        new AtomicReference<>(Waiting.WAITING)) {
                                    @Override
                                    boolean isCancelled() {
                                        if (left.getAndDecrement() > 0) {
                                            throw new OutOfMemoryError("expected by the test");
                                        }
                                        return super.isCancelled();
                                    }
                                }))
                .isInstanceOf(OutOfMemoryError.class);
        assertThat(rig.engine.count()).isEqualTo(1);
        assertThat(budget.used()).isPositive();
        assertThat(rig.engine.schedule(event("b"), OWNER, ofSeconds(1)).state()).isEqualTo(State.REFUSED);
        rig.pass(ofSeconds(1));
        assertThat(rig.dispatcher.next().topic()).isEqualTo("a");
        rig.closeAndAwaitAllGivenBack(budget);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void whatCanNeitherBeSettledNorPutBackIsRefusedUnlessSomebodyHasIt(int accepted) throws Exception {
        var budget = new CountedBudget(10_000);
        rig.engine.bind(budget);
        Schedule schedule = rig.engine.schedule(event("a"), OWNER, ofSeconds(1));
        var left = new AtomicInteger(2);
        rig.dispatcher.answer(event -> {
            rig.wall.failIf(() -> left.getAndDecrement() > 0, () -> new StackOverflowError("expected by the test"));
            return RecordingDispatcher.refused(event, accepted);
        });
        rig.pass(ofSeconds(1));
        rig.dispatcher.next();
        rig.awaitUnpublished(1);
        assertThat(schedule.state()).isEqualTo(accepted == 0 ? State.REFUSED : State.FIRED);
        rig.dispatcher.answer(RecordingDispatcher::accepted);
        rig.settle();
        rig.closeAndAwaitAllGivenBack(budget);
    }

    @Test
    void publishesOnWhenTheLogFailsToo() throws Exception {
        rig.engine.schedule(event("a"), OWNER, ofSeconds(1));
        var left = new AtomicInteger(1);
        CapturedLog.failNextError();
        rig.wall.failIf(() -> left.getAndDecrement() > 0);
        rig.pass(ofSeconds(1));
        assertThat(rig.dispatcher.next().topic()).isEqualTo("a");
        assertThat(CapturedLog.hasFailed()).isTrue();
    }
}
