package symphony.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** What another thread brings about, however late it is. */
final class Conditions {
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    private Conditions() {}

    static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + DEADLINE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - deadline)
                    .as("it did not come to that")
                    .isNegative();
            LockSupport.parkNanos(1_000_000);
        }
    }
}
