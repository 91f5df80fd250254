package symphony.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import symphony.api.crypto.SealedStore;
import symphony.api.event.TopicFilter;
import symphony.api.queue.EventQueue;
import symphony.api.queue.Item;
import symphony.api.queue.MemoryBudget;
import symphony.api.queue.Offer;
import symphony.api.queue.OrderFailure;
import symphony.api.queue.Overflow;
import symphony.api.queue.QueueProvider;
import symphony.api.queue.QueueSpec;
import symphony.api.queue.Target;
import symphony.api.rbac.AccessUndecidedException;
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
        assertThat(new MemoryQueues(Map.of(), Contexts.open()).engine().budget().limit())
                .isEqualTo(QUARTER);
        assertThat(new MemoryQueues(Map.of("memory.bytes", 0L), Contexts.open())
                        .engine()
                        .budget()
                        .limit())
                .isEqualTo(QUARTER);
        assertThat(new MemoryQueues(Map.of("memory.bytes", "2097152"), Contexts.open())
                        .engine()
                        .budget()
                        .limit())
                .isEqualTo(2 << 20);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-5", "1", "1048575", "9223372036854775807", "many", "1e9", ""})
    void startsWithTheDefaultForABadBudget(String bad) {
        assertThat(new MemoryQueues(Map.of("memory.bytes", bad), Contexts.open())
                        .engine()
                        .budget()
                        .limit())
                .isEqualTo(QUARTER);
    }

    @Test
    void keepsAllAsItWasWhenOneChangedValueIsBad() {
        var queues = new MemoryQueues(Map.of("memory.bytes", 2L << 20), Contexts.open());
        queues.modified(Map.of("memory.bytes", 4L << 20, "aging", "soon"));
        assertThat(queues.engine().budget().limit()).isEqualTo(2 << 20);
        queues.modified(Map.of("memory.bytes", 4L << 20, "aging", "5s"));
        assertThat(queues.engine().budget().limit()).isEqualTo(4 << 20);
    }

    @Test
    void worksAsItsServices() {
        var registry = new Contexts();
        var component = new MemoryQueues(Map.of(), registry.context());
        component.activate();
        QueueProvider queues = registry.service(QueueProvider.class, "symphony.dispatcher");
        MemoryBudget budget = registry.service(MemoryBudget.class, "symphony.scheduler");
        var timer = new HandTimer(new HandClock());
        component.bindTimer(timer);
        EventQueue queue = queues.open(SPEC);
        var item = Item.of(Envelopes.sized(500), 0);
        assertThat(queues.push("orders/new", List.of(new Target(queue, item)), Duration.ZERO))
                .containsExactly(new Offer.Accepted(0));
        assertThat(budget.used()).isEqualTo(500);
        assertThat(budget.tryReserve(budget.limit())).isFalse();
        assertThat(budget.tryReserve(100)).isTrue();
        budget.reserve(1);
        budget.release(101);
        assertThat(budget.used()).isEqualTo(500);
        queue.pop().retry(Duration.ofSeconds(1));
        assertThat(timer.pending()).isEqualTo(1);
        component.unbindTimer(timer);
        assertThat(timer.pending()).isZero();
        assertThat(queues.queues()).containsExactly(SPEC);
        assertThat(queues.deadLetters().count()).isZero();
        assertThat(queues.kind()).isEqualTo("memory");
        queue.close();
        assertThat(queues.forget("orders/billing")).isEqualTo(1);
        component.deactivate();
        assertThat(registry.isEmpty()).isTrue();
    }

    /** The dispatcher has the engine, whatever is required; what waits goes on through all that comes and goes. */
    @Test
    void givesPartsOfOursTheEngineAndEverybodyElseAView() {
        var registry = new Contexts("required");
        var component = new MemoryQueues(Map.of(), registry.context());
        component.activate();
        assertThat(registry.service(QueueProvider.class, "symphony.dispatcher")).isSameAs(component.engine());
        assertThat(registry.service(SealedStore.class, "symphony.crypto")).isSameAs(component.engine());
        QueueProvider stranger = registry.service(QueueProvider.class, "acme.stranger");
        assertThatThrownBy(() -> stranger.deadLetters().list("", 10)).isInstanceOf(AccessUndecidedException.class);
        EventQueue queue = component.engine().open(SPEC);
        queue.push(Item.of(Envelopes.sized(500), 0));
        var neighbours = new GuardRecorder();
        neighbours.granted.addAll(List.of("dead:list:*", "queue:list:*"));
        component.bindAccess(neighbours);
        component.bindAudit(neighbours);
        assertThat(stranger.deadLetters().list("", 10)).isEmpty();
        assertThat(stranger.queues()).containsExactly(SPEC);
        component.unbindAudit(neighbours);
        component.unbindAccess(neighbours);
        assertThatThrownBy(stranger::queues).isInstanceOf(AccessUndecidedException.class);
        assertThat(queue.pop().isPresent()).isTrue();
        component.deactivate();
    }
}
