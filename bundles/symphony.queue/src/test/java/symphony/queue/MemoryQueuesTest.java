package symphony.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
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
import symphony.queue.contract.HandTimer;

class MemoryQueuesTest {
    private static final long QUARTER = Runtime.getRuntime().maxMemory() / 4;
    private static final QueueSpec SPEC = new QueueSpec(
            "orders/billing",
            List.of(TopicFilter.of("orders/*")),
            "",
            10,
            Overflow.REFUSE,
            "",
            OrderFailure.HOLD_BACK,
            0,
            0,
            0);

    @Test
    void takesAQuarterOfTheHeapUnlessToldOtherwise() {
        assertThat(new MemoryQueues(Map.of()).limit()).isEqualTo(QUARTER);
        assertThat(new MemoryQueues(Map.of("memory.bytes", 0L)).limit()).isEqualTo(QUARTER);
        assertThat(new MemoryQueues(Map.of("memory.bytes", "2097152")).limit()).isEqualTo(2 << 20);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-5", "1", "1048575", "9223372036854775807", "many", "1e9", ""})
    void startsWithTheDefaultForABadBudget(String bad) {
        assertThat(new MemoryQueues(Map.of("memory.bytes", bad)).limit()).isEqualTo(QUARTER);
    }

    @Test
    void keepsAllAsItWasWhenOneChangedValueIsBad() {
        var queues = new MemoryQueues(Map.of("memory.bytes", 2L << 20));
        queues.modified(Map.of("memory.bytes", 4L << 20, "aging", "soon"));
        assertThat(queues.limit()).isEqualTo(2 << 20);
        queues.modified(Map.of("memory.bytes", 4L << 20, "aging", "5s"));
        assertThat(queues.limit()).isEqualTo(4 << 20);
    }

    @Test
    void worksAsBothOfItsServices() {
        var queues = new MemoryQueues(Map.of());
        var timer = new HandTimer(new HandClock());
        queues.bindTimer(timer);
        EventQueue queue = queues.open(SPEC);
        var item = Item.of(Envelopes.sized(500), 0);
        assertThat(queues.push("orders/new", List.of(new Target(queue, item)), Duration.ZERO))
                .containsExactly(new Offer.Accepted(0));
        assertThat(queues.used()).isEqualTo(500);
        assertThat(queues.tryReserve(queues.limit())).isFalse();
        assertThat(queues.tryReserve(100)).isTrue();
        queues.reserve(1);
        queues.release(101);
        assertThat(queues.used()).isEqualTo(500);
        queue.pop().retry(Duration.ofSeconds(1));
        assertThat(timer.pending()).isEqualTo(1);
        queues.unbindTimer(timer);
        assertThat(timer.pending()).isZero();
        assertThat(queues.queues()).containsExactly(SPEC);
        assertThat(queues.deadLetters().count()).isZero();
        assertThat(queues.kind()).isEqualTo("memory");
        queue.close();
        assertThat(queues.forget("orders/billing")).isEqualTo(1);
        queues.deactivate();
    }
}
