package symphony.queue.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
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
import symphony.api.queue.DeadLetter;
import symphony.api.queue.DeadLetterFilter;
import symphony.api.queue.DeadLetters;
import symphony.api.queue.DeadReason;
import symphony.api.queue.EventQueue;
import symphony.api.queue.Item;
import symphony.api.queue.Lease;
import symphony.api.queue.Offer;
import symphony.api.queue.Overflow;
import symphony.api.queue.QueueSpec;
import symphony.api.queue.QueueStats;

/**
 * Any sequence of operations gives what {@link Model} gives: what is leased next, counters, refusals, dead letters, and that
 * the consumer was told of each change from nothing to something.
 */
public abstract class QueueModelContract {
    private static final int CAPACITY = 12;
    private static final long AGING_MILLIS = 500;

    /** For subclasses. */
    protected QueueModelContract() {}

    /**
     * Makes a provider.
     *
     * @param limits its configuration
     * @return a new one
     */
    protected abstract QueueSubject create(Limits limits);

    /** One step of a test; it prints what it is. */
    interface Step {
        /** Does it to both, and compares what they say. */
        void run(Run run);
    }

    /** Pushes; times are milliseconds from now, 0 for none. */
    record Push(int priority, long key, int delay, int expiry) implements Step {
        @Override
        public void run(Run run) {
            run.push(this);
        }
    }

    /** Takes the next. */
    record Pop() implements Step {
        @Override
        public void run(Run run) {
            run.pop();
        }
    }

    /** Settles one of the open leases. */
    record Settle(int which, How how, int delay) implements Step {
        @Override
        public void run(Run run) {
            run.settle(this);
        }
    }

    /** How a lease is settled. */
    enum How {
        ACK,
        RETRY,
        RELEASE,
        DEAD
    }

    /** Re-drives or drops one of the dead letters. */
    record Dead(int which, boolean redrives) implements Step {
        @Override
        public void run(Run run) {
            run.dead(this);
        }
    }

    /** Lets time pass. */
    record Advance(int millis) implements Step {
        @Override
        public void run(Run run) {
            run.subject.advance(Duration.ofMillis(millis));
            run.model.advance(millis);
        }
    }

    /** Sets the wall clock forward. */
    record Jump(int millis) implements Step {
        @Override
        public void run(Run run) {
            run.subject.jump(Duration.ofMillis(millis));
            run.model.jump(millis);
        }
    }

    /** What is done to the whole queue. */
    enum Whole implements Step {
        PAUSE {
            @Override
            public void run(Run run) {
                run.queue.pause();
                run.model.paused = true;
            }
        },
        RESUME {
            @Override
            public void run(Run run) {
                run.queue.resume();
                run.model.paused = false;
            }
        },
        REOPEN {
            @Override
            public void run(Run run) {
                run.reopen();
            }
        },
        BURY {
            @Override
            public void run(Run run) {
                int buried = run.queue.deadLetterAll(DeadReason.HANDLER_GONE, "left");
                assertThat(buried).isEqualTo(run.model.deadLetterAll());
            }
        }
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Integer> times =
                Arbitraries.oneOf(Arbitraries.of(0), Arbitraries.integers().between(1, 1_500));
        Arbitrary<Integer> mostlyNone = Arbitraries.frequencyOf(
                Tuple.of(4, Arbitraries.of(0)),
                Tuple.of(1, Arbitraries.integers().between(1, 1_500)));
        Arbitrary<Step> push = Combinators.combine(
                        Arbitraries.integers().between(0, 9),
                        Arbitraries.longs().between(0, 3),
                        mostlyNone,
                        mostlyNone)
                .as(Push::new);
        Arbitrary<Step> settle = Combinators.combine(
                        Arbitraries.integers().between(0, 9), Arbitraries.of(How.class), times)
                .as(Settle::new);
        Arbitrary<Step> dead = Combinators.combine(
                        Arbitraries.integers().between(0, 9),
                        Arbitraries.integers().between(0, 2).map(way -> way > 0))
                .as(Dead::new);
        Arbitrary<Step> advance = Arbitraries.integers().between(1, 1_000).map(Advance::new);
        Arbitrary<Step> jump = Arbitraries.integers().between(1, 1_000).map(Jump::new);
        return Arbitraries.frequencyOf(
                        Tuple.of(10, push),
                        Tuple.of(8, Arbitraries.just((Step) new Pop())),
                        Tuple.of(8, settle),
                        Tuple.of(2, dead),
                        Tuple.of(4, advance),
                        Tuple.of(1, jump),
                        Tuple.of(1, Arbitraries.of(Whole.class).map(whole -> (Step) whole)),
                        Tuple.of(1, Arbitraries.just((Step) Whole.RESUME)))
                .list()
                .ofMaxSize(80);
    }

    @Property
    void equalsTheModel(
            @ForAll("steps") List<Step> steps,
            @ForAll boolean aging,
            @ForAll boolean takesAlong,
            @ForAll boolean looks) {
        Limits limits = aging ? Limits.DEFAULT.aging(Duration.ofMillis(AGING_MILLIS)) : Limits.DEFAULT;
        try (QueueSubject subject = create(limits)) {
            boolean ages = aging && subject.provider().capabilities().contains(Capability.PRIORITY_AGING);
            var run = new Run(subject, ages ? AGING_MILLIS : 0, takesAlong, looks);
            steps.forEach(run::step);
            run.finish();
        }
    }

    /** Both, side by side. */
    static final class Run {
        final QueueSubject subject;
        final Model model;
        EventQueue queue;
        private final QueueSpec spec;
        private final Set<Capability> can;
        /** Whether it looks at the queue after each step: looking may mend what a consumer that only listens would miss. */
        private final boolean looks;

        private final AtomicInteger told = new AtomicInteger();
        private final List<Lease> leases = new ArrayList<>();

        Run(QueueSubject subject, long agingMillis, boolean takesAlong, boolean looks) {
            this.looks = looks;
            this.subject = subject;
            this.can = subject.provider().capabilities();
            boolean takes = takesAlong && can.contains(Capability.ORDER_KEY_TAKE_ALONG);
            this.spec = takes
                    ? ContractPart.takingAlong("orders/billing", CAPACITY, Overflow.REFUSE)
                    : ContractPart.spec("orders/billing", CAPACITY, Overflow.REFUSE);
            this.model = new Model(CAPACITY, agingMillis, takes, subject.now().toEpochMilli());
            open();
        }

        private void open() {
            queue = subject.provider().open(spec);
            queue.whenReady(told::incrementAndGet);
        }

        void step(Step step) {
            boolean nothing = model.next().isEmpty();
            int toldBefore = told.get();
            step.run(this);
            Optional<Model.Event> next = model.next();
            if (nothing && next.isPresent()) {
                assertThat(told.get())
                        .as("told that something can be taken after %s", step)
                        .isGreaterThan(toldBefore);
            }
            if (looks) {
                compare(next);
            }
        }

        private void compare(Optional<Model.Event> next) {
            int priority = next.map(model::effectivePriority).orElse(-1L).intValue();
            assertThat(queue.readyPriority()).as("ready priority").isEqualTo(priority);
            QueueStats stats = ContractPart.stats(queue);
            assertThat(stats.accepted()).isEqualTo(model.accepted);
            assertThat(stats.handled()).isEqualTo(model.handled);
            assertThat(stats.dead()).isEqualTo(model.dead);
            assertThat(stats.retried()).isEqualTo(model.retried);
            assertThat(stats.leased()).isEqualTo(model.count(Model.State.LEASED));
            assertThat(stats.takenAlong()).isEqualTo(model.takenAlong()).isLessThanOrEqualTo(CAPACITY);
            assertThat(stats.depth()).isLessThanOrEqualTo(CAPACITY);
            // The queue may notice later than the model that something expired, never earlier.
            assertThat(stats.expired()).isLessThanOrEqualTo(model.expired);
            if (can.contains(Capability.PEEK)) {
                List<Envelope> waiting = model.waiting().stream()
                        .map(event -> event.item.envelope())
                        .toList();
                assertThat(queue.peek(CAPACITY)).isEqualTo(waiting);
            }
        }

        void push(Push push) {
            boolean delays = can.contains(Capability.DELAY) && push.delay > 0;
            var item = new Item(
                    Envelopes.of("orders/new", push.priority),
                    push.priority,
                    can.contains(Capability.ORDER_KEY_HOLD) ? push.key : 0,
                    delays ? model.wall() + push.delay : 0,
                    push.expiry == 0 ? 0 : model.wall() + push.expiry,
                    0);
            long expected = model.push(item);
            Offer offer = queue.push(item);
            if (expected < 0) {
                ContractPart.assertRefused(offer, Refusal.Reason.FULL);
            } else {
                assertThat(ContractPart.accepted(offer)).isEqualTo(expected);
            }
        }

        void pop() {
            Lease lease = queue.pop();
            Optional<Model.Event> expected = model.next();
            if (expected.isEmpty()) {
                assertThat(lease).isSameAs(Lease.NONE);
                return;
            }
            Model.Event event = expected.get();
            assertThat(lease.isPresent()).as("something to take").isTrue();
            assertThat(lease.sequence()).as("the next").isEqualTo(event.sequence);
            assertThat(lease.item()).isEqualTo(event.item);
            event.state = Model.State.LEASED;
            leases.add(lease);
        }

        void settle(Settle settle) {
            if (leases.isEmpty()) {
                return;
            }
            Lease lease = leases.remove(settle.which % leases.size());
            Model.Event event = model.leased(lease.sequence());
            int delay = can.contains(Capability.RETRY_DELAY_PER_ITEM) ? settle.delay : 0;
            boolean settled =
                    switch (settle.how) {
                        case ACK -> {
                            model.ack(event);
                            yield lease.ack();
                        }
                        case RETRY -> {
                            model.retry(event, delay);
                            yield lease.retry(Duration.ofMillis(delay));
                        }
                        case RELEASE -> {
                            model.release(event, delay);
                            yield delay == 0 ? lease.release() : lease.release(Duration.ofMillis(delay));
                        }
                        case DEAD -> {
                            model.deadLetter(event);
                            yield lease.deadLetter(DeadReason.MISMATCH, "no");
                        }
                    };
            assertThat(settled).isTrue();
            assertThat(lease.ack()).as("settled once").isFalse();
        }

        void dead(Dead dead) {
            DeadLetters letters = subject.provider().deadLetters();
            List<DeadLetter> all = letters.list(DeadLetterFilter.ALL);
            assertThat(all)
                    .extracting(letter -> letter.envelope())
                    .isEqualTo(model.letters.stream()
                            .map(letter -> letter.item().envelope())
                            .toList());
            if (all.isEmpty()) {
                return;
            }
            long number = all.get(dead.which % all.size()).number();
            Model.Letter expected = model.letters.get(dead.which % all.size());
            if (!dead.redrives) {
                model.letters.remove(expected);
                assertThat(letters.drop(number)).isTrue();
                return;
            }
            long sequence = model.redrive(expected);
            Offer offer = letters.redrive(number);
            if (sequence < 0) {
                ContractPart.assertRefused(offer, sequence == -1 ? Refusal.Reason.FULL : Refusal.Reason.ORDER);
            } else {
                assertThat(ContractPart.accepted(offer)).isEqualTo(sequence);
            }
        }

        void reopen() {
            queue.close();
            model.releaseAll();
            assertThat(leases).noneMatch(Lease::release);
            leases.clear();
            open();
        }

        /** Handles all that is left and looks whether everything is accounted for. */
        void finish() {
            step(Whole.RESUME);
            while (!leases.isEmpty()) {
                step(new Settle(0, How.ACK, 0));
            }
            step(new Advance(3_000));
            while (model.next().isPresent()) {
                step(new Pop());
                step(new Settle(0, How.ACK, 0));
            }
            assertThat(queue.pop()).isSameAs(Lease.NONE);
            QueueStats stats = ContractPart.stats(queue);
            assertThat(stats.depth()).isZero();
            assertThat(stats.bytes()).isZero();
            assertThat(stats.expired()).isEqualTo(model.expired);
            var letters = subject.provider().deadLetters();
            assertThat(letters.count()).isEqualTo(model.letters.size());
            assertThat(subject.budget().used()).isEqualTo(letters.bytes());
        }
    }
}
