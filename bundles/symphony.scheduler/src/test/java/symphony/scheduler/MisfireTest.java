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

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import symphony.api.event.Recurrence;
import symphony.api.event.Recurrence.Misfire;
import symphony.api.event.Schedule;
import symphony.api.event.Schedule.State;

/** Times that pass unseen: the process stands still, the wall clock jumps, a part of the system is away. */
@Timeout(120)
final class MisfireTest {
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    private final SchedulerRig rig = new SchedulerRig();

    @AfterEach
    void close() {
        rig.close();
    }

    private Schedule schedule(Recurrence recurrence) {
        return rig.engine.schedule(event("a"), OWNER, recurrence);
    }

    private void wallIs(String instant) {
        rig.wall.jump(Duration.between(rig.wall.instant(), Instant.parse(instant)));
    }

    /** A jump that nothing but the timer's look at the wall clock notices. */
    private void wallJumps(Duration time) throws InterruptedException {
        rig.timer.awaitDeadlineWithin(ofNanos(Agenda.WALL_CHECK_NANOS));
        rig.wall.jump(time);
        rig.timer.advance(ofNanos(Agenda.WALL_CHECK_NANOS));
    }

    private void published(int count) throws InterruptedException {
        assertThat(rig.dispatcher.next(count))
                .extracting(RecordingDispatcher.Call::topic)
                .allMatch("a"::equals);
        rig.settle();
    }

    private static void assertCounts(Schedule schedule, long fired, long skipped) {
        assertThat(List.of(schedule.fired(), schedule.skipped(), schedule.failed()))
                .containsExactly(fired, skipped, 0L);
    }

    /** 30 s pass in which the process gets no time: both clocks go on, and nothing ran. */
    @Test
    void afterAStandstillAFixedRateFiresOnceAndGoesOnInItsOldRhythm() throws Exception {
        Schedule schedule = schedule(fixedRate(ofSeconds(7)));
        rig.pass(ofSeconds(7));
        published(1);
        rig.pass(ofSeconds(30)); // missed: 14, 21 and 28 s; the last is 35 s, 2 s late
        published(1);
        assertCounts(schedule, 2, 3);
        rig.passAndSettle(ofSeconds(5).minusNanos(1));
        rig.pass(ofNanos(1));
        published(1);
        assertCounts(schedule, 3, 3);
    }

    @Test
    void afterAStandstillThatSkipsTakesNothingThatIsLate() throws Exception {
        Schedule schedule = schedule(fixedRate(ofSeconds(12)).misfire(Misfire.SKIP));
        rig.passAndSettle(ofSeconds(30)); // the latest is 6 s late
        assertCounts(schedule, 0, 2);
        rig.passAndSettle(ofSeconds(5));
        rig.pass(ofSeconds(1));
        published(1);
        rig.pass(ofSeconds(29)); // 48 s and 60 s; that is 5 s late, which is in time
        published(1);
        assertCounts(schedule, 2, 3);
    }

    @Test
    void afterAStandstillThatCatchesUpFiresForEachUpToItsBound() throws Exception {
        Schedule schedule = schedule(fixedRate(ofSeconds(3)).catchUp(4));
        rig.pass(ofSeconds(30));
        published(4);
        assertCounts(schedule, 4, 6);
        assertThat(schedule.next()).contains(rig.wall.instant().plusSeconds(3));
        rig.pass(ofSeconds(6));
        published(2);
        assertCounts(schedule, 6, 6);
    }

    /** Handing over takes longer than the times are apart. */
    @Test
    void whatIsCaughtUpWithIsNotSkippedForWhatIsMissedMeanwhile() throws Exception {
        var skipped = new ArrayList<Long>();
        var schedule = new AtomicReference<Schedule>();
        rig.engine.unbind(rig.dispatcher);
        schedule.set(schedule(fixedRate(ofSeconds(1)).catchUp(4)));
        rig.dispatcher.answer(event -> {
            skipped.add(schedule.get().skipped());
            if (skipped.size() <= 4) {
                rig.timer.advance(ofSeconds(2));
            }
            return RecordingDispatcher.accepted(event);
        });
        rig.pass(ofSeconds(10));
        rig.engine.bind(rig.dispatcher);
        assertThat(rig.dispatcher.next(8)).hasSize(8);
        rig.dispatcher.answer(RecordingDispatcher::accepted);
        rig.settle();
        assertThat(skipped).containsExactly(6L, 6L, 6L, 6L, 10L, 10L, 10L, 10L);
    }

    @Test
    void catchingUpEndsWithItsNumberOfEventsAndWithItsLastInstant() throws Exception {
        Schedule numbered = schedule(fixedRate(ofSeconds(1)).times(3).catchUp(10));
        rig.pass(ofSeconds(30));
        published(3);
        assertThat(numbered.state()).isEqualTo(State.FIRED);
        Instant until = rig.wall.instant().plusSeconds(4);
        Schedule rate = schedule(fixedRate(ofSeconds(1)).until(until).catchUp(3));
        Schedule cron =
                schedule(Recurrence.cron("* * * * * *", BERLIN).until(until).catchUp(3));
        rig.pass(ofSeconds(30));
        published(6);
        assertCounts(rate, 3, 1);
        assertCounts(cron, 3, 1);
        assertThat(List.of(rate, cron)).allMatch(schedule -> schedule.state() == State.FIRED);
    }

    @Test
    void whatIsMissedEntirelyMayEndARecurrence() throws Exception {
        Instant until = rig.wall.instant().plusSeconds(90);
        List<Schedule> all = List.of(
                schedule(fixedRate(ofMinutes(1)).until(until).misfire(Misfire.SKIP)),
                schedule(fixedDelay(ofMinutes(1)).until(until).misfire(Misfire.SKIP)),
                schedule(Recurrence.cron("* * * * *", BERLIN).until(until).misfire(Misfire.SKIP)));
        rig.passAndSettle(ofHours(1));
        assertThat(all).allSatisfy(schedule -> {
            assertCounts(schedule, 0, 1);
            assertThat(schedule.state()).isEqualTo(State.FIRED);
            assertThat(rig.engine.find(schedule.id())).isEmpty();
        });
    }

    @Test
    void aFixedDelayMissesOneTimeAtMost() throws Exception {
        Schedule once = schedule(fixedDelay(ofSeconds(5)));
        Schedule skips = schedule(fixedDelay(ofSeconds(5)).misfire(Misfire.SKIP));
        Schedule catchesUp = schedule(fixedDelay(ofSeconds(5)).catchUp(100));
        rig.pass(ofMinutes(1));
        published(2);
        assertCounts(once, 1, 0);
        assertCounts(skips, 0, 1);
        assertCounts(catchesUp, 1, 0);
        rig.passAndSettle(ofMillis(4_999));
        rig.pass(ofMillis(1));
        published(3);
    }

    @Test
    void aShortPeriodThatLagsBehindFiresTheLatestAndCountsTheRest() throws Exception {
        Schedule once = schedule(fixedRate(ofMillis(1)));
        Schedule skips = schedule(fixedRate(ofMillis(1)).misfire(Misfire.SKIP));
        rig.pass(ofMillis(250));
        published(2);
        assertCounts(once, 1, 249);
        assertCounts(skips, 1, 249);
    }

    @Test
    void whatWaitsForTheDispatcherWaitsAsOneHoweverOftenItWasDue() throws Exception {
        rig.engine.unbind(rig.dispatcher);
        Schedule once = schedule(fixedRate(ofSeconds(10)));
        Schedule catchesUp = schedule(fixedRate(ofSeconds(10)).catchUp(3));
        Schedule cancelled = schedule(fixedRate(ofSeconds(10)));
        for (int i = 0; i < 10; i++) {
            rig.pass(ofSeconds(10));
        }
        assertThat(rig.engine.count()).isEqualTo(3);
        assertThat(cancelled.cancel()).isTrue();
        rig.engine.bind(rig.dispatcher);
        published(4);
        assertCounts(once, 1, 9);
        assertCounts(catchesUp, 3, 7);
        assertCounts(cancelled, 0, 0);
    }

    @Test
    void whoCatchesUpKeepsOfferingAnEventBeyondTheNextTime() throws Exception {
        rig.dispatcher.answer(event -> RecordingDispatcher.refused(event, 1));
        Schedule schedule = schedule(fixedRate(ofMillis(150)).catchUp(2));
        rig.pass(ofMillis(150));
        var first = rig.dispatcher.next();
        rig.timer.awaitDeadlineWithin(ofMillis(100));
        rig.pass(ofMillis(100));
        assertThat(rig.dispatcher.next().event().id()).isEqualTo(first.event().id());
        rig.timer.awaitDeadlineWithin(ofMillis(200));
        rig.dispatcher.answer(RecordingDispatcher::accepted);
        rig.pass(ofMillis(200)); // 300 and 450 ms are due by now
        assertThat(rig.dispatcher.next().event().id()).isEqualTo(first.event().id());
        published(2);
        assertCounts(schedule, 3, 0);
    }

    @Test
    void afterAJumpOfTheWallClockForwardACronExpressionFiresOnce() throws Exception {
        wallIs("2026-06-01T06:30:00Z");
        Schedule schedule = schedule(Recurrence.cron("0 7 * * *", ZoneOffset.UTC));
        wallJumps(ofHours(1));
        published(1);
        assertCounts(schedule, 1, 0);
        assertThat(schedule.next()).contains(Instant.parse("2026-06-02T07:00:00Z"));
        rig.passAndSettle(ofHours(1));
    }

    @Test
    void afterAJumpOfTheWallClockForwardTheOtherPoliciesApplyToo() throws Exception {
        wallIs("2026-06-01T06:30:30Z");
        Schedule skips = schedule(Recurrence.cron("0 7 * * *", ZoneOffset.UTC).misfire(Misfire.SKIP));
        Schedule once = schedule(Recurrence.cron("*/10 * * * *", ZoneOffset.UTC));
        Schedule catchesUp =
                schedule(Recurrence.cron("*/10 * * * *", ZoneOffset.UTC).catchUp(4));
        wallJumps(ofHours(1));
        published(5);
        assertCounts(skips, 0, 1);
        assertCounts(once, 1, 5);
        assertCounts(catchesUp, 4, 2);
        assertThat(skips.next()).contains(Instant.parse("2026-06-02T07:00:00Z"));
        assertThat(catchesUp.next()).contains(Instant.parse("2026-06-01T07:40:00Z"));
    }

    @Test
    void afterAJumpOfTheWallClockBackNoTimeIsTakenTwice() throws Exception {
        wallIs("2026-06-01T06:59:00Z");
        Schedule daily = schedule(Recurrence.cron("0 7 * * *", ZoneOffset.UTC));
        Schedule often = schedule(Recurrence.cron("*/20 * * * *", ZoneOffset.UTC));
        rig.pass(ofMinutes(1));
        published(2);
        wallJumps(ofHours(-1));
        rig.passAndSettle(ofMinutes(79)); // through 07:00 for the second time
        rig.pass(ofMinutes(1));
        published(1);
        assertCounts(daily, 1, 0);
        assertCounts(often, 2, 0);
        assertThat(daily.next()).contains(Instant.parse("2026-06-02T07:00:00Z"));
    }

    /** Clocks that are put back by an hour by hand, and forward again. */
    @Test
    void aJumpBackAndForthBeforeTheTimeChangesNothing() throws Exception {
        wallIs("2026-06-01T06:30:00Z");
        Schedule schedule = schedule(Recurrence.cron("0 7 * * *", ZoneOffset.UTC));
        wallJumps(ofHours(-1));
        wallJumps(ofHours(1));
        rig.passAndSettle(ofMinutes(29));
        rig.pass(ofMinutes(1));
        published(1);
        assertCounts(schedule, 1, 0);
    }

    @Test
    void whatWasDueStaysDueWhenTheWallClockGoesBack() throws Exception {
        wallIs("2026-06-01T06:59:00Z");
        rig.engine.unbind(rig.dispatcher);
        Schedule cron = schedule(Recurrence.cron("0 7 * * *", ZoneOffset.UTC));
        Schedule rate =
                schedule(fixedRate(ofMinutes(10)).startAt(rig.wall.instant().plusSeconds(60)));
        rig.pass(ofMinutes(1));
        rig.timer.awaitDeadlineWithin(ofSeconds(1)); // it has seen that they are due, and will warn that they wait
        rig.wall.jump(ofHours(-1));
        rig.engine.bind(rig.dispatcher);
        published(2);
        assertCounts(cron, 1, 0);
        assertCounts(rate, 1, 0);
        assertThat(cron.next()).contains(Instant.parse("2026-06-02T07:00:00Z"));
        assertThat(rate.next()).contains(rig.wall.instant().plusSeconds(600));
    }

    /** One is due and waits for a dispatcher, the event of another is offered again. */
    @Test
    void aWallClockThatIsPutRightByManyHoursFreesAlsoWhatIsDueOrOfferedAgain() throws Exception {
        wallIs("2036-06-01T06:59:00Z");
        var noon = Instant.parse("2026-06-01T12:00:00Z");
        Schedule offered = schedule(Recurrence.cron("0 7 * * *", ZoneOffset.UTC));
        rig.dispatcher.answer(event -> RecordingDispatcher.refused(event, 1));
        rig.pass(ofMinutes(1));
        var id = rig.dispatcher.next().event().id();
        rig.timer.awaitDeadlineWithin(ofMillis(100));
        rig.engine.unbind(rig.dispatcher);
        Schedule due = schedule(Recurrence.cron("1 7 * * *", ZoneOffset.UTC));
        rig.pass(ofMinutes(1));
        rig.timer.awaitDeadlineWithin(ofSeconds(1));
        wallIs("2026-06-01T12:00:00Z");
        rig.dispatcher.answer(RecordingDispatcher::accepted);
        rig.engine.bind(rig.dispatcher);
        assertThat(rig.dispatcher.next().event().id()).isEqualTo(id);
        rig.settle();
        assertThat(offered.next()).contains(noon.plus(ofHours(19)));
        assertThat(due.next()).contains(noon.plus(ofHours(19)).plusSeconds(60));
        assertCounts(offered, 1, 0);
    }

    /** It ran years ahead until somebody noticed. */
    @Test
    void aWallClockThatIsPutRightByManyHoursDoesNotKeepACronExpressionWaiting() throws Exception {
        wallIs("2036-06-01T06:59:00Z");
        Schedule daily = schedule(Recurrence.cron("0 7 * * *", ZoneOffset.UTC));
        Schedule cancelled = schedule(Recurrence.cron("0 7 * * *", ZoneOffset.UTC));
        Schedule later =
                schedule(Recurrence.cron("0 7 * * *", ZoneOffset.UTC).startAt(Instant.parse("2036-06-02T00:00:00Z")));
        Schedule once = rig.engine.schedule(event("a"), OWNER, Instant.parse("2036-06-03T00:00:00Z"));
        rig.pass(ofMinutes(1));
        published(2);
        assertThat(cancelled.cancel()).isTrue();
        wallJumps(Duration.between(rig.wall.instant(), Instant.parse("2026-06-01T06:00:00Z")));
        rig.settle();
        assertThat(daily.next()).contains(Instant.parse("2026-06-01T07:00:00Z"));
        assertThat(later.next()).contains(Instant.parse("2036-06-02T07:00:00Z"));
        assertThat(once.next()).contains(Instant.parse("2036-06-03T00:00:00Z"));
        rig.passAndSettle(ofMinutes(59));
        rig.pass(ofMinutes(1));
        published(1);
        assertCounts(daily, 2, 0);
        assertCounts(cancelled, 1, 0);
        assertThat(rig.engine.count()).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource({
        "2026-01-10T00:00:00Z, 2026-01-10T06:00:00Z",
        "2026-01-10T06:00:00Z, 2026-01-10T06:00:00Z",
        "2026-01-10T06:00:00.000000001Z, 2026-01-11T06:00:00Z",
        "2025-12-01T00:00:00Z, 2026-01-01T06:00:00Z"
    })
    void aStartThatLiesAheadOnceTheWallClockIsPutRightIsWaitedForAndNothingLater(Instant start, Instant next)
            throws Exception {
        wallIs("2030-01-01T00:00:00Z");
        Schedule schedule =
                schedule(Recurrence.cron("0 6 * * *", ZoneOffset.UTC).startAt(start));
        rig.settle();
        assertThat(schedule.next()).contains(Instant.parse("2030-01-01T06:00:00Z"));
        wallJumps(Duration.between(rig.wall.instant(), Instant.parse("2026-01-01T00:00:00Z")));
        rig.settle();
        assertThat(schedule.next()).contains(next);
    }

    /** Ten days from 08:00, and an hour later the clock says 05:00. */
    @Test
    void aDelayBeforeTheFirstTimeIsNotShortenedByAWallClockThatIsPutRight() throws Exception {
        wallIs("2026-01-01T08:00:00Z");
        Schedule schedule =
                schedule(Recurrence.cron("0 6 * * *", ZoneOffset.UTC).startAfter(ofDays(10)));
        assertThat(schedule.next()).contains(Instant.parse("2026-01-12T06:00:00Z"));
        rig.passAndSettle(ofHours(1));
        wallJumps(ofHours(-4));
        rig.settle();
        assertThat(schedule.next()).contains(Instant.parse("2026-01-11T06:00:00Z")); // ten days end at 04:00
    }

    /** What is left of it then says nothing about the times that follow. */
    @Test
    void aDelayBeforeTheFirstTimeIsOverOnceThatHasCome() throws Exception {
        wallIs("2026-01-01T08:00:00Z");
        Schedule schedule =
                schedule(Recurrence.cron("0 6 * * *", ZoneOffset.UTC).startAfter(ofDays(10)));
        rig.settle();
        wallJumps(ofDays(100));
        published(1);
        wallJumps(ofDays(-100));
        rig.settle();
        assertThat(schedule.next()).contains(Instant.parse("2026-01-02T06:00:00Z"));
    }

    /** The clock is put right, and who waits by it too, when the first time is known and the schedule not yet. */
    @Test
    void whatIsScheduledWhileTheWallClockIsPutRightGoesByTheRightOne() throws Exception {
        wallIs("2036-06-01T06:00:00Z");
        var right = Instant.parse("2026-06-01T07:00:00Z");
        Schedule before = schedule(Recurrence.cron("0 7 * * *", ZoneOffset.UTC));
        rig.settle();
        var deadline = Instant.now().plusSeconds(10);
        rig.sealer.beforeSeal(() -> {
            wallIs("2026-06-01T06:30:00Z");
            rig.engine.bind(rig.dispatcher); // has it look
            while (!before.next().equals(Optional.of(right))) {
                assertThat(Instant.now()).isBefore(deadline);
                Thread.onSpinWait();
            }
        });
        Schedule meanwhile = schedule(Recurrence.cron("0 7 * * *", ZoneOffset.UTC));
        rig.sealer.beforeSeal(() -> {});
        while (!meanwhile.next().equals(Optional.of(right))) {
            assertThat(Instant.now()).isBefore(deadline);
            Thread.onSpinWait();
        }
        rig.passAndSettle(ofMinutes(29));
        rig.pass(ofMinutes(1));
        published(2);
        assertCounts(meanwhile, 1, 0);
    }

    /** Another look at the clock when it is scheduled would fail. */
    @Test
    void whatIsScheduledWhileTheWallClockIsPutRightIsHandedToItsOwnerWhateverFailsThen() throws Exception {
        wallIs("2036-06-01T06:00:00Z");
        var right = Instant.parse("2026-06-01T07:00:00Z");
        Schedule before = schedule(Recurrence.cron("0 7 * * *", ZoneOffset.UTC));
        rig.settle();
        Thread scheduling = Thread.currentThread();
        var deadline = Instant.now().plusSeconds(10);
        rig.sealer.beforeSeal(() -> {
            wallIs("2026-06-01T06:30:00Z");
            rig.engine.bind(rig.dispatcher); // has it look
            while (!before.next().equals(Optional.of(right))) {
                assertThat(Instant.now()).isBefore(deadline);
                Thread.onSpinWait();
            }
            rig.wall.failIf(
                    () -> Thread.currentThread() == scheduling, () -> new InternalError("expected by the test"));
        });
        Schedule meanwhile = schedule(Recurrence.cron("0 7 * * *", ZoneOffset.UTC));
        rig.sealer.beforeSeal(() -> {});
        rig.wall.failIf(() -> false);
        assertThat(rig.engine.find(meanwhile.id())).contains(meanwhile);
        while (!meanwhile.next().equals(Optional.of(right))) {
            assertThat(Instant.now()).isBefore(deadline);
            Thread.onSpinWait();
        }
    }

    @Test
    void anHourBackAFewTimesIsPutRightOnceItIsMoreThanThree() throws Exception {
        wallIs("2026-06-01T11:59:00Z");
        Schedule hourly = schedule(Recurrence.cron("0 * * * *", ZoneOffset.UTC));
        rig.pass(ofMinutes(1));
        published(1);
        for (int i = 0; i < 3; i++) {
            wallJumps(ofHours(-1));
            rig.settle();
            assertThat(hourly.next()).contains(Instant.parse("2026-06-01T13:00:00Z"));
        }
        wallJumps(ofMinutes(-5));
        rig.settle();
        assertThat(hourly.next()).contains(Instant.parse("2026-06-01T09:00:00Z"));
    }

    @Test
    void throughAGapOfTheClocksACronExpressionFiresOnceAtTheMomentAfterIt() throws Exception {
        wallIs("2026-03-29T00:30:00Z"); // 01:30 in Berlin; at 01:00Z it will be 03:00
        Schedule schedule = schedule(Recurrence.cron("30 2 * * *", BERLIN));
        assertThat(schedule.next()).contains(Instant.parse("2026-03-29T01:00:00Z"));
        rig.passAndSettle(ofMinutes(29));
        rig.pass(ofMinutes(1));
        published(1);
        rig.passAndSettle(ofHours(23));
        assertCounts(schedule, 1, 0);
        assertThat(schedule.next()).contains(Instant.parse("2026-03-30T00:30:00Z"));
    }

    @Test
    void throughAnOverlapOfTheClocksACronExpressionFiresOnce() throws Exception {
        wallIs("2026-10-25T00:29:00Z"); // 02:29 in Berlin, for the first time
        Schedule schedule = schedule(Recurrence.cron("30 2 * * *", BERLIN));
        rig.pass(ofMinutes(1));
        published(1);
        rig.passAndSettle(ofHours(1)); // 02:30, for the second time
        rig.passAndSettle(ofHours(23));
        assertCounts(schedule, 1, 0);
        assertThat(schedule.next()).contains(Instant.parse("2026-10-26T01:30:00Z"));
    }

    /** The hour that comes twice, and a wall clock that is put back by hand on top of it. */
    @Test
    void aJumpBackIntoAnOverlapTakesNoTimeTwice() throws Exception {
        wallIs("2026-10-25T01:10:00Z"); // 02:10, for the second time
        Schedule schedule = schedule(Recurrence.cron("30 2 * * *", BERLIN));
        assertThat(schedule.next()).contains(Instant.parse("2026-10-26T01:30:00Z"));
        wallJumps(ofHours(-1));
        rig.passAndSettle(ofHours(2));
        assertCounts(schedule, 0, 0);
    }

    @Test
    void manyThousandMissedTimesAreNotAllLookedAt() throws Exception {
        Schedule once = schedule(Recurrence.cron("* * * * * *", ZoneOffset.UTC));
        Schedule skips = schedule(Recurrence.cron("* * * * * *", ZoneOffset.UTC).misfire(Misfire.SKIP));
        Schedule catchesUp =
                schedule(Recurrence.cron("* * * * * *", ZoneOffset.UTC).catchUp(1_000));
        rig.pass(ofHours(24 * 365));
        published(3);
        assertCounts(once, 1, CronTimes.MOST_COUNTED - 1);
        assertCounts(skips, 1, CronTimes.MOST_COUNTED - 1);
        assertCounts(catchesUp, 1, CronTimes.MOST_COUNTED - 1);
        rig.pass(ofSeconds(1));
        published(3);
    }

    /** A year of minutes, and the latest of them so many milliseconds ago. */
    @ParameterizedTest
    @CsvSource({"0, 1", "5000, 1", "5001, 0", "59999, 0"})
    void afterManyThousandMissedTimesTheLatestIsSkippedIfItIsTooLate(int millis, int fired) throws Exception {
        Schedule skips = schedule(Recurrence.cron("* * * * *", ZoneOffset.UTC).misfire(Misfire.SKIP));
        rig.pass(ofDays(365).plusMillis(millis));
        published(fired);
        assertCounts(skips, fired, CronTimes.MOST_COUNTED - fired);
        Instant passed = Instant.parse("2027-01-01T00:00:00Z");
        assertThat(skips.next()).contains(passed.plusSeconds(60));
    }

    @Test
    void afterManyThousandMissedTimesNoneIsTakenBeyondTheLastInstant() throws Exception {
        Instant last = rig.wall.instant().plus(ofDays(365));
        var minutes = Recurrence.cron("* * * * *", ZoneOffset.UTC).misfire(Misfire.SKIP);
        Schedule ends = schedule(minutes.until(last.minusSeconds(1)));
        rig.passAndSettle(ofDays(365));
        assertThat(ends.state()).isEqualTo(State.FIRED);
        assertCounts(ends, 0, CronTimes.MOST_COUNTED);
    }
}
