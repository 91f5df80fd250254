package symphony.api.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import symphony.api.event.Recurrence.Kind;
import symphony.api.event.Recurrence.Misfire;

final class RecurrenceTest {
    private static final Instant LAST = Instant.parse("2027-01-01T00:00:00Z");

    @Test
    void tellsWhatItIsMadeOf() {
        ZoneId berlin = ZoneId.of("Europe/Berlin");
        var cron = Recurrence.cron("  0 7 *\t*   MON-FRI ", berlin)
                .startAt(Instant.EPOCH)
                .until(LAST)
                .times(3)
                .catchUp(10)
                .keptWithoutOwner();
        assertThat(cron.kind()).isEqualTo(Kind.CRON);
        assertThat(cron.expression()).isEqualTo("0 7 * * MON-FRI");
        assertThat(cron.zone()).contains(berlin);
        assertThat(cron.startAt()).contains(Instant.EPOCH);
        assertThat(cron.startAfter()).isEmpty();
        assertThat(cron.until()).contains(LAST);
        assertThat(cron.times()).isEqualTo(OptionalLong.of(3));
        assertThat(cron.misfire()).isEqualTo(Misfire.CATCH_UP);
        assertThat(cron.mostCaughtUp()).isEqualTo(10);
        assertThat(cron.isKeptWithoutOwner()).isTrue();
        var rate = Recurrence.fixedRate(Duration.ofSeconds(5));
        assertThat(rate.period()).isEqualTo(Duration.ofSeconds(5));
        assertThat(rate.zone()).isEmpty();
        assertThat(rate.misfire()).isEqualTo(Misfire.FIRE_ONCE);
        assertThat(rate.times()).isEmpty();
        assertThat(rate.isKeptWithoutOwner()).isFalse();
    }

    @Test
    void aChangeLeavesTheOriginalAsItWas() {
        var rate = Recurrence.fixedRate(Duration.ofSeconds(5));
        var changed = rate.startAfter(Duration.ZERO).misfire(Misfire.SKIP);
        assertThat(rate).isEqualTo(Recurrence.fixedRate(Duration.ofSeconds(5))).isNotEqualTo(changed);
        assertThat(changed).hasSameHashCodeAs(rate.startAfter(Duration.ZERO).misfire(Misfire.SKIP));
        assertThat(changed.startAt(LAST).startAfter()).isEmpty();
        assertThat(rate).isNotEqualTo(Recurrence.fixedDelay(Duration.ofSeconds(5)));
    }

    @Test
    void mayBeASingleTime() {
        var once = Recurrence.once(Duration.ofHours(1)).keptWithoutOwner();
        assertThat(once.startAfter()).contains(Duration.ofHours(1));
        assertThat(once.times()).hasValue(1);
        assertThat(once).hasToString("once, first after 1h, kept without owner");
        assertThat(Recurrence.once(LAST)).hasToString("once, first at 2027-01-01T00:00:00Z");
        assertThat(Recurrence.once(LAST).times(2)).hasToString("every 3653d, first at 2027-01-01T00:00:00Z, 2 times");
        assertThatThrownBy(() -> Recurrence.once(Duration.ofMillis(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("delay before the first time is PT-0.001S, must be 0 to 3653 days");
    }

    @Test
    void tellsPeopleWhatItMeans() {
        assertThat(Recurrence.fixedRate(Duration.ofMillis(90_000))).hasToString("every 90s");
        assertThat(Recurrence.fixedDelay(Duration.ofHours(48))).hasToString("2d after each");
        assertThat(Recurrence.fixedRate(Duration.ofNanos(1_500_000))).hasToString("every PT0.0015S");
        assertThat(Recurrence.cron("0 7 * * MON-FRI", ZoneOffset.UTC)
                        .startAfter(Duration.ZERO)
                        .until(LAST)
                        .times(1)
                        .misfire(Misfire.SKIP)
                        .keptWithoutOwner())
                .hasToString("cron 0 7 * * MON-FRI Z, first after 0s, until 2027-01-01T00:00:00Z, 1 time,"
                        + " missed ones skipped, kept without owner");
        assertThat(Recurrence.fixedRate(Duration.ofDays(1))
                        .startAt(LAST)
                        .times(2)
                        .catchUp(7))
                .hasToString("every 1d, first at 2027-01-01T00:00:00Z, 2 times, up to 7 missed ones caught up with");
    }

    @Test
    void refusesTimesOutOfRange() {
        for (Duration wrong : List.of(
                Duration.ZERO,
                Duration.ofNanos(999_999),
                Duration.ofSeconds(-1),
                Recurrence.MAX_PERIOD.plusNanos(1),
                Duration.ofSeconds(Long.MAX_VALUE))) {
            assertThatThrownBy(() -> Recurrence.fixedRate(wrong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("period of a fixed rate is " + wrong + ", must be 1 ms to 3653 days");
            assertThatThrownBy(() -> Recurrence.fixedDelay(wrong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("fixed delay is " + wrong + ", must be 1 ms to 3653 days");
        }
        var rate = Recurrence.fixedRate(Recurrence.MIN_PERIOD);
        assertThatThrownBy(() -> rate.startAfter(Duration.ofNanos(-1)))
                .hasMessage("delay before the first time is PT-0.000000001S, must be 0 to 3653 days");
        assertThatThrownBy(() -> rate.times(0)).hasMessage("number of times is 0, must be at least 1");
        assertThatThrownBy(() -> rate.catchUp(0)).hasMessage("most times to catch up with is 0, must be 1 to 1000");
        assertThatThrownBy(() -> rate.catchUp(1_001)).hasMessageContaining("1001");
        assertThatThrownBy(() -> rate.misfire(Misfire.CATCH_UP)).hasMessageContaining("call catchUp(most)");
    }

    @Test
    void refusesExpressionsThatAreTooLongOrHaveControlCharacters() {
        assertThatThrownBy(() -> Recurrence.cron("*".repeat(10_240), ZoneOffset.UTC))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("cron expression '********************…' has 10240 characters, must have at most 255");
        assertThatThrownBy(() -> Recurrence.cron("0 0 * * \u001b[31m", ZoneOffset.UTC))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'0 0 * * ?[31m'");
        assertThatThrownBy(() -> Recurrence.cron("* * * * *", null)).hasMessage("zone");
        assertThatThrownBy(() -> Recurrence.cron(null, ZoneOffset.UTC)).isInstanceOf(NullPointerException.class);
    }
}
