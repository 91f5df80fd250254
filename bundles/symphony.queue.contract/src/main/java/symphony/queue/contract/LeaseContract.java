package symphony.queue.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static symphony.queue.contract.ContractPart.assertEmpty;
import static symphony.queue.contract.ContractPart.item;
import static symphony.queue.contract.ContractPart.open;
import static symphony.queue.contract.ContractPart.stats;
import static symphony.queue.contract.ContractPart.take;
import static symphony.queue.contract.ContractPart.takeAll;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import symphony.api.queue.DeadReason;
import symphony.api.queue.EventQueue;
import symphony.api.queue.Lease;

/** Leases: settled once, and what returns goes to its old place. */
public interface LeaseContract extends ContractPart {
    @Test
    default void settlesALeaseOnce() {
        EventQueue queue = open(subject());
        queue.push(item(5));
        Lease lease = take(queue);
        assertThat(lease.ack()).isTrue();
        assertSettled(lease);
        var stats = stats(queue);
        assertThat(stats.handled()).isEqualTo(1);
        assertThat(stats.depth()).isZero();
    }

    private static void assertSettled(Lease lease) {
        assertThat(lease.ack()).isFalse();
        assertThat(lease.retry(Duration.ZERO)).isFalse();
        assertThat(lease.deadLetter(DeadReason.ATTEMPTS, "no")).isFalse();
        assertThat(lease.release()).isFalse();
        assertThat(lease.release(Duration.ofSeconds(1))).isFalse();
    }

    @Test
    default void knowsAnOldLeaseOfAnEventFromItsNewOne() {
        EventQueue queue = open(subject());
        queue.push(item(5));
        Lease old = take(queue);
        old.release();
        Lease lease = take(queue);
        assertSettled(old);
        assertThat(lease.ack()).isTrue();
        assertThat(stats(queue).handled()).isEqualTo(1);
    }

    @Test
    default void returnsAReleasedEventToItsOldPlaceAsItWas() {
        EventQueue queue = open(subject());
        for (int i = 0; i < 4; i++) {
            queue.push(item(5));
        }
        Lease first = take(queue);
        Lease second = take(queue);
        second.release();
        first.release();
        Lease again = take(queue);
        assertThat(again.sequence()).isZero();
        assertThat(again.item()).isEqualTo(first.item());
        again.ack();
        assertThat(takeAll(queue)).containsExactly(1L, 2L, 3L);
        assertThat(stats(queue).retried()).isZero();
    }

    @Test
    default void returnsARetriedEventToItsOldPlaceWithOneAttemptMore() {
        EventQueue queue = open(subject());
        for (int i = 0; i < 3; i++) {
            queue.push(item(5));
        }
        Lease first = take(queue);
        assertThat(first.retry(Duration.ZERO)).isTrue();
        Lease again = take(queue);
        assertThat(again.sequence()).isZero();
        assertThat(again.item().attempt()).isEqualTo(1);
        assertThat(again.item().envelope()).isSameAs(first.item().envelope());
        assertThat(first.item().attempt()).as("a lease's item does not change").isZero();
        again.ack();
        assertThat(takeAll(queue)).containsExactly(1L, 2L);
        assertThat(stats(queue).retried()).isEqualTo(1);
    }

    @Test
    default void releasesAllLeasesWhenItIsClosed() {
        QueueSubject subject = subject();
        EventQueue queue = open(subject);
        queue.push(item(5));
        queue.push(item(5));
        Lease one = take(queue);
        Lease two = take(queue);
        queue.close();
        assertSettled(one);
        assertSettled(two);
        assertThat(stats(queue).waiting()).isEqualTo(2);
        EventQueue again = open(subject);
        assertSettled(one);
        assertThat(takeAll(again)).containsExactly(0L, 1L);
    }

    @Test
    default void hasNothingInNoLease() {
        EventQueue queue = open(subject());
        assertEmpty(queue);
        Lease none = queue.pop();
        assertThat(none.isPresent()).isFalse();
        assertSettled(none);
        assertThatIllegalStateException().isThrownBy(none::item);
    }
}
