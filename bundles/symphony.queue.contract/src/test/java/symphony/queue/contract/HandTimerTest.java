package symphony.queue.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HandTimerTest {
    private final HandClock clock = new HandClock();
    private final HandTimer timer = new HandTimer(clock);
    private final List<Long> called = new ArrayList<>();

    private long in(Duration time, long cookie) {
        return timer.schedule(clock.nanoTime() + time.toNanos(), called::add, cookie);
    }

    @Test
    void callsWhatIsDueInItsOrderAlsoWhenTheClockOverflows() {
        in(Duration.ofSeconds(9), 2);
        in(Duration.ofSeconds(3), 1);
        in(Duration.ofSeconds(9), 3);
        in(Duration.ofSeconds(11), 4);
        clock.advance(Duration.ofSeconds(10));
        timer.run();
        assertThat(called).containsExactly(1L, 2L, 3L);
        assertThat(timer.pending()).isEqualTo(1);
    }

    @Test
    void doesNotCallWhatWasCancelled() {
        long ticket = in(Duration.ZERO, 1);
        assertThat(timer.cancel(ticket)).isTrue();
        assertThat(timer.cancel(ticket)).isFalse();
        timer.run();
        assertThat(called).isEmpty();
    }
}
