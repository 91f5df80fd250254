package symphony.scheduler;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static symphony.scheduler.SchedulerRig.OWNER;
import static symphony.scheduler.SchedulerRig.event;

import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The scheduler stops while its publishing thread stands still for longer than the second that is waited for it. */
@Timeout(120)
final class LateThreadTest {
    private static final String WARNING =
            "WARN symphony.scheduler: the dispatcher did not return within PT1S; going on without it";

    private final SchedulerRig rig = new SchedulerRig();
    private final CountDownLatch stands = new CountDownLatch(1);
    private final CountDownLatch goesOn = new CountDownLatch(1);
    private volatile Thread late;

    @AfterEach
    void close() throws InterruptedException {
        end();
        rig.close();
    }

    /** The thread that stood still does all that it still does. */
    private void end() throws InterruptedException {
        goesOn.countDown();
        late.join();
    }

    /** Called by the publishing thread. */
    private void standStill() {
        late = Thread.currentThread();
        stands.countDown();
        try {
            goesOn.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The publishing thread does so when it looks at the clock while this holds. */
    private void standStillAtTheClock(BooleanSupplier when) {
        rig.wall.failIf(() -> {
            if (Thread.currentThread().getName().equals("symphony-scheduler") && when.getAsBoolean()) {
                standStill();
            }
            return false;
        });
    }

    @Test
    void aThreadThatHasNothingInHandIsNothingToWarnOf() throws Exception {
        standStillAtTheClock(() -> true);
        rig.engine.bind(rig.sealer); // has it look again
        stands.await();
        CapturedLog.clear();
        rig.engine.close();
        assertThat(late.isAlive()).isTrue();
        assertThat(CapturedLog.lines()).noneMatch(line -> line.startsWith("WARN"));
    }

    @Test
    void aDispatcherThatDoesNotReturnIsWarnedOf() throws Exception {
        rig.dispatcher.answer(event -> {
            standStill();
            return RecordingDispatcher.accepted(event);
        });
        rig.engine.schedule(event("a"), OWNER, ofSeconds(1));
        rig.pass(ofSeconds(1));
        stands.await();
        CapturedLog.clear();
        rig.engine.close();
        assertThat(CapturedLog.lines()).contains(WARNING);
    }
}
