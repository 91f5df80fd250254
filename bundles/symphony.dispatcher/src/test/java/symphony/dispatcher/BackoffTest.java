package symphony.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class BackoffTest {
    private final Backoff backoff = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(30));

    @Test
    void doublesFromAttemptToAttemptUpToItsLimit() {
        assertThat(backoff.after(1, 0.5)).isEqualTo(Duration.ofMillis(100));
        assertThat(backoff.after(2, 0.5)).isEqualTo(Duration.ofMillis(200));
        assertThat(backoff.after(8, 0.5)).isEqualTo(Duration.ofMillis(12_800));
        assertThat(backoff.after(10, 1)).isEqualTo(Duration.ofSeconds(30));
        assertThat(backoff.after(1_000, 1)).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void variesDownwardsAtItsLimit() {
        assertThat(backoff.after(1_000, 0)).isEqualTo(Duration.ofSeconds(24));
        assertThat(backoff.after(1_000, 0.5)).isEqualTo(Duration.ofSeconds(27));
    }

    @Test
    void variesByAFifth() {
        assertThat(backoff.after(1, 0)).isEqualTo(Duration.ofMillis(80));
        assertThat(backoff.after(1, 1)).isEqualTo(Duration.ofMillis(120));
    }

    @Property(tries = 200)
    void isNeverNegativeNorLongerThanItsLimit(
            @ForAll @IntRange(min = 1) int failures, @ForAll @DoubleRange(min = 0, max = 1) double chance) {
        assertThat(backoff.after(failures, chance)).isBetween(Duration.ofMillis(80), Duration.ofSeconds(30));
        assertThat(new Backoff(Duration.ZERO, Duration.ZERO).after(failures, chance))
                .isZero();
    }
}
