package symphony.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import symphony.api.event.Recurrence;
import symphony.api.event.Recurrence.Misfire;

/** What is done about the times that are due, against a list of them all. */
final class RhythmTest {
    private static final Instant WALL = Instant.parse("2026-03-29T00:59:50Z");
    private static final int MOST = 40;

    /** Before the overflow of the nano clock. */
    private static final long NANOS = Long.MAX_VALUE - 3_000_000;

    @Property(tries = 2_000)
    void aFixedRateAgreesWithAList(
            @ForAll @IntRange(min = 1, max = 9_000) int periodMillis,
            @ForAll @IntRange(min = 0, max = 60_000) int lateMillis,
            @ForAll @IntRange(min = -1, max = 60_000) int untilMillis,
            @ForAll @IntRange(min = -1, max = 5) int policy) {
        var recurrence = recurrence(Recurrence.fixedRate(Duration.ofMillis(periodMillis)), policy);
        if (untilMillis >= 0) {
            recurrence = recurrence.until(WALL.plusMillis(untilMillis));
        }
        long firstNanos = NANOS;
        var now = new Now(firstNanos + lateMillis * 1_000_000L, Due.micros(WALL.plusMillis(lateMillis)));
        Turn turn = Rhythm.of(recurrence).turn(new Due(false, firstNanos), now);
        Turn expected = expected(
                recurrence,
                LongStream.iterate(0, at -> at + periodMillis)
                        .takeWhile(at -> untilMillis < 0 || at <= untilMillis)
                        .limit(lateMillis / periodMillis + 2)
                        .toArray(),
                lateMillis,
                at -> new Due(false, firstNanos + at * 1_000_000L));
        assertThat(turn).isEqualTo(expected);
    }

    @Property(tries = 500)
    void aCronExpressionAgreesWithAList(
            @ForAll @IntRange(min = 0, max = 60_000) int lateMillis,
            @ForAll @IntRange(min = -1, max = 60_000) int untilMillis,
            @ForAll @IntRange(min = -1, max = 5) int policy) {
        var recurrence = recurrence(Recurrence.cron("*/5 * * * * *", ZoneOffset.UTC), policy);
        if (untilMillis >= 0) {
            recurrence = recurrence.until(WALL.plusMillis(untilMillis));
        }
        var now = new Now(NANOS, Due.micros(WALL.plusMillis(lateMillis)));
        Turn turn = Rhythm.of(recurrence).turn(new Due(true, Due.micros(WALL)), now);
        Turn expected = expected(
                recurrence,
                LongStream.iterate(0, at -> at + 5_000)
                        .takeWhile(at -> untilMillis < 0 || at <= untilMillis)
                        .limit(100)
                        .toArray(),
                lateMillis,
                at -> new Due(true, Due.micros(WALL.plusMillis(at))));
        assertThat(turn).isEqualTo(expected);
    }

    private static Recurrence recurrence(Recurrence plain, int policy) {
        return switch (policy) {
            case -1 -> plain;
            case 0 -> plain.misfire(Misfire.SKIP);
            default -> plain.catchUp(policy * MOST / 5);
        };
    }

    private interface At {
        Due of(long millis);
    }

    /** Times in milliseconds since the first. */
    private static Turn expected(Recurrence recurrence, long[] times, long nowMillis, At at) {
        List<Long> due =
                LongStream.of(times).filter(time -> time <= nowMillis).boxed().toList();
        List<Long> taken =
                switch (recurrence.misfire()) {
                    case FIRE_ONCE -> due.subList(due.size() - 1, due.size());
                    case SKIP ->
                        nowMillis - due.get(due.size() - 1) > 5_000
                                ? List.of()
                                : due.subList(due.size() - 1, due.size());
                    case CATCH_UP -> due.subList(Math.max(0, due.size() - recurrence.mostCaughtUp()), due.size());
                };
        Optional<Long> next = taken.size() > 1
                ? Optional.of(taken.get(1))
                : LongStream.of(times).filter(time -> time > nowMillis).boxed().findFirst();
        return new Turn(!taken.isEmpty(), due.size() - taken.size(), Math.max(0, taken.size() - 1), next.map(at::of));
    }
}
