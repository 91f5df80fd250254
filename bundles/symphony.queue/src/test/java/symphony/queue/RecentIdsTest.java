package symphony.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import symphony.api.event.TopicFilter;
import symphony.api.queue.EventQueue;
import symphony.api.queue.Item;
import symphony.api.queue.Offer;
import symphony.api.queue.OrderFailure;
import symphony.api.queue.Overflow;
import symphony.api.queue.QueueSpec;
import symphony.api.queue.Target;
import symphony.queue.contract.Envelopes;
import symphony.queue.contract.HandClock;
import symphony.queue.contract.Limits;

/** The bound of what a queue remembers; the rest is in the contract. */
@Timeout(120)
class RecentIdsTest {
    private static final long WINDOW = 1_000;

    private final RecentIds recent = new RecentIds();

    @BeforeEach
    void clear() {
        CapturedLog.clear();
    }

    private static RecentIds.Key key(long id) {
        return new RecentIds.Key(new UUID(0, id), "shop");
    }

    @Test
    void forgetsTheOldestBeyondItsBoundAndCountsThem() {
        for (int i = 0; i < 10; i++) {
            boolean begins = recent.add(key(i), i, i, WINDOW, 4);
            assertThat(begins).as("said once, at the first that is forgotten").isEqualTo(i == 4);
        }
        assertThat(recent.count()).isEqualTo(4);
        assertThat(recent.forgotten()).isEqualTo(6);
        assertThat(recent.find(key(5), 10, WINDOW)).isEqualTo(-1);
        assertThat(recent.find(key(6), 10, WINDOW)).isEqualTo(6);
    }

    @Test
    void saysItAgainAfterTimesOfLess() {
        for (int i = 0; i < 6; i++) {
            recent.add(key(i), i, 0, WINDOW, 4);
        }
        assertThat(recent.add(key(7), 7, WINDOW, WINDOW, 4)).isFalse();
        assertThat(recent.count()).as("the others are over").isEqualTo(1);
        assertThat(recent.forgotten()).isEqualTo(2);
        for (int i = 10; i < 13; i++) {
            assertThat(recent.add(key(i), i, WINDOW, WINDOW, 4)).isFalse();
        }
        assertThat(recent.add(key(14), 14, WINDOW, WINDOW, 4)).isTrue();
    }

    @Test
    void keepsItsPaceWhenAPublisherChoosesIdsOfOneHash() {
        for (int i = 0; i < 50_000; i++) {
            // A UUID's hash is the exclusive or of its four quarters.
            var id = new UUID((long) i << 32 | i, 0);
            recent.add(new RecentIds.Key(id, "shop"), i, i, Long.MAX_VALUE / 2, 100_000);
        }
        assertThat(recent.find(new RecentIds.Key(new UUID(0, 0), "shop"), 50_000, Long.MAX_VALUE / 2))
                .isZero();
        assertThat(recent.count()).isEqualTo(50_000);
    }

    @Test
    void takesItsBoundFromTheConfigurationAtAnyTime() {
        // given: a queue that may remember three
        var clock = new HandClock();
        var config = new HashMap<String, Object>(MemorySubject.config(Limits.DEFAULT));
        config.put("duplicates.ids", 3);
        try (var engine =
                new MemoryQueueEngine(MemoryQueueEngine.SETTINGS.orDefaults(config), clock, clock::nanoTime)) {
            EventQueue queue = engine.open(new QueueSpec(
                    "a/b",
                    List.of(TopicFilter.of("a")),
                    "",
                    100,
                    Overflow.REFUSE,
                    "",
                    OrderFailure.HOLD_BACK,
                    0,
                    Duration.ofHours(1).toMillis(),
                    0));
            // when
            for (int i = 0; i < 5; i++) {
                push(engine, queue, i);
            }
            // then
            assertThat(queue.stats().forgotten()).isEqualTo(2);
            assertThat(CapturedLog.lines())
                    .filteredOn(line -> line.startsWith("WARN a/b: knows 3 events, as many as it may"))
                    .hasSize(1);
            assertThat(push(engine, queue, 4)).isEqualTo(new Offer.Duplicate(4));
            assertThat(push(engine, queue, 0)).isInstanceOf(Offer.Accepted.class);
            // when: it may remember more
            config.put("duplicates.ids", 10);
            engine.apply(MemoryQueueEngine.SETTINGS.orDefaults(config));
            for (int i = 10; i < 17; i++) {
                push(engine, queue, i);
            }
            assertThat(queue.stats().forgotten()).isEqualTo(3);
            assertThat(push(engine, queue, 3)).isEqualTo(new Offer.Duplicate(3));
        }
    }

    private static Offer push(MemoryQueueEngine engine, EventQueue queue, long id) {
        var envelope = Envelopes.of(new UUID(0, id), "a", 5, 0, 0, new byte[0]);
        return engine.push("a", List.of(new Target(queue, Item.of(envelope, 0))), Duration.ZERO)
                .get(0);
    }
}
