package symphony.queue.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static symphony.queue.contract.ContractPart.assertEmpty;
import static symphony.queue.contract.ContractPart.item;
import static symphony.queue.contract.ContractPart.later;
import static symphony.queue.contract.ContractPart.open;
import static symphony.queue.contract.ContractPart.stats;
import static symphony.queue.contract.ContractPart.take;
import static symphony.queue.contract.ContractPart.takeAll;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import symphony.api.queue.Capability;
import symphony.api.queue.DeadReason;
import symphony.api.queue.EventQueue;
import symphony.api.queue.Lease;

/** {@link Capability#DELAY} and {@link Capability#RETRY_DELAY_PER_ITEM}: events that are due later. */
@Timeout(120)
public interface DelayContract extends ContractPart {
    private QueueSubject delaying() {
        return subject(Limits.DEFAULT, Capability.DELAY);
    }

    private QueueSubject retrying() {
        return subject(Limits.DEFAULT, Capability.RETRY_DELAY_PER_ITEM);
    }

    @Test
    default void handsOutALaterEventOnceItIsDue() {
        QueueSubject subject = delaying();
        EventQueue queue = open(subject);
        queue.push(later(0, subject.now().toEpochMilli() + 1_000));
        queue.push(item(5));
        assertThat(queue.readyPriority()).isEqualTo(5);
        assertThat(stats(queue).delayed()).isEqualTo(1);
        subject.advance(Duration.ofMillis(999));
        assertThat(takeAll(queue)).containsExactly(1L);
        subject.advance(Duration.ofMillis(1));
        assertThat(stats(queue).delayed()).isZero();
        assertThat(stats(queue).waiting()).isEqualTo(1);
        assertThat(takeAll(queue)).containsExactly(0L);
    }

    @Test
    default void putsADueEventAtThePlaceOfItsPush() {
        QueueSubject subject = delaying();
        EventQueue queue = open(subject);
        queue.push(later(5, subject.now().toEpochMilli() + 2_000));
        queue.push(later(5, subject.now().toEpochMilli() + 1_000));
        queue.push(item(5));
        subject.advance(Duration.ofSeconds(2));
        assertThat(takeAll(queue)).containsExactly(0L, 1L, 2L);
    }

    @Test
    default void tellsWhenAnEventBecomesDue() {
        QueueSubject subject = delaying();
        EventQueue queue = open(subject);
        var told = new AtomicInteger();
        queue.whenReady(told::incrementAndGet);
        queue.push(later(5, subject.now().toEpochMilli() + 2_000));
        queue.push(later(5, subject.now().toEpochMilli() + 1_000));
        assertThat(told).hasValue(0);
        subject.advance(Duration.ofSeconds(1));
        assertThat(told.get()).isPositive();
        take(queue).ack();
        int before = told.get();
        subject.advance(Duration.ofSeconds(1));
        assertThat(told.get()).isGreaterThan(before);
    }

    @Test
    default void wakesAThreadThatWaitsWhenAnEventBecomesDue() throws Exception {
        QueueSubject subject = delaying();
        EventQueue queue = open(subject);
        queue.push(later(5, subject.now().toEpochMilli() + 2_000));
        try (var taker = new TestThread<>(() -> queue.pop(Duration.ofMinutes(10)))) {
            taker.awaitWaiting();
            subject.advance(Duration.ofSeconds(2));
            assertThat(taker.result().sequence()).isZero();
        }
    }

    @Test
    default void handsOutARetryOnceItsOwnDelayIsOver() {
        QueueSubject subject = retrying();
        EventQueue queue = open(subject);
        queue.push(item(5));
        queue.push(item(5));
        take(queue).retry(Duration.ofSeconds(2));
        take(queue).retry(Duration.ofSeconds(1));
        assertEmpty(queue);
        assertThat(stats(queue).delayed()).isEqualTo(2);
        subject.advance(Duration.ofSeconds(1));
        assertThat(take(queue).sequence()).isEqualTo(1);
        assertEmpty(queue);
        subject.advance(Duration.ofSeconds(1));
        assertThat(take(queue).item().attempt()).isEqualTo(1);
    }

    @Test
    default void returnsAnEventThatCouldNotBeTriedLaterAsItWas() {
        QueueSubject subject = retrying();
        EventQueue queue = open(subject);
        queue.push(item(5));
        queue.push(item(5));
        Lease lease = take(queue);
        assertThatIllegalArgumentException().isThrownBy(() -> lease.release(Duration.ofNanos(-1)));
        assertThat(lease.release(Duration.ofSeconds(1))).isTrue();
        assertThat(take(queue).sequence()).isEqualTo(1);
        assertEmpty(queue);
        subject.advance(Duration.ofSeconds(1));
        Lease again = take(queue);
        assertThat(again.item()).as("no attempt more").isEqualTo(lease.item());
        assertThat(stats(queue).retried()).isZero();
    }

    @Test
    default void putsARetryAtItsOldPlaceWhenItsDelayIsOver() {
        QueueSubject subject = retrying();
        EventQueue queue = open(subject);
        for (int i = 0; i < 3; i++) {
            queue.push(item(5));
        }
        assertThat(take(queue).retry(Duration.ofSeconds(1))).isTrue();
        assertThat(stats(queue).delayed()).isEqualTo(1);
        assertThat(take(queue).ack()).as("others need not wait for it").isTrue();
        subject.advance(Duration.ofSeconds(1));
        Lease again = take(queue);
        assertThat(again.sequence()).isZero();
        assertThat(again.item().attempt()).isEqualTo(1);
        again.ack();
        assertThat(takeAll(queue)).containsExactly(2L);
        assertThat(stats(queue).retried()).isEqualTo(1);
    }

    @Test
    default void measuresDelaysWithoutTheWallClock() {
        QueueSubject subject = retrying();
        EventQueue queue = open(subject);
        queue.push(item(5));
        take(queue).retry(Duration.ofSeconds(10));
        subject.jump(Duration.ofHours(1));
        assertEmpty(queue);
        subject.jump(Duration.ofHours(-2));
        subject.advance(Duration.ofSeconds(10));
        take(queue).ack();
    }

    @Test
    default void takesDelaysOfAnyLength() {
        QueueSubject subject = retrying();
        EventQueue queue = open(subject);
        queue.push(item(5));
        queue.push(later(5, Long.MAX_VALUE));
        take(queue).retry(Duration.ofSeconds(Long.MAX_VALUE));
        subject.advance(Duration.ofDays(1_000));
        assertEmpty(queue);
        assertThat(stats(queue).delayed()).isEqualTo(2);
    }

    @Test
    default void buriesDelayedEventsWithTheOthers() {
        QueueSubject subject = delaying();
        EventQueue queue = open(subject);
        queue.push(later(5, subject.now().toEpochMilli() + 2_000));
        queue.push(item(5));
        assertThat(queue.deadLetterAll(DeadReason.HANDLER_GONE, "left")).isEqualTo(2);
        subject.advance(Duration.ofSeconds(3));
        assertEmpty(queue);
        assertThat(stats(queue).depth()).isZero();
    }

    @Test
    default void keepsDelaysOverCloseAndOpen() {
        QueueSubject subject = delaying();
        EventQueue queue = open(subject);
        queue.push(later(5, subject.now().toEpochMilli() + 2_000));
        queue.close();
        EventQueue again = open(subject);
        var told = new AtomicInteger();
        again.whenReady(told::incrementAndGet);
        assertEmpty(again);
        subject.advance(Duration.ofSeconds(2));
        assertThat(told.get()).isPositive();
        take(again).ack();
    }
}
