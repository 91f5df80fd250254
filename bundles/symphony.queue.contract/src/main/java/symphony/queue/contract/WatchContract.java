package symphony.queue.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static symphony.queue.contract.ContractPart.accepted;
import static symphony.queue.contract.ContractPart.assertEmpty;
import static symphony.queue.contract.ContractPart.expiring;
import static symphony.queue.contract.ContractPart.item;
import static symphony.queue.contract.ContractPart.open;
import static symphony.queue.contract.ContractPart.spec;
import static symphony.queue.contract.ContractPart.stats;
import static symphony.queue.contract.ContractPart.take;
import static symphony.queue.contract.ContractPart.takingAlong;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import symphony.api.crypto.Envelope;
import symphony.api.queue.Capability;
import symphony.api.queue.DeadReason;
import symphony.api.queue.EventQueue;
import symphony.api.queue.Lease;
import symphony.api.queue.Overflow;
import symphony.api.queue.QueueWatcher;

/** Who watches is told of each event that ends without its consumer, once, and holds nobody up. */
public interface WatchContract extends ContractPart {
    /** Writes down what it is told. Thread-safe. */
    class Watch implements QueueWatcher {
        private final List<String> told = Collections.synchronizedList(new ArrayList<>());

        @Override
        public void expired(String subscription, Envelope envelope) {
            told.add("EXPIRED " + subscription + " " + envelope.topic());
        }

        @Override
        public void dead(String subscription, Envelope envelope, DeadReason reason, String detail) {
            assertThat(detail).isNotBlank();
            told.add(reason + " " + subscription + " " + envelope.topic());
        }

        /**
         * What it was told.
         *
         * @return reason, or EXPIRED, subscription and topic of each
         */
        public List<String> told() {
            return List.copyOf(told);
        }
    }

    private QueueSubject watched(QueueWatcher watcher) {
        QueueSubject subject = subject(Limits.DEFAULT, Capability.WATCH);
        subject.provider().watch(watcher);
        return subject;
    }

    @Test
    default void tellsWhatExpiresHoweverThatIsNoticed() {
        var watch = new Watch();
        QueueSubject subject = watched(watch);
        EventQueue queue = open(subject, 2);
        long soon = subject.now().toEpochMilli() + 1_000;
        queue.push(expiring(5, soon)); // somebody takes
        subject.advance(Duration.ofSeconds(2));
        assertThat(watch.told()).isEmpty();
        assertEmpty(queue);
        assertThat(watch.told()).containsExactly("EXPIRED orders/billing orders/new");
        queue.push(expiring(5, soon + 10_000)); // somebody pushes into a full queue
        queue.push(expiring(5, soon + 10_000));
        queue.pause();
        subject.advance(Duration.ofSeconds(20));
        accepted(queue.push(item(5)));
        assertThat(watch.told()).hasSize(3).containsOnly("EXPIRED orders/billing orders/new");
        queue.push(expiring(5, subject.now().toEpochMilli() + 1_000)); // all are given up
        subject.advance(Duration.ofSeconds(2));
        queue.deadLetterAll(DeadReason.HANDLER_GONE, "left");
        assertThat(watch.told()).hasSize(5).endsWith("HANDLER_GONE orders/billing orders/new");
        assertThat(stats(queue).expired()).isEqualTo(4);
    }

    @Test
    default void tellsWhatBecomesADeadLetterWithoutItsConsumer() {
        var watch = new Watch();
        QueueSubject subject = watched(watch);
        EventQueue full = subject.provider().open(spec("orders/full", 1, Overflow.DEAD_LETTER));
        full.push(item(5));
        accepted(full.push(item(5)));
        assertThat(watch.told()).containsExactly("OVERFLOW orders/full orders/new");
        EventQueue queue = subject.provider().open(takingAlong(IDENTITY, 10, Overflow.REFUSE));
        queue.push(item(5, 7));
        queue.push(item(5, 7));
        take(queue).deadLetter(DeadReason.ATTEMPTS, "no"); // the consumer knows of this one
        queue.push(item(5, 7));
        assertThat(watch.told())
                .hasSize(3)
                .endsWith("TAKEN_ALONG orders/billing orders/new", "TAKEN_ALONG orders/billing orders/new");
    }

    @Test
    default void tellsNothingOfWhatItsConsumerSettles() {
        var watch = new Watch();
        QueueSubject subject = watched(watch);
        EventQueue queue = open(subject);
        for (int i = 0; i < 4; i++) {
            queue.push(item(5));
        }
        take(queue).ack();
        take(queue).deadLetter(DeadReason.ATTEMPTS, "no");
        take(queue).retry(Duration.ofHours(1));
        take(queue).release();
        queue.close();
        subject.provider().forget(IDENTITY);
        assertThat(watch.told()).isEmpty();
    }

    @Test
    default void tellsEachOnceAndWhoHasLeftNothing() {
        var watch = new Watch();
        var other = new Watch();
        QueueSubject subject = watched(watch);
        subject.provider().watch(watch);
        subject.provider().watch(other);
        EventQueue queue = open(subject);
        queue.push(item(5));
        queue.deadLetterAll(DeadReason.HANDLER_GONE, "left");
        subject.provider().unwatch(other);
        queue.push(item(5));
        queue.deadLetterAll(DeadReason.HANDLER_GONE, "left");
        assertThat(watch.told()).hasSize(2);
        assertThat(other.told()).hasSize(1);
    }

    @Test
    default void goesOnWithoutAWatcherThatFails() {
        var watch = new Watch();
        QueueSubject subject = watched(new QueueWatcher() {
            @Override
            public void expired(String subscription, Envelope envelope) {
                throw new IllegalStateException("of the watcher");
            }

            @Override
            public void dead(String subscription, Envelope envelope, DeadReason reason, String detail) {
                throw new IllegalStateException("of the watcher");
            }
        });
        subject.provider().watch(watch);
        EventQueue queue = open(subject);
        queue.push(expiring(0, subject.now().toEpochMilli() + 1_000));
        queue.push(item(5));
        subject.advance(Duration.ofSeconds(2));
        Lease lease = take(queue);
        assertThat(lease.sequence()).isEqualTo(1);
        assertThat(watch.told()).containsExactly("EXPIRED orders/billing orders/new");
        assertThat(lease.release()).isTrue();
        assertThat(queue.deadLetterAll(DeadReason.HANDLER_GONE, "left")).isEqualTo(1);
        assertThat(watch.told()).hasSize(2);
    }

    @Test
    default void letsOthersGoOnWhileAWatcherHangs() throws Exception {
        var told = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        QueueSubject subject = watched(new QueueWatcher() {
            @Override
            public void expired(String subscription, Envelope envelope) {
                hang();
            }

            @Override
            public void dead(String subscription, Envelope envelope, DeadReason reason, String detail) {
                hang();
            }

            private void hang() {
                told.countDown();
                try {
                    assertThat(goOn.await(300, TimeUnit.SECONDS)).isTrue(); // longer than a thread is waited for
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        });
        EventQueue queue = open(subject);
        queue.push(item(5));
        try (var giving = new TestThread<>(() -> queue.deadLetterAll(DeadReason.HANDLER_GONE, "left"))) {
            assertThat(told.await(60, TimeUnit.SECONDS)).isTrue();
            try (var other = new TestThread<>(() -> {
                accepted(queue.push(item(5)));
                assertThat(take(queue).ack()).isTrue();
                assertThat(subject.provider().deadLetters().count()).isEqualTo(1);
                return stats(queue).handled();
            })) {
                assertThat(other.result()).isEqualTo(1);
            } finally {
                goOn.countDown();
            }
            assertThat(giving.result()).isEqualTo(1);
        }
    }
}
