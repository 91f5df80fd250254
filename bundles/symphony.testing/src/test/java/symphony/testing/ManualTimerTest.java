package symphony.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class ManualTimerTest {
    private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");

    private final ManualTimer timer = new ManualTimer(START);
    private final BlockingQueue<Long> called = new LinkedBlockingQueue<>();

    @AfterEach
    void close() {
        timer.close();
    }

    private long in(Duration time) {
        return timer.nanoTime() + time.toNanos();
    }

    private long next() throws InterruptedException {
        return called.poll(60, TimeUnit.SECONDS);
    }

    @Test
    void standsStillUntilItIsMoved() {
        assertThat(timer.instant()).isEqualTo(START);
        long before = timer.nanoTime();
        timer.move(Duration.ofHours(3));
        assertThat(timer.instant()).isEqualTo(START.plus(Duration.ofHours(3)));
        assertThat(timer.nanoTime() - before).isEqualTo(Duration.ofHours(3).toNanos());
    }

    @Test
    void callsInOrderOfDeadlineThenOfSettingAcrossAnOverflowOfNanoTime() throws InterruptedException {
        timer.schedule(in(Duration.ofMinutes(2)), called::add, 3);
        timer.schedule(in(Duration.ofSeconds(1)), called::add, 1);
        timer.schedule(in(Duration.ofSeconds(1)), called::add, 2);
        timer.move(Duration.ofMinutes(5));
        assertThat(List.of(next(), next(), next())).containsExactly(1L, 2L, 3L);
        assertThat(timer.nanoTime()).isNegative();
    }

    @Test
    void callsAtOnceWhatIsDueAlready() throws InterruptedException {
        timer.schedule(timer.nanoTime(), called::add, 7);
        assertThat(next()).isEqualTo(7);
    }

    @Test
    void cancelsWhatWasNotCalled() throws InterruptedException {
        long ticket = timer.schedule(in(Duration.ofSeconds(1)), called::add, 1);
        timer.schedule(in(Duration.ofSeconds(2)), called::add, 2);
        assertThat(timer.cancel(ticket)).isTrue();
        assertThat(timer.cancel(ticket)).isFalse();
        timer.move(Duration.ofSeconds(2));
        assertThat(next()).isEqualTo(2);
        assertThat(called).isEmpty();
    }

    @Test
    void goesOnAfterACallbackThatThrows() throws InterruptedException {
        timer.schedule(
                timer.nanoTime(),
                cookie -> {
                    throw new AssertionError("meant to fail");
                },
                0);
        timer.schedule(timer.nanoTime(), called::add, 2);
        assertThat(next()).isEqualTo(2);
    }

    @Test
    void isNotQuietWhileSomethingIsCalled() throws InterruptedException {
        var entered = new CountDownLatch(1);
        var leave = new CountDownLatch(1);
        assertThat(timer.isQuiet()).isTrue();
        timer.schedule(
                timer.nanoTime(),
                cookie -> {
                    entered.countDown();
                    await(leave);
                },
                0);
        entered.await();
        assertThat(timer.isQuiet()).isFalse();
        leave.countDown();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void saysWhatItCannotDo() {
        assertThatIllegalArgumentException().isThrownBy(() -> timer.move(Duration.ofNanos(-1)));
        timer.close();
        assertThatIllegalStateException().isThrownBy(() -> timer.schedule(0, called::add, 0));
    }
}
