package symphony.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import symphony.api.crypto.EventSealer;
import symphony.api.crypto.SealException;
import symphony.api.dispatcher.HandlerState;
import symphony.api.event.Delivery;
import symphony.api.event.Event;
import symphony.api.event.EventHandler;
import symphony.api.queue.DeadLetter;
import symphony.api.queue.DeadReason;
import symphony.crypto.CryptoEngine;

/** Subscriptions whose handler is away while the dispatcher is made anew: their queues are all it knows of them. */
@Timeout(120)
class RestartTest {
    private static final int EVENTS_OF_A_KEY = 50;

    private final Bench bench = new Bench("workers", 4);
    private final Gate gate = new Gate();

    @AfterEach
    void close() {
        gate.open();
        bench.close();
    }

    private void restart() {
        bench.engine.close();
        bench.engine = bench.newEngine();
        bench.engine.start();
    }

    private void publish(String customer, int number) {
        Event event = Event.on("t")
                .with("customer", Map.of("id", customer))
                .with("n", number)
                .build();
        assertThat(bench.publish(event).accepted()).isEqualTo(1);
    }

    private static String customer(Delivery delivery) {
        return String.valueOf(((Map<?, ?>) delivery.data().get("customer")).get("id"));
    }

    @Test
    void keepsTheOrderOfAKeyWhileTheHandlerIsAway() throws Exception {
        // given: a handler that left, and an event of before the restart
        var handled = new ConcurrentHashMap<String, List<Integer>>();
        var running = new ConcurrentHashMap<String, AtomicInteger>();
        var together = new AtomicInteger();
        EventHandler handler = delivery -> {
            String customer = customer(delivery);
            int number = (int) delivery.getLong("n", -1);
            AtomicInteger calls = running.computeIfAbsent(customer, key -> new AtomicInteger());
            if (calls.incrementAndGet() > 1) {
                together.incrementAndGet();
            }
            if (customer.equals("ada") && number == 0) {
                gate.pass();
            }
            handled.computeIfAbsent(customer, key -> new CopyOnWriteArrayList<>())
                    .add(number);
            calls.decrementAndGet();
        };
        Object[] properties = {"symphony.order.key", "customer.id", "symphony.concurrency", 4, "symphony.grace", "1h"};
        bench.engine.depart(bench.handle("t", handler, properties).serviceId());
        publish("ada", 0);
        // when
        restart();
        assertThat(bench.view("acme/handler").state()).isEqualTo(HandlerState.PARKED);
        for (String customer : List.of("ada", "bob")) {
            for (int n = customer.equals("ada") ? 1 : 0; n < EVENTS_OF_A_KEY; n++) {
                publish(customer, n);
            }
        }
        bench.handle("t", handler, properties);
        // then: while the first one of a key is being handled the others of it wait, though those of another pass them
        List<Integer> inOrder = IntStream.range(0, EVENTS_OF_A_KEY).boxed().toList();
        gate.awaitEntered();
        Bench.await(() -> handled.getOrDefault("bob", List.of()).size() == EVENTS_OF_A_KEY);
        assertThat(bench.stats("acme/handler").waiting()).isEqualTo(EVENTS_OF_A_KEY - 1);
        gate.open();
        Bench.await(() -> bench.stats("acme/handler").depth() == 0);
        assertThat(handled).containsOnly(Map.entry("ada", inOrder), Map.entry("bob", inOrder));
        assertThat(together).hasValue(0);
    }

    @Test
    void takesAlongWhatIsPublishedWhileTheHandlerIsAway() {
        // given: a dead letter of a key, and a handler that left
        var broken = new AtomicBoolean(true);
        List<String> handled = new CopyOnWriteArrayList<>();
        EventHandler handler = delivery -> {
            if (broken.get()) {
                throw new IllegalStateException("no");
            }
            handled.add(customer(delivery) + delivery.getLong("n", -1));
        };
        Object[] properties = {
            "symphony.order.key",
            "customer.id",
            "symphony.order.failure",
            "take-along",
            "symphony.attempts",
            1,
            "symphony.grace",
            "1h"
        };
        TestHandler first = bench.handle("t", handler, properties);
        publish("ada", 0);
        Bench.await(() -> bench.dead().size() == 1);
        bench.engine.depart(first.serviceId());
        // when
        restart();
        publish("ada", 1);
        publish("bob", 0);
        // then
        assertThat(bench.dead())
                .extracting(DeadLetter::reason)
                .containsExactly(DeadReason.ATTEMPTS, DeadReason.TAKEN_ALONG);
        broken.set(false);
        bench.handle("t", handler, properties);
        Bench.await(() -> handled.size() == 1);
        bench.dead().forEach(letter -> bench.queues.deadLetters().redrive(letter.number()));
        Bench.await(() -> bench.stats("acme/handler").depth() == 0);
        assertThat(handled).containsExactly("bob0", "ada0", "ada1");
    }

    @Test
    void givesUpWhatTheKeysOfNowDoNotOpenAndNothingElse() {
        // given: an event that waits
        var handled = new CopyOnWriteArrayList<Long>();
        EventHandler handler = delivery -> handled.add(delivery.getLong("n", -1));
        Object[] properties = {"symphony.grace", "1h"};
        bench.engine.depart(bench.handle("t", handler, properties).serviceId());
        bench.publish("t", 1);
        // when: there are other keys
        bench.sealer = CryptoEngine.ephemeral(bench.codec);
        restart();
        bench.publish("t", 2);
        bench.handle("t", handler, properties);
        // then
        Bench.await(
                () -> bench.stats("acme/handler").depth() == 0 && bench.dead().size() == 1);
        assertThat(handled).containsExactly(2L);
        assertThat(bench.dead()).singleElement().satisfies(letter -> {
            assertThat(letter.reason()).isEqualTo(DeadReason.UNREADABLE);
            assertThat(letter.attempts()).isLessThanOrEqualTo(1);
        });
        assertThat(bench.view("acme/handler").failures()).as("of the handler").isZero();
        assertThat(bench.stats("acme/handler").balanced()).isTrue();
    }

    @Test
    void saysThatTheKeyOfAnEventWasDestroyed() {
        bench.engine.close();
        bench.sealer = withAllKeysDestroyed(bench.sealer);
        restart();
        bench.handle("t", delivery -> {});
        bench.publish("t"); // when
        Bench.await(() -> bench.dead().size() == 1); // then
        assertThat(bench.dead()).singleElement().satisfies(letter -> {
            assertThat(letter.reason()).isEqualTo(DeadReason.KEY_DESTROYED);
            assertThat(letter.detail()).isEqualTo("its key was destroyed");
        });
    }

    private static EventSealer withAllKeysDestroyed(EventSealer sealer) {
        InvocationHandler calls = (proxy, method, args) -> switch (method.getName()) {
            case "isDestroyed" -> true;
            case "open" -> throw new SealException();
            default -> method.invoke(sealer, args);
        };
        return (EventSealer)
                Proxy.newProxyInstance(RestartTest.class.getClassLoader(), new Class<?>[] {EventSealer.class}, calls);
    }

    @Test
    void expiresWhatWaitedTooLongForAHandlerThatIsAway() {
        // given: one handler that is hasty and one that is not, both away, and an event of before the restart
        var calls = new AtomicInteger();
        var patient = new AtomicInteger();
        EventHandler hasty = delivery -> calls.incrementAndGet();
        EventHandler other = delivery -> patient.incrementAndGet();
        Object[] ofHasty = {"symphony.subscription", "hasty", "symphony.time.to.live", "50ms", "symphony.grace", "1h"};
        Object[] ofOther = {"symphony.subscription", "patient", "symphony.grace", "1h"};
        var handlers = new ArrayList<TestHandler>();
        handlers.add(bench.handle("t", hasty, ofHasty));
        handlers.add(bench.handle("t", other, ofOther));
        handlers.forEach(handler -> bench.engine.depart(handler.serviceId()));
        bench.publish("t");
        // when
        restart();
        for (int i = 0; i < 3; i++) {
            assertThat(bench.publish("t").accepted()).isEqualTo(2);
        }
        long published = System.currentTimeMillis();
        Bench.await(() -> System.currentTimeMillis() > published + 50);
        bench.handle("t", hasty, ofHasty);
        bench.handle("t", other, ofOther);
        // then
        Bench.await(() -> bench.stats("acme/hasty").depth() == 0);
        Bench.await(() -> bench.stats("acme/patient").handled() == 4);
        assertThat(bench.stats("acme/hasty").expired()).isEqualTo(4);
        assertThat(calls).hasValue(0);
        assertThat(patient).hasValue(4);
    }
}
