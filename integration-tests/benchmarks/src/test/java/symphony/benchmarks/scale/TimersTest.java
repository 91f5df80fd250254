package symphony.benchmarks.scale;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class TimersTest {
    private static final int COMING = 50;

    @Test
    void oursTellsEachDeadlineOnceItHasCome() throws InterruptedException {
        tellsEachDeadlineOnceItHasCome(OurTimers::new);
    }

    @Test
    void agronasTellsEachDeadlineOnceItHasCome() throws InterruptedException {
        tellsEachDeadlineOnceItHasCome(WheelTimers::new);
    }

    private static void tellsEachDeadlineOnceItHasCome(Function<LongConsumer, Timers> kind)
            throws InterruptedException {
        // given
        BlockingQueue<Long> told = new LinkedBlockingQueue<>();
        long now = System.nanoTime();
        List<Long> deadlines = LongStream.range(0, COMING)
                .map(i -> now + TimeUnit.MILLISECONDS.toNanos(20 + i))
                .boxed()
                .toList();
        LongConsumer recorded = deadline -> {
            assertThat(System.nanoTime()).isGreaterThanOrEqualTo(deadline);
            told.add(deadline);
        };
        try (Timers timers = kind.apply(recorded)) {
            for (int i = 0; i < 1_000; i++) {
                timers.add(now + TimeUnit.HOURS.toNanos(1) + i);
            }
            deadlines.forEach(timers::addRecorded);
            // when
            timers.watch();
            // then
            for (int i = 0; i < COMING; i++) {
                assertThat(told.poll(20, TimeUnit.SECONDS)).isIn(deadlines);
            }
            assertThat(told).isEmpty();
        }
    }
}
