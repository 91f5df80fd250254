package symphony.queue.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import symphony.api.crypto.Envelope;
import symphony.api.event.Refusal;
import symphony.api.event.TopicFilter;
import symphony.api.queue.Capability;
import symphony.api.queue.EventQueue;
import symphony.api.queue.Item;
import symphony.api.queue.Lease;
import symphony.api.queue.Offer;
import symphony.api.queue.OrderFailure;
import symphony.api.queue.Overflow;
import symphony.api.queue.QueueSpec;
import symphony.api.queue.QueueStats;
import symphony.api.queue.Target;

/** What the parts of the contract are written with. */
interface ContractPart {
    /** Identity of the queue that most tests use. */
    String IDENTITY = "orders/billing";

    /** A new provider; closed after the test. */
    QueueSubject subject(Limits limits);

    /** A new provider with default limits. */
    default QueueSubject subject() {
        return subject(Limits.DEFAULT);
    }

    /** A new provider that can do something, or the test is skipped. */
    default QueueSubject subject(Limits limits, Capability needed) {
        QueueSubject subject = subject(limits);
        assumeTrue(
                subject.provider().capabilities().contains(needed),
                () -> subject.provider().kind() + " has no " + needed);
        return subject;
    }

    static QueueSpec spec(String identity, int capacity, Overflow overflow) {
        return spec(identity, capacity, overflow, Duration.ZERO);
    }

    /** With a window within which no event is stored twice. */
    static QueueSpec spec(String identity, int capacity, Overflow overflow, Duration window) {
        return spec(identity, capacity, overflow, OrderFailure.HOLD_BACK, window);
    }

    /** Where events follow one of their key that is a dead letter. */
    static QueueSpec takingAlong(String identity, int capacity, Overflow overflow) {
        return spec(identity, capacity, overflow, OrderFailure.TAKE_ALONG, Duration.ZERO);
    }

    private static QueueSpec spec(
            String identity, int capacity, Overflow overflow, OrderFailure orderFailure, Duration window) {
        var topics = List.of(TopicFilter.of("orders/*"));
        return new QueueSpec(identity, topics, "", capacity, overflow, "", orderFailure, 10_000, window.toMillis(), 0);
    }

    static EventQueue open(QueueSubject subject) {
        return open(subject, 10_000);
    }

    static EventQueue open(QueueSubject subject, int capacity) {
        return subject.provider().open(spec(IDENTITY, capacity, Overflow.REFUSE));
    }

    static Item item(int priority) {
        return item(priority, 0);
    }

    static Item item(int priority, long orderKey) {
        return new Item(Envelopes.of("orders/new", priority), priority, orderKey, 0, 0, 0);
    }

    static Item later(int priority, long notBefore) {
        return new Item(Envelopes.of("orders/new", priority), priority, 0, notBefore, 0, 0);
    }

    static Item expiring(int priority, long expires) {
        return new Item(Envelopes.of("orders/new", priority, expires, 0), priority, 0, 0, expires, 0);
    }

    static long accepted(Offer offer) {
        assertThat(offer).isInstanceOf(Offer.Accepted.class);
        return ((Offer.Accepted) offer).sequence();
    }

    static void assertRefused(Offer offer, Refusal.Reason reason) {
        assertThat(offer).isInstanceOfSatisfying(Offer.Refused.class, refused -> {
            assertThat(refused.reason()).isEqualTo(reason);
            assertThat(refused.detail()).isNotBlank();
        });
    }

    static String detail(Offer offer) {
        return ((Offer.Refused) offer).detail();
    }

    static List<Offer> push(QueueSubject subject, Envelope envelope, Duration maxWait, EventQueue... queues) {
        var targets = new ArrayList<Target>();
        for (EventQueue queue : queues) {
            targets.add(new Target(queue, Item.of(envelope, 0)));
        }
        return subject.provider().push(envelope.topic(), targets, maxWait);
    }

    /** Takes one that must be there. */
    static Lease take(EventQueue queue) {
        Lease lease = queue.pop();
        assertThat(lease.isPresent()).as("something to take").isTrue();
        return lease;
    }

    /** Sequences of all that can be taken, in the order in which they are. */
    static List<Long> takeAll(EventQueue queue) {
        var taken = new ArrayList<Long>();
        for (Lease lease = queue.pop(); lease.isPresent(); lease = queue.pop()) {
            taken.add(lease.sequence());
            assertThat(lease.ack()).isTrue();
        }
        return taken;
    }

    static void assertEmpty(EventQueue queue) {
        assertThat(queue.pop()).isSameAs(Lease.NONE);
    }

    /** The counters, which must balance. */
    static QueueStats stats(EventQueue queue) {
        QueueStats stats = queue.stats();
        assertThat(stats.balanced()).as("balanced: %s", stats).isTrue();
        assertThat(stats.depths().stream().mapToLong(Long::longValue).sum())
                .as("depths: %s", stats)
                .isEqualTo(stats.waiting() + stats.delayed());
        return stats;
    }
}
