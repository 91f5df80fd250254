package symphony.queue.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static symphony.queue.contract.ContractPart.assertEmpty;
import static symphony.queue.contract.ContractPart.expiring;
import static symphony.queue.contract.ContractPart.item;
import static symphony.queue.contract.ContractPart.open;
import static symphony.queue.contract.ContractPart.take;
import static symphony.queue.contract.ContractPart.takeAll;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import symphony.api.crypto.Envelope;
import symphony.api.queue.Capability;
import symphony.api.queue.EventQueue;
import symphony.api.queue.Item;
import symphony.api.queue.Lease;
import symphony.api.queue.QueueSpec;
import symphony.api.queue.QueuedEvent;

/** {@link Capability#PEEK}: looking without taking. */
public interface PeekContract extends ContractPart {
    @Test
    default void looksAtWhatWaitsInTheOrderInWhichItWouldBeTaken() {
        QueueSubject subject = subject(Limits.DEFAULT, Capability.PEEK);
        EventQueue queue = open(subject);
        List<Item> items = new ArrayList<>();
        for (int priority : new int[] {5, 0, 9, 5}) {
            items.add(item(priority));
        }
        items.add(expiring(0, subject.now().toEpochMilli() + 1_000));
        items.forEach(queue::push);
        subject.advance(Duration.ofSeconds(2));
        List<Envelope> order =
                List.of(1, 0, 3, 2).stream().map(i -> items.get(i).envelope()).toList();
        assertThat(queue.peek(10)).isEqualTo(order);
        assertThat(queue.peek(2)).isEqualTo(order.subList(0, 2));
        assertThat(queue.peek(0)).isEmpty();
        assertThat(takeAll(queue)).containsExactly(1L, 0L, 3L, 2L);
        assertThat(queue.peek(10)).isEmpty();
    }

    @Test
    default void looksAtWhatIsHeldBackOrPausedButNotAtWhatIsLeased() {
        QueueSubject subject = subject(Limits.DEFAULT, Capability.PEEK);
        EventQueue queue = open(subject);
        queue.push(item(5, 1));
        Item held = item(5, 1);
        queue.push(held);
        take(queue);
        assertThat(queue.peek(10)).containsExactly(held.envelope());
        queue.pause();
        assertEmpty(queue);
        assertThat(queue.peek(10)).containsExactly(held.envelope());
    }

    @Test
    default void findsAnEventByItsIdWhereverItStands() {
        QueueSubject subject = subject(Limits.DEFAULT, Capability.PEEK);
        EventQueue queue = open(subject);
        Item item = item(5);
        UUID id = item.envelope().eventId();
        assertThat(subject.provider().find(id)).isEmpty();
        Instant before = subject.now();
        queue.push(item(5));
        queue.push(item);

        QueuedEvent found = subject.provider().find(id).get(0);
        assertThat(found.pushed()).isBetween(before, subject.now());
        Instant pushed = found.pushed();
        assertThat(found)
                .isEqualTo(
                        new QueuedEvent(found.subscription(), QueuedEvent.State.WAITING, 0, pushed, item.envelope()));
        assertThat(subject.provider().queues()).extracting(QueueSpec::identity).contains(found.subscription());
        take(queue);
        Lease lease = queue.pop();
        assertThat(subject.provider().find(id))
                .extracting(QueuedEvent::state)
                .containsExactly(QueuedEvent.State.LEASED);
        lease.retry(Duration.ofMinutes(1));
        subject.advance(Duration.ofSeconds(2));
        assertThat(subject.provider().find(id))
                .containsExactly(
                        new QueuedEvent(found.subscription(), QueuedEvent.State.DELAYED, 1, pushed, item.envelope()));
        subject.advance(Duration.ofMinutes(1));
        take(queue).ack();
        assertThat(subject.provider().find(id)).isEmpty();
    }
}
