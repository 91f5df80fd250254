package symphony.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import symphony.api.audit.AuditSink;
import symphony.api.audit.AuditUnavailableException;
import symphony.api.crypto.Envelope;
import symphony.api.event.Refusal;
import symphony.api.event.TopicFilter;
import symphony.api.queue.DeadLetter;
import symphony.api.queue.DeadLetterFilter;
import symphony.api.queue.DeadLetters;
import symphony.api.queue.DeadReason;
import symphony.api.queue.EventQueue;
import symphony.api.queue.Item;
import symphony.api.queue.MemoryBudget;
import symphony.api.queue.Offer;
import symphony.api.queue.OrderFailure;
import symphony.api.queue.Overflow;
import symphony.api.queue.QueueSpec;
import symphony.api.queue.QueueWatcher;
import symphony.api.queue.QueuedEvent;
import symphony.api.queue.Target;
import symphony.api.rbac.AccessDeniedException;
import symphony.component.Guard;
import symphony.queue.contract.Envelopes;

/** What a bundle gets that is no part of ours: it is asked with each call, and what it changes is in the trail before. */
class CallerQueuesTest {
    private static final String MINE = "shop.orders/billing";
    private static final String CALLER = "acme.stranger";
    private static final QueueSpec SPEC = spec(MINE);
    private static final QueueSpec OTHER = spec("acme/other");

    private final MemoryQueueEngine engine = new MemoryQueueEngine(
            MemoryQueueEngine.SETTINGS.orDefaults(Map.of()), InstantSource.system(), System::nanoTime);
    private final GuardRecorder security = new GuardRecorder();
    private final Caller caller = new Caller(security.guard, CALLER);
    private final CallerQueues queues = new CallerQueues(engine, caller);
    private final DeadLetters letters = queues.deadLetters();
    private final MemoryBudget budget = new CallerBudget(engine.budget(), caller);
    private EventQueue queue;
    private DeadLetter letter;

    private static QueueSpec spec(String identity) {
        return new QueueSpec(
                identity,
                List.of(TopicFilter.of("orders/*")),
                "",
                10,
                Overflow.REFUSE,
                "",
                OrderFailure.HOLD_BACK,
                0,
                0,
                0);
    }

    @BeforeEach
    void giveUpOne() {
        queue = engine.open(SPEC);
        queue.push(Item.of(Envelopes.sized(500), 0));
        queue.pop().deadLetter(DeadReason.ATTEMPTS, "it failed");
        letter = engine.deadLetters().list("", 10).get(0);
    }

    @AfterEach
    void close() {
        engine.close();
    }

    private void denied(String permission, ThrowingCallable call) {
        security.lines.clear();
        assertThatThrownBy(call)
                .isInstanceOf(AccessDeniedException.class)
                .hasMessageContaining(CALLER + " has no permission " + permission);
        String[] parts = permission.split(":", 3);
        assertThat(security.lines)
                .containsExactly("DENIED " + parts[0] + ':' + parts[1] + ' ' + parts[2] + " by " + CALLER + " {}");
    }

    private String told(String action) {
        UUID event = letter.envelope().eventId();
        return action + ' ' + MINE + " by " + CALLER + " {event=" + event + ", number=" + letter.number() + '}';
    }

    @Test
    void doesNothingToDeadLettersForWhoMayNot() {
        denied("dead:list:*", () -> letters.list("", 10));
        denied("dead:list:*", () -> letters.list(DeadLetterFilter.ALL));
        denied("dead:list:" + MINE, () -> letters.list(MINE, 10));
        denied("dead:list:" + MINE, () -> letters.list(DeadLetterFilter.ALL.ofSubscription(MINE)));
        denied("dead:list:" + MINE, () -> letters.find(letter.number()));
        denied("dead:redrive:" + MINE, () -> letters.redrive(letter.number()));
        denied("dead:drop:" + MINE, () -> letters.drop(letter.number()));
        assertThat(engine.deadLetters().find(letter.number())).contains(letter);
        assertThat(queue.pop().isPresent()).isFalse();
        assertThat(List.of(letters.count(), letters.bytes(), letters.discarded()))
                .containsExactly(1, 500L, 0L);
    }

    @Test
    void changesDeadLettersForWhoMayAndSaysSoBefore() {
        security.granted.addAll(List.of("dead:list:" + MINE, "dead:redrive:" + MINE, "dead:drop:" + MINE));
        assertThat(letters.list(MINE, 10)).containsExactly(letter);
        assertThat(letters.find(letter.number())).contains(letter);
        assertThat(security.lines).isEmpty();
        queue.pause();
        assertThat(letters.redrive(letter.number())).isInstanceOf(Offer.Accepted.class);
        assertThat(security.lines).containsExactly(told("DONE dead:redrive"));
        queue.resume();
        queue.pop().deadLetter(DeadReason.ATTEMPTS, "again");
        letter = engine.deadLetters().list("", 10).get(0);
        security.lines.clear();
        assertThat(letters.drop(letter.number())).isTrue();
        assertThat(security.lines).containsExactly(told("DONE dead:drop"));
        assertThat(engine.deadLetters().count()).isZero();
    }

    @Test
    void tellsThatAChangeOfADeadLetterFailed() {
        security.granted.add("dead:redrive:" + MINE);
        queue.close();
        engine.forget(MINE);
        assertThat(letters.redrive(letter.number())).isInstanceOf(Offer.Refused.class);
        assertThat(security.lines).containsExactly(told("DONE dead:redrive"), told("FAILED dead:redrive"));
    }

    @Test
    void knowsNothingOfALetterThatIsNotThere() {
        assertThat(letters.find(77)).isEmpty();
        assertThat(letters.drop(77)).isFalse();
        assertThat(letters.redrive(77))
                .isEqualTo(new Offer.Refused(Refusal.Reason.UNAVAILABLE, "there is no dead letter 77"));
        assertThat(security.lines).isEmpty();
    }

    @Test
    void changesNothingThatCannotBeAudited() {
        security.granted.addAll(List.of("dead:drop:" + MINE, "queue:use:*"));
        security.guard.unbind((AuditSink) security);
        assertThatThrownBy(() -> letters.drop(letter.number())).isInstanceOf(AuditUnavailableException.class);
        assertThatThrownBy(() -> queues.forget(MINE)).isInstanceOf(AuditUnavailableException.class);
        assertThat(engine.deadLetters().count()).isEqualTo(1);
    }

    @Test
    void usesNoQueueForWhoMayNot() {
        var calls = new AtomicInteger();
        QueueWatcher watcher = watcher(calls);
        Envelope envelope = Envelopes.sized(500);
        denied("queue:use:*", () -> queues.open(OTHER));
        denied("queue:use:*", () -> queues.push("t", List.of(new Target(queue, Item.of(envelope, 0))), Duration.ZERO));
        denied("queue:use:*", () -> queues.limitShares(Map.of("shop.orders", 1)));
        denied("queue:use:*", () -> queues.watch(watcher));
        denied("queue:use:*", () -> queues.forget(MINE));
        denied("queue:use:*", () -> budget.tryReserve(1));
        denied("queue:use:*", () -> budget.reserve(1));
        denied("queue:use:*", () -> budget.release(1));
        denied("queue:list:*", queues::queues);
        denied("queue:list:*", () -> queues.find(envelope.eventId()));
        queues.unwatch(watcher);
        assertThat(engine.queues()).containsExactly(SPEC);
        assertThat(queue.stats().depth()).isZero();
        assertThat(budget.used()).isEqualTo(500);
        assertThat(budget.limit()).isEqualTo(engine.budget().limit());
        assertThat(queues.kind()).isEqualTo("memory");
        assertThat(queues.capabilities()).isEqualTo(engine.capabilities());
        assertThat(calls).hasValue(0);
    }

    private static QueueWatcher watcher(AtomicInteger calls) {
        return new QueueWatcher() {
            @Override
            public void expired(String subscription, Envelope envelope) {
                calls.incrementAndGet();
            }

            @Override
            public void dead(String subscription, Envelope envelope, DeadReason reason, String detail) {
                calls.incrementAndGet();
            }
        };
    }

    @Test
    void usesQueuesForWhoMay() {
        security.granted.addAll(List.of("queue:use:*", "queue:list:*"));
        EventQueue other = queues.open(OTHER);
        Envelope envelope = Envelopes.sized(500);
        assertThat(queues.push("t", List.of(new Target(other, Item.of(envelope, 0))), Duration.ZERO))
                .containsExactly(new Offer.Accepted(0));
        assertThat(queues.find(envelope.eventId()))
                .extracting(QueuedEvent::subscription)
                .containsExactly("acme/other");
        assertThat(queues.queues()).containsExactly(OTHER, SPEC);
        queues.limitShares(Map.of());
        other.close();
        assertThat(queues.forget("acme/other")).isEqualTo(1);
        assertThatThrownBy(() -> queues.forget(MINE)).isInstanceOf(IllegalStateException.class);
        assertThat(security.lines)
                .containsExactly(
                        "DONE queue:use acme/other by " + CALLER + " {call=open}",
                        "DONE queue:use * by " + CALLER + " {call=limitShares}",
                        "DONE queue:use acme/other by " + CALLER + " {call=forget}",
                        "DONE queue:use " + MINE + " by " + CALLER + " {call=forget}",
                        "FAILED queue:use " + MINE + " by " + CALLER + " {call=forget}");
        assertThat(budget.tryReserve(10)).isTrue();
        budget.release(10);
    }

    @Test
    void asksAgainWithEachCall() {
        security.granted.add("dead:list:*");
        assertThat(letters.list("", 10)).hasSize(1);
        security.granted.clear();
        denied("dead:list:*", () -> letters.list("", 10));
    }

    @Test
    void allowsAllWhereNobodyIsAsked() {
        var open = new CallerQueues(engine, new Caller(new Guard(false), CALLER));
        assertThat(open.deadLetters().list("", 10)).containsExactly(letter);
        assertThat(open.deadLetters().drop(letter.number())).isTrue();
        assertThat(open.queues()).containsExactly(SPEC);
    }
}
