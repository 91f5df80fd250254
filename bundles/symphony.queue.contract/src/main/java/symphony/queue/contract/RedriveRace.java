package symphony.queue.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import symphony.api.queue.DeadLetters;
import symphony.api.queue.DeadReason;
import symphony.api.queue.EventQueue;
import symphony.api.queue.Item;
import symphony.api.queue.Lease;
import symphony.api.queue.Offer;

/**
 * Pairs of events with one order key each: the first fails at its first attempt and is re-driven by another thread, while the
 * second is attempted. Few pairs are under way at a time, so that the queue is short and the two meet.
 */
final class RedriveRace {
    private static final int KEYS = 8;
    private static final int CONSUMERS = 2;
    private static final int AT_ONCE = 16;
    private static final long DEADLINE_SECONDS = 60;

    private final QueueSubject subject;
    private final EventQueue queue;
    private final DeadLetters letters;
    private final Semaphore free = new Semaphore(AT_ONCE);
    private final Semaphore died = new Semaphore(0);
    private final AtomicIntegerArray running = new AtomicIntegerArray(KEYS + 1);
    private final AtomicInteger beside = new AtomicInteger();
    private final AtomicInteger left = new AtomicInteger();

    RedriveRace(QueueSubject subject, EventQueue queue) {
        this.subject = subject;
        this.queue = queue;
        this.letters = subject.provider().deadLetters();
    }

    void run(int rounds) throws Exception {
        left.set(2 * rounds);
        var handled = new AtomicIntegerArray(2 * rounds);
        var consuming = new ArrayList<TestThread<Boolean>>();
        for (int i = 0; i < CONSUMERS; i++) {
            consuming.add(new TestThread<>(() -> consume(handled)));
        }
        var redriving = new TestThread<>(() -> redrive(rounds));
        for (int round = 0; round < rounds; round++) {
            assertThat(free.tryAcquire(DEADLINE_SECONDS, TimeUnit.SECONDS)).isTrue();
            ContractPart.accepted(queue.push(event(2L * round)));
            ContractPart.accepted(queue.push(event(2L * round + 1)));
        }
        assertThat(redriving.result()).isEqualTo(rounds);
        for (TestThread<Boolean> thread : consuming) {
            assertThat(thread.result()).isTrue();
        }
        assertThat(beside.get())
                .as("attempts that ran beside another of their key")
                .isZero();
        for (int i = 0; i < handled.length(); i++) {
            assertThat(handled.get(i)).as("times that event %d was handled", i).isEqualTo(1);
        }
        balances(rounds);
    }

    private void balances(int rounds) {
        var stats = ContractPart.stats(queue);
        assertThat(stats.accepted()).isEqualTo(3L * rounds);
        assertThat(stats.handled()).isEqualTo(2L * rounds);
        assertThat(stats.dead()).isEqualTo(rounds);
        assertThat(letters.count()).isZero();
        assertThat(subject.budget().used()).isZero();
    }

    private static Item event(long id) {
        return Item.of(Envelopes.of(new UUID(3, id), "orders/new", 5, 0, 0, new byte[0]), 1 + id / 2 % KEYS);
    }

    /** They die one after the other and are numbered from 1, so the n-th death makes number n available. */
    private int redrive(int rounds) throws InterruptedException {
        for (int number = 1; number <= rounds; number++) {
            if (!died.tryAcquire(DEADLINE_SECONDS, TimeUnit.SECONDS)
                    || !(letters.redrive(number) instanceof Offer.Accepted)) {
                return number;
            }
        }
        return rounds;
    }

    private boolean consume(AtomicIntegerArray handled) throws InterruptedException {
        while (left.get() > 0) {
            Lease lease = queue.pop(Duration.ofMillis(20));
            if (lease.isPresent()) {
                attempt(lease, handled);
            }
        }
        return true;
    }

    private void attempt(Lease lease, AtomicIntegerArray handled) {
        int key = (int) lease.item().orderKey();
        int id = (int) lease.item().envelope().eventId().getLeastSignificantBits();
        if (running.incrementAndGet(key) != 1) {
            beside.incrementAndGet();
        }
        Thread.yield(); // a place for others to come in between
        running.decrementAndGet(key);
        boolean first = id % 2 == 0;
        if (first && handled.compareAndSet(id, 0, -1)) {
            lease.deadLetter(DeadReason.ATTEMPTS, "no");
            died.release();
            return;
        }
        handled.addAndGet(id, handled.get(id) < 0 ? 2 : 1);
        lease.ack();
        left.decrementAndGet();
        if (first) {
            free.release();
        }
    }
}
