package symphony.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PacerTest {
    private static final long MILLI = 1_000_000;

    private final List<Long> parks = new ArrayList<>();
    private final Schedule schedule = new Schedule(1_000);
    private long now;

    /** Each look at the clock takes 10 microseconds, and who parks sleeps 50 microseconds longer than asked. */
    private final Pacer pacer = new Pacer(() -> now += 10_000, nanos -> {
        parks.add(nanos);
        now += nanos + 50_000;
    });

    @Test
    void returnsWithinALookAtTheClockAfterTheDueTime() {
        schedule.startAt(5 * MILLI);
        for (int i = 0; i < 100; i++) {
            pacer.await(schedule.due(i));
            assertThat(now - schedule.due(i)).isBetween(0L, 10_000L);
        }
        assertThat(now).isBetween(104 * MILLI, 104 * MILLI + 10_000);
    }

    @Test
    void parksOnlyUntilItIsTimeToSpin() {
        pacer.await(MILLI);
        assertThat(parks).containsExactly(MILLI - 10_000 - Pacer.SPIN_NANOS);
    }

    @Test
    void catchesUpAfterAStallWithoutMovingDueTimes() {
        pacer.await(schedule.due(10));
        now += 500 * MILLI; // a stall
        long late = 0;
        for (int i = 11; i < 500; i++) {
            long before = now;
            pacer.await(schedule.due(i));
            assertThat(now - before).isEqualTo(10_000); // one look at the clock
            late = now - schedule.due(i);
        }
        assertThat(late).isBetween(10 * MILLI, 20 * MILLI); // what is left of the stall, and counts
    }

    @Test
    void keepsTheRateOverLongTimes() {
        assertThat(new Schedule(30_000).due(30_000L * 3_600)).isEqualTo(3_600_000 * MILLI);
    }

    @Test
    void countsWhatIsDue() {
        assertThat(schedule.dueUntil(0)).isEqualTo(1);
        assertThat(schedule.dueUntil(10 * MILLI + 1)).isEqualTo(11);
    }
}
