package symphony.queue.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static symphony.queue.contract.ContractPart.accepted;
import static symphony.queue.contract.ContractPart.assertRefused;
import static symphony.queue.contract.ContractPart.item;
import static symphony.queue.contract.ContractPart.open;
import static symphony.queue.contract.ContractPart.spec;
import static symphony.queue.contract.ContractPart.stats;
import static symphony.queue.contract.ContractPart.take;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import symphony.api.event.Refusal;
import symphony.api.event.TopicFilter;
import symphony.api.queue.Capability;
import symphony.api.queue.DeadLetter;
import symphony.api.queue.DeadLetterFilter;
import symphony.api.queue.DeadLetters;
import symphony.api.queue.DeadReason;
import symphony.api.queue.EventQueue;
import symphony.api.queue.Item;
import symphony.api.queue.Lease;
import symphony.api.queue.Offer;
import symphony.api.queue.Overflow;

/** Dead letters that are pushed again: which, in which order, and never beside another attempt of their key. */
@Timeout(120)
public interface RedriveContract extends ContractPart {
    private static Item event(String topic, long id, long key) {
        return Item.of(Envelopes.of(new UUID(3, id), topic, 5, 0, 0, new byte[0]), key);
    }

    private static List<Long> numbers(QueueSubject subject, DeadLetterFilter filter) {
        return subject.provider().deadLetters().list(filter).stream()
                .map(DeadLetter::number)
                .toList();
    }

    @Test
    default void findsThoseThatAFilterMeans() {
        QueueSubject subject = subject();
        EventQueue queue = open(subject);
        EventQueue other = subject.provider().open(spec("orders/stock", 10, Overflow.REFUSE));
        Instant begin = subject.now();
        queue.push(event("orders/new", 1, 0));
        take(queue).deadLetter(DeadReason.MISMATCH, "no");
        subject.advance(Duration.ofMinutes(1));
        other.push(event("orders/new", 1, 0));
        take(other).deadLetter(DeadReason.ATTEMPTS, "no");
        subject.advance(Duration.ofMinutes(1));
        queue.push(event("orders/paid", 2, 0));
        take(queue).deadLetter(DeadReason.DENIED, "no");
        var all = DeadLetterFilter.ALL;
        assertThat(numbers(subject, all)).containsExactly(1L, 3L, 2L);
        assertThat(numbers(subject, all.ofSubscription("orders/stock"))).containsExactly(2L);
        assertThat(numbers(subject, all.onTopics(TopicFilter.of("orders/new")))).containsExactly(1L, 2L);
        assertThat(numbers(subject, all.ofEvent(new UUID(3, 1)))).containsExactly(1L, 2L);
        assertThat(numbers(subject, all.because(Set.of(DeadReason.DENIED, DeadReason.MISMATCH))))
                .containsExactly(1L, 3L);
        assertThat(numbers(subject, all.between(begin.plusSeconds(60), begin.plusSeconds(120))))
                .as("from inclusive, to exclusive")
                .containsExactly(2L);
        assertThat(numbers(subject, all.ofSubscription("orders/stock").ofEvent(new UUID(3, 2))))
                .isEmpty();
    }

    @Test
    default void listsThemInTheOrderOfTheirFirstPushHoweverOftenTheyDied() {
        // given: the third overflows before the first fails, and the second is re-driven and fails again
        QueueSubject subject = subject();
        EventQueue queue = subject.provider().open(spec(IDENTITY, 2, Overflow.DEAD_LETTER));
        for (int i = 0; i < 3; i++) {
            queue.push(event("orders/new", i, 0));
        }
        Lease first = take(queue);
        take(queue).deadLetter(DeadReason.ATTEMPTS, "second");
        DeadLetters letters = subject.provider().deadLetters();
        assertThat(accepted(letters.redrive(2))).isEqualTo(3);
        subject.advance(Duration.ofMinutes(1));
        take(queue).deadLetter(DeadReason.ATTEMPTS, "second again");
        first.deadLetter(DeadReason.ATTEMPTS, "first");
        // then
        List<DeadLetter> list = letters.list(DeadLetterFilter.ALL);
        assertThat(list).extracting(DeadLetter::sequence).containsExactly(0L, 1L, 2L);
        assertThat(list).extracting(DeadLetter::number).containsExactly(4L, 3L, 1L);
        assertThat(list).extracting(DeadLetter::redriven).containsExactly(0, 1, 0);
        assertThat(list)
                .extracting(DeadLetter::pushed)
                .as("when it was pushed first, not when it was re-driven")
                .containsOnly(subject.now().minusSeconds(60));
        assertThat(list.get(1).attempts()).as("since it was re-driven").isEqualTo(1);
    }

    @Test
    default void listsThoseOfAForgottenQueueBeforeThoseOfItsSuccessor() {
        QueueSubject subject = subject();
        for (int i = 0; i < 2; i++) {
            EventQueue queue = open(subject);
            queue.push(item(5));
            queue.push(item(5));
            queue.deadLetterAll(DeadReason.HANDLER_GONE, "left");
            queue.close();
            subject.provider().forget(IDENTITY);
        }
        assertThat(numbers(subject, DeadLetterFilter.ALL)).containsExactly(1L, 2L, 3L, 4L);
    }

    @Test
    default void waitsForAnAttemptOfItsKeyThatRuns() {
        QueueSubject subject = subject(Limits.DEFAULT, Capability.ORDER_KEY_HOLD);
        EventQueue queue = open(subject);
        queue.push(event("orders/new", 1, 7));
        take(queue).deadLetter(DeadReason.ATTEMPTS, "no");
        queue.push(event("orders/new", 2, 7));
        Lease running = take(queue);
        accepted(subject.provider().deadLetters().redrive(1));
        assertThat(queue.pop()).isSameAs(Lease.NONE);
        running.retry(Duration.ofSeconds(1));
        assertThat(queue.pop()).as("its key waits for a retry").isSameAs(Lease.NONE);
        subject.advance(Duration.ofSeconds(1));
        assertThat(take(queue).ack()).isTrue();
        assertThat(take(queue).item().envelope().eventId()).isEqualTo(new UUID(3, 1));
    }

    /** Whatever failed, overflowed and was re-driven before: in the order of the list each key comes in its first order. */
    @Test
    default void keepsTheOrderOfEachKey() {
        for (int seed = 0; seed < 200; seed++) {
            keepsTheOrderOfEachKey(seed);
        }
    }

    private void keepsTheOrderOfEachKey(int seed) {
        var random = new SplittableRandom(seed);
        try (QueueSubject subject = subject(Limits.DEFAULT, Capability.ORDER_KEY_HOLD)) {
            EventQueue queue = subject.provider().open(spec(IDENTITY, 8, Overflow.DEAD_LETTER));
            DeadLetters letters = subject.provider().deadLetters();
            for (int i = 0; i < 60; i++) {
                if (random.nextInt(3) > 0) {
                    queue.push(event("orders/new", i, 1 + random.nextInt(3)));
                } else if (random.nextInt(3) > 0) {
                    Lease lease = queue.pop();
                    lease.deadLetter(DeadReason.ATTEMPTS, "no");
                } else {
                    List<DeadLetter> all = letters.list(DeadLetterFilter.ALL);
                    if (!all.isEmpty()) {
                        letters.redrive(all.get(random.nextInt(all.size())).number());
                    }
                }
            }
            for (Lease lease = queue.pop(); lease.isPresent(); lease = queue.pop()) {
                lease.deadLetter(DeadReason.ATTEMPTS, "no");
            }
            // when: all of them die, and are re-driven as far as there is room, again and again
            long[] lastOf = {-1, -1, -1, -1};
            for (List<DeadLetter> all = letters.list(DeadLetterFilter.ALL);
                    !all.isEmpty();
                    all = letters.list(DeadLetterFilter.ALL)) {
                for (DeadLetter letter : all) {
                    if (letters.redrive(letter.number()) instanceof Offer.Refused) {
                        break;
                    }
                }
                for (Lease lease = queue.pop(); lease.isPresent(); lease = queue.pop()) {
                    int key = (int) lease.item().orderKey();
                    long id = lease.item().envelope().eventId().getLeastSignificantBits();
                    assertThat(id).as("seed %d, key %d", seed, key).isGreaterThan(lastOf[key]);
                    lastOf[key] = id;
                    lease.ack();
                }
            }
            assertThat(stats(queue).depth()).isZero();
        }
    }

    /** A first attempt of each key races with the re-drive of an earlier event of it, 10 000 times. */
    @Test
    default void neverRunsBesideAFirstAttemptOfItsKey() throws Exception {
        QueueSubject subject = subject(Limits.DEFAULT, Capability.ORDER_KEY_HOLD);
        var race = new RedriveRace(subject, subject.provider().open(spec(IDENTITY, 64, Overflow.REFUSE)));
        race.run(10_000);
    }

    /** Of a re-drive and a discard, or of two re-drives, at once exactly one succeeds. */
    @Test
    default void givesEachLetterToOneOfThoseWhoWantIt() throws Exception {
        int rounds = 10_000;
        QueueSubject subject = subject(Limits.DEFAULT.memory(64 << 20).dead(100_000, 32 << 20));
        EventQueue queue = subject.provider().open(spec(IDENTITY, 2 * rounds, Overflow.REFUSE));
        for (int i = 0; i < rounds; i++) {
            queue.push(event("orders/new", i, 0));
        }
        queue.deadLetterAll(DeadReason.HANDLER_GONE, "left");
        DeadLetters letters = subject.provider().deadLetters();
        var barrier = new CyclicBarrier(3);
        var wanting = new ArrayList<TestThread<boolean[]>>();
        for (int i = 0; i < 3; i++) {
            boolean drops = i == 2;
            wanting.add(new TestThread<>(() -> {
                var got = new boolean[rounds];
                for (int n = 0; n < rounds; n++) {
                    if (n % 50 == 0) {
                        barrier.await(60, TimeUnit.SECONDS);
                    }
                    got[n] = drops ? letters.drop(n + 1L) : letters.redrive(n + 1L) instanceof Offer.Accepted;
                }
                return got;
            }));
        }
        var all = new ArrayList<boolean[]>();
        for (TestThread<boolean[]> thread : wanting) {
            all.add(thread.result());
        }
        long dropped = 0;
        for (int n = 0; n < rounds; n++) {
            int at = n;
            assertThat(all.stream().filter(got -> got[at]).count())
                    .as("letter %d", n + 1)
                    .isEqualTo(1);
            dropped += all.get(2)[n] ? 1 : 0;
        }
        assertThat(letters.count()).isZero();
        assertThat(stats(queue).waiting()).isEqualTo(rounds - dropped);
        assertRefused(letters.redrive(1), Refusal.Reason.UNAVAILABLE);
    }
}
