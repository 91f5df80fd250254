package symphony.queue.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static symphony.queue.contract.ContractPart.accepted;
import static symphony.queue.contract.ContractPart.assertEmpty;
import static symphony.queue.contract.ContractPart.item;
import static symphony.queue.contract.ContractPart.open;
import static symphony.queue.contract.ContractPart.stats;
import static symphony.queue.contract.ContractPart.take;
import static symphony.queue.contract.ContractPart.takeAll;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import symphony.api.queue.Capability;
import symphony.api.queue.DeadReason;
import symphony.api.queue.EventQueue;
import symphony.api.queue.Item;
import symphony.api.queue.Lease;

/** {@link Capability#ORDER_KEY_HOLD}: events about the same thing are handled one after the other. */
public interface OrderKeyContract extends ContractPart {
    private QueueSubject keyed() {
        return subject(Limits.DEFAULT, Capability.ORDER_KEY_HOLD);
    }

    @Test
    default void leasesOneOfAKeyAtATime() {
        EventQueue queue = open(keyed());
        queue.push(item(5, 1));
        queue.push(item(5, 1));
        queue.push(item(5, 2));
        queue.push(item(5, 0));
        queue.push(item(5, 0));
        Lease first = take(queue);
        assertThat(take(queue).sequence()).isEqualTo(2);
        assertThat(take(queue).sequence()).isEqualTo(3);
        assertThat(take(queue).sequence()).isEqualTo(4);
        assertEmpty(queue);
        assertThat(queue.readyPriority()).isEqualTo(-1);
        assertThat(stats(queue).waiting()).as("held back is waiting").isEqualTo(1);
        first.ack();
        assertThat(take(queue).sequence()).isEqualTo(1);
    }

    @Test
    default void holdsTheLaterOnesWhileOneWaitsForItsRetry() {
        QueueSubject subject = keyed();
        EventQueue queue = open(subject);
        queue.push(item(5, 1));
        queue.push(item(0, 1));
        queue.push(item(9, 2));
        assertThat(take(queue).retry(Duration.ofSeconds(1))).isTrue();
        assertThat(take(queue).sequence()).isEqualTo(2);
        assertEmpty(queue);
        assertThat(stats(queue).delayed()).as("the one that failed").isEqualTo(1);
        assertThat(stats(queue).waiting()).as("the one that is held").isEqualTo(1);
        subject.advance(Duration.ofSeconds(1));
        assertThat(takeAll(queue)).containsExactly(1L, 0L);
    }

    @Test
    default void followsPriorityThenSequenceWithinAKey() {
        EventQueue queue = open(keyed());
        for (int priority : new int[] {5, 7, 3, 5, 3}) {
            accepted(queue.push(item(priority, 1)));
        }
        Lease first = take(queue);
        assertThat(first.sequence()).isEqualTo(2);
        queue.push(item(9, 2));
        assertThat(take(queue).sequence()).isEqualTo(5);
        queue.push(item(0, 1));
        first.release();
        assertThat(takeAll(queue)).containsExactly(6L, 2L, 4L, 0L, 3L, 1L);
    }

    @Test
    default void freesTheKeyHoweverTheLeaseIsSettled() {
        EventQueue queue = open(keyed());
        for (int i = 0; i < 5; i++) {
            queue.push(item(5, 1));
        }
        take(queue).ack();
        take(queue).deadLetter(DeadReason.MISMATCH, "no");
        take(queue).release();
        Lease again = take(queue);
        assertThat(again.sequence()).isEqualTo(2);
        again.retry(Duration.ZERO);
        assertThat(takeAll(queue)).containsExactly(2L, 3L, 4L);
    }

    @Test
    default void tellsWhenAKeyIsFreeAgain() {
        EventQueue queue = open(keyed());
        var told = new AtomicInteger();
        queue.whenReady(told::incrementAndGet);
        queue.push(item(5, 1));
        queue.push(item(5, 1));
        Lease first = take(queue);
        assertEmpty(queue);
        int before = told.get();
        first.ack();
        assertThat(told.get()).isGreaterThan(before);
    }

    @Test
    default void tellsOfAnotherKeyWhileOneIsHeld() {
        EventQueue queue = open(keyed());
        var told = new AtomicInteger();
        queue.push(item(5, 1));
        queue.push(item(5, 1));
        take(queue);
        queue.whenReady(told::incrementAndGet);
        assertThat(told).hasValue(0);
        queue.push(item(5, 2));
        assertThat(told.get()).isPositive();
    }

    @Test
    default void tellsOfAnotherKeyThoughNobodyLookedSinceOneIsHeld() {
        EventQueue queue = open(keyed());
        var told = new AtomicInteger();
        queue.whenReady(told::incrementAndGet);
        queue.push(item(5, 1));
        queue.push(item(5, 1));
        take(queue);
        int before = told.get();
        queue.push(item(5, 2));
        assertThat(told.get()).isGreaterThan(before);
    }

    @Test
    default void freesTheKeyOfAnEventThatExpires() {
        QueueSubject subject = keyed();
        EventQueue queue = open(subject);
        long soon = subject.now().toEpochMilli() + 1_000;
        queue.push(new Item(Envelopes.of("orders/new", 5), 5, 1, 0, soon, 0));
        queue.push(item(5, 1));
        queue.push(item(5, 1));
        Lease first = take(queue);
        assertEmpty(queue);
        first.retry(Duration.ofSeconds(2));
        subject.advance(Duration.ofSeconds(2));
        assertThat(takeAll(queue)).containsExactly(1L, 2L);
        assertThat(stats(queue).expired()).isEqualTo(1);
    }

    @Test
    default void holdsBackNoKeyAfterCloseAndOpen() {
        QueueSubject subject = keyed();
        EventQueue queue = open(subject);
        queue.push(item(5, 1));
        queue.push(item(5, 1));
        take(queue);
        assertEmpty(queue);
        queue.close();
        assertThat(takeAll(open(subject))).containsExactly(0L, 1L);
    }
}
