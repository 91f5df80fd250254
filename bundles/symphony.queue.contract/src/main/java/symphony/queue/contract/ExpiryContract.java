package symphony.queue.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static symphony.queue.contract.ContractPart.accepted;
import static symphony.queue.contract.ContractPart.assertEmpty;
import static symphony.queue.contract.ContractPart.expiring;
import static symphony.queue.contract.ContractPart.item;
import static symphony.queue.contract.ContractPart.open;
import static symphony.queue.contract.ContractPart.push;
import static symphony.queue.contract.ContractPart.spec;
import static symphony.queue.contract.ContractPart.stats;
import static symphony.queue.contract.ContractPart.take;
import static symphony.queue.contract.ContractPart.takeAll;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import symphony.api.queue.DeadReason;
import symphony.api.queue.EventQueue;
import symphony.api.queue.Lease;
import symphony.api.queue.Offer;
import symphony.api.queue.Overflow;

/** Events that are not wanted any more after some time. */
public interface ExpiryContract extends ContractPart {
    @Test
    default void handsOutNothingThatExpired() {
        QueueSubject subject = subject();
        EventQueue queue = open(subject);
        long now = subject.now().toEpochMilli();
        queue.push(expiring(0, now + 1_000));
        queue.push(expiring(0, now + 3_000));
        queue.push(item(5));
        subject.advance(Duration.ofMillis(1_500));
        assertThat(takeAll(queue)).containsExactly(1L, 2L);
        assertThat(stats(queue).expired()).isEqualTo(1);
        assertThat(subject.budget().used()).isZero();
    }

    @Test
    default void expiresAtTheVeryMillisecond() {
        QueueSubject subject = subject();
        EventQueue queue = open(subject);
        queue.push(expiring(0, subject.now().toEpochMilli() + 1_000));
        subject.advance(Duration.ofSeconds(1));
        assertEmpty(queue);
        assertThat(stats(queue).expired()).isEqualTo(1);
    }

    @Test
    default void goesByTheWallClock() {
        QueueSubject subject = subject();
        EventQueue queue = open(subject);
        queue.push(expiring(0, subject.now().toEpochMilli() + 60_000));
        subject.jump(Duration.ofHours(1));
        assertEmpty(queue);
        assertThat(stats(queue).expired()).isEqualTo(1);
    }

    @Test
    default void livesLongerWhenTheWallClockIsSetBack() {
        QueueSubject subject = subject();
        EventQueue queue = open(subject);
        queue.push(expiring(0, subject.now().toEpochMilli() + 60_000));
        subject.jump(Duration.ofHours(-1));
        subject.advance(Duration.ofHours(1));
        assertThat(take(queue).release()).isTrue();
        subject.advance(Duration.ofMinutes(1));
        assertEmpty(queue);
        assertThat(stats(queue).expired()).isEqualTo(1);
    }

    @Test
    default void doesNotExpireWhatIsLeased() {
        QueueSubject subject = subject();
        EventQueue queue = open(subject);
        queue.push(expiring(0, subject.now().toEpochMilli() + 1_000));
        queue.push(expiring(0, subject.now().toEpochMilli() + 1_000));
        Lease handled = take(queue);
        Lease failed = take(queue);
        subject.advance(Duration.ofSeconds(5));
        assertThat(handled.ack()).isTrue();
        assertThat(failed.retry(Duration.ZERO)).isTrue();
        assertEmpty(queue);
        assertThat(stats(queue).expired()).isEqualTo(1);
        assertThat(stats(queue).handled()).isEqualTo(1);
    }

    @Test
    default void expiresBeforeAnotherAttempt() {
        QueueSubject subject = subject();
        EventQueue queue = open(subject);
        queue.push(expiring(0, subject.now().toEpochMilli() + 1_000));
        assertThat(take(queue).retry(Duration.ofSeconds(2))).isTrue();
        subject.advance(Duration.ofSeconds(2));
        assertEmpty(queue);
        assertThat(stats(queue).retried()).isEqualTo(1);
        assertThat(stats(queue).expired()).isEqualTo(1);
        assertThat(stats(queue).balanced()).isTrue();
    }

    @Test
    default void doesNotKeepAFullQueueFullOfExpiredEvents() {
        QueueSubject subject = subject();
        EventQueue queue = open(subject, 2);
        queue.push(expiring(5, subject.now().toEpochMilli() + 1_000));
        queue.push(item(5));
        queue.pause();
        subject.advance(Duration.ofSeconds(2));
        accepted(queue.push(item(5)));
        var stats = stats(queue);
        assertThat(stats.expired()).isEqualTo(1);
        assertThat(stats.waiting()).isEqualTo(2);
        queue.resume();
        assertThat(takeAll(queue)).containsExactly(1L, 2L);
    }

    @Test
    default void doesNotKeepTheBudgetFullOfExpiredEvents() {
        QueueSubject subject = subject(Limits.DEFAULT.memory(1 << 20));
        EventQueue queue = open(subject);
        queue.pause();
        var large = Envelopes.of("orders/new", 5, subject.now().toEpochMilli() + 1_000, (1 << 20) - 1_000);
        accepted(queue.push(symphony.api.queue.Item.of(large, 0)));
        subject.advance(Duration.ofSeconds(2));
        accepted(queue.push(symphony.api.queue.Item.of(Envelopes.sized(2_000), 0)));
    }

    @Test
    default void letsAPublisherInWhenWhatFillsTheQueueExpires() throws Exception {
        QueueSubject subject = subject();
        EventQueue queue = open(subject, 1);
        queue.push(expiring(5, subject.now().toEpochMilli() + 50));
        queue.pause();
        try (var publisher = publisher(subject, queue)) {
            publisher.awaitWaiting();
            subject.advance(Duration.ofSeconds(2));
            accepted(publisher.result());
        }
    }

    @Test
    default void letsAPublisherInWhenAnEventThatCameBackHasExpired() throws Exception {
        QueueSubject subject = subject();
        EventQueue queue = open(subject, 1);
        queue.push(expiring(5, subject.now().toEpochMilli() + 50));
        Lease lease = take(queue);
        subject.advance(Duration.ofSeconds(2));
        try (var publisher = publisher(subject, queue)) {
            publisher.awaitWaiting();
            queue.pause();
            assertThat(lease.release()).isTrue();
            accepted(publisher.result());
        }
    }

    @Test
    default void letsAPublisherInWhenAnEventThatCameBackForLaterExpires() throws Exception {
        QueueSubject subject = subject();
        EventQueue queue = open(subject, 1);
        queue.push(expiring(5, subject.now().toEpochMilli() + 50));
        Lease lease = take(queue);
        try (var publisher = publisher(subject, queue)) {
            publisher.awaitWaiting();
            assertThat(lease.retry(Duration.ofHours(1))).isTrue();
            subject.advance(Duration.ofMillis(50));
            accepted(publisher.result());
        }
    }

    @Test
    default void letsAPublisherInWhenWhatFillsTheBudgetExpires() throws Exception {
        QueueSubject subject = subject(Limits.DEFAULT.memory(1 << 20));
        EventQueue queue = open(subject);
        queue.pause();
        var large = Envelopes.of("orders/new", 5, subject.now().toEpochMilli() + 50, (1 << 20) - 1_000);
        accepted(queue.push(symphony.api.queue.Item.of(large, 0)));
        var other = subject.provider().open(spec("orders/stock", 10, Overflow.REFUSE));
        try (var publisher = publisher(subject, other)) {
            publisher.awaitWaiting();
            subject.advance(Duration.ofSeconds(2));
            accepted(publisher.result());
        }
    }

    private static TestThread<Offer> publisher(QueueSubject subject, EventQueue queue) {
        return new TestThread<>(() ->
                push(subject, Envelopes.sized(2_000), OfferContract.LONG, queue).get(0));
    }

    @Test
    default void doesNotBuryWhatExpired() {
        QueueSubject subject = subject();
        EventQueue queue = open(subject);
        queue.push(expiring(5, subject.now().toEpochMilli() + 1_000));
        queue.push(item(5));
        subject.advance(Duration.ofSeconds(2));
        assertThat(queue.deadLetterAll(DeadReason.HANDLER_GONE, "left")).isEqualTo(1);
        assertThat(stats(queue).expired()).isEqualTo(1);
    }
}
