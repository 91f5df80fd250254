package symphony.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import symphony.api.dispatcher.HandlerState;
import symphony.api.dispatcher.HandlerView;
import symphony.api.rbac.AccessControl;
import symphony.api.rbac.Decision;

/** What people see of handlers that are not used, or not with their properties of now. */
@Timeout(120)
class HandlerViewTest {
    private final Bench bench = new Bench();

    @AfterEach
    void close() {
        bench.close();
    }

    private HandlerView onlyHandler() {
        assertThat(bench.engine.handlers()).hasSize(1);
        return bench.engine.handlers().get(0);
    }

    private void assertRefusedWithTopics(String reason) {
        assertThat(onlyHandler().state()).isEqualTo(HandlerState.REFUSED);
        assertThat(onlyHandler().reason()).contains(reason);
        assertThat(onlyHandler().topics()).containsExactly("t/+");
    }

    @Test
    void showsTheTopicsOfAHandlerThatMayNotSubscribe() {
        bench.guard.bind((AccessControl) (principal, permission) -> new Decision(false, "a test's"));
        bench.handle("t/+", delivery -> {});
        assertRefusedWithTopics("event:subscribe:t/+");
    }

    @Test
    void showsTheTopicsOfAHandlerWhoseTypeIsNotThere() {
        bench.handle("t/+", delivery -> {}, "symphony.type", "com.acme.Order");
        assertRefusedWithTopics("com.acme.Order");
    }

    @Test
    void showsTheTopicsOfAHandlerWhoseKindOfQueueIsNotThere() {
        bench.handle("t/+", delivery -> {}, "symphony.durable", true);
        assertRefusedWithTopics("symphony.durable");
    }

    @Test
    void showsTheTopicsOfAHandlerThatIsOneTooMany() {
        bench.configure("subscriptions.max", 1);
        TestHandler first = bench.handle("t/+", delivery -> {});
        bench.handle("t/+", delivery -> {});
        bench.engine.depart(first.serviceId());
        assertRefusedWithTopics("subscriptions.max");
    }

    @Test
    void showsTheTopicsOfAHandlerThatACallFoundUnusable() {
        TestHandler handler = TestHandler.of("t/+", delivery -> {});
        handler.gives(good -> new Object());
        bench.add(handler);
        bench.publish("t/x");
        Bench.await(() -> onlyHandler().state() == HandlerState.REFUSED);
        assertRefusedWithTopics("is neither an EventHandler nor a TypedHandler");
    }

    @Test
    void tellsThatAHandlerGoesOnAsBeforeAlsoWhileItIsInQuarantine() {
        TestHandler handler = bench.handle("t", delivery -> {});
        handler.set("t", "symphony.time.limit", "5 sec");
        bench.engine.modify(handler.serviceId());
        bench.engine.quarantine("admin", "acme/handler", "for a test");
        assertThat(onlyHandler().state()).isEqualTo(HandlerState.QUARANTINED);
        assertThat(onlyHandler().reason())
                .contains("for a test", "next probe", "goes on as before", "symphony.time.limit is 5 sec");
    }

    @Test
    void noticesATypeThatCanBeLoadedLater() {
        TestHandler handler = bench.handle("t", delivery -> {});
        handler.set("t", "symphony.type", "com.acme.Order");
        bench.engine.modify(handler.serviceId());
        assertThat(onlyHandler().reason()).startsWith("goes on as before").contains("com.acme.Order");
        handler.loads("com.acme.Order", Map.class);
        bench.engine.reconsider();
        assertThat(onlyHandler().reason()).isEmpty();
        assertThat(onlyHandler().state()).isEqualTo(HandlerState.ACTIVE);
    }
}
