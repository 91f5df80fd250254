package symphony.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import symphony.api.dispatcher.HandlerState;
import symphony.api.dispatcher.HandlerView;
import symphony.api.queue.Capability;
import symphony.queue.MemoryQueueEngine;

/** Properties that are right by themselves, and that the handler cannot be given: it goes on with those of before. */
@Timeout(120)
class LastGoodPropertiesTest {
    private final Bench bench = new Bench();
    private final MemoryQueueEngine kept = bench.newQueues();
    private final AtomicInteger handled = new AtomicInteger();

    @AfterEach
    void close() {
        bench.close();
        kept.close();
    }

    /** A handler without grace, and an event that waits for it. */
    private TestHandler handlerWithAnEvent(Object... properties) {
        TestHandler handler = bench.handle("t", delivery -> handled.incrementAndGet(), properties);
        bench.engine.pauseAll(true);
        assertThat(bench.publish("t").accepted()).isEqualTo(1);
        return handler;
    }

    private void change(TestHandler handler, Object... properties) {
        handler.set("t", properties);
        bench.engine.modify(handler.serviceId());
    }

    private HandlerView onlyHandler() {
        assertThat(bench.engine.handlers()).hasSize(1);
        return bench.engine.handlers().get(0);
    }

    /** It is served as before, and what waits is handled. */
    private void assertGoesOn(String... reasons) {
        assertThat(onlyHandler().state()).isEqualTo(HandlerState.ACTIVE);
        assertThat(onlyHandler().subscription()).isEqualTo("acme/handler");
        assertThat(onlyHandler().reason()).startsWith("goes on as before").contains(reasons);
        bench.engine.pauseAll(false);
        Bench.await(() -> handled.get() == 1);
        assertThat(bench.dead()).isEmpty();
        assertThat(bench.publish("t").accepted()).isEqualTo(1);
        Bench.await(() -> handled.get() == 2);
    }

    @Test
    void goesOnInMemoryWhereThereIsNoDurableKindUntilOneComes() {
        TestHandler handler = handlerWithAnEvent("symphony.grace", "0");
        change(handler, "symphony.grace", "0", "symphony.durable", true);
        assertGoesOn("there is no durable kind of queue");
        Bench.await(() -> bench.stats("acme/handler").depth() == 0
                && bench.view("acme/handler").running() == 0);
        bench.engine.bind(HookedQueues.durable(kept));
        assertThat(onlyHandler().reason()).isEmpty();
        assertThat(bench.view("acme/handler").kind()).isEqualTo("journal");
        bench.publish("t");
        Bench.await(() -> handled.get() == 3);
    }

    @Test
    void goesOnInMemoryWhileEventsWait() {
        bench.engine.bind(HookedQueues.durable(kept));
        TestHandler handler = handlerWithAnEvent("symphony.grace", "0");
        change(handler, "symphony.grace", "0", "symphony.durable", true);
        assertThat(kept.queues()).isEmpty();
        assertGoesOn("has a queue of kind memory that is in use", "let the queue run empty first");
    }

    @Test
    void goesOnInMemoryWhereADurableQueueCannotBeOpened() {
        HookedQueues durable = HookedQueues.durable(kept);
        bench.engine.bind(durable);
        TestHandler handler = bench.handle("t", delivery -> handled.incrementAndGet(), "symphony.grace", "0");
        durable.beforeOpen = () -> {
            throw new IllegalStateException("the disk is full, a test says");
        };
        change(handler, "symphony.grace", "0", "symphony.durable", true);
        assertThat(bench.view("acme/handler").kind()).isEqualTo("memory");
        bench.publish("t");
        assertGoesOn("the disk is full");
    }

    @Test
    void keepsItsNameWhereThereAreAsManySubscriptionsAsAreAllowed() {
        bench.configure("subscriptions.max", 1);
        TestHandler handler = handlerWithAnEvent("symphony.grace", "1ms");
        change(handler, "symphony.grace", "1ms", "symphony.subscription", "other");
        assertGoesOn("subscriptions.max");
        bench.configure("subscriptions.max", 10);
        bench.engine.reconsider();
        assertThat(onlyHandler().subscription()).isEqualTo("acme/other");
        assertThat(onlyHandler().reason()).isEmpty();
    }

    @Test
    void knowsNoRepetitionsWhereItsKindOfQueueDoesNot() {
        bench.engine.bind(HookedQueues.durableWithout(kept, Capability.DUPLICATES));
        TestHandler handler = handlerWithAnEvent("symphony.durable", true);
        change(handler, "symphony.durable", true, "symphony.duplicates.window", "1h");
        assertGoesOn("symphony.duplicates.window is 60m", "kind journal");
    }

    @Test
    void takesNothingAlongWhereItsKindOfQueueDoesNot() {
        bench.engine.bind(HookedQueues.durableWithout(kept, Capability.ORDER_KEY_TAKE_ALONG));
        TestHandler handler = handlerWithAnEvent("symphony.durable", true);
        change(handler, "symphony.durable", true, "symphony.order.key", "key", "symphony.order.failure", "take-along");
        assertGoesOn("symphony.order.failure is take-along", "kind journal");
    }

    @Test
    void tellsOnceThatItGoesOnAsBefore() {
        CapturedLog.clear();
        TestHandler handler = bench.handle("t", delivery -> {});
        change(handler, "symphony.durable", true);
        bench.engine.reconsider();
        bench.engine.reconsider();
        assertThat(CapturedLog.lines().stream().filter(line -> line.contains("goes on as before")))
                .singleElement()
                .asString()
                .contains("handler service " + handler.serviceId() + " of acme 1.0.0", "no durable kind of queue");
    }
}
