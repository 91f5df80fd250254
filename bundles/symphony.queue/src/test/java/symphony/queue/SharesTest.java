package symphony.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import symphony.api.event.Refusal;
import symphony.api.event.TopicFilter;
import symphony.api.queue.DeadReason;
import symphony.api.queue.EventQueue;
import symphony.api.queue.Item;
import symphony.api.queue.Lease;
import symphony.api.queue.Offer;
import symphony.api.queue.OrderFailure;
import symphony.api.queue.Overflow;
import symphony.api.queue.QueueSpec;
import symphony.api.queue.Target;
import symphony.queue.contract.Envelopes;
import symphony.queue.contract.Limits;

/** No publisher has more than its share of a queue. */
@Timeout(120)
class SharesTest {
    private static final String GREEDY = "shop.greedy";
    private static final String OTHER = "shop.other";

    private final MemorySubject subject = new MemorySubject(Limits.DEFAULT);
    private final MemoryQueueEngine engine = subject.engine;
    private final EventQueue queue = open("orders/billing", 10, Overflow.REFUSE);
    private long ids;

    @BeforeEach
    void clear() {
        CapturedLog.clear();
    }

    @AfterEach
    void close() {
        subject.close();
    }

    private EventQueue open(String identity, int capacity, Overflow overflow) {
        return engine.open(spec(identity, capacity, overflow));
    }

    private static QueueSpec spec(String identity, int capacity, Overflow overflow) {
        return new QueueSpec(
                identity,
                List.of(TopicFilter.of("orders/*")),
                "",
                capacity,
                overflow,
                "",
                OrderFailure.HOLD_BACK,
                0,
                0,
                0);
    }

    private Item item(String publisher, long expires) {
        var id = new UUID(1, ++ids);
        return new Item(Envelopes.of(id, publisher, "orders/new", 5, 0, expires, new byte[0]), 5, 0, 0, expires, 0);
    }

    private Offer push(EventQueue to, Item item, Duration wait) {
        return engine.push("orders/new", List.of(new Target(to, item)), wait).get(0);
    }

    private Offer push(String publisher) {
        return push(queue, item(publisher, 0), Duration.ZERO);
    }

    private void accept(String publisher, int events) {
        for (int i = 0; i < events; i++) {
            assertThat(push(publisher)).isInstanceOf(Offer.Accepted.class);
        }
    }

    private static void refused(Offer offer) {
        assertThat(offer)
                .isInstanceOfSatisfying(
                        Offer.Refused.class,
                        refused -> assertThat(refused.reason()).isEqualTo(Refusal.Reason.SHARE));
    }

    @Test
    void refusesWhatIsMoreThanTheShareAndLeavesTheRestToOthers() {
        engine.limitShares(Map.of(GREEDY, 30));
        accept(GREEDY, 3);
        assertThat(push(GREEDY))
                .isEqualTo(new Offer.Refused(
                        Refusal.Reason.SHARE,
                        "orders/billing: holds 3 events of shop.greedy, which may have 3 there; wait until some are handled, or"
                                + " raise queue.share of shop.greedy in PID symphony.publisher"));
        accept(OTHER, 7);
        assertThat(queue.stats().refused()).isEqualTo(Map.of(Refusal.Reason.SHARE, 1L));
        assertThat(queue.stats().balanced()).isTrue();
    }

    @Test
    void countsWhatIsLeasedOrDelayedAndFreesWhatIsSettled() {
        engine.limitShares(Map.of(GREEDY, 20));
        accept(GREEDY, 2);
        Lease first = queue.pop();
        Lease second = queue.pop();
        refused(push(GREEDY));
        second.retry(Duration.ofSeconds(1));
        refused(push(GREEDY));
        first.ack();
        accept(GREEDY, 1);
        refused(push(GREEDY));
        subject.advance(Duration.ofSeconds(2));
        queue.pop().deadLetter(DeadReason.ATTEMPTS, "no");
        accept(GREEDY, 1);
        assertThat(queue.deadLetterAll(DeadReason.HANDLER_GONE, "left")).isEqualTo(2);
        accept(GREEDY, 2);
        refused(push(GREEDY));
    }

    @Test
    void isNotKeptOutByWhatHasExpired() {
        engine.limitShares(Map.of(GREEDY, 10));
        long end = subject.now().toEpochMilli() + 1_000;
        assertThat(push(queue, item(GREEDY, end), Duration.ZERO)).isInstanceOf(Offer.Accepted.class);
        refused(push(GREEDY));
        subject.advance(Duration.ofSeconds(2));
        accept(GREEDY, 1);
    }

    @Test
    void allowsOneEventHoweverSmallTheShare() {
        engine.limitShares(Map.of(GREEDY, 1));
        accept(GREEDY, 1);
        refused(push(GREEDY));
    }

    /** Also where overflow becomes dead letters, and for publishers that wait for room. */
    @Test
    void refusesAtOnce() {
        engine.limitShares(Map.of(GREEDY, 50));
        EventQueue burying = open("orders/burying", 2, Overflow.DEAD_LETTER);
        assertThat(push(burying, item(GREEDY, 0), Duration.ZERO)).isInstanceOf(Offer.Accepted.class);
        refused(push(burying, item(GREEDY, 0), Duration.ofDays(1)));
        accept(GREEDY, 5);
        accept(OTHER, 5);
        refused(push(queue, item(GREEDY, 0), Duration.ofDays(1)));
        assertThat(engine.deadLetters().count()).isZero();
    }

    @Test
    void followsWhatIsConfiguredAndWhatTheCapacityIs() {
        accept(GREEDY, 4);
        engine.limitShares(Map.of(GREEDY, 30));
        refused(push(GREEDY));
        engine.limitShares(Map.of(GREEDY, 50, OTHER, 10));
        accept(GREEDY, 1);
        refused(push(GREEDY));
        queue.update(spec("orders/billing", 14, Overflow.REFUSE));
        accept(GREEDY, 2);
        refused(push(GREEDY));
        engine.limitShares(Map.of());
        accept(GREEDY, 7);
        assertThat(push(GREEDY))
                .isInstanceOfSatisfying(
                        Offer.Refused.class,
                        refused -> assertThat(refused.reason()).isEqualTo(Refusal.Reason.FULL));
    }

    @Test
    void saysOnceThatAPublisherHasItsShareAndOnceThatItIsBelowItAgain() {
        engine.limitShares(Map.of(GREEDY, 20));
        accept(GREEDY, 2);
        for (int i = 0; i < 5; i++) {
            refused(push(GREEDY));
        }
        queue.pop().ack();
        accept(GREEDY, 1);
        refused(push(GREEDY));
        String begin =
                "WARN orders/billing: holds 2 events of shop.greedy, its share, and refuses more of it as SHARE; make the"
                        + " handler faster, or raise queue.share of that publisher in PID symphony.publisher";
        assertThat(CapturedLog.lines()).containsExactly(begin);
        queue.pop().ack();
        subject.advance(Duration.ofSeconds(11));
        accept(GREEDY, 1);
        assertThat(CapturedLog.lines())
                .containsExactly(
                        begin,
                        "INFO orders/billing: takes events of shop.greedy again, which is below its share; refused meanwhile: 6");
    }

    /** Against a count that is made anew each time. */
    @Test
    void holdsAtEachMomentWhateverHappens() {
        long seed = Long.getLong("shares.seed", new Random().nextLong());
        var random = new Random(seed);
        engine.limitShares(Map.of(GREEDY, 40));
        Map<String, Integer> most = new HashMap<>(Map.of(GREEDY, 4));
        var held = new HashMap<String, Integer>();
        var leases = new ArrayList<Lease>();
        for (int step = 0; step < 20_000; step++) {
            String at = "shares.seed=" + seed + ", step " + step;
            switch (random.nextInt(6)) {
                case 0, 1, 2 -> {
                    String who = random.nextInt(3) > 0 ? GREEDY : OTHER;
                    int mine = held.getOrDefault(who, 0);
                    int all = held.values().stream().mapToInt(Integer::intValue).sum();
                    Offer offer = push(who);
                    boolean room = all < 10 && mine < most.getOrDefault(who, 10);
                    assertThat(offer instanceof Offer.Accepted)
                            .as("%s: %s", at, offer)
                            .isEqualTo(room);
                    held.merge(who, room ? 1 : 0, Integer::sum);
                }
                case 3 -> {
                    Lease lease = queue.pop();
                    if (lease.isPresent()) {
                        leases.add(lease);
                    }
                }
                case 4 -> {
                    if (!leases.isEmpty()) {
                        Lease lease = leases.remove(random.nextInt(leases.size()));
                        String who = lease.item().envelope().publisher();
                        if (random.nextInt(3) == 0) {
                            lease.retry(Duration.ZERO);
                        } else {
                            assertThat(random.nextBoolean() ? lease.ack() : lease.deadLetter(DeadReason.MISMATCH, "no"))
                                    .as(at)
                                    .isTrue();
                            held.merge(who, -1, Integer::sum);
                        }
                    }
                }
                default -> {
                    boolean both = random.nextBoolean();
                    engine.limitShares(both ? Map.of(GREEDY, 40, OTHER, 99) : Map.of(GREEDY, 40));
                    most.put(OTHER, both ? 9 : 10);
                }
            }
        }
        assertThat(queue.stats().balanced()).isTrue();
    }

    @Test
    void holdsWithSeveralThreads() throws InterruptedException {
        EventQueue large = open("orders/large", 1_000, Overflow.REFUSE);
        engine.limitShares(Map.of(GREEDY, 10));
        var accepted = new AtomicInteger();
        var begin = new CountDownLatch(1);
        var threads = new ArrayList<Thread>();
        for (int t = 0; t < 4; t++) {
            var items = new ArrayList<Item>();
            for (int i = 0; i < 100; i++) {
                items.add(item(GREEDY, 0));
            }
            var thread = new Thread(() -> {
                try {
                    begin.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                items.forEach(one -> {
                    if (push(large, one, Duration.ZERO) instanceof Offer.Accepted) {
                        accepted.incrementAndGet();
                    }
                });
            });
            thread.start();
            threads.add(thread);
        }
        begin.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(accepted).hasValue(100);
        assertThat(large.stats().depth()).isEqualTo(100);
    }
}
