package symphony.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import symphony.api.event.Event;

/** Settings and pools that change at random, many times a second, under load: handlers go on, and nothing is lost. */
@Timeout(300)
class LiveSettingsTest {
    private static final Map<String, List<Object>> KNOBS = Map.ofEntries(
            Map.entry("workers", List.of(1, 2, 4)),
            Map.entry("workers.max", List.of(1, 8, 64)),
            Map.entry("spare.idle", List.of("1ms", "30s")),
            Map.entry("watch.interval", List.of("1ms", "20ms", "1s")),
            Map.entry("fair", List.of("1ms", "200ms", "1m")),
            Map.entry("batch", List.of(1, 64)),
            Map.entry("backoff", List.of("0", "1ms")),
            Map.entry("capacity", List.of(1, 100, 10_000)),
            Map.entry("quarantine.overruns", List.of(0, 1)),
            Map.entry("quarantine.failures", List.of(0, 1, 3)),
            Map.entry("quarantine.rate", List.of(0, 0.1)),
            Map.entry("quarantine.window", List.of(10, 20)),
            Map.entry("attempts", List.of(2, 10, 100)),
            Map.entry("quarantine.wait", List.of("1ms", "3ms", "8ms")),
            Map.entry("quarantine.wait.max", List.of("2ms", "5ms", "10ms")));

    private final Bench bench = new Bench("attempts", 100, "quarantine.wait", "1ms", "quarantine.wait.max", "2ms");
    private final Map<String, AtomicLong> handled = new HashMap<>();
    private volatile boolean open = true;
    private volatile boolean well;

    @AfterEach
    void close() {
        open = false;
        bench.close();
    }

    private void handler(String name, Object... properties) {
        var count = new AtomicLong();
        handled.put("acme/" + name, count);
        var all = new Object[properties.length + 2];
        System.arraycopy(properties, 0, all, 0, properties.length);
        all[properties.length] = "symphony.subscription";
        all[properties.length + 1] = name;
        bench.handle(
                "t",
                delivery -> {
                    if (!well && delivery.getLong("n", 0) % 7 == 0 && delivery.attempt() == 1) {
                        throw new IllegalStateException("each seventh");
                    }
                    count.incrementAndGet();
                },
                all);
    }

    private void publish() {
        for (int i = 0; open; i++) {
            bench.engine.dispatch(
                    Bench.PUBLISHER, Event.on("t").with("n", i).build(), Bench.PUBLISHER, Duration.ofMillis(100));
        }
    }

    private void pool(Random random) {
        if (random.nextInt(4) == 0) {
            bench.engine.poolDefinitions().remove("reports");
            return;
        }
        Map<String, Object> config = Map.of(
                "name",
                random.nextInt(5) == 0 ? "other" : "reports",
                "workers",
                1 + random.nextInt(3),
                "workers.max",
                1 + random.nextInt(8),
                "virtual",
                random.nextBoolean());
        bench.engine
                .poolDefinitions()
                .put(
                        "reports",
                        PoolDefinitions.PID,
                        PoolDefinitions.settings(PoolDefinitions.PID).orDefaults(config));
    }

    private void setting(Random random) {
        var keys = KNOBS.keySet().stream().sorted().toList();
        String key = keys.get(random.nextInt(keys.size()));
        List<Object> values = KNOBS.get(key);
        bench.configure(key, values.get(random.nextInt(values.size())));
    }

    @Test
    void handlersGoOnWhateverIsChangedHoweverOften() throws Exception {
        // given
        handler("plain");
        handler("pooled", "symphony.pool", "reports", "symphony.concurrency", 3);
        var publishers = new Thread[] {new Thread(this::publish), new Thread(this::publish)};
        for (Thread publisher : publishers) {
            publisher.start();
        }
        long seed = Long.getLong("live.seed", 20_261_124);
        var random = new Random(seed);
        int rounds = Integer.getInteger("live.rounds", 60);
        for (int round = 0; round < rounds; round++) {
            // when
            for (int i = 0; i < 20; i++) {
                if (random.nextBoolean()) {
                    pool(random);
                } else {
                    setting(random);
                }
            }
            // then
            handled.forEach((identity, count) -> {
                long before = count.get();
                Bench.await(() -> count.get() > before);
            });
        }
        open = false;
        for (Thread publisher : publishers) {
            publisher.join();
        }
        well = true;
        handled.forEach((identity, count) -> {
            Bench.await(() -> bench.stats(identity).depth() == 0);
            assertThat(bench.stats(identity).balanced()).as(identity).isTrue();
            assertThat(bench.stats(identity).handled())
                    .as("%s, seed %d", identity, seed)
                    .isEqualTo(bench.stats(identity).accepted())
                    .isEqualTo(count.get());
        });
    }
}
