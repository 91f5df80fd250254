package symphony.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static symphony.scheduler.SchedulerRig.OWNER;
import static symphony.scheduler.SchedulerRig.event;

import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import symphony.api.crypto.CryptoContext;
import symphony.api.crypto.Envelope;
import symphony.api.event.Recurrence;

@Timeout(120)
final class AgendaTest {
    private static final long NEVER_DUE = Long.MIN_VALUE / 2;

    private final SchedulerRig rig = new SchedulerRig();
    private final Envelope envelope = rig.sealer.seal(CryptoContext.SCHEDULE, event("a"), UUID.randomUUID(), 0, OWNER);
    private final Agenda agenda = new Agenda(Agenda.WALL_CHECK_NANOS);

    @AfterEach
    void close() {
        rig.close();
    }

    private static Due wall(long micros) {
        return new Due(true, micros);
    }

    private Recurring daily(long micros) {
        var recurrence = Recurrence.cron("0 7 * * *", ZoneOffset.UTC);
        return new Recurring(
                rig.engine,
                UUID.randomUUID(),
                envelope,
                OWNER,
                Optional.empty(),
                recurrence,
                Rhythm.of(recurrence),
                Recurring.newCell(wall(micros), Optional.empty()));
    }

    /** In the order in which it comes out. */
    private List<Waiting> dueUntil(long micros) {
        agenda.collectDue(NEVER_DUE, micros);
        var due = new ArrayList<Waiting>();
        for (Waiting next = agenda.pollReady(); next != null; next = agenda.pollReady()) {
            due.add(next);
        }
        agenda.letGo();
        return due;
    }

    @Test
    void findsEachEntryAgainWhoseTimeWasMoved() {
        var random = new Random(7);
        List<Recurring> all = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            all.add(daily(1_000 + random.nextInt(1_000)));
            agenda.add(all.get(i));
        }
        for (Recurring each : all) {
            agenda.move(each, each.due(), wall(random.nextInt(2_000)));
        }
        Collections.shuffle(all, random);
        for (Recurring each : all.subList(0, 100)) {
            assertThat(agenda.remove(each)).isTrue();
            assertThat(agenda.remove(each)).isFalse();
        }
        List<Recurring> rest = all.subList(100, 200);
        rest.sort((a, b) -> Long.compare(a.dueAt(), b.dueAt()));
        assertThat(dueUntil(2_000)).extracting(Waiting::dueAt).containsExactlyElementsOf(times(rest));
    }

    private static List<Long> times(List<Recurring> all) {
        return all.stream().map(Waiting::dueAt).toList();
    }

    @Test
    void movesNothingThatIsNotInItOrWaitsForAnotherTimeByNow() {
        Recurring outside = daily(500);
        agenda.move(outside, wall(500), wall(100));
        Recurring moved = daily(600);
        agenda.add(moved);
        agenda.move(moved, wall(700), wall(100));
        assertThat(List.of(outside.dueAt(), moved.dueAt())).containsExactly(500L, 600L);
        assertThat(agenda.remove(outside)).isFalse();
        assertThat(dueUntil(599)).isEmpty();
        assertThat(dueUntil(600)).containsExactly(moved);
    }

    @Test
    void whatIsDueAndWaitsForALaterTimeByNowIsDueNoMore() {
        Recurring moved = daily(600);
        agenda.add(moved);
        agenda.collectDue(NEVER_DUE, 600);
        assertThat(agenda.readySize()).isEqualTo(1);
        agenda.move(moved, wall(600), wall(900));
        assertThat(dueUntil(899)).isEmpty();
        assertThat(dueUntil(900)).containsExactly(moved);
    }

    @Test
    void candidatesForAListAreOnlyThoseThatStillWait() {
        var again = new Unfitting(envelope);
        var waits = new Unfitting(envelope);
        agenda.add(again);
        agenda.add(waits);
        assertThat(again.fire(new Now(0, 600))).isTrue();
        agenda.collectDue(NEVER_DUE, 600);
        assertThat(agenda.candidates(1)).containsExactly(waits);
    }

    private Recurring offeredAgain(Due next) {
        var recurrence = Recurrence.fixedRate(Duration.ofHours(1));
        var again = new Recurring(
                rig.engine,
                UUID.randomUUID(),
                envelope,
                OWNER,
                Optional.empty(),
                recurrence,
                Rhythm.of(recurrence),
                Recurring.newCell(next, Optional.empty()));
        again.attempt = Attempt.none(0);
        return again;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void candidatesThatAreOfferedAgainAreThoseWhoseNextTimeComesFirst(boolean byWall) {
        Recurring soonOffered = offeredAgain(new Due(byWall, 9_000_000));
        Recurring soonDue = offeredAgain(new Due(byWall, 1_000_000));
        agenda.addRetry(soonOffered, 100);
        agenda.addRetry(soonDue, 5_000);
        assertThat(agenda.candidates(1)).containsExactly(soonDue);
        agenda.collectDue(5_000, 0); // both are to be offered now
        assertThat(agenda.readySize()).isEqualTo(2);
        assertThat(agenda.candidates(1)).containsExactly(soonDue);
    }

    @Test
    void candidatesThatAreOfferedAgainPushOutNoneThatIsDue() {
        for (int i = 0; i < 10; i++) {
            Recurring again = offeredAgain(new Due(false, 9_000_000));
            again.dueNanos = -1_000; // it was due long before
            agenda.addRetry(again, 0);
        }
        var due = new ArrayList<Waiting>();
        for (int i = 0; i < 10; i++) {
            due.add(new Unfitting(envelope));
            agenda.add(due.get(i));
        }
        agenda.collectDue(0, 600);
        assertThat(agenda.readySize()).isEqualTo(20);
        assertThat(agenda.candidates(10)).containsAll(due);
    }

    @Test
    void candidatesThatAreOfferedAgainAndEndWithThatAreNone() {
        var last = new Unfitting(envelope);
        assertThat(last.fire(new Now(0, 600))).isTrue();
        last.attempt = Attempt.none(0);
        agenda.addRetry(last, 100);
        assertThat(agenda.candidates(1)).isEmpty();
    }

    @Test
    void whatWaitsWithAnAttemptLeftOverIsFoundUnderAnotherTimeToo() {
        Recurring before = daily(500);
        Recurring moved = daily(600);
        moved.attempt = Attempt.none(0);
        agenda.add(before);
        agenda.add(moved);
        agenda.move(moved, wall(600), wall(100));
        assertThat(dueUntil(100)).containsExactly(moved);
        assertThat(dueUntil(500)).containsExactly(before);
    }

    /** Memory runs out when a set makes room for it, which compares first. */
    private final class Unfitting extends Waiting {
        boolean fails;
        boolean failsOnceMoved;

        Unfitting(Envelope envelope) {
            super(
                    rig.engine,
                    UUID.randomUUID(),
                    envelope,
                    OWNER,
                    Optional.empty(),
                    wall(600),
                    new AtomicReference<>(WAITING));
        }

        @Override
        long dueAt() {
            if (fails) {
                throw new OutOfMemoryError("expected by the test");
            }
            return super.dueAt();
        }

        @Override
        void move(Due from, Due to) {
            fails = failsOnceMoved;
        }
    }

    @Test
    void whatCouldNotBePutInIsNotInIt() {
        var unfitting = new Unfitting(envelope);
        unfitting.fails = true;
        assertThatThrownBy(() -> agenda.add(unfitting)).isInstanceOf(OutOfMemoryError.class);
        unfitting.fails = false;
        assertThat(unfitting.home).isNull();
        assertThat(agenda.remove(unfitting)).isFalse();
        agenda.add(unfitting);
        assertThat(dueUntil(600)).containsExactly(unfitting);
    }

    @Test
    void whatCouldNotBePutUnderAnotherTimeIsPutThereLater() {
        var unfitting = new Unfitting(envelope);
        agenda.add(unfitting);
        unfitting.failsOnceMoved = true;
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> agenda.move(unfitting, unfitting.due(), unfitting.due()))
                    .isInstanceOf(OutOfMemoryError.class);
        }
        unfitting.fails = false;
        assertThat(agenda.candidates(1)).containsExactly(unfitting);
        assertThat(agenda.untilNext(NEVER_DUE, 0)).isZero();
        assertThat(dueUntil(599)).isEmpty();
        assertThat(dueUntil(600)).containsExactly(unfitting);
    }

    @Test
    void whatCouldNotBeMovedToThoseThatAreDueIsWhereItWas() {
        var unfitting = new Unfitting(null); // which only their order asks for, for its priority
        agenda.add(unfitting);
        assertThatThrownBy(() -> agenda.collectDue(NEVER_DUE, 600)).isInstanceOf(NullPointerException.class);
        assertThat(agenda.readySize()).isZero();
        assertThat(agenda.untilNext(NEVER_DUE, 600)).isZero();
        assertThat(agenda.remove(unfitting)).isTrue();
        assertThat(dueUntil(600)).isEmpty();
    }
}
