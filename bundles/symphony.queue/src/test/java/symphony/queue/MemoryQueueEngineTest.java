package symphony.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import symphony.api.event.Refusal;
import symphony.api.event.TopicFilter;
import symphony.api.queue.Capability;
import symphony.api.queue.DeadLetter;
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
import symphony.api.scheduler.Timer;
import symphony.queue.contract.Envelopes;
import symphony.queue.contract.HandTimer;
import symphony.queue.contract.Limits;
import symphony.queue.contract.TestThread;

/** What the engine does beyond the contract of all kinds. */
@Timeout(120)
class MemoryQueueEngineTest {
    private final MemorySubject subject = new MemorySubject(Limits.DEFAULT);
    private final MemoryQueueEngine engine = subject.engine;

    @AfterEach
    void close() {
        subject.close();
    }

    private static QueueSpec spec(String identity, int capacity) {
        return new QueueSpec(
                identity,
                List.of(TopicFilter.of("orders/*")),
                "",
                capacity,
                Overflow.REFUSE,
                "",
                OrderFailure.HOLD_BACK,
                0,
                0,
                0);
    }

    private EventQueue open() {
        return engine.open(spec("orders/billing", 10_000));
    }

    private static Item item(int priority) {
        return new Item(Envelopes.of("orders/new", priority), priority, 0, 0, 0, 0);
    }

    private Item later(Duration delay) {
        return new Item(
                Envelopes.of("orders/new", 5), 5, 0, subject.now().plus(delay).toEpochMilli(), 0, 0);
    }

    /** Whoever is told may fail in any way, as for want of memory: what was given up is a dead letter nevertheless. */
    @Test
    void keepsADeadLetterThoughTheOneWhoIsToldOfEventsFails() {
        EventQueue queue = engine.open(takingAlong("orders/billing", 10));
        var told = new AtomicInteger();
        queue.push(new Item(Envelopes.of("orders/new", 5), 5, 1, 0, 0, 0));
        queue.push(new Item(Envelopes.of("orders/new", 5), 5, 1, 0, 0, 0));
        Lease lease = queue.pop();
        queue.whenReady(() -> {
            told.incrementAndGet();
            throw new OutOfMemoryError("as it is told");
        });
        queue.push(item(5));
        assertThat(lease.deadLetter(DeadReason.ATTEMPTS, "no")).isTrue();
        assertThat(engine.deadLetters().list("", 10))
                .extracting(DeadLetter::reason)
                .containsExactly(DeadReason.ATTEMPTS, DeadReason.TAKEN_ALONG);
        int before = told.get();
        queue.push(item(5));
        assertThat(told).as("it is told again, since the last time failed").hasValueGreaterThan(before);
        assertThat(engine.deadLetters().redrive(1)).isInstanceOf(Offer.Accepted.class);
    }

    private static QueueSpec takingAlong(String identity, int capacity) {
        QueueSpec spec = spec(identity, capacity);
        return new QueueSpec(
                identity, spec.topics(), "", capacity, Overflow.REFUSE, "customer", OrderFailure.TAKE_ALONG, 0, 0, 0);
    }

    /** Memory may run out at each step of a push; whoever meets that publishes again, with the same id. */
    @Test
    void takesAnEventOnceWhereverItsFirstPushFailed() {
        boolean failed = true;
        for (int step = 1; failed; step++) {
            var left = new AtomicInteger(Integer.MAX_VALUE);
            LongSupplier nanos = () -> {
                if (left.decrementAndGet() == 0) {
                    throw new OutOfMemoryError("a test says so");
                }
                return System.nanoTime();
            };
            try (var engine = new MemoryQueueEngine(
                    MemoryQueueEngine.SETTINGS.orDefaults(Map.of()), InstantSource.system(), nanos)) {
                EventQueue queue = engine.open(knowingIds());
                Item item = item(5);
                left.set(step);
                failed = fails(() -> queue.push(item));
                left.set(Integer.MAX_VALUE);
                queue.push(item);
                assertThat(queue.stats().waiting())
                        .as("failed at step %d", step)
                        .isEqualTo(1);
            }
        }
    }

    private static QueueSpec knowingIds() {
        QueueSpec spec = spec("orders/billing", 10);
        return new QueueSpec(
                spec.identity(),
                spec.topics(),
                "",
                10,
                Overflow.REFUSE,
                "",
                OrderFailure.HOLD_BACK,
                0,
                Duration.ofHours(1).toMillis(),
                0);
    }

    private static boolean fails(Runnable push) {
        try {
            push.run();
            return false;
        } catch (OutOfMemoryError e) {
            return true;
        }
    }

    private static Item keyed(int bytes) {
        return new Item(Envelopes.of(UUID.randomUUID(), "orders/new", 5, 0, 0, new byte[bytes]), 5, 1, 0, 0, 0);
    }

    @Test
    void losesOnlyTheLetterThatCouldNotBeKeptAndHoldsUpNothingForIt() {
        var kept = new AtomicInteger();
        InstantSource clock = () -> {
            boolean keeps = StackWalker.getInstance()
                    .walk(frames ->
                            frames.anyMatch(frame -> frame.getMethodName().equals("keep")));
            if (keeps && kept.incrementAndGet() == 2) {
                throw new OutOfMemoryError("at the second letter, a test says");
            }
            return Instant.EPOCH;
        };
        try (var engine =
                new MemoryQueueEngine(MemoryQueueEngine.SETTINGS.orDefaults(Map.of()), clock, System::nanoTime)) {
            EventQueue queue = engine.open(takingAlong("orders/billing", 10));
            for (int i = 0; i < 3; i++) {
                queue.push(keyed(100));
            }
            assertThat(queue.pop().deadLetter(DeadReason.ATTEMPTS, "no")).isTrue();
            var letters = engine.deadLetters();
            assertThat(letters.list("", 10)).extracting(DeadLetter::sequence).containsExactly(0L, 2L);
            assertThat(letters.discarded()).isEqualTo(1);
            assertThat(queue.stats().dead()).isEqualTo(3);
            assertThat(queue.stats().takenAlong()).isEqualTo(1);
            assertThat(engine.budget().used()).isEqualTo(letters.bytes());
            letters.list("", 10).forEach(letter -> letters.drop(letter.number()));
            queue.push(keyed(100));
            assertThat(queue.pop().isPresent()).as("the key is free").isTrue();
            assertThat(queue.stats().takenAlong()).isZero();
        }
    }

    @Test
    void letsGoOfLettersWithSlotsWhenTheyHaveLessMemory() {
        engine.apply(MemoryQueueEngine.SETTINGS.orDefaults(Map.of("memory.bytes", Long.toString(32 << 20))));
        EventQueue queue = engine.open(takingAlong("orders/billing", 1_000));
        queue.push(keyed(100));
        queue.pop().deadLetter(DeadReason.ATTEMPTS, "no");
        for (int i = 0; i < 400; i++) {
            assertThat(queue.push(keyed(16_000))).isInstanceOf(Offer.Accepted.class);
        }
        assertThat(queue.stats().takenAlong()).isEqualTo(400);
        // when
        engine.apply(MemoryQueueEngine.SETTINGS.orDefaults(Map.of("memory.bytes", Long.toString(4 << 20))));
        // then
        assertThat(engine.deadLetters().bytes()).isPositive().isLessThanOrEqualTo(3 << 20);
        assertThat(queue.stats().takenAlong()).isPositive().isLessThan(400);
        assertThat(engine.open(spec("orders/shipping", 10)).push(item(5))).isInstanceOf(Offer.Accepted.class);
    }

    /** Where one target has room by what its subscription wants, it does not wait for the others. */
    @Test
    void makesADeadLetterAtOnceThoughAnotherQueueMakesThePublisherWait() {
        EventQueue full = engine.open(spec("orders/billing", 1));
        QueueSpec spec = spec("orders/shipping", 1);
        EventQueue overflowing = engine.open(new QueueSpec(
                spec.identity(), spec.topics(), "", 1, Overflow.DEAD_LETTER, "", OrderFailure.HOLD_BACK, 0, 0, 0));
        full.push(item(5));
        overflowing.push(item(5));
        Item item = item(5);
        Thread.currentThread().interrupt();
        List<Offer> offers = engine.push(
                "orders/new", List.of(new Target(full, item), new Target(overflowing, item)), Duration.ofSeconds(30));
        assertThat(Thread.interrupted()).isTrue();
        assertThat(offers.get(0)).isInstanceOf(Offer.Refused.class);
        assertThat(offers.get(1)).isInstanceOf(Offer.Accepted.class);
        assertThat(engine.deadLetters().list("", 10))
                .extracting(DeadLetter::reason)
                .containsExactly(DeadReason.OVERFLOW);
    }

    @Test
    void canDoAllButOutliveTheProcess() {
        assertThat(engine.kind()).isEqualTo("memory");
        assertThat(engine.capabilities())
                .hasSize(Capability.values().length - 1)
                .doesNotContain(Capability.DURABLE);
    }

    @Test
    void handsOutWhatIsDueWithoutATimer() {
        engine.unbind(subject.timer);
        EventQueue queue = open();
        queue.push(later(Duration.ofSeconds(1)));
        assertThat(subject.timer.pending()).isZero();
        assertThat(queue.pop()).isSameAs(Lease.NONE);
        subject.advance(Duration.ofSeconds(1));
        assertThat(queue.readyPriority()).isEqualTo(5);
        assertThat(queue.pop().ack()).isTrue();
    }

    @Test
    void tellsOfDueEventsWithoutATimerWhenAnythingElseHappens() {
        engine.unbind(subject.timer);
        EventQueue queue = open();
        var told = new AtomicInteger();
        queue.whenReady(told::incrementAndGet);
        queue.push(later(Duration.ofSeconds(1)));
        subject.advance(Duration.ofSeconds(1));
        assertThat(told).hasValue(0);
        queue.stats();
        assertThat(told.get()).isPositive();
    }

    @Test
    void wakesAThreadThatWaitsForADueEventWithoutATimer() throws Exception {
        engine.unbind(subject.timer);
        EventQueue queue = open();
        queue.push(later(Duration.ofSeconds(1)));
        try (var taker = new TestThread<>(() -> queue.pop(Duration.ofMinutes(1)))) {
            taker.awaitWaiting();
            subject.clock.advance(Duration.ofSeconds(1));
            assertThat(taker.result().isPresent()).isTrue();
        }
    }

    @Test
    void asksANewTimerForWhatWasAskedOfTheOldOne() {
        EventQueue queue = open();
        var told = new AtomicInteger();
        queue.whenReady(told::incrementAndGet);
        queue.push(later(Duration.ofSeconds(1)));
        assertThat(subject.timer.pending()).isEqualTo(1);
        var second = new HandTimer(subject.clock);
        engine.bind(second);
        // As the framework does it: the new one comes before the old one leaves.
        engine.unbind(subject.timer);
        assertThat(subject.timer.pending()).as("cancelled").isZero();
        subject.clock.advance(Duration.ofSeconds(1));
        subject.timer.run();
        assertThat(told).hasValue(0);
        second.run();
        assertThat(told.get()).isPositive();
    }

    @Test
    void asksATimerThatComesLateForAllQueues() {
        engine.unbind(subject.timer);
        var told = new AtomicInteger();
        for (int i = 0; i < 3; i++) {
            EventQueue queue = engine.open(spec("orders/" + i, 10));
            queue.whenReady(told::incrementAndGet);
            queue.push(item(5));
            queue.pop().retry(Duration.ofSeconds(1));
        }
        int before = told.get();
        engine.bind(subject.timer);
        subject.advance(Duration.ofSeconds(1));
        assertThat(told.get()).isGreaterThanOrEqualTo(before + 3);
    }

    @Test
    void livesWithATimerThatIsClosed() {
        engine.unbind(subject.timer);
        engine.bind(new ClosedTimer());
        EventQueue queue = open();
        queue.push(later(Duration.ofSeconds(1)));
        subject.advance(Duration.ofSeconds(1));
        assertThat(queue.pop().ack()).isTrue();
    }

    private static final class ClosedTimer implements Timer {
        @Override
        public long nanoTime() {
            return 0;
        }

        @Override
        public long schedule(long deadlineNanos, LongConsumer callback, long cookie) {
            throw new IllegalStateException("closed");
        }

        @Override
        public boolean cancel(long ticket) {
            return false;
        }
    }

    @Test
    void setsOneDeadlineHoweverManyEventsAreDelayed() {
        EventQueue queue = open();
        for (int i = 100; i > 0; i--) {
            queue.push(later(Duration.ofSeconds(i)));
            assertThat(subject.timer.pending()).isEqualTo(1);
        }
        for (int i = 1; i <= 100; i++) {
            subject.advance(Duration.ofSeconds(1));
            assertThat(queue.pop().ack()).isTrue();
            assertThat(subject.timer.pending()).isEqualTo(i == 100 ? 0 : 1);
        }
    }

    @Test
    void leavesNoDeadlineBehind() {
        EventQueue queue = open();
        queue.push(later(Duration.ofDays(1)));
        queue.deadLetterAll(DeadReason.HANDLER_GONE, "left");
        assertThat(subject.timer.pending()).isZero();
        queue.push(later(Duration.ofDays(1)));
        queue.close();
        engine.forget("orders/billing");
        assertThat(subject.timer.pending()).isZero();
        open().push(later(Duration.ofDays(1)));
        engine.close();
        assertThat(subject.timer.pending()).isZero();
    }

    @Test
    void countsWhatIsLeftAsReportedWhenItStops() {
        EventQueue queue = open();
        for (int i = 0; i < 3; i++) {
            queue.push(item(5));
        }
        queue.push(later(Duration.ofDays(1)));
        Lease leased = queue.pop();
        EventQueue other = engine.open(spec("orders/stock", 10));
        other.push(item(5));
        EventQueue empty = engine.open(spec("orders/audit", 10));
        CapturedLog.clear();
        engine.close();
        engine.close();
        QueueStats stats = queue.stats();
        assertThat(stats.reported()).isEqualTo(4);
        assertThat(stats.balanced()).isTrue();
        assertThat(other.stats().reported()).isEqualTo(1);
        assertThat(empty.stats().reported()).isZero();
        assertThat(leased.ack()).isFalse();
        assertThat(engine.budget().used()).isZero();
        assertThat(warnings())
                .containsExactlyInAnyOrder(
                        "WARN orders/billing: stopped with 4 events that are lost, 1 of them with a handler; a durable"
                                + " subscription keeps them",
                        "WARN orders/stock: stopped with 1 events that are lost, 0 of them with a handler; a durable"
                                + " subscription keeps them");
    }

    private static List<String> warnings() {
        return CapturedLog.lines().stream()
                .filter(line -> line.startsWith("WARN"))
                .toList();
    }

    @Test
    void saysThatDeadLettersAreDiscardedAndCountsThem() {
        engine.apply(MemoryQueueEngine.SETTINGS.orDefaults(MemorySubject.config(Limits.DEFAULT.dead(2, 1 << 20))));
        EventQueue queue = open();
        CapturedLog.clear();
        for (int i = 0; i < 5; i++) {
            queue.push(item(5));
            assertThat(queue.pop().deadLetter(DeadReason.MISMATCH, "no")).isTrue();
        }
        assertThat(engine.deadLetters().discarded()).isEqualTo(3);
        assertThat(engine.deadLetters().count()).isEqualTo(2);
        assertThat(warnings())
                .singleElement()
                .asString()
                .startsWith("WARN dead letters are full; the oldest are discarded; handle them with symphony:dead");
    }

    @Test
    void refusesAPublisherThatWaitsForMemoryWhenItStops() throws Exception {
        EventQueue queue = open();
        engine.budget().reserve(engine.budget().limit());
        try (var publisher = publisher(queue)) {
            publisher.awaitWaiting();
            engine.close();
            assertThat(publisher.result())
                    .isInstanceOfSatisfying(
                            Offer.Refused.class,
                            refused -> assertThat(refused.reason()).isEqualTo(Refusal.Reason.CLOSED));
        }
    }

    private TestThread<Offer> publisher(EventQueue queue) {
        var targets = List.of(new Target(queue, item(5)));
        return new TestThread<>(
                () -> engine.push("orders/new", targets, Duration.ofMinutes(1)).get(0));
    }

    @Test
    void appliesANewConfigurationWithoutLosingEvents() {
        EventQueue queue = open();
        for (int i = 0; i < 10; i++) {
            queue.push(item(5));
            queue.pop().deadLetter(DeadReason.MISMATCH, Integer.toString(i));
        }
        queue.push(item(5));
        engine.apply(MemoryQueueEngine.SETTINGS.orDefaults(MemorySubject.config(
                Limits.DEFAULT.memory(2 << 20).aging(Duration.ofSeconds(1)).dead(3, 1 << 20))));
        assertThat(engine.deadLetters().list("", 10))
                .extracting(DeadLetter::detail)
                .containsExactly("7", "8", "9");
        assertThat(engine.deadLetters().discarded()).isEqualTo(7);
        assertThat(engine.budget().limit()).isEqualTo(2 << 20);
        subject.advance(Duration.ofSeconds(2));
        assertThat(queue.readyPriority()).as("aged by the new time").isEqualTo(3);
        assertThat(queue.pop().ack()).isTrue();
    }

    @Test
    void letsWaitingPublishersInWhenTheBudgetGrows() throws Exception {
        EventQueue queue = open();
        engine.budget().reserve(engine.budget().limit());
        try (var publisher = publisher(queue)) {
            publisher.awaitWaiting();
            engine.apply(MemoryQueueEngine.SETTINGS.orDefaults(MemorySubject.config(Limits.DEFAULT.memory(32 << 20))));
            assertThat(publisher.result()).isInstanceOf(Offer.Accepted.class);
        }
    }

    @Test
    void leavesDeadLettersNoMoreThanHalfOfTheBudget() {
        engine.apply(MemoryQueueEngine.SETTINGS.orDefaults(
                MemorySubject.config(Limits.DEFAULT.memory(1 << 20).dead(1_000_000, 1 << 30))));
        EventQueue queue = open();
        for (int i = 0; i < 2_000; i++) {
            queue.push(Item.of(Envelopes.sized(1_000), 0));
            assertThat(queue.pop().deadLetter(DeadReason.MISMATCH, "no")).isTrue();
        }
        assertThat(engine.deadLetters().bytes()).isLessThanOrEqualTo(1 << 19).isGreaterThan((1 << 19) - 1_001);
    }

    @Test
    void staysUsableWhenASignalFails() {
        EventQueue queue = open();
        queue.whenReady(() -> {
            throw new IllegalStateException("a bug elsewhere");
        });
        assertThat(queue.push(item(5))).isInstanceOf(Offer.Accepted.class);
        assertThat(queue.pop().ack()).isTrue();
    }

    @Test
    void needsLittleMemoryForAnEmptyQueue() {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        List<QueueSpec> specs = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            specs.add(spec("orders/" + i, 10));
        }
        var opened = new ArrayList<EventQueue>(specs.size());
        specs.subList(0, 10_000).forEach(spec -> opened.add(engine.open(spec)));
        long before = threads.getCurrentThreadAllocatedBytes();
        specs.subList(10_000, 20_000).forEach(spec -> opened.add(engine.open(spec)));
        long bytes = (threads.getCurrentThreadAllocatedBytes() - before) / 10_000;
        // Everything that is allocated, garbage and the map's growth included.
        assertThat(bytes).isLessThanOrEqualTo(512);
        assertThat(opened).hasSize(20_000);
    }
}
