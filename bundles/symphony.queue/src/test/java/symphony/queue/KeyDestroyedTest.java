package symphony.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import symphony.api.crypto.CryptoContext;
import symphony.api.crypto.Envelope;
import symphony.api.event.TopicFilter;
import symphony.api.queue.DeadLetter;
import symphony.api.queue.DeadReason;
import symphony.api.queue.EventQueue;
import symphony.api.queue.Item;
import symphony.api.queue.Lease;
import symphony.api.queue.Offer;
import symphony.api.queue.OrderFailure;
import symphony.api.queue.Overflow;
import symphony.api.queue.QueueSpec;
import symphony.queue.contract.Envelopes;
import symphony.queue.contract.Limits;
import symphony.queue.contract.WatchContract;

/** What waits when the key is destroyed that it was sealed with. */
@Timeout(120)
class KeyDestroyedTest {
    private static final int OLD = 1;
    private static final int NEW = 2;

    private final MemorySubject subject = new MemorySubject(Limits.DEFAULT);
    private final MemoryQueueEngine engine = subject.engine;

    @AfterEach
    void close() {
        subject.close();
    }

    private EventQueue open(OrderFailure orderFailure) {
        return engine.open(new QueueSpec(
                "orders/billing",
                List.of(TopicFilter.of("orders/*")),
                "",
                3,
                Overflow.REFUSE,
                "customer",
                orderFailure,
                0,
                0,
                0));
    }

    private static Item item(int keyId, long orderKey) {
        byte[] bytes = Envelopes.of("orders/new", 5).bytes().clone();
        ByteBuffer.wrap(bytes).putInt(Envelope.KEY_ID_AT, keyId);
        return new Item(Envelope.of(bytes), 5, orderKey, 0, 0, 0);
    }

    private Item later(int keyId) {
        long due = subject.now().plus(Duration.ofHours(1)).toEpochMilli();
        return new Item(item(keyId, 0).envelope(), 5, 0, due, 0, 0);
    }

    private List<DeadReason> reasons() {
        return engine.deadLetters().list("", 100).stream()
                .map(DeadLetter::reason)
                .toList();
    }

    private long count(int keyId) {
        return engine.count(CryptoContext.EVENT, keyId);
    }

    @Test
    void makesDeadLettersOfAllThatNamesTheKeyAndOfNothingElse() {
        EventQueue queue = open(OrderFailure.HOLD_BACK);
        queue.push(item(OLD, 0));
        queue.pop().deadLetter(DeadReason.ATTEMPTS, "no");
        queue.push(item(OLD, 0));
        Lease leased = queue.pop();
        queue.push(later(OLD));
        queue.push(item(NEW, 0));
        assertThat(count(OLD)).isEqualTo(3);
        assertThat(count(NEW)).isEqualTo(1);
        assertThat(engine.count(CryptoContext.SCHEDULE, OLD)).isZero();
        assertThat(engine.giveUp(CryptoContext.SCHEDULE, OLD)).isZero();

        assertThat(engine.giveUp(CryptoContext.EVENT, OLD)).isEqualTo(2); // when
        assertThat(reasons()).containsExactly(DeadReason.KEY_DESTROYED, DeadReason.KEY_DESTROYED);
        assertThat(engine.deadLetters().list("", 100))
                .extracting(DeadLetter::detail)
                .containsOnly("its key was destroyed");
        assertThat(queue.pop().item().envelope().keyId()).isEqualTo(NEW);
        assertThat(leased.ack()).as("what is with a handler is left to it").isTrue();
        assertThat(queue.stats().balanced()).isTrue();
        assertThat(engine.giveUp(CryptoContext.EVENT, OLD)).as("a second time").isZero();
    }

    @Test
    void tellsWhoWatchesOfEachThatIsGivenUp() {
        var watch = new WatchContract.Watch();
        engine.watch(watch);
        EventQueue queue = open(OrderFailure.TAKE_ALONG);
        queue.push(item(OLD, 7));
        queue.push(item(NEW, 7));
        engine.giveUp(CryptoContext.EVENT, OLD); // when
        assertThat(watch.told())
                .containsExactly("KEY_DESTROYED orders/billing orders/new", "TAKEN_ALONG orders/billing orders/new");
        engine.giveUp(CryptoContext.EVENT, NEW); // a dead letter by now
        assertThat(watch.told()).hasSize(2);
    }

    @Test
    void makesRoom() {
        EventQueue queue = open(OrderFailure.HOLD_BACK);
        for (int i = 0; i < 3; i++) {
            queue.push(item(OLD, 0));
        }
        assertThat(queue.push(item(NEW, 0))).isInstanceOf(Offer.Refused.class);
        engine.giveUp(CryptoContext.EVENT, OLD); // when
        assertThat(queue.push(item(NEW, 0))).isInstanceOf(Offer.Accepted.class);
    }

    @Test
    void handsOutWhatWaitedForTheKeyOfOneThatIsGivenUp() {
        EventQueue queue = open(OrderFailure.HOLD_BACK);
        var told = new AtomicInteger();
        queue.push(item(OLD, 7));
        queue.pop().retry(Duration.ofHours(1));
        queue.push(item(NEW, 7));
        queue.whenReady(told::incrementAndGet);
        assertThat(queue.pop().isPresent()).isFalse();
        told.set(0);
        engine.giveUp(CryptoContext.EVENT, OLD); // when
        assertThat(told).hasPositiveValue();
        assertThat(queue.pop().item().envelope().keyId()).isEqualTo(NEW);
        assertThat(reasons()).containsExactly(DeadReason.KEY_DESTROYED);
    }

    @Test
    void takesAlongTheLaterOnesOfItsOrderKeyWhereThatIsWanted() {
        EventQueue queue = open(OrderFailure.TAKE_ALONG);
        queue.push(item(OLD, 7));
        queue.push(item(NEW, 7));
        queue.push(item(NEW, 8));
        assertThat(engine.giveUp(CryptoContext.EVENT, OLD)).isEqualTo(1); // when
        assertThat(reasons()).containsExactly(DeadReason.KEY_DESTROYED, DeadReason.TAKEN_ALONG);
        assertThat(queue.pop().item().orderKey()).isEqualTo(8);
        assertThat(queue.pop().isPresent()).isFalse();
    }

    /** Looking at all that is here for each key would take minutes. */
    @Test
    @Timeout(40)
    void takesAlongWhatFollowsManyKeysInOneGo() {
        int keys = 60_000;
        try (var large = new MemorySubject(Limits.DEFAULT.memory(512L << 20))) {
            EventQueue queue = large.engine.open(new QueueSpec(
                    "orders/large",
                    List.of(TopicFilter.of("orders/*")),
                    "",
                    2 * keys,
                    Overflow.REFUSE,
                    "customer",
                    OrderFailure.TAKE_ALONG,
                    0,
                    0,
                    0));
            for (int key = 1; key <= keys; key++) {
                queue.push(item(OLD, key));
            }
            for (int key = 1; key <= keys; key++) {
                queue.push(item(NEW, key));
            }
            assertThat(large.engine.giveUp(CryptoContext.EVENT, OLD)).isEqualTo(keys);
            assertThat(queue.stats().dead()).isEqualTo(2L * keys);
            assertThat(queue.stats().depth()).isZero();
        }
    }
}
