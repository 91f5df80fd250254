package symphony.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import symphony.api.event.Refusal;
import symphony.api.event.TopicFilter;
import symphony.api.queue.DeadReason;
import symphony.api.queue.EventQueue;
import symphony.api.queue.Item;
import symphony.api.queue.Offer;
import symphony.api.queue.OrderFailure;
import symphony.api.queue.Overflow;
import symphony.api.queue.QueueSpec;
import symphony.api.queue.Target;
import symphony.queue.contract.Envelopes;
import symphony.queue.contract.Limits;

/** Refusals are counted one by one, but what is logged is the change: no room any more, and room again. */
@Timeout(120)
class RefusalLogTest {
    private static final int CAPACITY = 4;
    private static final long LIMIT = 1 << 20;
    private static final String WARN_FULL = "WARN orders/billing: is full with 4 events and refuses more";
    private static final String INFO_ROOM = "INFO orders/billing: takes events again; refused meanwhile: ";
    private static final String WARN_LIMIT = "WARN envelopes in memory have ";
    private static final String INFO_SERVED = "INFO envelopes in memory have ";

    private final MemorySubject subject = new MemorySubject(Limits.DEFAULT.memory(LIMIT));
    private final MemoryQueueEngine engine = subject.engine;
    private final EventQueue queue = engine.open(new QueueSpec(
            "orders/billing",
            List.of(TopicFilter.of("orders/*")),
            "",
            CAPACITY,
            Overflow.REFUSE,
            "",
            OrderFailure.HOLD_BACK,
            0,
            0,
            0));

    @BeforeEach
    void clear() {
        CapturedLog.clear();
    }

    @AfterEach
    void close() {
        subject.close();
    }

    private Offer publish() {
        var item = new Item(Envelopes.of("orders/new", 5), 5, 0, 0, 0, 0);
        return engine.push("orders/new", List.of(new Target(queue, item)), Duration.ZERO)
                .get(0);
    }

    private void accept(int events) {
        for (int i = 0; i < events; i++) {
            assertThat(publish()).isInstanceOf(Offer.Accepted.class);
        }
    }

    private void refuse(int events, Refusal.Reason reason) {
        for (int i = 0; i < events; i++) {
            assertThat(publish())
                    .isInstanceOfSatisfying(
                            Offer.Refused.class,
                            refused -> assertThat(refused.reason()).isEqualTo(reason));
        }
    }

    private void handle(int events) {
        for (int i = 0; i < events; i++) {
            assertThat(queue.pop().ack()).isTrue();
        }
    }

    /** Each line begins as expected, and there is no other. */
    private static void assertLogged(String... beginnings) {
        List<String> lines = CapturedLog.lines();
        assertThat(lines).hasSameSizeAs(beginnings);
        for (int i = 0; i < beginnings.length; i++) {
            assertThat(lines.get(i)).startsWith(beginnings[i]);
        }
    }

    @Test
    void saysOnceThatAQueueIsFullAndOnceThatItHasRoom() {
        // given
        accept(CAPACITY);
        assertLogged();

        // when
        refuse(2, Refusal.Reason.FULL);

        // then
        assertLogged(WARN_FULL);

        // when there is a little room, which is soon used up again
        handle(1);
        accept(1);
        refuse(1, Refusal.Reason.FULL);

        // then
        assertLogged(WARN_FULL);

        // when it is half empty, and emptier
        handle(CAPACITY / 2);
        handle(1);
        accept(1);

        // then
        assertLogged(WARN_FULL, INFO_ROOM + "3");
        assertThat(queue.stats().refused()).isEqualTo(Map.of(Refusal.Reason.FULL, 3L));
    }

    @Test
    void saysHowManyWereTakenAlongWhereThatIsWhyItIsFull() {
        QueueSpec spec = queue.spec();
        queue.update(new QueueSpec(
                spec.identity(),
                spec.topics(),
                "",
                CAPACITY,
                Overflow.REFUSE,
                "customer",
                OrderFailure.TAKE_ALONG,
                0,
                0,
                0));
        for (int i = 0; i <= CAPACITY; i++) {
            var item = new Item(Envelopes.of("orders/new", 5), 5, 1, 0, 0, 0);
            assertThat(queue.push(item)).isInstanceOf(Offer.Accepted.class);
            if (i == 0) {
                queue.pop().deadLetter(DeadReason.ATTEMPTS, "no");
            }
        }
        refuse(1, Refusal.Reason.FULL);
        String full =
                "WARN orders/billing: is full with 0 events and 4 dead letters that were taken along, and refuses more;"
                        + " re-drive or drop those with symphony:dead";
        assertLogged(full);
        assertThat(((Offer.Refused) publish()).detail())
                .isEqualTo(
                        "orders/billing: holds 0 events and 4 dead letters that were taken along, its capacity is 4; re-drive"
                                + " or drop those dead letters, publish with a time to wait, make its handler faster, or raise"
                                + " symphony.capacity");
        engine.deadLetters().drop(2);
        assertLogged(full, INFO_ROOM + "2");

        // when the one free slot is used, and refused again after a while
        accept(1);
        subject.advance(Duration.ofSeconds(10));
        refuse(1, Refusal.Reason.FULL);
        handle(1);

        // then it is said again, though most slots are not free
        assertLogged(
                full,
                INFO_ROOM + "2",
                full.replace("0 events", "1 events").replace("4 dead", "3 dead"),
                INFO_ROOM + "1");
    }

    @Test
    void saysAgainThatAQueueIsFullAtMostEveryTenSeconds() {
        // given
        accept(CAPACITY);
        refuse(1, Refusal.Reason.FULL);
        handle(CAPACITY);
        assertLogged(WARN_FULL, INFO_ROOM + "1");
        CapturedLog.clear();

        // when
        accept(CAPACITY);
        subject.advance(Duration.ofSeconds(10).minusNanos(1));
        refuse(2, Refusal.Reason.FULL);

        // then
        assertLogged();

        // when
        subject.advance(Duration.ofNanos(1));
        refuse(2, Refusal.Reason.FULL);
        handle(CAPACITY);

        // then
        assertLogged(WARN_FULL, INFO_ROOM + "2");
        assertThat(queue.stats().refused()).isEqualTo(Map.of(Refusal.Reason.FULL, 5L));
    }

    @Test
    void saysOnceThatTheBudgetIsUsedUpAndOnceThatThereIsRoom() {
        // given
        engine.budget().reserve(LIMIT);
        assertLogged();

        // when
        refuse(2, Refusal.Reason.LIMIT);

        // then
        assertLogged(WARN_LIMIT + "1048576 of 1048576 bytes; publishers are refused (LIMIT)");

        // when there is a little room, which is soon used up again
        engine.budget().release(LIMIT / 8);
        accept(1);
        engine.budget().reserve(LIMIT / 8);
        refuse(1, Refusal.Reason.LIMIT);

        // then
        assertLogged(WARN_LIMIT);

        // when there is plenty
        engine.budget().release(LIMIT / 2);
        accept(2);

        // then
        assertLogged(WARN_LIMIT, INFO_SERVED);
        assertThat(CapturedLog.lines().get(1)).endsWith("publishers are served again");
        assertThat(queue.stats().refused()).isEqualTo(Map.of(Refusal.Reason.LIMIT, 3L));

        // when it is used up once more
        engine.budget().reserve(LIMIT / 2);
        refuse(2, Refusal.Reason.LIMIT);

        // then
        assertLogged(WARN_LIMIT, INFO_SERVED, WARN_LIMIT);
    }
}
