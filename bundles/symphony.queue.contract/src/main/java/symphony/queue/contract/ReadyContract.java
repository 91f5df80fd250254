package symphony.queue.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static symphony.queue.contract.ContractPart.assertEmpty;
import static symphony.queue.contract.ContractPart.expiring;
import static symphony.queue.contract.ContractPart.item;
import static symphony.queue.contract.ContractPart.open;
import static symphony.queue.contract.ContractPart.stats;
import static symphony.queue.contract.ContractPart.take;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import symphony.api.queue.EventQueue;
import symphony.api.queue.Lease;

/** Being told, and waiting for, events. */
@Timeout(120)
public interface ReadyContract extends ContractPart {
    /** Long enough never to be over while a test runs. */
    Duration LONG_WAIT = Duration.ofMinutes(10);

    @Test
    default void tellsOfEachChangeFromNothingToSomething() {
        EventQueue queue = open(subject());
        var told = new AtomicInteger();
        queue.whenReady(told::incrementAndGet);
        assertThat(told).hasValue(0);
        for (int i = 1; i <= 3; i++) {
            int before = told.get();
            queue.push(item(5));
            assertThat(told.get()).as("round " + i).isGreaterThan(before);
            take(queue).ack();
        }
    }

    @Test
    default void tellsAtOnceIfSomethingIsThere() {
        EventQueue queue = open(subject());
        queue.push(item(5));
        var told = new AtomicInteger();
        queue.whenReady(told::incrementAndGet);
        assertThat(told.get()).isPositive();
    }

    @Test
    default void tellsTheLastOneWhoAsked() {
        EventQueue queue = open(subject());
        var first = new AtomicInteger();
        var second = new AtomicInteger();
        queue.whenReady(first::incrementAndGet);
        queue.whenReady(second::incrementAndGet);
        queue.push(item(5));
        assertThat(first).hasValue(0);
        assertThat(second.get()).isPositive();
    }

    @Test
    default void tellsOfReleasedAndRetriedEvents() {
        EventQueue queue = open(subject());
        var told = new AtomicInteger();
        queue.whenReady(told::incrementAndGet);
        queue.push(item(5));
        Lease lease = take(queue);
        int before = told.get();
        lease.release();
        assertThat(told.get()).isGreaterThan(before);
        lease = take(queue);
        before = told.get();
        lease.retry(Duration.ZERO);
        assertThat(told.get()).isGreaterThan(before);
    }

    @Test
    default void tellsWhenItIsResumed() {
        EventQueue queue = open(subject());
        var told = new AtomicInteger();
        queue.whenReady(told::incrementAndGet);
        queue.pause();
        queue.push(item(5));
        int before = told.get();
        queue.resume();
        assertThat(told.get()).isGreaterThan(before);
    }

    @Test
    default void tellsOfAnEventBehindOneThatExpired() {
        QueueSubject subject = subject();
        EventQueue queue = open(subject);
        var told = new AtomicInteger();
        queue.whenReady(told::incrementAndGet);
        queue.push(expiring(5, subject.now().toEpochMilli() + 100));
        subject.advance(Duration.ofMillis(100));
        int before = told.get();
        queue.push(item(5));
        assertThat(told.get()).isGreaterThan(before);
    }

    @Test
    default void mayBeUsedFromWithinTheSignal() {
        EventQueue queue = open(subject());
        var handled = new AtomicInteger();
        queue.whenReady(() -> {
            for (Lease lease = queue.pop(); lease.isPresent(); lease = queue.pop()) {
                lease.ack();
                handled.incrementAndGet();
            }
        });
        queue.push(item(5));
        queue.push(item(5));
        assertThat(handled).hasValue(2);
        assertThat(stats(queue).handled()).isEqualTo(2);
    }

    @Test
    default void callsTheSignalOutsideItsLocks() {
        EventQueue queue = open(subject());
        queue.whenReady(() -> {
            // Another thread must get through while the signal runs.
            try (var other = new TestThread<>(queue::stats)) {
                assertThat(other.result().waiting()).isEqualTo(1);
            } catch (ExecutionException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        queue.push(item(5));
        take(queue).ack();
    }

    @Test
    default void wakesOneThatWaits() throws Exception {
        EventQueue queue = open(subject());
        try (var taker = new TestThread<>(() -> queue.pop(LONG_WAIT))) {
            taker.awaitWaiting();
            queue.push(item(5));
            assertThat(taker.result().isPresent()).isTrue();
        }
    }

    @Test
    default void wakesAsManyAsThereAreEvents() throws Exception {
        EventQueue queue = open(subject());
        try (var one = new TestThread<>(() -> queue.pop(LONG_WAIT));
                var two = new TestThread<>(() -> queue.pop(LONG_WAIT))) {
            one.awaitWaiting();
            two.awaitWaiting();
            queue.pause();
            queue.push(item(5));
            queue.push(item(5));
            queue.resume();
            assertThat(one.result().sequence() + two.result().sequence()).isEqualTo(1);
        }
    }

    @Test
    default void wakesThoseThatWaitWhenItIsClosed() throws Exception {
        EventQueue queue = open(subject());
        try (var taker = new TestThread<>(() -> queue.pop(LONG_WAIT))) {
            taker.awaitWaiting();
            queue.close();
            assertThat(taker.result()).isSameAs(Lease.NONE);
        }
    }

    @Test
    default void takesNothingForAThreadThatIsInterrupted() throws Exception {
        EventQueue queue = open(subject());
        try (var taker = new TestThread<>(() -> queue.pop(LONG_WAIT))) {
            taker.awaitWaiting();
            taker.interrupt();
            assertThatExceptionOfType(ExecutionException.class)
                    .isThrownBy(taker::result)
                    .withCauseInstanceOf(InterruptedException.class);
        }
        queue.push(item(5));
        assertThat(stats(queue).waiting()).isEqualTo(1);
        Thread.currentThread().interrupt();
        assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> queue.pop(Duration.ZERO));
        assertThat(stats(queue).waiting()).isEqualTo(1);
        take(queue).ack();
        assertEmpty(queue);
    }
}
