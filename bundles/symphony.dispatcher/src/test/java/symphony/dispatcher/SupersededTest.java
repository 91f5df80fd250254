package symphony.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.osgi.framework.Version;
import symphony.api.dispatcher.HandlerState;
import symphony.api.dispatcher.HandlerView;
import symphony.api.event.EventHandler;

/** Who is shown as superseded: only those of a bundle of which a newer version is served, at no moment anybody else. */
@Timeout(120)
class SupersededTest {
    private static final Owner OLDER = new Owner("acme", new Version("0.9.0"), 9);

    private final Bench bench = new Bench();

    @AfterEach
    void close() {
        bench.close();
    }

    private static List<HandlerView> look(Bench bench) {
        var looking = CompletableFuture.supplyAsync(bench.engine::handlers, task -> new Thread(task).start());
        try {
            return looking.get(100, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return List.of(); // it waits until the change is complete
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void showsNobodyHalfOfAnArrival() {
        // given: a parked subscription, and a look at the handlers from another thread while somebody takes it over
        TestHandler first = bench.handle("a", delivery -> {});
        bench.engine.depart(first.serviceId());
        var seen = new AtomicReference<List<HandlerView>>();
        bench.hooked.beforeUpdate = () -> seen.set(look(bench));
        bench.handle("b", delivery -> {}); // when
        assertThat(seen.get()).as("the look was made").isNotNull(); // then
        assertThat(seen.get()).allMatch(view -> view.state() == HandlerState.ACTIVE);
        assertThat(bench.engine.handlers()).singleElement().matches(view -> view.state() == HandlerState.ACTIVE);
    }

    @Test
    void showsTheOnlyBundleAsActiveHoweverItsHandlersComeChangeAndGo() throws Exception {
        var watcher = HandlersWatcher.of(bench);
        for (int i = 0; i < 200; i++) {
            TestHandler handler = bench.handle("t", delivery -> {}, "symphony.subscription", "s" + i % 3);
            handler.set("u", "symphony.subscription", "other");
            bench.engine.modify(handler.serviceId());
            bench.handle("t", delivery -> {});
            bench.engine.departing(TestHandler.ACME.id());
        }
        assertThat(watcher.end()).isNull();
    }

    @Test
    void isNotSupersededByAVersionWhoseHandlersCannotBeUsedOrAreGone() {
        bench.add(TestHandler.any(OLDER, "t", handler()));
        TestHandler bad = bench.add(TestHandler.any(TestHandler.ACME, "a//b", handler()));
        assertThat(states()).containsExactly("0.9.0 ACTIVE", "1.0.0 REFUSED");
        bad.set("t");
        bench.engine.modify(bad.serviceId());
        assertThat(states()).containsExactly("0.9.0 SUPERSEDED", "1.0.0 ACTIVE");
        assertThat(bench.engine.handlers().get(0).reason()).contains("1.0.0");
        bad.set("a//b");
        bench.engine.modify(bad.serviceId());
        assertThat(states()).as("as before").containsExactly("0.9.0 SUPERSEDED", "1.0.0 ACTIVE");
        bad.set("t");
        bench.engine.modify(bad.serviceId());
        bench.engine.gone(TestHandler.ACME.id());
        assertThat(states()).containsExactly("0.9.0 ACTIVE");
    }

    @Test
    void isNotSupersededByAVersionWhoseQueueDidNotTakeIt() {
        // given: a subscription whose queue is about to go, and a newer version that wants it changed
        TestHandler older = bench.add(TestHandler.any(OLDER, "t", handler(), "symphony.subscription", "s"));
        bench.hooked.beforeUpdate = () -> {
            throw new IllegalStateException("s is closed");
        };
        TestHandler newer = bench.add(TestHandler.any(TestHandler.ACME, "u", handler(), "symphony.subscription", "s"));
        // then: whatever became of it, once it has gone nobody is superseded any more
        bench.hooked.beforeUpdate = () -> {};
        bench.engine.depart(newer.serviceId());
        bench.engine.gone(TestHandler.ACME.id());
        older.set("t2", "symphony.subscription", "s");
        bench.engine.modify(older.serviceId());
        assertThat(states()).containsExactly("0.9.0 ACTIVE");
        assertThat(bench.view("acme/s").state()).isEqualTo(HandlerState.ACTIVE);
        assertThat(bench.publish("t2").accepted()).isEqualTo(1);
    }

    @Test
    void isNotServedWhileTheOnlyHandlerOfTheNewerVersionChangesItsSubscription() {
        // given: an event that waits for the newer version, which has had its trouble
        bench.add(TestHandler.any(OLDER, "t", handler(), "symphony.subscription", "s"));
        TestHandler newer = bench.add(TestHandler.any(TestHandler.ACME, "t", handler(), "symphony.subscription", "s"));
        bench.engine.quarantine("admin", "acme/s", "a test says");
        bench.publish("t");
        // when
        newer.set("t", "symphony.subscription", "other");
        bench.engine.modify(newer.serviceId());
        // then: nobody came to lift it
        assertThat(states()).containsExactly("0.9.0 SUPERSEDED", "1.0.0 ACTIVE");
        assertThat(bench.engine.lift("admin", "acme/s")).as("is in quarantine").isTrue();
        assertThat(bench.view("acme/s").state()).isEqualTo(HandlerState.PARKED);
        assertThat(bench.stats("acme/s").waiting()).isEqualTo(1);
    }

    private List<String> states() {
        return bench.engine.handlers().stream()
                .map(view -> view.version() + " " + view.state())
                .sorted()
                .toList();
    }

    private static EventHandler handler() {
        return delivery -> {};
    }
}
