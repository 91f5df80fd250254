package symphony.users;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class LockOutTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration HOUR = Duration.ofHours(1);

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5); // it may run over
    private final LockOut lockOut = new LockOut(nanos::get, new LockOut.Rule(3, MINUTE, HOUR));

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    private void fail(int times) {
        for (int i = 0; i < times; i++) {
            lockOut.failed("ada", true);
        }
    }

    @Test
    void locksAfterSoManyAndDoublesTheTime() {
        fail(2);
        assertThat(lockOut.lockedFor("ada", true)).isZero();
        fail(1);
        assertThat(lockOut.lockedFor("ada", true)).isEqualTo(MINUTE);
        pass(Duration.ofSeconds(59));
        assertThat(lockOut.lockedFor("ada", true)).isEqualTo(Duration.ofSeconds(1));
        pass(Duration.ofSeconds(1));
        assertThat(lockOut.lockedFor("ada", true)).isZero();
        fail(1);
        assertThat(lockOut.lockedFor("ada", true)).isEqualTo(MINUTE.multipliedBy(2));
        fail(100);
        assertThat(lockOut.lockedFor("ada", true)).isEqualTo(HOUR);
    }

    @Test
    void locksNobodyElse() {
        fail(3);
        assertThat(lockOut.lockedFor("bob", true)).isZero();
    }

    @Test
    void beginsAnewOnceItIsForgotten() {
        fail(3);
        lockOut.forget("ada");
        assertThat(lockOut.lockedFor("ada", true)).isZero();
        assertThat(lockOut.failures("ada", true)).isZero();
    }

    @Test
    void takesAnotherRuleForThoseThatAreLocked() {
        fail(3);
        lockOut.apply(new LockOut.Rule(4, MINUTE, HOUR));
        assertThat(lockOut.lockedFor("ada", true)).isZero();
    }

    @Test
    void forgetsNoAccountForOtherNames() {
        fail(3);
        lockOut.failed("first", false);
        for (int i = 0; i < 10_000; i++) {
            lockOut.failed("n" + i, false);
        }
        assertThat(lockOut.failures("ada", true)).isEqualTo(3);
        assertThat(lockOut.lockedFor("ada", true)).isEqualTo(MINUTE);
        assertThat(lockOut.failures("first", false)).isZero(); // of these so many are kept
        assertThat(lockOut.failures("n0", false)).isEqualTo(1);
    }

    @Test
    void forgetsAccountsThatAreNoMore() {
        fail(3);
        lockOut.failed("bob", true);
        lockOut.keep(Set.of("bob", "eve"));
        assertThat(lockOut.failures("ada", true)).isZero();
        assertThat(lockOut.failures("bob", true)).isEqualTo(1);
    }

    @Property
    void neverLocksForLongerThanTheRuleSays(@ForAll @IntRange(min = 0, max = 100_000) int failures) {
        Duration time = new LockOut.Rule(3, MINUTE, HOUR).after(failures);
        assertThat(time).isBetween(failures < 3 ? Duration.ZERO : MINUTE, failures < 3 ? Duration.ZERO : HOUR);
    }
}
