package symphony.queue.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static symphony.queue.contract.ContractPart.accepted;
import static symphony.queue.contract.ContractPart.assertEmpty;
import static symphony.queue.contract.ContractPart.assertRefused;
import static symphony.queue.contract.ContractPart.push;
import static symphony.queue.contract.ContractPart.spec;
import static symphony.queue.contract.ContractPart.stats;
import static symphony.queue.contract.ContractPart.take;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import symphony.api.crypto.Envelope;
import symphony.api.event.Refusal;
import symphony.api.queue.Capability;
import symphony.api.queue.DeadReason;
import symphony.api.queue.EventQueue;
import symphony.api.queue.Offer;
import symphony.api.queue.Overflow;

/** Events that a publisher publishes again, since it did not see what became of the first time. */
@Timeout(120)
public interface DuplicateContract extends ContractPart {
    /** The window of these tests. */
    Duration WINDOW = Duration.ofMinutes(1);

    private QueueSubject knowing() {
        return subject(Limits.DEFAULT, Capability.DUPLICATES);
    }

    private static EventQueue open(QueueSubject subject, int capacity, Overflow overflow) {
        return subject.provider().open(spec(IDENTITY, capacity, overflow, WINDOW));
    }

    /** An event as a publisher would make it twice: equal ids, each with an envelope of its own. */
    private static Envelope event(long id) {
        return Envelopes.of(new UUID(7, id), "orders/new", 5, 0, 0, new byte[8]);
    }

    private static Offer offer(QueueSubject subject, EventQueue queue, long id) {
        return push(subject, event(id), Duration.ZERO, queue).get(0);
    }

    private static void assertDuplicate(Offer offer, long first) {
        assertThat(offer).isEqualTo(new Offer.Duplicate(first));
    }

    @Test
    default void storesAnEventOnceThatComesTwice() {
        QueueSubject subject = knowing();
        EventQueue queue = open(subject, 10, Overflow.REFUSE);
        assertThat(accepted(offer(subject, queue, 1))).isZero();
        assertThat(accepted(offer(subject, queue, 2))).isEqualTo(1);
        assertDuplicate(offer(subject, queue, 1), 0);
        var stats = stats(queue);
        assertThat(stats.accepted()).isEqualTo(2);
        assertThat(stats.duplicates()).isEqualTo(1);
        assertThat(stats.refusals()).isZero();
        take(queue).ack();
        take(queue).ack();
        assertEmpty(queue);
        assertThat(subject.budget().used()).isZero();
    }

    @Test
    default void storesItAgainWithoutAWindow() {
        QueueSubject subject = knowing();
        EventQueue queue = ContractPart.open(subject);
        accepted(offer(subject, queue, 1));
        accepted(offer(subject, queue, 1));
        assertThat(stats(queue).duplicates()).isZero();
    }

    @Test
    default void knowsAnEventThatWasHandledOrGivenUp() {
        QueueSubject subject = knowing();
        EventQueue queue = open(subject, 10, Overflow.REFUSE);
        offer(subject, queue, 1);
        take(queue).ack();
        offer(subject, queue, 2);
        take(queue).deadLetter(DeadReason.ATTEMPTS, "no");
        offer(subject, queue, 3);
        queue.deadLetterAll(DeadReason.HANDLER_GONE, "left");
        assertDuplicate(offer(subject, queue, 1), 0);
        assertDuplicate(offer(subject, queue, 2), 1);
        assertDuplicate(offer(subject, queue, 3), 2);
        assertEmpty(queue);
    }

    @Test
    default void forgetsAnEventWhenTheWindowIsOver() {
        QueueSubject subject = knowing();
        EventQueue queue = open(subject, 10, Overflow.REFUSE);
        offer(subject, queue, 1);
        subject.advance(WINDOW.minusMillis(1));
        assertDuplicate(offer(subject, queue, 1), 0);
        subject.advance(Duration.ofMillis(1));
        assertThat(accepted(offer(subject, queue, 1)))
                .as("a repetition does not prolong the window")
                .isEqualTo(1);
        assertThat(stats(queue).forgotten())
                .as("nothing was forgotten too early")
                .isZero();
    }

    @Test
    default void doesNotRememberWhatItRefused() {
        QueueSubject subject = knowing();
        EventQueue queue = open(subject, 1, Overflow.REFUSE);
        offer(subject, queue, 1);
        assertRefused(offer(subject, queue, 2), Refusal.Reason.FULL);
        take(queue).ack();
        assertThat(accepted(offer(subject, queue, 2))).isEqualTo(1);
    }

    @Test
    default void knowsAnEventAlsoWhenItIsFull() {
        QueueSubject subject = knowing();
        EventQueue queue = open(subject, 1, Overflow.REFUSE);
        offer(subject, queue, 1);
        assertDuplicate(offer(subject, queue, 1), 0);
        assertDuplicate(push(subject, event(1), Duration.ofMinutes(5), queue).get(0), 0);
        assertThat(stats(queue).refusals()).isZero();
    }

    @Test
    default void knowsAnEventAlsoWhenThereIsNoMemory() {
        QueueSubject subject = knowing();
        EventQueue queue = open(subject, 10, Overflow.REFUSE);
        offer(subject, queue, 1);
        subject.budget().reserve(subject.budget().limit());
        assertRefused(offer(subject, queue, 2), Refusal.Reason.LIMIT);
        assertDuplicate(offer(subject, queue, 1), 0);
    }

    @Test
    default void knowsAnEventThatOverflowed() {
        QueueSubject subject = knowing();
        EventQueue queue = open(subject, 1, Overflow.DEAD_LETTER);
        offer(subject, queue, 1);
        accepted(offer(subject, queue, 2));
        assertDuplicate(offer(subject, queue, 2), 1);
        assertThat(subject.provider().deadLetters().count()).isEqualTo(1);
    }

    @Test
    default void storesTheEventWhereItIsNotYet() {
        QueueSubject subject = knowing();
        EventQueue queue = open(subject, 10, Overflow.REFUSE);
        EventQueue other = subject.provider().open(spec("orders/stock", 10, Overflow.REFUSE, WINDOW));
        offer(subject, queue, 1);
        List<Offer> offers = push(subject, event(1), Duration.ZERO, queue, other);
        assertDuplicate(offers.get(0), 0);
        accepted(offers.get(1));
        offers = push(subject, event(1), WINDOW, queue, other);
        assertDuplicate(offers.get(0), 0);
        assertDuplicate(offers.get(1), 0);
        assertThat(stats(queue).duplicates()).isEqualTo(2);
    }

    @Test
    default void takesNothingOfAnotherPublisherForARepetition() {
        QueueSubject subject = knowing();
        EventQueue queue = open(subject, 10, Overflow.REFUSE);
        offer(subject, queue, 1);
        Envelope theirs = Envelopes.of(new UUID(7, 1), "somebody.else", "orders/new", 5, 0, 0, new byte[8]);
        accepted(push(subject, theirs, Duration.ZERO, queue).get(0));
        assertDuplicate(push(subject, theirs, Duration.ZERO, queue).get(0), 1);
        assertDuplicate(offer(subject, queue, 1), 0);
    }

    @Test
    default void redrivesADeadLetterWhateverItKnows() {
        QueueSubject subject = knowing();
        EventQueue queue = open(subject, 10, Overflow.REFUSE);
        offer(subject, queue, 1);
        take(queue).deadLetter(DeadReason.ATTEMPTS, "no");
        assertThat(accepted(subject.provider().deadLetters().redrive(1))).isEqualTo(1);
        assertDuplicate(offer(subject, queue, 1), 0);
        subject.advance(WINDOW);
        assertThat(accepted(offer(subject, queue, 1)))
                .as("a re-drive does not prolong the window")
                .isEqualTo(2);
    }

    @Test
    default void knowsAnEventAfterItWasClosedAndOpenedAgain() {
        QueueSubject subject = knowing();
        EventQueue queue = open(subject, 10, Overflow.REFUSE);
        offer(subject, queue, 1);
        queue.close();
        assertRefused(offer(subject, queue, 1), Refusal.Reason.CLOSED);
        EventQueue again = open(subject, 10, Overflow.REFUSE);
        assertDuplicate(offer(subject, again, 1), 0);
        again.close();
        subject.provider().forget(IDENTITY);
        accepted(offer(subject, open(subject, 10, Overflow.REFUSE), 1));
    }

    @Test
    default void changesItsWindowWhileItRuns() {
        QueueSubject subject = knowing();
        EventQueue queue = open(subject, 10, Overflow.REFUSE);
        offer(subject, queue, 1);
        subject.advance(Duration.ofSeconds(2));
        queue.update(spec(IDENTITY, 10, Overflow.REFUSE, Duration.ofSeconds(1)));
        accepted(offer(subject, queue, 1));
        queue.update(spec(IDENTITY, 10, Overflow.REFUSE, Duration.ZERO));
        accepted(offer(subject, queue, 1));
        queue.update(spec(IDENTITY, 10, Overflow.REFUSE, WINDOW));
        accepted(offer(subject, queue, 1));
        assertDuplicate(offer(subject, queue, 1), 3);
    }

    /** Each of some events is pushed by all of some threads at once. */
    @Test
    default void storesAnEventOnceThatSeveralThreadsPushAtOnce() throws Exception {
        int events = 2_000;
        int threads = 4;
        QueueSubject subject = knowing();
        EventQueue queue = open(subject, events, Overflow.REFUSE);
        var barrier = new CyclicBarrier(threads);
        var pushing = new ArrayList<TestThread<List<Offer>>>();
        for (int i = 0; i < threads; i++) {
            boolean waits = i >= threads / 2;
            pushing.add(new TestThread<>(() -> {
                var offers = new ArrayList<Offer>();
                for (int event = 0; event < events; event++) {
                    if (event % 100 == 0) {
                        barrier.await(60, TimeUnit.SECONDS);
                    }
                    Envelope own = event(event);
                    offers.add(push(subject, own, waits ? WINDOW : Duration.ZERO, queue)
                            .get(0));
                }
                return offers;
            }));
        }
        var all = new ArrayList<List<Offer>>();
        for (TestThread<List<Offer>> thread : pushing) {
            all.add(thread.result());
        }
        for (int event = 0; event < events; event++) {
            int at = event;
            List<Offer> offers = all.stream().map(one -> one.get(at)).toList();
            List<Offer.Accepted> taken = offers.stream()
                    .filter(Offer.Accepted.class::isInstance)
                    .map(Offer.Accepted.class::cast)
                    .toList();
            assertThat(taken).as("event %d: %s", event, offers).hasSize(1);
            var duplicate = new Offer.Duplicate(taken.get(0).sequence());
            assertThat(offers).filteredOn(duplicate::equals).hasSize(threads - 1);
        }
        assertThat(stats(queue).accepted()).isEqualTo(events);
        assertThat(stats(queue).duplicates()).isEqualTo(events * (threads - 1L));
        assertThat(ContractPart.takeAll(queue)).hasSize(events);
    }
}
