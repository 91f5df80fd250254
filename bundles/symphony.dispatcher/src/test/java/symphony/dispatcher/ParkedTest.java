package symphony.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class ParkedTest {
    private static final long NOW = Long.MAX_VALUE - 7; // clocks may run over

    private static Parked parked(Duration grace, Duration departureDeadline) {
        return Parked.from(NOW, null, 1, grace, departureDeadline);
    }

    /** From the parking until it is given up, if the last departure ended so long after the parking. */
    private static Duration kept(Duration grace, Duration lastDeparture) {
        return Duration.ofNanos(parked(grace, Duration.ofSeconds(5)).dueNanos(NOW + lastDeparture.toNanos()) - NOW);
    }

    @Test
    void isKeptForItsGraceIfNobodyLeftSince() {
        assertThat(kept(Duration.ofSeconds(10), Duration.ofDays(-1))).hasSeconds(10);
        assertThat(kept(Duration.ofSeconds(10), Duration.ZERO)).hasSeconds(10);
    }

    @Test
    void isKeptForItsGraceFromTheEndOfTheLastDepartureOn() {
        assertThat(kept(Duration.ofSeconds(10), Duration.ofSeconds(9))).hasSeconds(19);
    }

    @Test
    void isKeptNoDayLongerThanItsDayOfGraceForADepartureOfAMoment() {
        assertThat(kept(Duration.ofDays(1), Duration.ofHours(23))).hasDays(1);
        assertThat(kept(Duration.ofDays(1), Duration.ofDays(1)))
                .isEqualTo(Duration.ofDays(1).plusMinutes(1));
    }

    @Test
    void isGivenUpInTheEndThoughOthersLeaveAgainAndAgain() {
        assertThat(kept(Duration.ofSeconds(10), Duration.ofSeconds(65))).hasSeconds(70);
        assertThat(parked(Duration.ofSeconds(10), Duration.ofMinutes(10)).latestNanos() - NOW)
                .isEqualTo(Duration.ofHours(1).plusSeconds(10).toNanos());
    }

    @Property
    void isNeverGivenUpWithinItsGraceNorAfterTheLatest(
            @ForAll @LongRange(min = 1, max = 1_000_000_000_000_000L) long grace,
            @ForAll @LongRange(min = -1_000_000_000_000_000L, max = 2_000_000_000_000_000L) long last,
            @ForAll @LongRange(min = 0, max = 600_000_000_000L) long deadline) {
        Parked parked = parked(Duration.ofNanos(grace), Duration.ofNanos(deadline));
        long due = parked.dueNanos(NOW + last);
        assertThat(due - NOW).isGreaterThanOrEqualTo(grace);
        assertThat(due - parked.latestNanos()).isNotPositive();
    }
}
