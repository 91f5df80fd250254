package symphony.scheduler;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static symphony.api.event.Recurrence.fixedRate;
import static symphony.scheduler.SchedulerRig.OWNER;
import static symphony.scheduler.SchedulerRig.event;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import symphony.api.crypto.CryptoContext;
import symphony.api.event.Refusal;
import symphony.api.event.Schedule;
import symphony.api.event.Schedule.State;

/** What is scheduled when the key is destroyed that it was sealed with. */
@Timeout(120)
final class ScheduleKeyDestroyedTest {
    private static final int OLD = 1;

    private final SchedulerRig rig = new SchedulerRig();

    @AfterEach
    void close() {
        rig.close();
    }

    private long giveUp(CryptoContext context) {
        return rig.engine.giveUp(context, OLD);
    }

    @Test
    void givesUpWhatNamesTheKeyAndNothingElse() throws Exception {
        rig.sealer.keyId = OLD;
        Schedule once = rig.engine.schedule(event("once"), OWNER, ofSeconds(5));
        Schedule often = rig.engine.schedule(event("often"), OWNER, fixedRate(ofSeconds(5)));
        Schedule cancelled = rig.engine.schedule(event("cancelled"), OWNER, ofSeconds(5));
        cancelled.cancel();
        rig.sealer.keyId = 2;
        Schedule other = rig.engine.schedule(event("other"), OWNER, ofSeconds(5));
        assertThat(rig.engine.count(CryptoContext.SCHEDULE, OLD)).isEqualTo(2);
        assertThat(rig.engine.count(CryptoContext.EVENT, OLD)).isZero();
        assertThat(giveUp(CryptoContext.EVENT)).isZero();

        assertThat(giveUp(CryptoContext.SCHEDULE)).isEqualTo(2); // when
        assertThat(once.state()).isEqualTo(State.REFUSED);
        assertThat(once.refusal())
                .contains(new Refusal("", Refusal.Reason.UNAVAILABLE, "its key was destroyed; schedule it again"));
        assertThat(often.state()).isEqualTo(State.CANCELLED);
        assertThat(cancelled.state()).isEqualTo(State.CANCELLED);
        assertThat(rig.engine.unpublished()).isEqualTo(2);
        assertThat(rig.engine.count()).isEqualTo(1);
        assertThat(rig.engine.count(CryptoContext.SCHEDULE, OLD)).isZero();
        assertThat(giveUp(CryptoContext.SCHEDULE)).as("a second time").isZero();

        rig.pass(ofSeconds(5));
        assertThat(rig.dispatcher.next().topic()).isEqualTo("other");
        rig.settle();
        assertThat(other.state()).isEqualTo(State.FIRED);
    }

    /** As where the scheduler was away when that was done. */
    @Test
    void endsARecurrenceThatCanNeverBeOpenedAgain() throws Exception {
        rig.sealer.keyId = OLD;
        Schedule often = rig.engine.schedule(event("often"), OWNER, fixedRate(ofSeconds(5)));
        Schedule once = rig.engine.schedule(event("once"), OWNER, ofSeconds(5));
        rig.pass(ofSeconds(5));
        assertThat(rig.dispatcher.next(2))
                .extracting(RecordingDispatcher.Call::topic)
                .contains("often", "once");
        rig.settle();
        assertThat(once.state()).isEqualTo(State.FIRED);
        rig.sealer.destroyed.add(OLD); // when
        rig.sealer.keyId = 2;
        rig.passAndSettle(ofSeconds(5));
        rig.awaitUnpublished(1);
        assertThat(often.state()).isEqualTo(State.CANCELLED);
        assertThat(often.fired()).as("times that were taken").isEqualTo(2);
        rig.passAndSettle(ofSeconds(500));
        assertThat(rig.engine.unpublished()).isEqualTo(1);
        assertThat(rig.engine.count()).isZero();
    }

    /** It may have to be opened once more. */
    @Test
    void countsWhatIsOfferedAgain() throws Exception {
        rig.sealer.keyId = OLD;
        rig.dispatcher.answer(event -> RecordingDispatcher.refused(event, 0));
        Schedule once = rig.engine.schedule(event("once"), OWNER, ofSeconds(5));
        rig.pass(ofSeconds(5));
        assertThat(rig.dispatcher.next().topic()).isEqualTo("once");
        assertThat(once.state()).isEqualTo(State.FIRED);
        assertThat(rig.engine.count(CryptoContext.SCHEDULE, OLD)).isEqualTo(1);
        assertThat(giveUp(CryptoContext.SCHEDULE)).isZero();
    }
}
