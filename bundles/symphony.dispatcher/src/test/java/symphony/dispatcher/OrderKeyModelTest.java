package symphony.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import symphony.api.event.Delivery;
import symphony.api.event.Event;
import symphony.api.queue.DeadLetter;
import symphony.api.queue.DeadLetterFilter;
import symphony.api.queue.DeadReason;
import symphony.api.queue.Offer;
import symphony.api.queue.QueueStats;
import symphony.queue.MemoryQueueEngine;

/**
 * Events of several keys and priorities that fail, are given up and are re-driven until all are handled: the calls of each key
 * are those of a model that knows one key at a time, and no two of them run at once.
 */
class OrderKeyModelTest {
    private static final int ATTEMPTS = 3;
    private static final int THREADS = 8;
    private static final String IDENTITY = "acme/handler";

    /** An event, and how many calls of it fail before one goes well. Key 0 is none. */
    record Planned(int key, int priority, int failures) {}

    /** Those without a key stand each for itself. */
    private static int keyOf(List<Planned> all, int id) {
        int key = all.get(id).key();
        return key == 0 ? -1 - id : key;
    }

    /** What each comes to if all that waits of its key is handled, in order. */
    private static final class Model {
        private final List<Planned> all;
        private final boolean takesAlong;
        private final int[] failuresLeft;

        /** By key, those that wait, in the order of their push. */
        private Map<Integer, List<Integer>> waiting;

        Model(List<Planned> all, boolean takesAlong) {
            this.all = all;
            this.takesAlong = takesAlong;
            this.failuresLeft = all.stream().mapToInt(Planned::failures).toArray();
            push(IntStream.range(0, all.size()).boxed());
        }

        private void push(Stream<Integer> ids) {
            waiting = ids.collect(Collectors.groupingBy(id -> keyOf(all, id)));
        }

        /** The calls by key, and who was given up and why. */
        Map<Integer, List<Integer>> handleAll(Map<Integer, DeadReason> dead) {
            var calls = new HashMap<Integer, List<Integer>>();
            waiting.forEach((key, ids) -> calls.put(key, handle(ids, dead)));
            push(dead.keySet().stream().sorted()); // as they were pushed first
            calls.values().removeIf(List::isEmpty);
            return calls;
        }

        private List<Integer> handle(List<Integer> ids, Map<Integer, DeadReason> dead) {
            List<Integer> inOrder = ids.stream()
                    .sorted(Comparator.comparingInt(id -> all.get(id).priority()))
                    .toList();
            var calls = new ArrayList<Integer>();
            boolean failed = false;
            for (int id : inOrder) {
                if (failed && takesAlong && all.get(id).key() != 0) {
                    dead.put(id, DeadReason.TAKEN_ALONG);
                    continue;
                }
                int tried = Math.min(ATTEMPTS, failuresLeft[id] + 1);
                IntStream.range(0, tried).forEach(i -> calls.add(id));
                if (failuresLeft[id] >= ATTEMPTS) {
                    dead.put(id, DeadReason.ATTEMPTS);
                    failed = true;
                }
                failuresLeft[id] = Math.max(0, failuresLeft[id] - ATTEMPTS);
            }
            return calls;
        }
    }

    /** The dispatcher, with a handler that does as planned and writes down its calls. */
    private static final class Real implements AutoCloseable {
        private final List<Planned> all;
        private final AtomicInteger[] failuresLeft;
        private final Map<Integer, List<Integer>> calls = new ConcurrentHashMap<>();
        private final Map<Integer, AtomicInteger> running = new ConcurrentHashMap<>();
        private final Map<UUID, Integer> ids = new ConcurrentHashMap<>();
        final AtomicInteger together = new AtomicInteger();
        final Bench bench = new Bench("workers", THREADS, "quarantine.failures", 0, "capacity", 100_000);

        Real(List<Planned> all, boolean takesAlong) {
            this.all = all;
            this.failuresLeft = all.stream()
                    .map(planned -> new AtomicInteger(planned.failures()))
                    .toArray(AtomicInteger[]::new);
            bench.queues.apply(MemoryQueueEngine.SETTINGS.orDefaults(Map.of("aging", "0", "dead.letters", 1_000_000)));
            bench.handle(
                    "t",
                    this::handle,
                    "symphony.order.key",
                    "about.key",
                    "symphony.order.failure",
                    takesAlong ? "take-along" : "hold-back",
                    "symphony.concurrency",
                    THREADS,
                    "symphony.attempts",
                    ATTEMPTS,
                    "symphony.backoff",
                    "1ms");
        }

        private void handle(Delivery delivery) {
            int id = (int) delivery.getLong("id", -1);
            int key = keyOf(all, id);
            AtomicInteger beside = running.computeIfAbsent(key, k -> new AtomicInteger());
            if (beside.incrementAndGet() > 1) {
                together.incrementAndGet();
            }
            try {
                List<Integer> log = calls.computeIfAbsent(key, k -> new ArrayList<>());
                synchronized (log) {
                    log.add(id);
                }
                Thread.yield(); // a place for others to come in between
                if (failuresLeft[id].getAndDecrement() > 0) {
                    throw new IllegalStateException("planned");
                }
            } finally {
                beside.decrementAndGet();
            }
        }

        void pause(boolean on) {
            bench.engine.pause("operator", IDENTITY, on);
        }

        void publish(int id) {
            Planned planned = all.get(id);
            Event.Builder event = Event.on("t").priority(planned.priority()).with("id", id);
            if (planned.key() != 0) {
                event.with("about", Map.of("key", planned.key()));
            }
            ids.put(bench.publish(event.build()).orThrow().eventId(), id);
        }

        /** Those that are dead now, each with its reason. */
        Map<Integer, DeadReason> awaitQuiet() {
            Bench.await(() -> bench.stats(IDENTITY).depth() == 0);
            Bench.await(
                    () -> bench.view(IDENTITY).running() == 0); // a dead letter is listed a moment after it is counted
            return bench.queues.deadLetters().list(DeadLetterFilter.ALL).stream()
                    .collect(
                            Collectors.toMap(letter -> ids.get(letter.envelope().eventId()), DeadLetter::reason));
        }

        Map<Integer, List<Integer>> takeCalls() {
            var taken = Map.copyOf(calls);
            calls.clear();
            return taken;
        }

        void redriveAll() {
            for (DeadLetter letter : bench.queues.deadLetters().list(DeadLetterFilter.ALL)) {
                assertThat(bench.queues.deadLetters().redrive(letter.number())).isInstanceOf(Offer.Accepted.class);
            }
        }

        @Override
        public void close() {
            bench.close();
        }
    }

    @Provide
    Arbitrary<List<Planned>> plans() {
        Arbitrary<Integer> failures = Arbitraries.frequencyOf(
                Tuple.of(4, Arbitraries.just(0)),
                Tuple.of(2, Arbitraries.integers().between(1, 2)),
                Tuple.of(1, Arbitraries.integers().between(3, 7)));
        return Combinators.combine(
                        Arbitraries.integers().between(0, 3),
                        Arbitraries.integers().between(0, 9),
                        failures)
                .as(Planned::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(40);
    }

    @Property(tries = 60)
    void callsEachKeyAsTheModelDoes(@ForAll("plans") List<Planned> plan, @ForAll boolean takesAlong) {
        compare(plan, takesAlong, real -> IntStream.range(0, plan.size()).forEach(real::publish));
    }

    /** A thousand keys, each published by one of eight threads, so that its order is known. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Timeout(120)
    void callsEachOfAThousandKeysAsTheModelDoes(boolean takesAlong) {
        int keys = 1_000;
        int eventsOfAKey = 20;
        long seed = System.nanoTime();
        var random = new Random(seed);
        List<Planned> plan = IntStream.range(0, keys * eventsOfAKey)
                .mapToObj(id -> new Planned(1 + id % keys, random.nextInt(10), failures(random)))
                .toList();
        try {
            compare(plan, takesAlong, real -> publishFromThreads(real, plan.size(), keys));
        } catch (Throwable t) {
            throw new AssertionError("seed " + seed, t);
        }
    }

    private static void compare(List<Planned> plan, boolean takesAlong, Consumer<Real> publishing) {
        var model = new Model(plan, takesAlong);
        try (var real = new Real(plan, takesAlong)) {
            real.pause(true);
            publishing.accept(real);
            var dead = new HashMap<Integer, DeadReason>();
            do {
                dead.clear();
                Map<Integer, List<Integer>> calls = model.handleAll(dead);
                real.pause(false);
                assertThat(real.awaitQuiet()).isEqualTo(dead);
                assertThat(real.takeCalls()).isEqualTo(calls);
                real.pause(true);
                real.redriveAll();
            } while (!dead.isEmpty());
            assertThat(real.together).as("calls beside another of their key").hasValue(0);
            QueueStats stats = real.bench.stats(IDENTITY);
            assertThat(stats.handled()).isEqualTo(plan.size());
            assertThat(stats.balanced()).isTrue();
        }
    }

    private static int failures(Random random) {
        return random.nextInt(4) > 0 ? 0 : random.nextInt(2 * ATTEMPTS);
    }

    private static void publishFromThreads(Real real, int events, int keys) {
        List<Thread> threads = IntStream.range(0, THREADS)
                .mapToObj(thread -> new Thread(() -> IntStream.range(0, events)
                        .filter(id -> id % keys % THREADS == thread)
                        .forEach(real::publish)))
                .toList();
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }
}
