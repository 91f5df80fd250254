package symphony.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import symphony.api.event.Event;

/** Order and exclusion of events with one key, with many keys, threads, failures and retries. */
@Timeout(120)
class OrderKeyTest {
    private static final int KEYS = 1_000;
    private static final int THREADS = 8;
    private static final int EVENTS_OF_A_KEY = 20;

    private final Bench bench =
            new Bench("workers", THREADS, "attempts", 50, "quarantine.failures", 0, "capacity", 50_000);

    @AfterEach
    void close() {
        bench.close();
    }

    /** What is known of a key: how many handle it now, and what was handled, in order. */
    private static final class Key {
        final AtomicInteger running = new AtomicInteger();
        final List<Long> handled = new ArrayList<>(); // guarded by itself
    }

    @Test
    void handlesEachKeyInOrderAndOneEventOfItAtATimeWhateverFails() throws Exception {
        // given: one call in five fails, each time anew
        var keys = new ConcurrentHashMap<String, Key>();
        var together = new AtomicInteger();
        bench.handle(
                "t",
                delivery -> {
                    Key key = keys.computeIfAbsent(delivery.getString("k"), k -> new Key());
                    if (key.running.incrementAndGet() > 1) {
                        together.incrementAndGet();
                    }
                    try {
                        Thread.onSpinWait();
                        if (ThreadLocalRandom.current().nextInt(5) == 0) {
                            throw new IllegalStateException("one in five");
                        }
                        synchronized (key.handled) {
                            key.handled.add(delivery.getLong("n", -1));
                        }
                    } finally {
                        key.running.decrementAndGet();
                    }
                },
                "symphony.order.key",
                "k",
                "symphony.concurrency",
                THREADS,
                "symphony.backoff",
                "1ms");
        // when: each publisher has keys of its own, so that it knows their order
        var publishers = IntStream.range(0, THREADS)
                .mapToObj(thread -> new Thread(() -> publishOf(thread)))
                .toList();
        publishers.forEach(Thread::start);
        for (Thread publisher : publishers) {
            publisher.join();
        }
        // then
        Bench.await(() -> bench.stats("acme/handler").handled() == (long) KEYS * EVENTS_OF_A_KEY);
        List<Long> inOrder =
                IntStream.range(0, EVENTS_OF_A_KEY).mapToObj(n -> (long) n).toList();
        assertThat(keys)
                .hasSize(KEYS)
                .allSatisfy((name, key) -> assertThat(key.handled).as(name).isEqualTo(inOrder));
        assertThat(together).hasValue(0);
        assertThat(bench.stats("acme/handler").balanced()).isTrue();
        assertThat(bench.view("acme/handler").failures()).isGreaterThan(KEYS);
    }

    private void publishOf(int thread) {
        for (int n = 0; n < EVENTS_OF_A_KEY; n++) {
            for (int key = thread; key < KEYS; key += THREADS) {
                Event event = Event.on("t").with("k", "key-" + key).with("n", n).build();
                bench.engine
                        .dispatch(Bench.PUBLISHER, event, Bench.PUBLISHER, Duration.ofSeconds(20))
                        .orThrow();
            }
        }
    }
}
