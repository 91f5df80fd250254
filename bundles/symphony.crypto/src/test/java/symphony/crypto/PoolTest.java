package symphony.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class PoolTest {
    private final AtomicInteger made = new AtomicInteger();

    @Test
    void givesTheSameThingAgain() {
        var pool = new Pool<>(4, made::incrementAndGet);
        for (int i = 0; i < 10; i++) {
            Integer thing = pool.take();
            pool.give(thing);
        }

        assertThat(made).hasValue(1);
    }

    @Test
    void makesMoreThanItKeepsWhenAllAreTaken() {
        var pool = new Pool<>(2, made::incrementAndGet);
        var taken = new int[] {pool.take(), pool.take(), pool.take()};
        assertThat(taken).containsExactly(1, 2, 3);
        for (int thing : taken) {
            pool.give(thing);
        }

        assertThat(new int[] {pool.take(), pool.take(), pool.take()}).containsExactlyInAnyOrder(1, 2, 4);
    }

    @Test
    @Timeout(120)
    void neverGivesAThingToTwoThreads() throws Exception {
        var pool = new Pool<>(4, AtomicBoolean::new);
        var threads = Executors.newFixedThreadPool(8);
        try {
            Callable<Boolean> task = () -> {
                boolean alone = true;
                for (int i = 0; i < 50_000; i++) {
                    AtomicBoolean thing = pool.take();
                    alone &= thing.compareAndSet(false, true);
                    thing.set(false);
                    pool.give(thing);
                }
                return alone;
            };
            for (var alone : threads.invokeAll(Collections.nCopies(8, task))) {
                assertThat(alone.get()).isTrue();
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
