package symphony.scheduler;

import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static symphony.scheduler.SchedulerRig.OWNER;
import static symphony.scheduler.SchedulerRig.event;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import symphony.api.event.Event;
import symphony.api.event.Refusal;
import symphony.api.event.Schedule;
import symphony.api.event.Schedule.State;

@Timeout(120)
final class RestartTest {
    private final SchedulerRig rig = new SchedulerRig();

    @AfterEach
    void close() {
        rig.close();
    }

    @Test
    void aRestartKeepsWhatWaitsWithItsTimesAndOrder() throws Exception {
        Instant at = rig.wall.instant().plus(ofMinutes(20));
        rig.engine.schedule(event("first"), OWNER, ofMinutes(10)); // given
        rig.engine.schedule(event("second"), OWNER, ofMinutes(10));
        rig.engine.schedule(event("at"), OWNER, at);
        rig.engine.schedule(Event.on("ttl").timeToLive(ofSeconds(3)).build(), OWNER, ofMinutes(30));
        rig.engine.close();
        rig.wall.jump(ofHours(-1)); // the wall clock jumps while the scheduler is away
        rig.timer.advance(ofMinutes(1));
        rig.restart(); // when
        rig.engine.bind(rig.dispatcher);
        assertThat(rig.engine.count()).isEqualTo(4); // then
        rig.pass(ofMinutes(9));
        assertThat(rig.dispatcher.next(2))
                .extracting(RecordingDispatcher.Call::topic)
                .containsExactly("first", "second");
        rig.pass(ofMinutes(20));
        assertThat(rig.dispatcher.next().event().timeToLive()).contains(ofSeconds(3));
        rig.pass(ofMinutes(51));
        assertThat(rig.dispatcher.next().topic()).isEqualTo("at");
    }

    @Test
    void aHandleFromBeforeARestartStillCancelsAndFreesItsMemory() throws Exception {
        Schedule cancelled = rig.engine.schedule(event("a"), OWNER, ofSeconds(1));
        Schedule fired = rig.engine.schedule(event("b"), OWNER, ofSeconds(1));
        rig.restart();
        var budget = new CountedBudget(10_000);
        rig.engine.bind(budget);
        long both = budget.used();
        assertThat(rig.engine.find(cancelled.id())).isPresent();
        assertThat(cancelled.next()).isPresent();
        assertThat(cancelled.cancel()).isTrue();
        assertThat(rig.engine.find(cancelled.id())).isEmpty();
        assertThat(budget.used()).isEqualTo(both / 2);
        rig.engine.bind(rig.dispatcher);
        rig.pass(ofSeconds(1));
        assertThat(rig.dispatcher.next().topic()).isEqualTo("b");
        assertThat(fired.state()).isEqualTo(State.FIRED);
        assertThat(fired.cancel()).isFalse();
        rig.settle();
    }

    @Test
    void aHandleCancelsWhileTheSchedulerIsAway() throws Exception {
        Schedule schedule = rig.engine.schedule(event("a"), OWNER, ofSeconds(1));
        rig.engine.close();
        assertThat(schedule.state()).isEqualTo(State.WAITING);
        assertThat(schedule.cancel()).isTrue();
        rig.restart();
        rig.engine.bind(rig.dispatcher);
        assertThat(rig.engine.count()).isZero();
        rig.passAndSettle(ofSeconds(2));
    }

    @Test
    void whatOwnersLeftThatDepartedMeanwhileIsCancelled() throws Exception {
        Schedule schedule = rig.engine.schedule(event("a"), "gone", ofSeconds(1));
        rig.engine.schedule(event("b"), OWNER, ofSeconds(1));
        rig.departed.add("gone");
        rig.restart();
        rig.engine.bind(rig.dispatcher);
        assertThat(schedule.state()).isEqualTo(State.CANCELLED);
        assertThat(rig.engine.count()).isEqualTo(1);
        rig.pass(ofSeconds(1));
        assertThat(rig.dispatcher.next().topic()).isEqualTo("b");
        rig.settle();
    }

    @Test
    void whatWasBeingOfferedAgainIsDispatchedAnewAfterARestart() throws Exception {
        rig.dispatcher.answer(event -> RecordingDispatcher.refused(event, 1));
        Schedule one = rig.engine.schedule(event("a"), OWNER, ofMillis(1));
        Schedule two = rig.engine.schedule(event("b"), OWNER, ofMillis(1));
        rig.pass(ofMillis(1)); // both are due in one look: the next deadline is that of both
        rig.dispatcher.next(2);
        rig.timer.awaitDeadlineWithin(ofMillis(100));
        rig.dispatcher.answer(RecordingDispatcher::accepted);
        rig.restart();
        rig.engine.bind(rig.dispatcher);
        assertThat(rig.dispatcher.next(2))
                .extracting(call -> call.event().id().orElseThrow())
                .containsExactly(one.id(), two.id());
        rig.settle();
    }

    @Test
    void twoRestartsInARowKeepWhatWaits() throws Exception {
        rig.engine.schedule(event("a"), OWNER, ofSeconds(1));
        rig.restart();
        rig.restart();
        rig.engine.bind(rig.dispatcher);
        rig.pass(ofSeconds(1));
        assertThat(rig.dispatcher.next().topic()).isEqualTo("a");
    }

    @Test
    void nothingIsPublishedAndNothingTakenAfterAStop() {
        Schedule left = rig.engine.schedule(event("a"), OWNER, ofSeconds(1));
        rig.engine.stop();
        rig.wall.jump(ofSeconds(2));
        rig.timer.advance(ofSeconds(2));
        rig.engine.close();
        assertThat(rig.dispatcher.isUntouched()).isTrue();
        assertThat(left.state()).isEqualTo(State.WAITING);
        assertThat(rig.shelf).isEmpty();
        Schedule refused = rig.engine.schedule(event("a"), OWNER, ofSeconds(1));
        assertThat(refused.refusal().map(Refusal::reason)).contains(Refusal.Reason.CLOSED);
        assertThat(rig.engine.scheduled(10)).isEqualTo(List.of());
    }

    @Test
    void countsWhatIsLeftByOwnerWhenTheContainerStops() throws Exception {
        rig.dispatcher.answer(event -> RecordingDispatcher.refused(event, 0));
        rig.engine.schedule(event("refused"), "two", Duration.ZERO);
        rig.dispatcher.next();
        rig.timer.awaitDeadlineWithin(ofMillis(100));
        rig.engine.schedule(event("a"), "one", ofSeconds(1));
        rig.engine.schedule(event("b"), "one", rig.wall.instant().plusSeconds(1));
        rig.engine.schedule(event("c"), "two", ofHours(1));
        rig.engine.schedule(event("d"), "three", ofHours(1)).cancel();
        assertThat(rig.engine.stop()).isEqualTo(Map.of("one", 2, "two", 2));
        assertThat(rig.engine.stop()).isEmpty();
        assertThat(rig.shelf).doesNotContainKey("parked");
    }

    /** Which one of its places is wrong, and how. */
    private static List<Consumer<Object[]>> faults() {
        return List.of(
                record -> record[0] = "no id",
                record -> record[0] = null,
                record -> record[1] = new byte[] {1, 2, 3},
                record -> record[1] = null,
                record -> record[2] = null,
                record -> record[3] = null,
                record -> record[3] = Optional.of("soon"),
                record -> record[4] = "wall",
                record -> record[5] = null,
                record -> record[6] = null,
                record -> record[6] = new AtomicReference<>("SLEEPING"),
                record -> record[6] = new AtomicReference<>(),
                record -> record[7] = "first");
    }

    @ParameterizedTest
    @MethodSource("faults")
    void aRecordThatCannotBeReadIsLostAloneAndNamed(Consumer<Object[]> fault) throws Exception {
        rig.engine.schedule(event("before"), OWNER, ofSeconds(1));
        rig.engine.schedule(event("bad"), OWNER, ofSeconds(1));
        rig.engine.schedule(event("behind"), OWNER, ofSeconds(1));
        rig.engine.close();
        var bad = (Object[]) ((List<?>) rig.shelf.get("parked")).get(1);
        fault.accept(bad);
        CapturedLog.clear();
        rig.restart();
        rig.engine.bind(rig.dispatcher);
        assertThat(CapturedLog.lines())
                .filteredOn(line -> line.startsWith("ERROR"))
                .singleElement()
                .asString()
                .startsWith("ERROR symphony.scheduler: schedule " + bad[0] + " of " + bad[2]
                        + " is lost: this version cannot read it (");
        assertThat(rig.engine.count()).isEqualTo(2);
        rig.pass(ofSeconds(1));
        assertThat(rig.dispatcher.next(2))
                .extracting(RecordingDispatcher.Call::topic)
                .containsExactly("before", "behind");
    }

    @Test
    void whatIsNoRecordAtAllIsLostAlone() {
        rig.engine.schedule(event("a"), OWNER, ofSeconds(1));
        rig.engine.close();
        List<Object> records = new ArrayList<>((List<?>) rig.shelf.get("parked"));
        records.add(0, "no record");
        records.add(new Object[] {"too short"});
        rig.shelf.put("parked", records);
        CapturedLog.clear();
        rig.restart();
        assertThat(rig.engine.count()).isEqualTo(1);
        assertThat(CapturedLog.lines())
                .filteredOn(line -> line.startsWith("ERROR"))
                .extracting(line -> line.substring(0, line.indexOf(':', line.indexOf("lost"))))
                .containsExactly(
                        "ERROR symphony.scheduler: schedule ? of ? is lost",
                        "ERROR symphony.scheduler: schedule too short of ? is lost");
    }

    @Test
    void aSchedulerThatCannotStartLeavesTheShelfAsItIs() throws Exception {
        rig.engine.schedule(event("a"), OWNER, ofSeconds(1));
        rig.engine.close();
        assertThatThrownBy(() -> new EventSchedulerEngine(
                        rig.timer, rig.wall, rig.guard, ScheduleLimits.DEFAULT, rig.shelf, owner -> {
                            throw new OutOfMemoryError("expected by the test");
                        }))
                .isInstanceOf(OutOfMemoryError.class);
        rig.restart();
        rig.engine.bind(rig.dispatcher);
        rig.pass(ofSeconds(1));
        assertThat(rig.dispatcher.next().topic()).isEqualTo("a");
        assertThat(rig.shelf).doesNotContainKey("parked");
    }

    @Test
    void theShelfHoldsNothingOfOurs() {
        rig.engine.schedule(Event.on("a").timeToLive(ofSeconds(1)).build(), OWNER, ofSeconds(1));
        rig.engine.close();
        assertThat(rig.shelf.keySet()).containsExactly("parked");
        for (Object record : (List<?>) rig.shelf.get("parked")) {
            for (Object value : (Object[]) record) {
                assertThat(value.getClass().getClassLoader())
                        .isNotEqualTo(getClass().getClassLoader());
            }
        }
    }
}
