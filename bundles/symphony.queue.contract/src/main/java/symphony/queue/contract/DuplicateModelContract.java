package symphony.queue.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import symphony.api.crypto.Envelope;
import symphony.api.event.Refusal;
import symphony.api.queue.Capability;
import symphony.api.queue.DeadReason;
import symphony.api.queue.EventQueue;
import symphony.api.queue.Lease;
import symphony.api.queue.Offer;
import symphony.api.queue.Overflow;
import symphony.api.queue.QueueStats;

/**
 * Whatever is done to a queue with a window: of each publisher's id it stores none twice within it, refuses none but for want
 * of room, and forgets none too early. The model is a list of all that was ever taken.
 */
public abstract class DuplicateModelContract {
    private static final int CAPACITY = 4;

    /** For subclasses. */
    protected DuplicateModelContract() {}

    /**
     * Makes a provider.
     *
     * @param limits its configuration
     * @return a new one
     */
    protected abstract QueueSubject create(Limits limits);

    /** What is done. */
    enum What {
        PUSH,
        HANDLE,
        BURY,
        REDRIVE,
        ADVANCE,
        WINDOW,
        REOPEN
    }

    /** One step; the number is an id, a time in milliseconds or a window, as it fits. */
    record Step(What what, int number, boolean other) {}

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<What> whats = Arbitraries.frequencyOf(
                Tuple.of(10, Arbitraries.of(What.PUSH)),
                Tuple.of(5, Arbitraries.of(What.HANDLE)),
                Tuple.of(5, Arbitraries.of(What.values())));
        return Combinators.combine(whats, Arbitraries.integers().between(0, 5), Arbitraries.of(true, false))
                .as(Step::new)
                .list()
                .ofMaxSize(80);
    }

    @Property(tries = 500)
    void storesNoneTwiceWithinTheWindow(@ForAll("steps") List<Step> steps) {
        try (QueueSubject subject = create(Limits.DEFAULT)) {
            assumeTrue(subject.provider().capabilities().contains(Capability.DUPLICATES));
            var run = new Run(subject);
            steps.forEach(run::step);
        }
    }

    /** What was taken, by whom and when. */
    private record Taken(UUID id, boolean other, long sequence, long millis) {}

    /** A queue and its model. */
    private static final class Run {
        private final QueueSubject subject;
        private final List<Taken> taken = new ArrayList<>();
        private EventQueue queue;
        private long window = 30;
        private long now;
        private long sequence;
        private long duplicates;
        private long depth;

        Run(QueueSubject subject) {
            this.subject = subject;
            open();
        }

        private void open() {
            queue = subject.provider()
                    .open(ContractPart.spec("a/b", CAPACITY, Overflow.REFUSE, Duration.ofMillis(window)));
        }

        void step(Step step) {
            switch (step.what) {
                case PUSH -> push(new UUID(0, step.number), step.other);
                case HANDLE -> settle(Lease::ack);
                case BURY -> settle(lease -> lease.deadLetter(DeadReason.ATTEMPTS, "no"));
                case REDRIVE -> redrive();
                case ADVANCE -> {
                    subject.advance(Duration.ofMillis(step.number * 5L));
                    now += step.number * 5L;
                }
                case WINDOW -> changeWindow(step.number * 10L);
                case REOPEN -> {
                    queue.close();
                    open();
                }
                default -> throw new AssertionError(step);
            }
            QueueStats stats = ContractPart.stats(queue);
            assertThat(stats.accepted()).isEqualTo(sequence);
            assertThat(stats.duplicates()).isEqualTo(duplicates);
            assertThat(stats.depth()).isEqualTo(depth);
            assertThat(stats.forgotten()).isZero();
        }

        private void push(UUID id, boolean other) {
            Envelope envelope = Envelopes.of(id, other ? "other" : "one", "orders/new", 5, 0, 0, new byte[0]);
            Offer offer =
                    ContractPart.push(subject, envelope, Duration.ZERO, queue).get(0);
            Optional<Taken> first = taken.stream()
                    .filter(one -> one.id.equals(id) && one.other == other && now - one.millis < window)
                    .findFirst();
            if (first.isPresent()) {
                assertThat(offer).isEqualTo(new Offer.Duplicate(first.get().sequence));
                duplicates++;
            } else if (depth >= CAPACITY) {
                ContractPart.assertRefused(offer, Refusal.Reason.FULL);
            } else {
                assertThat(offer).isEqualTo(new Offer.Accepted(sequence));
                taken.add(new Taken(id, other, sequence++, now));
                depth++;
            }
        }

        private void settle(java.util.function.Predicate<Lease> how) {
            Lease lease = queue.pop();
            assertThat(lease.isPresent()).isEqualTo(depth > 0);
            if (lease.isPresent()) {
                assertThat(how.test(lease)).isTrue();
                depth--;
            }
        }

        private void redrive() {
            var letters = subject.provider().deadLetters();
            letters.list("", 1).forEach(letter -> {
                Offer offer = letters.redrive(letter.number());
                if (depth >= CAPACITY) {
                    ContractPart.assertRefused(offer, Refusal.Reason.FULL);
                } else {
                    assertThat(offer).isEqualTo(new Offer.Accepted(sequence++));
                    depth++;
                }
            });
        }

        /** A queue need not know what it did not have to remember: what is over stays over when the window grows. */
        private void changeWindow(long millis) {
            taken.removeIf(one -> now - one.millis >= Math.min(window, millis));
            window = millis;
            queue.update(ContractPart.spec("a/b", CAPACITY, Overflow.REFUSE, Duration.ofMillis(window)));
        }
    }
}
