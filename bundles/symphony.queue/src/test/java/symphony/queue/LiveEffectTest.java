package symphony.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import symphony.api.crypto.Envelope;
import symphony.api.event.Refusal;
import symphony.api.event.TopicFilter;
import symphony.api.queue.DeadReason;
import symphony.api.queue.EventQueue;
import symphony.api.queue.Item;
import symphony.api.queue.Lease;
import symphony.api.queue.Offer;
import symphony.api.queue.OrderFailure;
import symphony.api.queue.Overflow;
import symphony.api.queue.QueueSpec;
import symphony.api.queue.QueueStats;
import symphony.api.queue.Target;
import symphony.queue.contract.Envelopes;
import symphony.queue.contract.TestThread;

/** Each key, changed while threads push and pop: what it does is done from then on, and no event is lost. G11. */
@Timeout(120)
class LiveEffectTest {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final int MIB = 1 << 20;
    private static final int BYTES = 1_000;
    private static final int THREADS = 2;
    private static final long HOUR = Duration.ofHours(1).toMillis();

    private final Map<String, Object> config = new HashMap<>(Map.of("memory.bytes", MIB));
    private final MemoryQueues component = new MemoryQueues(config, Contexts.open());
    private final MemoryQueueEngine queues = component.engine();
    private final EventQueue queue = queues.open(new QueueSpec(
            "a/live",
            List.of(TopicFilter.of("*")),
            "",
            1_000_000,
            Overflow.REFUSE,
            "",
            OrderFailure.HOLD_BACK,
            0,
            HOUR,
            0));
    private final AtomicLong ids = new AtomicLong();
    private final AtomicLong lastId = new AtomicLong();
    private final AtomicLong accepted = new AtomicLong();
    private final AtomicInteger settling = new AtomicInteger();
    private final List<TestThread<?>> threads = new ArrayList<>();
    private volatile boolean publishing = true;
    private volatile boolean handling = true;
    private volatile boolean holding;

    @BeforeEach
    void clear() {
        CapturedLog.clear();
    }

    @AfterEach
    void close() {
        publishing = false;
        handling = false;
        threads.forEach(TestThread::close);
        component.deactivate();
    }

    private void set(String key, Object value) {
        config.put(key, value);
        component.modified(config);
    }

    /** A value that cannot be used is told of, and changes nothing; neither does what stands beside it. */
    private void refuses(String key, Object bad, String what) {
        var changed = new HashMap<>(config);
        changed.put("memory.bytes", 64 * MIB);
        changed.put(key, bad);
        component.modified(changed);
        assertThat(CapturedLog.lines())
                .filteredOn(line -> line.startsWith("WARN symphony.queue: " + key + " is " + bad + ", " + what))
                .singleElement()
                .asString()
                .endsWith("; keeping all as it was; set it in PID symphony.queue");
        assertThat(queues.budget().limit()).isLessThan(64 * MIB);
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + DEADLINE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - end).as("it did not come to that").isNegative();
            LockSupport.parkNanos(200_000);
        }
    }

    private Offer push(Envelope envelope) {
        Offer offer = queues.push("t", List.of(new Target(queue, Item.of(envelope, 0))), Duration.ZERO)
                .get(0);
        if (offer instanceof Offer.Accepted) {
            accepted.incrementAndGet();
        }
        return offer;
    }

    private static Envelope envelope(long id) {
        int header = Envelopes.of("t", 5).size();
        return Envelopes.of(new UUID(0, id), "t", 5, 0, 0, new byte[BYTES - header]);
    }

    /** Threads push, and others pop and settle, unless they are held. */
    private void load(Consumer<Lease> settle) {
        for (int i = 0; i < THREADS; i++) {
            threads.add(new TestThread<>(() -> {
                while (publishing) {
                    long id = ids.incrementAndGet();
                    if (push(envelope(id)) instanceof Offer.Accepted) {
                        lastId.accumulateAndGet(id, Math::max);
                    } else {
                        LockSupport.parkNanos(50_000); // what was refused is not published again
                    }
                }
                return null;
            }));
            threads.add(new TestThread<>(() -> {
                while (handling) {
                    settling.incrementAndGet(); // before the look at what hold() sets
                    Lease lease = holding ? Lease.NONE : queue.pop();
                    if (lease.isPresent()) {
                        settle.accept(lease);
                    }
                    settling.decrementAndGet();
                    if (!lease.isPresent()) {
                        LockSupport.parkNanos(50_000);
                    }
                }
                return null;
            }));
        }
    }

    /** No event is settled from here on. */
    private void hold() {
        holding = true;
        await(() -> settling.get() == 0);
    }

    /** Events are settled as before. */
    private void progress(int events) {
        long before = queue.stats().handled() + queue.stats().dead();
        await(() -> queue.stats().handled() + queue.stats().dead() >= before + events);
    }

    /** Those that push are told so many times more that there is no room. */
    private void refused(Refusal.Reason reason, int events) {
        long before = queue.stats().refused().getOrDefault(reason, 0L);
        await(() -> queue.stats().refused().getOrDefault(reason, 0L) >= before + events);
    }

    /** All that was accepted is here or settled; what is here still is handled now. */
    private QueueStats end() throws Exception {
        publishing = false;
        handling = false;
        for (TestThread<?> thread : threads) {
            thread.result();
        }
        assertThat(queue.stats().accepted()).isEqualTo(accepted.get());
        for (Lease lease = queue.pop(); lease.isPresent(); lease = queue.pop()) {
            lease.ack();
        }
        QueueStats stats = queue.stats();
        assertThat(stats.handled() + stats.dead()).isEqualTo(accepted.get());
        return stats;
    }

    @Test
    void envelopesTakeAsManyBytesAsConfigured() throws Exception {
        load(Lease::ack);
        progress(1_000);
        hold();
        refused(Refusal.Reason.LIMIT, 10);
        assertThat(queues.budget().used()).isBetween(MIB - (long) BYTES, (long) MIB);
        set("memory.bytes", 2 * MIB);
        await(() -> queues.budget().used() > 2 * MIB - BYTES);
        refused(Refusal.Reason.LIMIT, 10);
        refuses("memory.bytes", "-5", "must be 0 or 1048576 to ");
        refused(Refusal.Reason.LIMIT, 10);
        assertThat(queues.budget().used()).isBetween(2L * MIB - BYTES, 2L * MIB);
        set("memory.bytes", MIB);
        refused(Refusal.Reason.LIMIT, 10);
        assertThat(queues.budget().used()).as("nothing is given up").isGreaterThan(2 * MIB - BYTES);
        holding = false;
        await(() -> queues.budget().used() < MIB);
        hold();
        refused(Refusal.Reason.LIMIT, 10);
        assertThat(queues.budget().used()).isBetween(MIB - (long) BYTES, (long) MIB);
        holding = false;
        progress(1_000);
        end();
    }

    @Test
    void eventsAgeAsFastAsConfigured() throws Exception {
        set("aging", "0");
        AtomicLong late = new AtomicLong();
        AtomicLong urgent = new AtomicLong();
        for (int i = 0; i < THREADS; i++) {
            threads.add(new TestThread<>(() -> {
                while (publishing) {
                    push(Envelopes.of("t", 0)); // so that there is always one that is more urgent
                    Lease lease = queue.pop();
                    (lease.item().envelope().priority() == 0 ? urgent : late).incrementAndGet();
                    lease.ack();
                }
                return null;
            }));
        }
        await(() -> urgent.get() > 1_000);
        waits(late, urgent);
        set("aging", "1ms");
        await(() -> late.get() == 1);
        set("aging", "0");
        waits(late, urgent);
        refuses("aging", "soon", "must be a time like 250ms, 5s or 2m, 0s to 24h");
        waits(late, urgent);
        set("aging", "2ms");
        await(() -> late.get() == 3);
        end();
    }

    /** One that is not urgent stays behind while many others are handled. */
    private void waits(AtomicLong late, AtomicLong urgent) {
        long before = late.get();
        push(Envelopes.of("t", 9));
        long begun = urgent.get();
        await(() -> urgent.get() > begun + 20_000);
        assertThat(late).hasValue(before);
    }

    @Test
    void deadLettersAreKeptAsManyAsConfigured() throws Exception {
        set("dead.letters", 100);
        load(lease -> lease.deadLetter(DeadReason.MISMATCH, "no"));
        keeps(100);
        set("dead.letters", 10);
        assertThat(queues.deadLetters().count()).isLessThanOrEqualTo(10);
        keeps(10);
        set("dead.letters", 150);
        keeps(150);
        refuses("dead.letters", -1, "must be 0 to 10000000");
        keeps(150);
        set("dead.letters", 0);
        keeps(0);
        set("dead.letters", 20);
        keeps(20);
        QueueStats stats = end();
        assertThat(queues.deadLetters().count() + queues.deadLetters().discarded())
                .isEqualTo(stats.dead());
    }

    private void keeps(int letters) {
        await(() -> queues.deadLetters().count() == letters);
        progress(500);
        assertThat(queues.deadLetters().count()).isEqualTo(letters);
    }

    @Test
    void deadLettersTakeAsManyBytesAsConfigured() throws Exception {
        set("dead.letters.bytes", 100 * BYTES);
        load(lease -> lease.deadLetter(DeadReason.MISMATCH, "no"));
        keeps(100);
        set("dead.letters.bytes", 10 * BYTES);
        assertThat(queues.deadLetters().count()).isLessThanOrEqualTo(10);
        keeps(10);
        set("dead.letters.bytes", 50 * BYTES);
        keeps(50);
        refuses("dead.letters.bytes", "64 MiB", "must be a whole number, 0 to ");
        keeps(50);
        set("dead.letters.bytes", Long.MAX_VALUE);
        keeps(MIB / 2 / BYTES);
        set("memory.bytes", 2 * MIB);
        keeps(MIB / BYTES);
        QueueStats stats = end();
        assertThat(queues.deadLetters().count() + queues.deadLetters().discarded())
                .isEqualTo(stats.dead());
    }

    @Test
    void asManyIdsAreKnownAsConfigured() throws Exception {
        set("duplicates.ids", 1_000);
        load(Lease::ack);
        knows(1_000);
        set("duplicates.ids", 10);
        knows(10);
        set("duplicates.ids", 2_000);
        knows(2_000);
        refuses("duplicates.ids", 0, "must be 1 to 10000000");
        knows(2_000);
        end();
        assertThat(push(envelope(lastId.get()))).as("the latest").isInstanceOf(Offer.Duplicate.class);
        assertThat(push(envelope(1))).as("the first").isInstanceOf(Offer.Accepted.class);
    }

    private void knows(long ids) {
        await(() -> queue.stats().accepted() - queue.stats().forgotten() == ids);
        progress(500);
        QueueStats stats = queue.stats();
        assertThat(stats.accepted() - stats.forgotten()).isEqualTo(ids);
    }
}
