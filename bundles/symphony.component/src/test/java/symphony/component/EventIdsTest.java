package symphony.component;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class EventIdsTest {
    private final AtomicLong millis = new AtomicLong(1_764_000_000_000L);
    private final InstantSource clock = () -> Instant.ofEpochMilli(millis.get());

    @Test
    void areOfVersionSevenAndTellTheTime() {
        UUID id = ids(1).next();
        assertThat(id.version()).isEqualTo(7);
        assertThat(id.variant()).isEqualTo(2);
        assertThat(id.getMostSignificantBits() >>> 16).isEqualTo(millis.get());
    }

    @Test
    void increaseWithinAThreadAlsoIfTheClockStandsStillOrGoesBack() {
        EventIds ids = ids(1);
        UUID last = ids.next();
        for (int i = 0; i < 100_000; i++) {
            millis.addAndGet(i % 1000 == 0 ? -1 : 0);
            UUID next = ids.next();
            assertThat(next).isGreaterThan(last);
            last = next;
        }
    }

    @Test
    @Timeout(120)
    void neverRepeatWhateverTheNumberOfThreads() throws InterruptedException {
        int each = 20_000;
        EventIds ids = ids(4);
        Set<UUID> all = ConcurrentHashMap.newKeySet();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            threads.add(new Thread(() -> {
                for (int n = 0; n < each; n++) {
                    all.add(ids.next());
                }
            }));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(all).hasSize(threads.size() * each);
    }

    private EventIds ids(int slots) {
        return new EventIds(clock, new SecureRandom(), slots);
    }
}
