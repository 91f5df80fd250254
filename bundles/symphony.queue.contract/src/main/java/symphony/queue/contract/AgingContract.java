package symphony.queue.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static symphony.queue.contract.ContractPart.item;
import static symphony.queue.contract.ContractPart.open;
import static symphony.queue.contract.ContractPart.take;
import static symphony.queue.contract.ContractPart.takeAll;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import symphony.api.queue.Capability;
import symphony.api.queue.EventQueue;
import symphony.api.queue.Lease;

/** {@link Capability#PRIORITY_AGING}: no event starves behind more urgent ones. */
public interface AgingContract extends ContractPart {
    /** Time waited for one level in these tests. */
    Duration LEVEL = Duration.ofSeconds(10);

    private QueueSubject aging() {
        return subject(Limits.DEFAULT.aging(LEVEL), Capability.PRIORITY_AGING);
    }

    @Test
    default void countsAnEventAsOneLevelMoreUrgentPerTimeWaited() {
        QueueSubject subject = aging();
        EventQueue queue = open(subject);
        queue.push(item(5));
        subject.advance(LEVEL.minusNanos(1));
        assertThat(queue.readyPriority()).isEqualTo(5);
        subject.advance(Duration.ofNanos(1));
        assertThat(queue.readyPriority()).isEqualTo(4);
        subject.advance(LEVEL.multipliedBy(50));
        assertThat(queue.readyPriority()).isZero();
    }

    @Test
    default void prefersTheOlderOfTwoThatAreEquallyUrgentByNow() {
        QueueSubject subject = aging();
        EventQueue queue = open(subject);
        queue.push(item(5));
        subject.advance(LEVEL.multipliedBy(2));
        queue.push(item(3));
        queue.push(item(2));
        assertThat(takeAll(queue)).containsExactly(2L, 0L, 1L);
    }

    @Test
    default void letsTheLeastUrgentThroughAgainstASteadyStreamOfTheMostUrgent() {
        QueueSubject subject = aging();
        EventQueue queue = open(subject);
        queue.push(item(9));
        for (int second = 1; second <= 90; second++) {
            subject.advance(Duration.ofSeconds(1));
            queue.push(item(0));
            Lease lease = take(queue);
            if (lease.sequence() == 0) {
                assertThat(second).as("not before it waited nine levels").isEqualTo(90);
                return;
            }
            lease.ack();
        }
        throw new AssertionError("starved");
    }

    @Test
    default void countsFromTheFirstPushAlsoAfterARetry() {
        QueueSubject subject = aging();
        EventQueue queue = open(subject);
        queue.push(item(5));
        subject.advance(LEVEL);
        take(queue).retry(Duration.ZERO);
        subject.advance(LEVEL);
        assertThat(queue.readyPriority()).isEqualTo(3);
    }

    @Test
    default void doesNotMindTheWallClock() {
        QueueSubject subject = aging();
        EventQueue queue = open(subject);
        queue.push(item(5));
        subject.jump(Duration.ofHours(1));
        assertThat(queue.readyPriority()).isEqualTo(5);
        subject.jump(Duration.ofHours(-2));
        assertThat(queue.readyPriority()).isEqualTo(5);
    }
}
