package symphony.queue.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static symphony.queue.contract.ContractPart.accepted;
import static symphony.queue.contract.ContractPart.assertEmpty;
import static symphony.queue.contract.ContractPart.assertRefused;
import static symphony.queue.contract.ContractPart.detail;
import static symphony.queue.contract.ContractPart.item;
import static symphony.queue.contract.ContractPart.spec;
import static symphony.queue.contract.ContractPart.stats;
import static symphony.queue.contract.ContractPart.take;
import static symphony.queue.contract.ContractPart.takeAll;
import static symphony.queue.contract.ContractPart.takingAlong;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import symphony.api.event.Refusal;
import symphony.api.queue.Capability;
import symphony.api.queue.DeadLetter;
import symphony.api.queue.DeadLetterFilter;
import symphony.api.queue.DeadLetters;
import symphony.api.queue.DeadReason;
import symphony.api.queue.EventQueue;
import symphony.api.queue.Item;
import symphony.api.queue.Lease;
import symphony.api.queue.Offer;
import symphony.api.queue.OrderFailure;
import symphony.api.queue.Overflow;
import symphony.api.queue.Target;

/** {@link OrderFailure#TAKE_ALONG}: the events of a key are handled in order, if need be later, and none before another. */
@Timeout(120)
public interface TakeAlongContract extends ContractPart {
    private QueueSubject taking() {
        return subject(Limits.DEFAULT, Capability.ORDER_KEY_TAKE_ALONG);
    }

    private static EventQueue openTaking(QueueSubject subject, int capacity, Overflow overflow) {
        return subject.provider().open(takingAlong(IDENTITY, capacity, overflow));
    }

    private static List<Long> dead(QueueSubject subject, DeadReason reason) {
        return subject.provider().deadLetters().list(DeadLetterFilter.ALL).stream()
                .filter(letter -> letter.reason() == reason)
                .map(DeadLetter::sequence)
                .toList();
    }

    private static void giveUp(Lease lease) {
        assertThat(lease.deadLetter(DeadReason.ATTEMPTS, "no")).isTrue();
    }

    private static void redriveAll(DeadLetters letters) {
        letters.list(DeadLetterFilter.ALL).forEach(letter -> accepted(letters.redrive(letter.number())));
    }

    @Test
    default void makesThoseThatWaitForTheKeyDeadLettersToo() {
        QueueSubject subject = taking();
        EventQueue queue = openTaking(subject, 100, Overflow.REFUSE);
        long soon = subject.now().toEpochMilli() + 1_000;
        queue.push(item(5, 1));
        queue.push(item(5, 2));
        queue.push(item(0, 1));
        queue.push(new Item(Envelopes.of("orders/new", 5), 5, 1, soon, 0, 0));
        queue.push(item(5, 0));
        queue.push(new Item(Envelopes.of("orders/new", 5), 5, 1, 0, soon, 0));
        Lease urgent = take(queue);
        assertThat(urgent.sequence()).isEqualTo(2);
        assertThat(urgent.retry(Duration.ofSeconds(1))).isTrue();
        assertThat(dead(subject, DeadReason.TAKEN_ALONG))
                .as("another attempt comes")
                .isEmpty();
        subject.advance(Duration.ofSeconds(2));
        // when
        giveUp(take(queue));
        // then
        assertThat(dead(subject, DeadReason.ATTEMPTS)).containsExactly(2L);
        assertThat(dead(subject, DeadReason.TAKEN_ALONG))
                .as("those of the key, the delayed one too")
                .containsExactly(0L, 3L);
        assertThat(stats(queue).expired()).as("what expired is no dead letter").isEqualTo(1);
        assertThat(stats(queue).dead()).isEqualTo(3);
        assertThat(takeAll(queue)).as("others go on").containsExactly(1L, 4L);
        DeadLetter letter =
                subject.provider().deadLetters().list(DeadLetterFilter.ALL).get(0);
        assertThat(letter.attempts()).isZero();
        assertThat(letter.detail()).contains("re-drive both");
    }

    @Test
    default void makesThoseThatComeLaterDeadLettersTooUntilAllAreRedriven() {
        QueueSubject subject = taking();
        EventQueue queue = openTaking(subject, 100, Overflow.REFUSE);
        queue.push(item(5, 1));
        giveUp(take(queue));
        assertThat(accepted(queue.push(item(0, 1)))).isEqualTo(1);
        assertThat(accepted(queue.push(item(5, 2)))).isEqualTo(2);
        assertThat(takeAll(queue)).containsExactly(2L);
        DeadLetters letters = subject.provider().deadLetters();
        accepted(letters.redrive(1));
        assertThat(accepted(queue.push(item(5, 1)))).isEqualTo(4);
        assertThat(takeAll(queue)).as("the one that was re-driven").containsExactly(3L);
        assertThat(dead(subject, DeadReason.TAKEN_ALONG)).containsExactly(1L, 4L);
        redriveAll(letters);
        queue.push(item(5, 1));
        assertThat(takeAll(queue)).containsExactly(5L, 6L, 7L);
        assertThat(letters.count()).isZero();
    }

    @Test
    default void redrivesNoneBeforeAnEarlierOneOfItsKey() {
        QueueSubject subject = taking();
        EventQueue queue = openTaking(subject, 100, Overflow.REFUSE);
        queue.push(item(5, 1));
        queue.push(item(5, 1));
        giveUp(take(queue));
        DeadLetters letters = subject.provider().deadLetters();
        Offer offer = letters.redrive(2);
        assertRefused(offer, Refusal.Reason.ORDER);
        assertThat(detail(offer)).contains("sequence 0");
        assertThat(letters.count()).as("it stays").isEqualTo(2);
        assertThat(letters.drop(1)).isTrue();
        accepted(letters.redrive(2));
        assertThat(takeAll(queue)).hasSize(1);
    }

    @Test
    default void takesThoseThatWereRedrivenAlongWhenTheFirstFailsAgain() {
        QueueSubject subject = taking();
        EventQueue queue = openTaking(subject, 100, Overflow.REFUSE);
        for (int i = 0; i < 3; i++) {
            queue.push(item(5, 1));
        }
        giveUp(take(queue));
        DeadLetters letters = subject.provider().deadLetters();
        redriveAll(letters);
        giveUp(take(queue));
        assertEmpty(queue);
        List<DeadLetter> list = letters.list(DeadLetterFilter.ALL);
        assertThat(list).extracting(DeadLetter::sequence).containsExactly(0L, 1L, 2L);
        assertThat(list).extracting(DeadLetter::redriven).containsOnly(1);
    }

    @Test
    default void freesTheKeyWhenItsLettersAreDroppedOrDiscarded() {
        QueueSubject subject = subject(Limits.DEFAULT.dead(1, 1 << 20), Capability.ORDER_KEY_TAKE_ALONG);
        EventQueue queue = openTaking(subject, 100, Overflow.REFUSE);
        queue.push(item(5, 1));
        giveUp(take(queue));
        queue.push(item(5, 2));
        giveUp(take(queue));
        queue.push(item(5, 1));
        assertThat(takeAll(queue)).as("its letter was discarded for the other").containsExactly(2L);
        assertThat(subject.provider().deadLetters().drop(2)).isTrue();
        queue.push(item(5, 2));
        assertThat(takeAll(queue)).containsExactly(3L);
    }

    @Test
    default void followsOneThatFoundNoRoom() {
        QueueSubject subject = taking();
        EventQueue queue = openTaking(subject, 1, Overflow.DEAD_LETTER);
        queue.push(item(5, 1));
        queue.push(item(5, 1));
        assertThat(dead(subject, DeadReason.OVERFLOW)).containsExactly(1L);
        assertThat(takeAll(queue)).as("it was there before").containsExactly(0L);
        queue.push(item(5, 1));
        assertThat(dead(subject, DeadReason.TAKEN_ALONG)).containsExactly(2L);
        queue.push(item(5, 2));
        assertThat(takeAll(queue))
                .as("where nothing is refused, the follower keeps no slot")
                .containsExactly(3L);
    }

    @Test
    default void endsInRefusalsWhereNobodyLooksAfterAKey() throws Exception {
        QueueSubject subject = subject(Limits.DEFAULT.dead(2, 1 << 20), Capability.ORDER_KEY_TAKE_ALONG);
        EventQueue queue = openTaking(subject, 4, Overflow.REFUSE);
        queue.push(item(5, 1));
        queue.push(item(5, 1));
        giveUp(take(queue));
        queue.push(item(5, 1));
        queue.push(item(5, 1));
        queue.push(item(5, 2));
        Offer offer = queue.push(item(5, 1));
        assertRefused(offer, Refusal.Reason.FULL);
        assertThat(detail(offer)).contains("holds 1 events and 3 dead letters that were taken along");
        assertRefused(queue.push(item(5, 2)), Refusal.Reason.FULL);
        DeadLetters letters = subject.provider().deadLetters();
        assertThat(letters.count()).isEqualTo(4);
        assertThat(letters.discarded()).isZero();
        assertThat(stats(queue).refused()).isEqualTo(Map.of(Refusal.Reason.FULL, 2L));
        // A publisher that waits is told of the slot of one that is dropped.
        var publisher = new TestThread<>(() -> subject.provider()
                .push("orders/new", List.of(new Target(queue, item(5, 3))), Duration.ofSeconds(30))
                .get(0));
        publisher.awaitWaiting();
        letters.drop(4);
        accepted(publisher.result());
        // The first one is taken though there is no room for more.
        accepted(letters.redrive(1));
        assertThat(takeAll(queue)).hasSize(3);
    }

    @Test
    default void discardsNoneThatWereTakenAlongForOthers() {
        QueueSubject subject = subject(Limits.DEFAULT.dead(2, 1 << 20), Capability.ORDER_KEY_TAKE_ALONG);
        EventQueue queue = openTaking(subject, 10, Overflow.REFUSE);
        for (int i = 0; i < 4; i++) {
            queue.push(item(5, 1));
        }
        giveUp(take(queue));
        EventQueue other = subject.provider().open(spec("orders/shipping", 10, Overflow.REFUSE));
        for (int i = 0; i < 3; i++) {
            other.push(item(5));
            giveUp(take(other));
        }
        DeadLetters letters = subject.provider().deadLetters();
        assertThat(dead(subject, DeadReason.TAKEN_ALONG)).containsExactly(1L, 2L, 3L);
        assertThat(letters.discarded())
                .as("the first one, and one of the other")
                .isEqualTo(2);
        assertRefused(letters.redrive(3), Refusal.Reason.ORDER);
        queue.close();
        subject.provider().forget(IDENTITY);
        assertThat(letters.count())
                .as("they have no slots any more: the limit is theirs")
                .isEqualTo(2);
        assertThat(letters.discarded()).isEqualTo(5);
    }

    /** Each failed event that is re-driven is followed by another one, for which there is no slot any more. */
    @Test
    default void keepsNoMoreThanItsCapacityAndTheLimitOfDeadLettersHoweverOftenTheyAreRedriven() {
        QueueSubject subject = subject(Limits.DEFAULT.dead(4, 1 << 20), Capability.ORDER_KEY_TAKE_ALONG);
        EventQueue queue = openTaking(subject, 2, Overflow.REFUSE);
        DeadLetters letters = subject.provider().deadLetters();
        queue.push(item(5, 99));
        giveUp(take(queue));
        queue.push(item(5, 99));
        queue.push(item(5, 99));
        assertThat(stats(queue).takenAlong()).isEqualTo(2);
        for (int key = 1; key <= 10; key++) {
            queue.update(takingAlong(IDENTITY, 4, Overflow.REFUSE));
            queue.push(item(5, key));
            queue.push(item(5, key));
            assertThat(queue.deadLetterAll(DeadReason.HANDLER_GONE, "left")).isEqualTo(2);
            queue.update(takingAlong(IDENTITY, 2, Overflow.REFUSE));
            letters.list(DeadLetterFilter.ALL).stream()
                    .filter(letter -> letter.reason() == DeadReason.HANDLER_GONE)
                    .forEach(letter -> accepted(letters.redrive(letter.number())));
            giveUp(take(queue));
            assertThat(stats(queue).takenAlong()).isEqualTo(2);
            assertThat(letters.count()).isLessThanOrEqualTo(6);
        }
        assertThat(dead(subject, DeadReason.TAKEN_ALONG))
                .as("those with slots are still there")
                .contains(1L, 2L);
    }

    @Test
    default void givesSlotsToThoseItTookAlongWhateverOthersCallTheirLetters() {
        QueueSubject subject = taking();
        EventQueue queue = openTaking(subject, 2, Overflow.REFUSE);
        queue.push(item(5));
        take(queue).deadLetter(DeadReason.TAKEN_ALONG, "so says its consumer");
        assertThat(stats(queue).takenAlong()).isZero();
        assertThat(subject.provider().deadLetters().drop(1)).isTrue();
        accepted(queue.push(item(5)));
        queue.push(item(5));
        assertRefused(queue.push(item(5)), Refusal.Reason.FULL);
    }

    @Test
    default void freesTheSlotsOnceNothingIsTakenAlongAnyMore() {
        QueueSubject subject = taking();
        EventQueue queue = openTaking(subject, 2, Overflow.REFUSE);
        queue.push(item(5, 1));
        giveUp(take(queue));
        queue.push(item(5, 1));
        queue.push(item(5, 1));
        assertRefused(queue.push(item(5, 2)), Refusal.Reason.FULL);
        queue.update(spec(IDENTITY, 2, Overflow.REFUSE));
        assertThat(stats(queue).takenAlong()).isZero();
        accepted(queue.push(item(5, 2)));
        accepted(queue.push(item(5, 3)));
        assertThat(subject.provider().deadLetters().count()).isEqualTo(3);
    }

    @Test
    default void keepsNothingAndFreesTheKeyWhereNoDeadLettersAreKept() {
        QueueSubject subject = subject(Limits.DEFAULT.dead(0, 0), Capability.ORDER_KEY_TAKE_ALONG);
        EventQueue queue = openTaking(subject, 3, Overflow.REFUSE);
        for (int i = 0; i < 3; i++) {
            queue.push(item(5, 1));
        }
        giveUp(take(queue));
        DeadLetters letters = subject.provider().deadLetters();
        assertThat(letters.count()).isZero();
        assertThat(letters.discarded()).isEqualTo(3);
        assertThat(stats(queue).takenAlong()).isZero();
        for (int i = 0; i < 3; i++) {
            accepted(queue.push(item(5, 1)));
        }
        assertThat(takeAll(queue)).containsExactly(3L, 4L, 5L);
    }

    /** They do not leave by themselves: without a limit of theirs nobody could publish anything any more. */
    @Test
    default void leavesMemoryToOthersHoweverManyAreTakenAlong() {
        QueueSubject subject =
                subject(Limits.DEFAULT.memory(1 << 20).dead(10_000, 512 << 10), Capability.ORDER_KEY_TAKE_ALONG);
        EventQueue queue = openTaking(subject, 10_000, Overflow.REFUSE);
        EventQueue other = subject.provider().open(spec("orders/shipping", 10, Overflow.REFUSE));
        queue.push(item(5, 1));
        giveUp(take(queue));
        for (int i = 0; i < 2_000; i++) {
            var envelope = Envelopes.of(new UUID(4, i), "orders/new", 5, 0, 0, new byte[1_000]);
            accepted(queue.push(Item.of(envelope, 1)));
        }
        DeadLetters letters = subject.provider().deadLetters();
        assertThat(letters.discarded()).isPositive();
        assertThat(letters.bytes()).isLessThanOrEqualTo(768 << 10);
        assertThat(stats(queue).takenAlong()).isPositive();
        accepted(other.push(item(5)));
    }

    @Test
    default void isTakenAlongWithoutWaitingForOtherQueues() {
        QueueSubject subject = taking();
        EventQueue full = subject.provider().open(spec("orders/shipping", 1, Overflow.REFUSE));
        full.push(item(5));
        EventQueue queue = openTaking(subject, 10, Overflow.REFUSE);
        queue.push(item(5, 1));
        giveUp(take(queue));
        Item item = item(5, 1);
        Thread.currentThread().interrupt();
        List<Offer> offers = subject.provider()
                .push("orders/new", List.of(new Target(full, item), new Target(queue, item)), Duration.ofSeconds(30));
        assertThat(Thread.interrupted()).isTrue();
        assertRefused(offers.get(0), Refusal.Reason.INTERRUPTED);
        accepted(offers.get(1));
        assertThat(dead(subject, DeadReason.TAKEN_ALONG)).containsExactly(1L);
    }

    @Test
    default void comesAtItsTimeThoughItWasTakenAlong() {
        QueueSubject subject = taking();
        EventQueue queue = openTaking(subject, 10, Overflow.REFUSE);
        long soon = subject.now().toEpochMilli() + 10_000;
        var later = new Item(Envelopes.of("orders/new", 5), 5, 1, soon, 0, 0);
        queue.push(later);
        queue.push(item(5, 1));
        giveUp(take(queue));
        queue.push(later);
        assertThat(dead(subject, DeadReason.TAKEN_ALONG)).containsExactly(0L, 2L);
        redriveAll(subject.provider().deadLetters());
        assertThat(takeAll(queue)).as("the one that was due").containsExactly(4L);
        subject.advance(Duration.ofSeconds(10));
        assertThat(takeAll(queue)).containsExactly(3L, 5L);
    }

    @Test
    default void takesNoneAlongThatHasExpired() {
        QueueSubject subject = taking();
        EventQueue queue = openTaking(subject, 10, Overflow.REFUSE);
        queue.push(item(5, 1));
        giveUp(take(queue));
        long now = subject.now().toEpochMilli();
        accepted(queue.push(new Item(Envelopes.of("orders/new", 5), 5, 1, 0, now, 0)));
        assertEmpty(queue);
        assertThat(stats(queue).expired()).isEqualTo(1);
        assertThat(dead(subject, DeadReason.TAKEN_ALONG)).isEmpty();
    }

    @Test
    default void obeysWhatItIsToldNow() {
        QueueSubject subject = taking();
        EventQueue queue = subject.provider().open(spec(IDENTITY, 100, Overflow.REFUSE));
        queue.push(item(5, 1));
        queue.push(item(5, 1));
        giveUp(take(queue));
        queue.update(takingAlong(IDENTITY, 100, Overflow.REFUSE));
        queue.push(item(5, 1));
        assertThat(takeAll(queue)).as("it waited before").containsExactly(1L);
        assertThat(dead(subject, DeadReason.TAKEN_ALONG)).containsExactly(2L);
        queue.update(spec(IDENTITY, 100, Overflow.REFUSE));
        queue.push(item(5, 1));
        assertThat(takeAll(queue)).containsExactly(3L);
    }

    @Test
    default void keepsTheOrderThoughItWasForgotten() {
        QueueSubject subject = taking();
        EventQueue first = openTaking(subject, 100, Overflow.REFUSE);
        first.push(item(5, 1));
        first.push(item(5, 1));
        giveUp(take(first));
        first.close();
        subject.provider().forget(IDENTITY);
        EventQueue queue = openTaking(subject, 100, Overflow.REFUSE);
        accepted(queue.push(item(5, 1)));
        DeadLetters letters = subject.provider().deadLetters();
        assertThat(letters.list(DeadLetterFilter.ALL))
                .as("the new one follows those of before")
                .extracting(DeadLetter::number)
                .containsExactly(1L, 2L, 3L);
        assertRefused(letters.redrive(2), Refusal.Reason.ORDER);
        assertRefused(letters.redrive(3), Refusal.Reason.ORDER);
        redriveAll(letters);
        queue.push(item(5, 1));
        assertThat(takeAll(queue)).as("the key is free").containsExactly(1L, 2L, 3L, 4L);
    }

    /** Publisher, handler that fails by chance and operator who re-drives in order at once: each key comes in its order. */
    @Test
    default void keepsTheOrderOfEachKeyWhileOthersRedriveAndPublish() throws Exception {
        int events = 20_000;
        int keys = 8;
        QueueSubject subject =
                subject(Limits.DEFAULT.memory(64 << 20).dead(50_000, 32 << 20), Capability.ORDER_KEY_TAKE_ALONG);
        EventQueue queue = openTaking(subject, events, Overflow.REFUSE);
        var left = new AtomicInteger(events);
        Map<Long, List<Long>> handled = new HashMap<>();
        for (long key = 1; key <= keys; key++) {
            handled.put(key, new ArrayList<>());
        }
        var threads = new ArrayList<TestThread<?>>();
        threads.add(new TestThread<>(() -> {
            for (int i = 0; i < events; i++) {
                var envelope = Envelopes.of(new UUID(3, i), "orders/new", 5, 0, 0, new byte[0]);
                accepted(queue.push(Item.of(envelope, 1 + i % keys)));
            }
            return null;
        }));
        threads.add(new TestThread<>(() -> redriveWhile(subject.provider().deadLetters(), () -> left.get() > 0)));
        for (int i = 0; i < 2; i++) {
            var random = new SplittableRandom(i);
            threads.add(new TestThread<>(() -> handle(queue, left, random, handled)));
        }
        for (TestThread<?> thread : threads) {
            thread.result();
        }
        handled.forEach((key, ids) ->
                assertThat(ids).as("key %d", key).hasSize(events / keys).isSorted());
        assertThat(stats(queue).depth()).isZero();
    }

    /** In order, again from the first one after a refusal. */
    private static Void redriveWhile(DeadLetters letters, BooleanSupplier condition) {
        while (condition.getAsBoolean()) {
            for (DeadLetter letter : letters.list(DeadLetterFilter.ALL)) {
                if (letters.redrive(letter.number()) instanceof Offer.Refused) {
                    break;
                }
            }
        }
        return null;
    }

    /** Gives up one in twenty. One call of a key runs at a time: the list of its ids needs no lock but that of the queue. */
    private static Void handle(
            EventQueue queue, AtomicInteger left, SplittableRandom random, Map<Long, List<Long>> handled)
            throws InterruptedException {
        while (left.get() > 0) {
            Lease lease = queue.pop(Duration.ofMillis(10));
            if (lease.isPresent() && random.nextInt(20) == 0) {
                giveUp(lease);
            } else if (lease.isPresent()) {
                UUID id = lease.item().envelope().eventId();
                handled.get(lease.item().orderKey()).add(id.getLeastSignificantBits());
                lease.ack();
                left.decrementAndGet();
            }
        }
        return null;
    }
}
