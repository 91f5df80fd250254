package symphony.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.invoke.MethodHandles;
import java.lang.reflect.Field;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.osgi.framework.Version;
import symphony.api.event.Event;
import symphony.api.event.EventHandler;
import symphony.api.event.TypedHandler;
import symphony.api.rbac.SecurityContext;

/** In whose name handlers are called. */
@Timeout(120)
class HandlerContextTest {
    private static final Owner BANK = new Owner("bank", new Version("1.0.0"), 8);
    private static final SecurityContext.Issuer ISSUER = SecurityContext.issuer(MethodHandles.lookup());

    /** One worker, so that each handler comes to the thread that others were called on. */
    private final Bench bench = new Bench("workers", 1, "workers.max", 1, "attempts", 1, "fair", "1m");

    private final List<String> told = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() {
        bench.close();
    }

    private void tell() {
        told.add(SecurityContext.current().toString());
    }

    private void publish(String publisher, String topic) {
        bench.engine
                .dispatch(publisher, Event.on(topic).build(), publisher, Duration.ZERO)
                .orThrow();
    }

    private void awaitTold(String... expected) {
        Bench.await(() -> told.size() >= expected.length);
        assertThat(told).containsExactly(expected);
    }

    @Test
    void isTheHandlersBundleViaThePublisher() {
        bench.handle("a", delivery -> tell());
        bench.add(TestHandler.any(
                BANK, "b", (TypedHandler<String>) (value, delivery) -> tell(), "symphony.type", "java.lang.String"));
        bench.engine.pauseAll(true); // the worker takes the subscriptions in the order of their first events
        publish("web", "a");
        publish("web", "a");
        publish("app", "a");
        bench.engine
                .dispatch("web", Event.on("b").data("x").build(), "web", Duration.ZERO)
                .orThrow();
        bench.engine.pauseAll(false);
        awaitTold("acme via web", "acme via web", "acme via app", "bank via web");
    }

    @Test
    void isTheHandlersOwnAgainAfterItPublished() {
        bench.add(TestHandler.any(BANK, "inner", (EventHandler) delivery -> tell()));
        bench.handle("outer", delivery -> {
            tell();
            publish("acme", "inner");
            tell();
        });
        publish("web", "outer");
        awaitTold("acme via web", "acme via web", "bank via acme");
    }

    /** Neither before its first call, while it is fetched, nor on threads that it uses. */
    @Test
    void isBoundForTheCallAndForNothingElse() throws Exception {
        bench.handle("a", delivery -> {
                    var thread = new FutureTask<Void>(this::tell, null);
                    new Thread(thread).start();
                    thread.get(50, TimeUnit.SECONDS);
                    CompletableFuture.runAsync(this::tell).get(50, TimeUnit.SECONDS);
                    SecurityContext mine = SecurityContext.current();
                    CompletableFuture.runAsync(() -> mine.run(this::tell)).get(50, TimeUnit.SECONDS);
                })
                .gives(handler -> {
                    tell();
                    return handler;
                });
        publish("web", "a");
        awaitTold("nobody", "nobody", "nobody", "acme via web");
    }

    @Test
    void isGoneAfterTheCallWhateverTheHandlerDid() throws Exception {
        Field field = SecurityContext.class.getDeclaredField("BOUND");
        field.setAccessible(true);
        @SuppressWarnings("unchecked")
        var bound = (ThreadLocal<Object>) field.get(null);
        List<EventHandler> handlers = List.of(
                delivery -> {
                    throw new IllegalStateException("a test says");
                },
                delivery -> {
                    throw new LinkageError("a test says");
                },
                delivery -> overflow(),
                delivery -> ISSUER.bind(ISSUER.of("root")),
                delivery -> ISSUER.of("root").run(this::overflow),
                delivery -> bound.remove(),
                delivery -> {
                    bound.remove();
                    ISSUER.bind(ISSUER.of("root"));
                });
        for (int i = 0; i < handlers.size(); i++) {
            EventHandler bad = handlers.get(i);
            bench.handle("bad/" + i, bad, "symphony.subscription", "bad" + i);
            String good = "good/" + i;
            // Fetched for the first time after the bad one was called, on the same thread.
            bench.add(TestHandler.any(
                            BANK, good, (EventHandler) delivery -> tell(), "symphony.subscription", "good" + i))
                    .gives(handler -> {
                        tell();
                        return handler;
                    });
            told.clear();
            publish("web", "bad/" + i);
            publish("web", good);
            awaitTold("nobody", "bank via web");
        }
        assertThat(bench.threads.stream().filter(thread -> thread.getName().startsWith("symphony-default-")))
                .as("workers")
                .hasSize(1);
    }

    private void overflow() {
        ISSUER.of("deeper").run(this::overflow);
    }
}
