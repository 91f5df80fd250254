package symphony.queue.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static symphony.queue.contract.ContractPart.accepted;
import static symphony.queue.contract.ContractPart.item;
import static symphony.queue.contract.ContractPart.push;
import static symphony.queue.contract.ContractPart.spec;
import static symphony.queue.contract.ContractPart.stats;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import symphony.api.crypto.Envelope;
import symphony.api.queue.DeadLetters;
import symphony.api.queue.DeadReason;
import symphony.api.queue.EventQueue;
import symphony.api.queue.Item;
import symphony.api.queue.Lease;
import symphony.api.queue.Offer;
import symphony.api.queue.Overflow;
import symphony.api.queue.QueueSpec;
import symphony.api.queue.QueueStats;

/**
 * What every kind of queue must do under threads. System properties: {@code symphony.contract.events} (200 000) is how many
 * events the test of the order pushes, {@code symphony.contract.rounds} (100 000) how often threads sleep and are woken,
 * {@code symphony.contract.histories} (2 000) how many histories are checked for linearisability.
 */
@Timeout(120)
public abstract class QueueThreadsContract {
    private static final int EVENTS = Integer.getInteger("symphony.contract.events", 200_000);
    private static final int ROUNDS = Integer.getInteger("symphony.contract.rounds", 100_000);
    private static final int HISTORIES = Integer.getInteger("symphony.contract.histories", 2_000);
    private static final int RACES = 300;
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final String IDENTITY = "orders/billing";

    private QueueSubject subject;

    /** For subclasses. */
    protected QueueThreadsContract() {}

    /**
     * Makes a provider.
     *
     * @param limits its configuration
     * @return a new one
     */
    protected abstract QueueSubject create(Limits limits);

    /** A new provider for each test. */
    @BeforeEach
    final void createSubject() {
        subject = create(Limits.DEFAULT.memory(64 << 20));
    }

    /** Stops it. */
    @AfterEach
    final void closeSubject() {
        subject.close();
    }

    private EventQueue open(int capacity) {
        return subject.provider().open(spec(IDENTITY, capacity, Overflow.REFUSE));
    }

    // ---- linearisability

    @Test
    void isLinearisable() throws Exception {
        int threads = 3;
        int capacity = 5;
        var barrier = new CyclicBarrier(threads);
        var tickets = new AtomicLong();
        var histories = new ArrayList<TestThread<List<List<Operation>>>>();
        List<EventQueue> queues = new ArrayList<>();
        List<List<Operation>> begun = new ArrayList<>();
        for (int i = 0; i < HISTORIES; i++) {
            queues.add(subject.provider().open(spec("orders/" + i, capacity, Overflow.REFUSE)));
            // Something to take, so that nothing to take is suspicious.
            begun.add(new Recorder(queues.get(i), tickets, new SplittableRandom(i), () -> {}).push(3));
        }
        for (int thread = 0; thread < threads; thread++) {
            var random = new SplittableRandom(thread);
            histories.add(new TestThread<>(() -> {
                var mine = new ArrayList<List<Operation>>();
                for (EventQueue queue : queues) {
                    mine.add(new Recorder(queue, tickets, random, () -> meet(barrier)).operate(8));
                }
                return mine;
            }));
        }
        for (int i = 0; i < HISTORIES; i++) {
            var history = new ArrayList<>(begun.get(i));
            for (TestThread<List<List<Operation>>> thread : histories) {
                history.addAll(thread.result().get(i));
            }
            assertThat(Linearisability.holds(history, capacity))
                    .as("history %d is linearisable: %s", i, history)
                    .isTrue();
            assertThat(overlaps(history))
                    .as("history %d has operations at the same time", i)
                    .isTrue();
        }
    }

    /** Within the first operation of each thread, so that those are at the same time also where there is but one processor. */
    private static void meet(CyclicBarrier barrier) {
        try {
            barrier.await(60, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException("the other threads did not come", e);
        }
    }

    private static boolean overlaps(List<Operation> history) {
        return history.stream()
                .anyMatch(a ->
                        history.stream().anyMatch(b -> a != b && a.called() < b.called() && b.called() < a.returned()));
    }

    /** One thread's operations, written down. */
    private static final class Recorder {
        /** Made beforehand, so that the threads spend their time in the queue and meet there. */
        private static final List<Item> ITEMS = List.of(item(0), item(1), item(2));

        private final EventQueue queue;
        private final AtomicLong tickets;
        private final SplittableRandom random;
        private final Runnable meeting;
        private boolean met;
        private final List<Lease> leases = new ArrayList<>();
        private final List<Operation> done = new ArrayList<>();

        Recorder(EventQueue queue, AtomicLong tickets, SplittableRandom random, Runnable meeting) {
            this.queue = queue;
            this.tickets = tickets;
            this.random = random;
            this.meeting = meeting;
        }

        List<Operation> operate(int times) {
            for (int i = 0; i < times; i++) {
                int what = random.nextInt(10);
                if (what < 4) {
                    pushOne(random.nextInt(ITEMS.size()));
                } else if (what < 7 || leases.isEmpty()) {
                    pop();
                } else {
                    settle(what < 9);
                }
            }
            return done;
        }

        List<Operation> push(int times) {
            for (int i = 0; i < times; i++) {
                pushOne(i % ITEMS.size());
            }
            return done;
        }

        /** An operation begins. */
        private long call() {
            long called = tickets.incrementAndGet();
            if (!met) {
                met = true;
                meeting.run();
            }
            return called;
        }

        private void pushOne(int priority) {
            long called = call();
            Offer offer = queue.push(ITEMS.get(priority));
            long returned = tickets.incrementAndGet();
            long sequence = offer instanceof Offer.Accepted taken ? taken.sequence() : Operation.NOTHING;
            done.add(new Operation(Operation.Kind.PUSH, priority, sequence, called, returned));
        }

        private void pop() {
            long called = call();
            Lease lease = queue.pop();
            long returned = tickets.incrementAndGet();
            // Lease.NONE has the sequence that says nothing, too.
            done.add(new Operation(Operation.Kind.POP, 0, lease.sequence(), called, returned));
            if (lease.isPresent()) {
                leases.add(lease);
            }
        }

        private void settle(boolean ack) {
            Lease lease = leases.remove(random.nextInt(leases.size()));
            long called = call();
            assertThat(ack ? lease.ack() : lease.release()).isTrue();
            long returned = tickets.incrementAndGet();
            var kind = ack ? Operation.Kind.ACK : Operation.Kind.RELEASE;
            done.add(new Operation(kind, 0, lease.sequence(), called, returned));
        }
    }

    // ---- order

    @Test
    void keepsTheOrderOfFourProducersAndTenPriorities() throws Exception {
        EventQueue queue = open(5_000);
        int producers = 4;
        var threads = new ArrayList<TestThread<Integer>>();
        for (int i = 0; i < producers; i++) {
            int producer = i;
            threads.add(new TestThread<>(() -> produce(queue, producer, EVENTS / producers)));
        }
        // Of one producer and one priority the events must come in the order in which they were pushed.
        long[][] last = new long[producers][10];
        for (long[] row : last) {
            Arrays.fill(row, -1);
        }
        for (int i = 0; i < EVENTS / producers * producers; i++) {
            Lease lease = queue.pop(LONG);
            UUID id = lease.item().envelope().eventId();
            long[] of = last[(int) id.getMostSignificantBits()];
            int priority = lease.item().priority();
            if (id.getLeastSignificantBits() <= of[priority]) {
                throw new AssertionError("producer " + id.getMostSignificantBits() + ", priority " + priority + ": "
                        + id.getLeastSignificantBits() + " came after " + of[priority]);
            }
            of[priority] = id.getLeastSignificantBits();
            lease.ack();
        }
        for (TestThread<Integer> thread : threads) {
            assertThat(thread.result()).isEqualTo(EVENTS / producers);
        }
        QueueStats stats = stats(queue);
        assertThat(stats.handled()).isEqualTo(EVENTS / producers * producers);
        assertThat(stats.depth()).isZero();
        assertThat(subject.budget().used()).isZero();
    }

    private Integer produce(EventQueue queue, int producer, int events) {
        var random = new SplittableRandom(producer);
        for (int i = 0; i < events; i++) {
            Envelope envelope =
                    Envelopes.of(new UUID(producer, i), "orders/new", random.nextInt(10), 0, 0, new byte[0]);
            accepted(push(subject, envelope, LONG, queue).get(0));
        }
        return events;
    }

    @Test
    void handsOutWhatFourProducersPushedLikeAStableHeap() throws Exception {
        EventQueue queue = open(1_000_000);
        var threads = new ArrayList<TestThread<Integer>>();
        for (int i = 0; i < 4; i++) {
            int producer = i;
            threads.add(new TestThread<>(() -> produce(queue, producer, 10_000)));
        }
        for (TestThread<Integer> thread : threads) {
            assertThat(thread.result()).isEqualTo(10_000);
        }
        int priority = 0;
        long sequence = -1;
        for (int i = 0; i < 40_000; i++) {
            Lease lease = queue.pop();
            boolean follows = lease.item().priority() > priority
                    || lease.item().priority() == priority && lease.sequence() > sequence;
            assertThat(follows).as("%d after %d", lease.sequence(), sequence).isTrue();
            priority = lease.item().priority();
            sequence = lease.sequence();
            lease.ack();
        }
        assertThat(queue.pop()).isSameAs(Lease.NONE);
    }

    // ---- waking

    @Test
    void losesNoWakeUpOfThreadsThatWait() throws Exception {
        EventQueue there = open(10);
        EventQueue back = subject.provider().open(spec("orders/back", 10, Overflow.REFUSE));
        Item ball = item(5);
        try (var other = new TestThread<>(() -> {
            for (int i = 0; i < ROUNDS; i++) {
                assertThat(there.pop(LONG).ack()).as("round %d", i).isTrue();
                accepted(back.push(ball));
            }
            return true;
        })) {
            for (int i = 0; i < ROUNDS; i++) {
                accepted(there.push(ball));
                assertThat(back.pop(LONG).ack()).as("round %d", i).isTrue();
            }
            assertThat(other.result()).isTrue();
        }
    }

    @Test
    void losesNoSignal() throws Exception {
        EventQueue queue = open(10);
        Item item = item(5);
        var signals = new Semaphore(0);
        queue.whenReady(signals::release);
        try (var consumer = new TestThread<>(() -> {
            int handled = 0;
            while (handled < ROUNDS) {
                assertThat(signals.tryAcquire(60, TimeUnit.SECONDS))
                        .as("told after %d", handled)
                        .isTrue();
                for (Lease lease = queue.pop(); lease.isPresent(); lease = queue.pop()) {
                    lease.ack();
                    handled++;
                }
            }
            return handled;
        })) {
            Envelope envelope = item.envelope();
            for (int i = 0; i < ROUNDS; i++) {
                accepted(push(subject, envelope, LONG, queue).get(0));
            }
            assertThat(consumer.result()).isEqualTo(ROUNDS);
        }
    }

    @Test
    void losesNoEventToThreadsThatAreInterrupted() throws Exception {
        EventQueue queue = open(1_000);
        Item item = item(5);
        var taken = new AtomicInteger();
        var takers = new ArrayList<TestThread<Boolean>>();
        for (int i = 0; i < 3; i++) {
            takers.add(new TestThread<>(() -> {
                while (taken.get() < 3_000) {
                    try {
                        if (queue.pop(Duration.ofMillis(50)).ack()) {
                            taken.incrementAndGet();
                        }
                    } catch (InterruptedException e) {
                        // That is what the test is about: nothing was taken, and it goes on.
                        continue;
                    }
                }
                return true;
            }));
        }
        for (int i = 0; i < 3_000; i++) {
            accepted(push(subject, item.envelope(), LONG, queue).get(0));
            takers.get(i % 3).interrupt();
        }
        for (TestThread<Boolean> taker : takers) {
            assertThat(taker.result()).isTrue();
        }
        assertThat(stats(queue).handled()).isEqualTo(3_000);
        assertThat(stats(queue).depth()).isZero();
    }

    @Test
    void losesNoWakeUpOfPublishersThatWait() throws Exception {
        EventQueue queue = open(2);
        var publishers = new ArrayList<TestThread<Integer>>();
        for (int i = 0; i < 4; i++) {
            int producer = i;
            publishers.add(new TestThread<>(() -> produce(queue, producer, 5_000)));
        }
        for (int i = 0; i < 20_000; i++) {
            assertThat(queue.pop(LONG).ack()).isTrue();
        }
        for (TestThread<Integer> publisher : publishers) {
            assertThat(publisher.result()).isEqualTo(5_000);
        }
        assertThat(stats(queue).refusals()).isZero();
    }

    @Test
    void losesNoWakeUpOfPublishersThatWaitForMemory() throws Exception {
        long limit = subject.budget().limit();
        long spare = Envelopes.of("orders/new", 0).size() * 2L;
        subject.budget().reserve(limit - spare);
        EventQueue queue = open(1_000);
        var publishers = new ArrayList<TestThread<Integer>>();
        for (int i = 0; i < 4; i++) {
            int producer = i;
            publishers.add(new TestThread<>(() -> produce(queue, producer, 5_000)));
        }
        for (int i = 0; i < 20_000; i++) {
            assertThat(queue.pop(LONG).ack()).isTrue();
        }
        for (TestThread<Integer> publisher : publishers) {
            assertThat(publisher.result()).isEqualTo(5_000);
        }
        subject.budget().release(limit - spare);
        assertThat(subject.budget().used()).isZero();
    }

    // ---- accounts

    @Test
    void accountsForEachEventAtEachMoment() throws Exception {
        EventQueue queue = open(50);
        var running = new AtomicInteger(3);
        var threads = new ArrayList<TestThread<Long>>();
        for (int i = 0; i < 3; i++) {
            var random = new SplittableRandom(i);
            threads.add(new TestThread<>(() -> {
                try {
                    return operate(queue, random, 20_000);
                } finally {
                    running.decrementAndGet();
                }
            }));
        }
        while (running.get() > 0) {
            stats(queue);
        }
        long accepted = 0;
        for (TestThread<Long> thread : threads) {
            accepted += thread.result();
        }
        assertThat(stats(queue).accepted()).isEqualTo(accepted);
        assertThat(stats(queue).leased()).isZero();
        queue.close();
        int dropped = subject.provider().forget(IDENTITY);
        QueueStats stats = stats(queue);
        assertThat(stats.dropped()).isEqualTo(dropped);
        assertThat(stats.depth()).isZero();
        DeadLetters letters = subject.provider().deadLetters();
        assertThat(letters.count() + letters.discarded()).isEqualTo(stats.dead());
        assertThat(subject.budget().used()).isEqualTo(letters.bytes());
    }

    /** Does anything, and says how many pushes were accepted. */
    private static long operate(EventQueue queue, SplittableRandom random, int times) {
        long accepted = 0;
        for (int i = 0; i < times; i++) {
            switch (random.nextInt(8)) {
                case 0, 1, 2 -> {
                    Offer offer = queue.push(item(random.nextInt(10), random.nextInt(4)));
                    accepted += offer instanceof Offer.Accepted ? 1 : 0;
                }
                case 3 -> queue.pop().ack();
                case 4 -> queue.pop().retry(Duration.ofNanos(random.nextInt(2)));
                case 5 -> queue.pop().release();
                case 6 -> queue.pop().deadLetter(DeadReason.MISMATCH, "no");
                default -> {
                    if (random.nextInt(20) == 0) {
                        queue.deadLetterAll(DeadReason.HANDLER_GONE, "left");
                    }
                }
            }
        }
        return accepted;
    }

    // ---- races: exactly one outcome

    private static <A, B> void race(Callable<A> one, Callable<B> two, Outcome<A, B> outcome) throws Exception {
        var barrier = new CyclicBarrier(2);
        try (var first = new TestThread<>(() -> {
                    barrier.await(60, TimeUnit.SECONDS);
                    return one.call();
                });
                var second = new TestThread<>(() -> {
                    barrier.await(60, TimeUnit.SECONDS);
                    return two.call();
                })) {
            outcome.check(first.result(), second.result());
        }
    }

    private interface Outcome<A, B> {
        void check(A one, B two) throws Exception;
    }

    @Test
    void settlesALeaseOnceWhoeverAsks() throws Exception {
        EventQueue queue = open(10);
        for (int i = 0; i < RACES; i++) {
            accepted(queue.push(item(5)));
            Lease lease = queue.pop();
            race(lease::ack, () -> lease.deadLetter(DeadReason.ABANDONED, "late"), (acked, buried) -> {
                assertThat(acked).isNotEqualTo(buried);
                assertThat(stats(queue).depth()).isZero();
            });
        }
        assertThat(stats(queue).handled() + stats(queue).dead()).isEqualTo(RACES);
    }

    @Test
    void eitherRetriesOrReleasesALeaseWhenTheQueueIsClosed() throws Exception {
        EventQueue queue = open(RACES);
        var attempts = new AtomicInteger();
        for (int i = 0; i < RACES; i++) {
            EventQueue opened = queue;
            accepted(opened.push(item(5)));
            Lease lease = opened.pop();
            race(
                    () -> lease.retry(Duration.ZERO),
                    () -> {
                        opened.close();
                        return true;
                    },
                    (retried, closed) -> {
                        assertThat(lease.ack()).isFalse();
                        attempts.set(retried ? 1 : 0);
                    });
            queue = open(RACES);
            Lease again = queue.pop();
            assertThat(again.item().attempt()).isEqualTo(attempts.get());
            assertThat(again.ack()).isTrue();
            assertThat(stats(queue).depth()).isZero();
        }
        assertThat(stats(queue).handled()).isEqualTo(RACES);
    }

    @Test
    void eitherTakesAnEventOrLeavesItWhenTheQueueIsClosed() throws Exception {
        EventQueue queue = open(RACES);
        for (int i = 0; i < RACES; i++) {
            EventQueue opened = queue;
            accepted(opened.push(item(5)));
            race(
                    () -> opened.pop(LONG),
                    () -> {
                        opened.close();
                        return true;
                    },
                    (lease, closed) -> assertThat(lease.ack()).isFalse());
            queue = open(RACES);
            assertThat(stats(queue).waiting()).isEqualTo(1);
            assertThat(queue.pop().ack()).isTrue();
        }
    }

    @Test
    void eitherTakesAPushOrRefusesItWhenTheQueueIsForgotten() throws Exception {
        for (int i = 0; i < RACES; i++) {
            EventQueue queue = open(10);
            race(
                    () -> queue.push(item(5)),
                    () -> {
                        queue.close();
                        return subject.provider().forget(IDENTITY);
                    },
                    (offer, dropped) -> {
                        assertThat(dropped).isEqualTo(offer instanceof Offer.Accepted ? 1 : 0);
                        assertThat(stats(queue).dropped()).isEqualTo((long) dropped);
                        assertThat(subject.budget().used()).isZero();
                    });
        }
    }

    @Test
    void eitherForgetsAQueueOrOpensIt() throws Exception {
        QueueSpec spec = spec(IDENTITY, 10, Overflow.REFUSE);
        for (int i = 0; i < RACES; i++) {
            EventQueue first = open(10);
            accepted(first.push(item(5)));
            first.close();
            race(
                    () -> subject.provider().open(spec),
                    () -> {
                        try {
                            return subject.provider().forget(IDENTITY);
                        } catch (IllegalStateException open) {
                            return 0;
                        }
                    },
                    (queue, dropped) -> {
                        assertThat(stats(queue).waiting()).isEqualTo(1L - dropped);
                        assertThat(subject.provider().queues()).containsExactly(spec);
                        accepted(queue.push(item(5)));
                        queue.close();
                        subject.provider().forget(IDENTITY);
                    });
        }
        assertThat(subject.budget().used()).isZero();
    }

    @Test
    void redrivesADeadLetterOnce() throws Exception {
        EventQueue queue = open(10);
        DeadLetters letters = subject.provider().deadLetters();
        for (int i = 1; i <= RACES; i++) {
            accepted(queue.push(item(5)));
            queue.pop().deadLetter(DeadReason.MISMATCH, "no");
            int number = i;
            race(() -> letters.redrive(number), () -> takesToo(letters, number), (offer, other) -> {
                assertThat(offer instanceof Offer.Accepted).isNotEqualTo(other);
                assertThat(letters.count()).isZero();
            });
            queue.pop().ack();
            assertThat(stats(queue).depth()).isZero();
        }
        assertThat(subject.budget().used()).isZero();
    }

    /** The other one who wants it: drops it every second time, else re-drives it, too. */
    private static boolean takesToo(DeadLetters letters, int number) {
        return number % 2 == 0 ? letters.drop(number) : letters.redrive(number) instanceof Offer.Accepted;
    }
}
