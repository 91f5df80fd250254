package symphony.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RetentionClockTest {
    private final HandClock wall = new HandClock();
    private final AtomicLong nanos = new AtomicLong();
    private final RetentionClock clock = new RetentionClock(wall, nanos::get);

    private void pass(Duration time) {
        wall.advance(time);
        nanos.addAndGet(time.toNanos());
    }

    @Test
    void isTheWallClockWhileThatGoesWithTime() {
        clock.begin(Optional.of(wall.instant()), nanos.get());
        for (int day = 0; day < 100; day++) {
            pass(Duration.ofDays(1));
            wall.advance(Duration.ofSeconds(day % 2 == 0 ? 20 : -10)); // it is corrected now and then
            assertThat(clock.millis()).isEqualTo(wall.millis());
        }
    }

    @Test
    void doesNotFollowAJumpAhead() {
        clock.begin(Optional.of(wall.instant()), nanos.get());
        long begun = wall.millis();
        pass(Duration.ofHours(1));
        wall.advance(Duration.ofDays(30));
        pass(Duration.ofHours(1));
        assertThat(Duration.ofMillis(clock.millis() - begun)).isEqualTo(Duration.ofHours(2));
        wall.advance(Duration.ofDays(-30));
        assertThat(clock.millis()).as("it is right again").isEqualTo(wall.millis());
    }

    @Test
    void doesNotBelieveThatMuchTimeHasPassedSinceTheLastCheckpoint() {
        Instant written = wall.instant().minus(Duration.ofDays(40));
        clock.begin(Optional.of(written), nanos.get());
        pass(Duration.ofHours(1));
        assertThat(clock.millis()).isEqualTo(written.plus(Duration.ofHours(1)).toEpochMilli());
    }

    /** As where it waits for a key for days. */
    @Test
    void countsTheTimeSinceTheMomentThatIsKnown() {
        Instant written = wall.instant();
        long then = nanos.get();
        pass(Duration.ofDays(3));
        clock.begin(Optional.of(written), then);
        assertThat(clock.millis()).isEqualTo(wall.millis());
    }

    @Test
    void followsAClockThatIsSetBackAndThenRight() {
        clock.begin(Optional.of(wall.instant().plus(Duration.ofDays(3))), nanos.get());
        assertThat(clock.millis()).isEqualTo(wall.millis());
        wall.advance(Duration.ofDays(3)); // as of a machine that asks for the time after it has started
        assertThat(clock.millis()).isEqualTo(wall.millis());
    }
}
