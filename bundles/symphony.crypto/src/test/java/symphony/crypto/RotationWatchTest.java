package symphony.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class RotationWatchTest {
    private final LinkedBlockingQueue<Long> looks = new LinkedBlockingQueue<>();
    private final AtomicBoolean fails = new AtomicBoolean();

    private RotationWatch watch() {
        return new RotationWatch(age -> {
                    boolean now = fails.get();
                    looks.add(age);
                    if (now) {
                        throw new IllegalStateException("the disk is full, a test says");
                    }
                })
                .start();
    }

    /** It may look twice for one change, but never for none. */
    private void awaitLook(long wanted) throws InterruptedException {
        Long age = -1L;
        while (age != wanted) {
            age = looks.poll(60, TimeUnit.SECONDS);
            assertThat(age).isNotNull().isPositive();
        }
    }

    @Test
    void looksAtOnceWhenAnAgeIsSetAndGoesOnAfterAFailure() throws Exception {
        CapturedLog.LINES.clear();
        try (RotationWatch watch = watch()) {
            fails.set(true);
            watch.apply(1_000);
            awaitLook(1_000);
            fails.set(false);
            watch.apply(2_000);
            awaitLook(2_000);
            assertThat(CapturedLog.LINES)
                    .anyMatch(
                            line -> line.startsWith(
                                    "WARN symphony.crypto: keys that are too old could not be rotated; trying again in a minute"));
        }
    }

    @Test
    void doesNotLookWhereNoAgeIsSet() throws Exception {
        RotationWatch watch = watch();
        watch.apply(0);
        watch.apply(3_000);
        awaitLook(3_000);
        watch.close();
        assertThat(looks).allMatch(age -> age == 3_000);
    }
}
