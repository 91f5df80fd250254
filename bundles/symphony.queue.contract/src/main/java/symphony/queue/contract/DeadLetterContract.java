package symphony.queue.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static symphony.queue.contract.ContractPart.accepted;
import static symphony.queue.contract.ContractPart.assertRefused;
import static symphony.queue.contract.ContractPart.expiring;
import static symphony.queue.contract.ContractPart.item;
import static symphony.queue.contract.ContractPart.open;
import static symphony.queue.contract.ContractPart.push;
import static symphony.queue.contract.ContractPart.spec;
import static symphony.queue.contract.ContractPart.stats;
import static symphony.queue.contract.ContractPart.take;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import symphony.api.event.Refusal;
import symphony.api.queue.DeadLetter;
import symphony.api.queue.DeadLetters;
import symphony.api.queue.DeadReason;
import symphony.api.queue.EventQueue;
import symphony.api.queue.Item;
import symphony.api.queue.Lease;
import symphony.api.queue.Overflow;

/** Events that were given up. */
@Timeout(120)
public interface DeadLetterContract extends ContractPart {
    @Test
    default void keepsWhatWasGivenUpWithItsReason() {
        QueueSubject subject = subject();
        EventQueue queue = open(subject);
        var item = new Item(Envelopes.of("orders/new", 5), 5, 0, 0, 0, 3);
        queue.push(item);
        subject.advance(Duration.ofSeconds(5));
        assertThat(take(queue).deadLetter(DeadReason.ATTEMPTS, "java.io.IOException", "java.io.IOException: no"))
                .isTrue();
        assertThat(subject.provider().deadLetters().list("", 10))
                .singleElement()
                .satisfies(letter -> {
                    assertThat(letter.number()).isEqualTo(1);
                    assertThat(letter.subscription()).isEqualTo(IDENTITY);
                    assertThat(letter.envelope()).isSameAs(item.envelope());
                    assertThat(letter.reason()).isEqualTo(DeadReason.ATTEMPTS);
                    assertThat(letter.exception()).isEqualTo("java.io.IOException");
                    assertThat(letter.detail()).isEqualTo("java.io.IOException: no");
                    assertThat(letter.sequence()).isZero();
                    assertThat(letter.redriven()).isZero();
                    assertThat(letter.pushed()).isEqualTo(subject.now().minusSeconds(5));
                    assertThat(letter.attempts())
                            .as("three failed before this one")
                            .isEqualTo(4);
                    assertThat(letter.since()).isEqualTo(subject.now());
                });
        assertThat(stats(queue).dead()).isEqualTo(1);
        assertThat(stats(queue).depth()).isZero();
    }

    @Test
    default void cutsLongDetails() {
        QueueSubject subject = subject();
        bury(open(subject), "x".repeat(10_000));
        assertThat(subject.provider().deadLetters().list("", 1).get(0).detail()).hasSize(500);
        EventQueue queue = subject.provider().open(spec("orders/stock", 10, Overflow.REFUSE));
        queue.push(item(5));
        take(queue).deadLetter(DeadReason.ATTEMPTS, "x".repeat(10_000), "");
        assertThat(subject.provider().deadLetters().list("", 1).get(0).exception())
                .hasSize(500);
    }

    private static void bury(EventQueue queue, String detail) {
        queue.push(item(5));
        take(queue).deadLetter(DeadReason.MISMATCH, detail);
    }

    @Test
    default void listsTheNewestOldestFirst() {
        QueueSubject subject = subject();
        EventQueue queue = open(subject);
        EventQueue other = subject.provider().open(spec("orders/stock", 10, Overflow.REFUSE));
        bury(queue, "1");
        bury(queue, "2");
        bury(other, "3");
        bury(queue, "4");
        DeadLetters letters = subject.provider().deadLetters();
        assertThat(letters.list("", 10)).extracting(DeadLetter::detail).containsExactly("1", "2", "3", "4");
        assertThat(letters.list("", 2)).extracting(DeadLetter::detail).containsExactly("3", "4");
        assertThat(letters.list(IDENTITY, 2)).extracting(DeadLetter::detail).containsExactly("2", "4");
        assertThat(letters.list("nobody/at-all", 2)).isEmpty();
        var list = letters.list("", 10);
        assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> list.remove(0));
        assertThat(letters.find(3)).get().extracting(DeadLetter::detail).isEqualTo("3");
        assertThat(letters.find(5)).isEmpty();
    }

    @Test
    default void discardsTheOldestWhenThereAreTooMany() {
        QueueSubject subject = subject(Limits.DEFAULT.dead(2, 1 << 20));
        EventQueue queue = open(subject);
        for (int i = 1; i <= 5; i++) {
            bury(queue, Integer.toString(i));
        }
        DeadLetters letters = subject.provider().deadLetters();
        assertThat(letters.list("", 10)).extracting(DeadLetter::detail).containsExactly("4", "5");
        assertThat(letters.count()).isEqualTo(2);
        assertThat(letters.discarded()).isEqualTo(3);
        assertThat(letters.bytes()).isEqualTo(subject.budget().used()).isPositive();
        assertThat(stats(queue).dead()).isEqualTo(5);
    }

    @Test
    default void discardsTheOldestWhenTheyAreTooLarge() {
        QueueSubject subject = subject(Limits.DEFAULT.dead(1_000, 10_000));
        EventQueue queue = open(subject);
        for (int i = 0; i < 4; i++) {
            push(subject, Envelopes.sized(4_000), Duration.ZERO, queue);
            take(queue).deadLetter(DeadReason.MISMATCH, "no");
        }
        DeadLetters letters = subject.provider().deadLetters();
        assertThat(letters.list("", 10)).extracting(DeadLetter::number).containsExactly(3L, 4L);
        assertThat(letters.bytes()).isEqualTo(8_000);
        assertThat(letters.discarded()).isEqualTo(2);
    }

    @Test
    default void dropsOne() {
        QueueSubject subject = subject();
        bury(open(subject), "no");
        DeadLetters letters = subject.provider().deadLetters();
        assertThat(letters.drop(1)).isTrue();
        assertThat(letters.drop(1)).isFalse();
        assertThat(letters.count()).isZero();
        assertThat(letters.bytes()).isZero();
        assertThat(letters.discarded()).as("dropping is no discarding").isZero();
        assertThat(subject.budget().used()).isZero();
    }

    @Test
    default void redrivesAsANewEventWithTheSameId() {
        QueueSubject subject = subject();
        EventQueue queue = open(subject);
        var item = new Item(Envelopes.of("orders/new", 2), 2, 77, 0, 0, 3);
        queue.push(item);
        take(queue).deadLetter(DeadReason.ATTEMPTS, "no");
        var told = new AtomicInteger();
        queue.whenReady(told::incrementAndGet);
        DeadLetters letters = subject.provider().deadLetters();
        assertThat(accepted(letters.redrive(1))).isEqualTo(1);
        assertThat(told.get()).isPositive();
        assertThat(letters.count()).isZero();
        assertThat(letters.bytes()).isZero();
        var stats = stats(queue);
        assertThat(stats.accepted()).isEqualTo(2);
        assertThat(stats.dead()).isEqualTo(1);
        Lease lease = take(queue);
        assertThat(lease.item()).isEqualTo(new Item(item.envelope(), 2, 77, 0, 0, 0));
        lease.ack();
        assertThat(subject.budget().used()).isZero();
        assertRefused(letters.redrive(1), Refusal.Reason.UNAVAILABLE);
    }

    @Test
    default void redrivesWhatWouldHaveExpiredMeanwhile() {
        QueueSubject subject = subject();
        EventQueue queue = open(subject);
        queue.push(expiring(5, subject.now().toEpochMilli() + 1_000));
        take(queue).deadLetter(DeadReason.ATTEMPTS, "no");
        subject.advance(Duration.ofDays(1));
        accepted(subject.provider().deadLetters().redrive(1));
        subject.advance(Duration.ofDays(1));
        assertThat(take(queue).ack()).isTrue();
        assertThat(stats(queue).expired()).isZero();
        assertThat(stats(queue).handled()).isEqualTo(1);
    }

    @Test
    default void keepsALetterThatTheQueueDoesNotTake() {
        QueueSubject subject = subject();
        EventQueue queue = subject.provider().open(spec(IDENTITY, 1, Overflow.DEAD_LETTER));
        queue.push(item(5));
        queue.push(item(5));
        DeadLetters letters = subject.provider().deadLetters();
        assertRefused(letters.redrive(1), Refusal.Reason.FULL);
        assertThat(letters.find(1)).isPresent();
        assertThat(letters.count()).isEqualTo(1);
        take(queue).ack();
        accepted(letters.redrive(1));
    }

    @Test
    default void redrivesToAQueueThatIsKeptButNotOpen() {
        QueueSubject subject = subject();
        EventQueue queue = open(subject);
        bury(queue, "no");
        queue.close();
        accepted(subject.provider().deadLetters().redrive(1));
        take(open(subject)).ack();
    }

    @Test
    default void refusesToRedriveToAQueueThatWasForgotten() {
        QueueSubject subject = subject();
        EventQueue queue = open(subject);
        bury(queue, "no");
        queue.close();
        subject.provider().forget(IDENTITY);
        assertRefused(subject.provider().deadLetters().redrive(1), Refusal.Reason.UNAVAILABLE);
        assertThat(subject.provider().deadLetters().count()).isEqualTo(1);
    }

    @Test
    default void makesAllThatWaitDeadLettersAtOnce() {
        QueueSubject subject = subject();
        EventQueue queue = open(subject);
        for (int i = 0; i < 4; i++) {
            queue.push(item(i));
        }
        Lease leased = take(queue);
        assertThat(queue.deadLetterAll(DeadReason.HANDLER_GONE, "left")).isEqualTo(3);
        var stats = stats(queue);
        assertThat(stats.dead()).isEqualTo(3);
        assertThat(stats.waiting()).isZero();
        assertThat(stats.leased()).isEqualTo(1);
        assertThat(subject.provider().deadLetters().list(IDENTITY, 10))
                .hasSize(3)
                .allSatisfy(letter -> {
                    assertThat(letter.reason()).isEqualTo(DeadReason.HANDLER_GONE);
                    assertThat(letter.attempts()).isZero();
                });
        assertThat(leased.retry(Duration.ZERO)).isTrue();
        assertThat(take(queue).ack()).isTrue();
    }
}
