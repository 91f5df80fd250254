package symphony.queue.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static symphony.queue.contract.ContractPart.accepted;
import static symphony.queue.contract.ContractPart.assertEmpty;
import static symphony.queue.contract.ContractPart.item;
import static symphony.queue.contract.ContractPart.open;
import static symphony.queue.contract.ContractPart.push;
import static symphony.queue.contract.ContractPart.spec;
import static symphony.queue.contract.ContractPart.stats;
import static symphony.queue.contract.ContractPart.take;
import static symphony.queue.contract.ContractPart.takeAll;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import symphony.api.event.Refusal;
import symphony.api.queue.EventQueue;
import symphony.api.queue.Item;
import symphony.api.queue.Lease;
import symphony.api.queue.Overflow;
import symphony.api.queue.QueueSpec;
import symphony.api.queue.Target;

/** Order, counters, and what is asked for wrongly. */
public interface CoreContract extends ContractPart {
    @Test
    default void handsOutTheMostUrgentFirstAndEqualOnesInTheirOrder() {
        EventQueue queue = open(subject());
        for (int priority : new int[] {5, 9, 0, 5, 0, 9, 3}) {
            accepted(queue.push(item(priority)));
        }
        assertThat(takeAll(queue)).containsExactly(2L, 4L, 6L, 0L, 3L, 1L, 5L);
    }

    @Test
    default void handsOutTheItemThatWasPushed() {
        EventQueue queue = open(subject());
        var item = new Item(Envelopes.of("orders/new", 4), 4, 77, 0, 0, 2);
        long sequence = accepted(queue.push(item));
        Lease lease = take(queue);
        assertThat(lease.item()).isEqualTo(item);
        assertThat(lease.sequence()).isEqualTo(sequence);
    }

    @Test
    default void takesNothingFromAnEmptyQueue() throws InterruptedException {
        EventQueue queue = open(subject());
        assertEmpty(queue);
        assertThat(queue.readyPriority()).isEqualTo(-1);
        assertThat(queue.pop(Duration.ZERO)).isSameAs(Lease.NONE);
        assertThat(queue.pop(Duration.ofMillis(1))).isSameAs(Lease.NONE);
    }

    @Test
    default void tellsThePriorityOfTheNext() {
        EventQueue queue = open(subject());
        queue.push(item(7));
        assertThat(queue.readyPriority()).isEqualTo(7);
        queue.push(item(2));
        assertThat(queue.readyPriority()).isEqualTo(2);
    }

    @Test
    default void countsWhatBecomesOfEachEvent() {
        EventQueue queue = open(subject());
        for (int i = 0; i < 5; i++) {
            queue.push(item(i));
        }
        take(queue).ack();
        Lease leased = take(queue);
        take(queue).release();
        var stats = stats(queue);
        assertThat(stats.accepted()).isEqualTo(5);
        assertThat(stats.handled()).isEqualTo(1);
        assertThat(stats.waiting()).isEqualTo(3);
        assertThat(stats.leased()).isEqualTo(1);
        assertThat(stats.depth()).isEqualTo(4);
        assertThat(stats.depths()).containsExactly(0L, 0L, 1L, 1L, 1L, 0L, 0L, 0L, 0L, 0L);
        assertThat(stats.bytes()).isEqualTo(4L * leased.item().envelope().size());
        assertThat(stats.capacity()).isEqualTo(10_000);
    }

    @Test
    default void tellsHowLongTheOldestHasWaited() {
        QueueSubject subject = subject();
        EventQueue queue = open(subject);
        assertThat(queue.stats().oldestMillis()).isZero();
        queue.push(item(0));
        subject.advance(Duration.ofSeconds(2));
        queue.push(item(9));
        assertThat(queue.stats().oldestMillis()).isGreaterThanOrEqualTo(2_000);
        take(queue);
        assertThat(queue.stats().oldestMillis()).isLessThan(2_000);
    }

    @Test
    default void handsOutNothingWhilePaused() {
        EventQueue queue = open(subject());
        queue.push(item(5));
        queue.pause();
        assertThat(queue.stats().paused()).isTrue();
        assertEmpty(queue);
        assertThat(queue.readyPriority()).isEqualTo(-1);
        accepted(queue.push(item(4)));
        queue.resume();
        assertThat(takeAll(queue)).containsExactly(1L, 0L);
    }

    @Test
    default void servesQueuesIndependently() {
        QueueSubject subject = subject();
        EventQueue full = open(subject, 1);
        EventQueue other = subject.provider().open(spec("orders/stock", 10, Overflow.REFUSE));
        full.push(item(5));
        var offers = push(subject, Envelopes.of("orders/new", 3), Duration.ZERO, full, other);
        ContractPart.assertRefused(offers.get(0), Refusal.Reason.FULL);
        accepted(offers.get(1));
        assertThat(takeAll(other)).containsExactly(0L);
    }

    @Test
    default void pushesToNobody() {
        assertThat(subject().provider().push("orders/new", List.of(), Duration.ZERO))
                .isEmpty();
    }

    @Test
    default void refusesDifferentEnvelopesInOnePush() {
        QueueSubject subject = subject();
        EventQueue queue = open(subject);
        var targets = List.of(new Target(queue, item(1)), new Target(queue, item(1)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> subject.provider().push("orders/new", targets, Duration.ZERO))
                .withMessageContaining("envelope");
        assertThat(stats(queue).accepted()).isZero();
    }

    @Test
    default void refusesAQueueOfAnotherProvider() {
        EventQueue foreign = open(subject());
        QueueSubject subject = subject();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> push(subject, Envelopes.of("orders/new", 1), Duration.ZERO, foreign));
    }

    @Test
    default void refusesNegativeTimes() {
        QueueSubject subject = subject();
        EventQueue queue = open(subject);
        queue.push(item(1));
        var negative = Duration.ofNanos(-1);
        assertThatIllegalArgumentException().isThrownBy(() -> queue.pop(negative));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> push(subject, Envelopes.of("orders/new", 1), negative, queue));
        Lease lease = take(queue);
        assertThatIllegalArgumentException().isThrownBy(() -> lease.retry(negative));
        assertThat(lease.ack()).isTrue();
    }

    @Test
    default void opensAQueueOnlyOnceAtATime() {
        QueueSubject subject = subject();
        open(subject);
        assertThatIllegalStateException().isThrownBy(() -> open(subject)).withMessageContaining(IDENTITY);
    }

    @Test
    default void takesANewSpecificationButNoOtherIdentity() {
        EventQueue queue = open(subject(), 2);
        QueueSpec wider = spec(IDENTITY, 3, Overflow.REFUSE);
        queue.update(wider);
        assertThat(queue.spec()).isEqualTo(wider);
        var other = spec("orders/stock", 3, Overflow.REFUSE);
        assertThatIllegalArgumentException().isThrownBy(() -> queue.update(other));
        assertThat(queue.spec()).isEqualTo(wider);
    }
}
