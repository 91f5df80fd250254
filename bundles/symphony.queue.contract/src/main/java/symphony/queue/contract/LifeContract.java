package symphony.queue.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static symphony.queue.contract.ContractPart.accepted;
import static symphony.queue.contract.ContractPart.assertEmpty;
import static symphony.queue.contract.ContractPart.assertRefused;
import static symphony.queue.contract.ContractPart.item;
import static symphony.queue.contract.ContractPart.open;
import static symphony.queue.contract.ContractPart.spec;
import static symphony.queue.contract.ContractPart.stats;
import static symphony.queue.contract.ContractPart.take;
import static symphony.queue.contract.ContractPart.takeAll;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import symphony.api.event.Refusal;
import symphony.api.event.TopicFilter;
import symphony.api.queue.DeadReason;
import symphony.api.queue.EventQueue;
import symphony.api.queue.Lease;
import symphony.api.queue.OrderFailure;
import symphony.api.queue.Overflow;
import symphony.api.queue.QueueSpec;
import symphony.api.queue.QueueStats;

/** Open, close, open again, forget, stop. */
@Timeout(120)
public interface LifeContract extends ContractPart {
    @Test
    default void keepsContentPlaceAttemptsAndCountersOverCloseAndOpen() {
        QueueSubject subject = subject();
        EventQueue queue = open(subject);
        for (int i = 0; i < 4; i++) {
            queue.push(item(5));
        }
        take(queue).ack();
        take(queue).retry(Duration.ZERO);
        QueueStats before = stats(queue);
        queue.close();
        QueueSpec wider = spec(IDENTITY, 20_000, Overflow.REFUSE);
        EventQueue again = subject.provider().open(wider);
        assertThat(again.spec()).isEqualTo(wider);
        QueueStats after = stats(again);
        assertThat(after.accepted()).isEqualTo(before.accepted());
        assertThat(after.handled()).isEqualTo(before.handled());
        assertThat(after.retried()).isEqualTo(before.retried());
        assertThat(after.waiting()).isEqualTo(3);
        assertThat(accepted(again.push(item(0)))).as("sequences go on").isEqualTo(4);
        take(again).ack();
        Lease retried = take(again);
        assertThat(retried.item().attempt()).isEqualTo(1);
        assertThat(retried.sequence()).isEqualTo(1);
        retried.ack();
        assertThat(takeAll(again)).containsExactly(2L, 3L);
    }

    @Test
    default void doesNothingThroughAClosedQueue() throws InterruptedException {
        QueueSubject subject = subject();
        EventQueue queue = open(subject);
        queue.push(item(5));
        queue.close();
        EventQueue again = open(subject);
        queue.close();
        assertRefused(queue.push(item(5)), Refusal.Reason.CLOSED);
        assertEmpty(queue);
        assertThat(queue.pop(Duration.ofMinutes(10))).isSameAs(Lease.NONE);
        assertThat(queue.readyPriority()).isEqualTo(-1);
        assertThat(queue.peek(10)).isEmpty();
        assertThat(queue.deadLetterAll(DeadReason.HANDLER_GONE, "left")).isZero();
        queue.pause();
        assertThatIllegalStateException().isThrownBy(() -> queue.update(spec(IDENTITY, 5, Overflow.REFUSE)));
        assertThat(takeAll(again)).containsExactly(0L);
    }

    @Test
    default void tellsNobodyAfterItWasClosed() {
        QueueSubject subject = subject();
        EventQueue queue = open(subject);
        var told = new AtomicInteger();
        queue.whenReady(told::incrementAndGet);
        queue.close();
        EventQueue again = open(subject);
        again.push(item(5));
        assertThat(told).hasValue(0);
    }

    @Test
    default void staysPausedOverCloseAndOpen() {
        QueueSubject subject = subject();
        EventQueue queue = open(subject);
        queue.push(item(5));
        queue.pause();
        queue.close();
        EventQueue again = open(subject);
        assertThat(again.stats().paused()).isTrue();
        assertEmpty(again);
        again.resume();
        take(again).ack();
    }

    @Test
    default void listsTheQueuesItKeeps() {
        QueueSubject subject = subject();
        EventQueue stock = subject.provider().open(spec("orders/stock", 10, Overflow.REFUSE));
        EventQueue queue = open(subject);
        stock.close();
        assertThat(subject.provider().queues()).containsExactly(queue.spec(), stock.spec());
    }

    /** It is all that is known of a subscription whose handler is away after a restart of the dispatcher. */
    @Test
    default void keepsTheWholeSpecificationWhileClosed() {
        QueueSubject subject = subject();
        var full = new QueueSpec(
                IDENTITY,
                List.of(TopicFilter.of("orders/*"), TopicFilter.of("returns/*")),
                "(amount>=100)",
                7,
                Overflow.DEAD_LETTER,
                "customer.id",
                OrderFailure.TAKE_ALONG,
                -1,
                3_600_000,
                60_000);
        subject.provider().open(full).close();
        assertThat(subject.provider().queues()).containsExactly(full);
        EventQueue queue = open(subject);
        queue.update(full);
        queue.close();
        assertThat(subject.provider().queues()).as("as last updated").containsExactly(full);
    }

    @Test
    default void forgetsAQueueAndCountsWhatItDrops() {
        QueueSubject subject = subject();
        EventQueue queue = open(subject);
        queue.push(item(5));
        queue.push(item(5));
        take(queue);
        assertThatIllegalStateException()
                .isThrownBy(() -> subject.provider().forget(IDENTITY))
                .withMessageContaining(IDENTITY);
        queue.close();
        assertThat(subject.provider().forget(IDENTITY)).isEqualTo(2);
        assertThat(subject.provider().forget(IDENTITY)).isZero();
        assertThat(subject.provider().forget("nobody/at-all")).isZero();
        assertThat(stats(queue).dropped()).isEqualTo(2);
        assertThat(subject.provider().queues()).isEmpty();
        assertThat(subject.budget().used()).isZero();
        assertEmpty(open(subject));
    }

    @Test
    default void countsWhatIsLeftWhenItStops() throws Exception {
        QueueSubject subject = subject();
        EventQueue queue = open(subject);
        for (int i = 0; i < 3; i++) {
            queue.push(item(5));
        }
        take(queue).ack();
        Lease leased = take(queue);
        EventQueue empty = subject.provider().open(spec("orders/stock", 10, Overflow.REFUSE));
        try (var taker = new TestThread<>(() -> empty.pop(Duration.ofMinutes(10)))) {
            taker.awaitWaiting();
            subject.close();
            assertThat(taker.result()).isSameAs(Lease.NONE);
        }
        QueueStats stats = stats(queue);
        assertThat(stats.handled()).isEqualTo(1);
        assertThat(stats.depth()).isZero();
        assertThat(leased.ack()).isFalse();
        assertThat(leased.retry(Duration.ZERO)).isFalse();
        assertRefused(queue.push(item(5)), Refusal.Reason.CLOSED);
        assertEmpty(queue);
        assertThatIllegalStateException().isThrownBy(() -> open(subject));
        queue.close();
    }
}
