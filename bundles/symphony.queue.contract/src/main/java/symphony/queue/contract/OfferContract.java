package symphony.queue.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static symphony.queue.contract.ContractPart.accepted;
import static symphony.queue.contract.ContractPart.assertRefused;
import static symphony.queue.contract.ContractPart.detail;
import static symphony.queue.contract.ContractPart.item;
import static symphony.queue.contract.ContractPart.open;
import static symphony.queue.contract.ContractPart.push;
import static symphony.queue.contract.ContractPart.spec;
import static symphony.queue.contract.ContractPart.stats;
import static symphony.queue.contract.ContractPart.take;
import static symphony.queue.contract.ContractPart.takeAll;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import symphony.api.crypto.Envelope;
import symphony.api.event.Refusal;
import symphony.api.queue.Capability;
import symphony.api.queue.DeadReason;
import symphony.api.queue.EventQueue;
import symphony.api.queue.Item;
import symphony.api.queue.Lease;
import symphony.api.queue.MemoryBudget;
import symphony.api.queue.Offer;
import symphony.api.queue.Overflow;

/** Capacity, the budget, and publishers that wait. */
@Timeout(120)
public interface OfferContract extends ContractPart {
    /** Long enough never to be over while a test runs. */
    Duration LONG = Duration.ofMinutes(10);

    @Test
    default void refusesWhenFullAndSaysHowToMend() {
        EventQueue queue = open(subject(), 2);
        queue.push(item(5));
        queue.push(item(5));
        Offer offer = queue.push(item(0));
        assertRefused(offer, Refusal.Reason.FULL);
        assertThat(detail(offer)).contains(IDENTITY, "2", "symphony.capacity");
        assertThat(stats(queue).refused()).containsOnly(java.util.Map.entry(Refusal.Reason.FULL, 1L));
        assertThat(stats(queue).accepted()).isEqualTo(2);
    }

    @Test
    default void countsLeasedAndReturnedEventsInItsCapacity() {
        EventQueue queue = open(subject(), 1);
        queue.push(item(5));
        Lease lease = take(queue);
        assertRefused(queue.push(item(5)), Refusal.Reason.FULL);
        assertThat(lease.retry(Duration.ofSeconds(1))).isTrue();
        assertRefused(queue.push(item(5)), Refusal.Reason.FULL);
        assertThat(stats(queue).depth()).isEqualTo(1);
    }

    @Test
    default void hasRoomAgainAfterAnEventWasSettled() {
        EventQueue queue = open(subject(), 1);
        queue.push(item(5));
        take(queue).ack();
        accepted(queue.push(item(5)));
        take(queue).deadLetter(DeadReason.MISMATCH, "no");
        accepted(queue.push(item(5)));
    }

    @Test
    default void keepsWhatIsMoreThanANewCapacity() {
        EventQueue queue = open(subject(), 3);
        for (int i = 0; i < 3; i++) {
            queue.push(item(5));
        }
        queue.update(spec(IDENTITY, 1, Overflow.REFUSE));
        assertRefused(queue.push(item(5)), Refusal.Reason.FULL);
        assertThat(takeAll(queue)).containsExactly(0L, 1L, 2L);
        accepted(queue.push(item(5)));
    }

    @Test
    default void makesOverflowADeadLetterIfTheSubscriptionWantsIt() {
        QueueSubject subject = subject();
        EventQueue queue = subject.provider().open(spec(IDENTITY, 1, Overflow.DEAD_LETTER));
        queue.push(item(5));
        Item over = item(0);
        assertThat(accepted(queue.push(over))).isEqualTo(1);
        assertThat(subject.provider().deadLetters().list(IDENTITY, 9))
                .singleElement()
                .satisfies(letter -> {
                    assertThat(letter.reason()).isEqualTo(DeadReason.OVERFLOW);
                    assertThat(letter.envelope()).isSameAs(over.envelope());
                    assertThat(letter.attempts()).isZero();
                });
        assertThat(stats(queue).dead()).isEqualTo(1);
        assertThat(takeAll(queue)).containsExactly(0L);
    }

    @Test
    default void countsTheEnvelopeOfOnePushOnce() {
        QueueSubject subject = subject();
        EventQueue one = open(subject);
        EventQueue two = subject.provider().open(spec("orders/stock", 10, Overflow.REFUSE));
        MemoryBudget budget = subject.budget();
        Envelope envelope = Envelopes.sized(1_000);
        push(subject, envelope, Duration.ZERO, one, two);
        assertThat(budget.used()).isEqualTo(1_000);
        take(one).deadLetter(DeadReason.MISMATCH, "no");
        take(two).ack();
        assertThat(budget.used()).as("the dead letter holds it").isEqualTo(1_000);
        var letter = subject.provider().deadLetters().list("", 1).get(0);
        subject.provider().deadLetters().drop(letter.number());
        assertThat(budget.used()).isZero();
    }

    @Test
    default void holdsNothingOfARefusedPush() {
        QueueSubject subject = subject();
        EventQueue queue = open(subject, 1);
        queue.push(item(5));
        long before = subject.budget().used();
        assertRefused(queue.push(item(5)), Refusal.Reason.FULL);
        assertThat(subject.budget().used()).isEqualTo(before);
    }

    @Test
    default void refusesAllTargetsWhenTheBudgetIsUsedUpAndTellsTheNumbers() {
        QueueSubject subject = subject(Limits.DEFAULT.memory(1 << 20));
        EventQueue one = open(subject);
        EventQueue two = subject.provider().open(spec("orders/stock", 10_000, Overflow.DEAD_LETTER));
        for (int i = 0; i < 1 << 10; i++) {
            accepted(push(subject, Envelopes.sized(1 << 10), Duration.ZERO, one).get(0));
        }
        List<Offer> offers = push(subject, Envelopes.sized(1 << 10), Duration.ZERO, one, two);
        assertThat(offers).allSatisfy(offer -> assertRefused(offer, Refusal.Reason.LIMIT));
        assertThat(detail(offers.get(0))).contains("1048576", "1024", "memory.bytes");
        assertThat(stats(one).refused()).containsEntry(Refusal.Reason.LIMIT, 1L);
        assertThat(stats(two).refused()).containsEntry(Refusal.Reason.LIMIT, 1L);
        take(one).ack();
        accepted(push(subject, Envelopes.sized(1 << 10), Duration.ZERO, one).get(0));
    }

    @Test
    default void isBoundedByTheBudgetWhateverIsPublished() {
        QueueSubject subject = subject(Limits.DEFAULT.memory(4 << 20));
        EventQueue queue = open(subject, 10_000_000);
        long taken = 0;
        long refused = 0;
        for (int i = 0; i < 500_000; i++) {
            // The same bytes each time, or making them would be most of the test.
            Offer offer = queue.push(new Item(SAMPLE, i % 10, 0, 0, 0, 0));
            if (offer instanceof Offer.Accepted) {
                taken++;
            } else if (((Offer.Refused) offer).reason() == Refusal.Reason.LIMIT) {
                refused++;
            }
        }
        assertThat(subject.budget().used()).isLessThanOrEqualTo(4 << 20);
        assertThat(taken).isEqualTo((4 << 20) / SAMPLE.size());
        assertThat(stats(queue).refusals()).isEqualTo(refused).isEqualTo(500_000 - taken);
        assertThat(stats(queue).bytes()).isEqualTo(subject.budget().used());
    }

    /** An envelope of an ordinary size. */
    Envelope SAMPLE = Envelopes.sized(400);

    @Test
    default void waitsForRoomInAQueue() throws Exception {
        QueueSubject subject = subject();
        EventQueue queue = open(subject, 1);
        queue.push(item(5));
        try (var publisher = new TestThread<>(
                () -> push(subject, Envelopes.of("orders/new", 1), LONG, queue).get(0))) {
            publisher.awaitWaiting();
            take(queue).ack();
            assertThat(accepted(publisher.result())).isEqualTo(1);
        }
        assertThat(stats(queue).refusals()).isZero();
    }

    @Test
    default void pushesToThoseWithRoomBeforeItWaitsForTheOthers() throws Exception {
        QueueSubject subject = subject();
        EventQueue full = open(subject, 1);
        EventQueue other = subject.provider().open(spec("orders/stock", 10, Overflow.REFUSE));
        full.push(item(5));
        try (var publisher = new TestThread<>(() -> push(subject, Envelopes.of("orders/new", 1), LONG, full, other))) {
            publisher.awaitWaiting();
            take(other).ack();
            take(full).ack();
            assertThat(publisher.result()).allSatisfy(ContractPart::accepted);
        }
    }

    @Test
    default void waitsForRoomInTheBudget() throws Exception {
        QueueSubject subject = subject(Limits.DEFAULT.memory(1 << 20));
        EventQueue queue = open(subject);
        for (int i = 0; i < 4; i++) {
            accepted(push(subject, Envelopes.sized(1 << 18), Duration.ZERO, queue)
                    .get(0));
        }
        try (var publisher = new TestThread<>(
                () -> push(subject, Envelopes.sized(1 << 18), LONG, queue).get(0))) {
            publisher.awaitWaiting();
            take(queue).ack();
            assertThat(accepted(publisher.result())).isEqualTo(4);
        }
        assertThat(subject.budget().used()).isEqualTo(1 << 20);
    }

    @Test
    default void givesUpWhenTheTimeIsOver() {
        QueueSubject subject = subject();
        EventQueue queue = open(subject, 1);
        queue.push(item(5));
        long begun = System.nanoTime();
        var offers = push(subject, Envelopes.of("orders/new", 1), Duration.ofMillis(30), queue);
        assertThat(System.nanoTime() - begun).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(30));
        assertRefused(offers.get(0), Refusal.Reason.FULL);
    }

    @Test
    default void tellsAPublisherThatIsInterruptedWhileItWaits() throws Exception {
        QueueSubject subject = subject();
        EventQueue full = open(subject, 1);
        EventQueue other = subject.provider().open(spec("orders/stock", 10, Overflow.REFUSE));
        full.push(item(5));
        try (var publisher = new TestThread<>(() -> {
            var offers = push(subject, Envelopes.of("orders/new", 1), LONG, full, other);
            assertThat(Thread.currentThread().isInterrupted())
                    .as("interrupt is pending")
                    .isTrue();
            return offers;
        })) {
            publisher.awaitWaiting();
            publisher.interrupt();
            assertRefused(publisher.result().get(0), Refusal.Reason.INTERRUPTED);
            accepted(publisher.result().get(1));
        }
        assertThat(stats(full).refused()).containsEntry(Refusal.Reason.INTERRUPTED, 1L);
        take(full).ack();
        accepted(full.push(item(5)));
    }

    @Test
    default void tellsAPublisherThatIsInterruptedWhileItWaitsForTheBudget() throws Exception {
        QueueSubject subject = subject(Limits.DEFAULT.memory(1 << 20));
        EventQueue queue = open(subject);
        accepted(push(subject, Envelopes.sized(1 << 20), Duration.ZERO, queue).get(0));
        try (var publisher = new TestThread<>(() -> {
            var offers = push(subject, Envelopes.sized(1 << 18), LONG, queue);
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
            return offers.get(0);
        })) {
            publisher.awaitWaiting();
            publisher.interrupt();
            assertRefused(publisher.result(), Refusal.Reason.INTERRUPTED);
        }
        take(queue).ack();
        assertThat(subject.budget().used()).isZero();
    }

    @Test
    default void doesNotMindAnInterruptIfItNeedNotWait() {
        QueueSubject subject = subject();
        EventQueue queue = open(subject);
        Thread.currentThread().interrupt();
        var offers = push(subject, Envelopes.of("orders/new", 1), Duration.ZERO, queue);
        assertThat(Thread.interrupted()).as("interrupt is pending").isTrue();
        accepted(offers.get(0));
    }

    @Test
    default void tellsAWaitingPublisherThatTheQueueWasClosed() throws ExecutionException, InterruptedException {
        QueueSubject subject = subject();
        EventQueue queue = open(subject, 1);
        queue.push(item(5));
        try (var publisher = new TestThread<>(
                () -> push(subject, Envelopes.of("orders/new", 1), LONG, queue).get(0))) {
            publisher.awaitWaiting();
            queue.close();
            assertRefused(publisher.result(), Refusal.Reason.CLOSED);
        }
    }

    @Test
    default void letsWaitingPublishersInWhenTheCapacityGrows() throws Exception {
        QueueSubject subject = subject();
        EventQueue queue = open(subject, 1);
        queue.push(item(5));
        try (var one = new TestThread<>(() -> push(subject, Envelopes.of("orders/new", 1), LONG, queue)
                        .get(0));
                var two = new TestThread<>(() -> push(subject, Envelopes.of("orders/new", 1), LONG, queue)
                        .get(0))) {
            one.awaitWaiting();
            two.awaitWaiting();
            queue.update(spec(IDENTITY, 3, Overflow.REFUSE));
            accepted(one.result());
            accepted(two.result());
        }
    }

    @Test
    default void tellsOfEachTargetWhetherItTookTheEvent() {
        QueueSubject subject = subject(Limits.DEFAULT, Capability.EXACT_RECEIPT);
        EventQueue full = open(subject, 1);
        EventQueue closed = subject.provider().open(spec("orders/stock", 10, Overflow.REFUSE));
        EventQueue free = subject.provider().open(spec("orders/audit", 10, Overflow.REFUSE));
        full.push(item(5));
        closed.close();
        var offers = push(subject, Envelopes.of("orders/new", 1), Duration.ZERO, full, closed, free);
        assertRefused(offers.get(0), Refusal.Reason.FULL);
        assertRefused(offers.get(1), Refusal.Reason.CLOSED);
        accepted(offers.get(2));
    }
}
