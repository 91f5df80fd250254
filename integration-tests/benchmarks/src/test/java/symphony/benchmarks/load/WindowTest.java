package symphony.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class WindowTest {
    private final StopSign stop = new StopSign();
    private final Window window = new Window(4);

    @Test
    void letsThroughUpToItsLimit() {
        for (int i = 0; i < 4; i++) {
            assertThat(window.enter(1, stop)).isTrue();
        }
        assertThat(window.inFlight()).isEqualTo(4);
    }

    @Test
    void holdsWhoeverIsBeyondItUntilHalfIsFree() throws InterruptedException {
        window.enter(4, stop);
        var through = new CountDownLatch(1);
        var publisher = start(() -> {
            window.enter(1, stop);
            through.countDown();
        });
        awaitParked(publisher);
        window.leave();
        assertThat(through.getCount()).isEqualTo(1);
        assertThat(window.inFlight()).isEqualTo(3);
        window.leave();
        assertThat(through.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(window.inFlight()).isEqualTo(3);
    }

    @Test
    void letsAWaitingPublisherGoAtTheEnd() throws InterruptedException {
        window.enter(4, stop);
        var publisher = start(() -> assertThat(window.enter(1, stop)).isFalse());
        awaitParked(publisher);
        stop.raise();
        window.wake();
        publisher.join(20_000);
        assertThat(publisher.isAlive()).isFalse();
        assertThat(window.inFlight()).isEqualTo(4);
    }

    private static Thread start(Runnable publisher) {
        var thread = new Thread(publisher);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private void awaitParked(Thread publisher) {
        while (LockSupport.getBlocker(publisher) != window) {
            Thread.onSpinWait();
        }
    }
}
