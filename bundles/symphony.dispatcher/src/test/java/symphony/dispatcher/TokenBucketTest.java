package symphony.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class TokenBucketTest {
    private static final BigInteger SECOND = BigInteger.valueOf(1_000_000_000);

    /** Somebody wants some units after some time. */
    record Step(long nanosLater, int units) {}

    /** The same with numbers of any size and nothing left out: what it holds, in billionths. */
    private static final class Naive {
        private final BigInteger perSecond;
        private final BigInteger full;
        private BigInteger level;

        Naive(long perSecond) {
            this.perSecond = BigInteger.valueOf(perSecond);
            this.full = this.perSecond.multiply(SECOND);
            this.level = full;
        }

        boolean take(Step step) {
            BigInteger wanted = BigInteger.valueOf(step.units).multiply(SECOND);
            if (step.nanosLater > 0) {
                level = level.add(BigInteger.valueOf(step.nanosLater).multiply(perSecond))
                        .min(full);
            }
            boolean has = level.compareTo(wanted.min(full)) >= 0;
            level = has ? level.subtract(wanted) : level;
            return has;
        }
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Long> later = Arbitraries.oneOf(
                Arbitraries.longs().between(0, 10),
                Arbitraries.longs().between(0, 2_000_000_000L),
                Arbitraries.longs().between(0, Long.MAX_VALUE / 4));
        Arbitrary<Integer> units = Arbitraries.oneOf(
                Arbitraries.just(1),
                Arbitraries.integers().between(0, 2_000),
                Arbitraries.integers().between(0, Integer.MAX_VALUE));
        return Combinators.combine(later, units).as(Step::new).list().ofMaxSize(60);
    }

    @Provide
    Arbitrary<Long> rates() {
        return Arbitraries.oneOf(
                Arbitraries.longs().between(1, 20), Arbitraries.longs().between(1, TokenBucket.MOST_PER_SECOND));
    }

    @Property(tries = 2_000)
    void givesWhatABucketWithNumbersOfAnySizeGives(
            @ForAll("rates") long perSecond, @ForAll("steps") List<Step> steps, @ForAll long begin) {
        var bucket = new TokenBucket(perSecond, begin);
        var naive = new Naive(perSecond);
        long now = begin;
        for (Step step : steps) {
            now += step.nanosLater;
            boolean has = bucket.has(step.units, now);
            assertThat(has).isEqualTo(naive.take(step));
            if (has) {
                bucket.take(step.units);
            }
        }
    }

    /** In any stretch of time no more than the rate allows for, and what it held at its beginning. */
    @Property(tries = 500)
    void neverGivesMoreThanTheRateAndOneSecondsWorth(
            @ForAll("rates") long perSecond, @ForAll("steps") List<Step> steps) {
        var bucket = new TokenBucket(perSecond, 0);
        BigInteger given = BigInteger.ZERO;
        BigInteger nanos = BigInteger.ZERO;
        long now = 0;
        for (Step step : steps) {
            now += step.nanosLater;
            nanos = nanos.add(BigInteger.valueOf(step.nanosLater));
            BigInteger most = BigInteger.valueOf(perSecond).multiply(nanos.add(SECOND));
            if (bucket.has(step.units, now)) {
                // a large one is paid for afterwards: before it, all was within the rate
                assertThat(given.multiply(SECOND)).isLessThanOrEqualTo(most);
                bucket.take(step.units);
                given = given.add(BigInteger.valueOf(step.units));
            }
        }
    }

    @Example
    void takesNoTimeBackThatAnotherThreadReadBefore() {
        var bucket = new TokenBucket(2, 100);
        bucket.take(2);
        assertThat(bucket.has(1, 50)).isFalse();
        assertThat(bucket.has(1, 500_000_099)).isFalse();
        assertThat(bucket.has(1, 500_000_100)).isTrue();
    }
}
