package symphony.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import symphony.api.dispatcher.HandlerState;
import symphony.api.event.Delivery;
import symphony.api.event.Event;
import symphony.api.event.EventHandler;
import symphony.api.event.TypedHandler;
import symphony.api.queue.DeadReason;
import symphony.queue.MemoryQueueEngine;

@Timeout(120)
class DeliveryTest {
    private final Bench bench = new Bench();
    private final BlockingQueue<Delivery> got = new LinkedBlockingQueue<>();

    @AfterEach
    void close() {
        bench.close();
    }

    private Delivery next() throws InterruptedException {
        Delivery delivery = got.poll(10, TimeUnit.SECONDS);
        assertThat(delivery).as("a delivery within 10 s").isNotNull();
        return delivery;
    }

    @Test
    void bringsAnEventToItsHandler() throws InterruptedException {
        bench.handle("orders/+", got::add); // given
        var receipt = bench.publish(Event.on("orders/new") // when
                .with("amount", 12)
                .priority(2)
                .attribute(Event.CORRELATION, "c1")
                .build());
        Delivery delivery = next(); // then
        assertThat(receipt.accepted()).isEqualTo(1);
        assertThat(delivery.id()).isEqualTo(receipt.eventId());
        assertThat(delivery.id().version()).isEqualTo(7);
        assertThat(delivery.topic()).isEqualTo("orders/new");
        assertThat(delivery.priority()).isEqualTo(2);
        assertThat(delivery.publisher()).isEqualTo(Bench.PUBLISHER);
        assertThat(delivery.attempt()).isEqualTo(1);
        assertThat(delivery.subscription()).isEqualTo("acme/handler");
        assertThat(delivery.data()).isEqualTo(Map.of("amount", 12L));
        assertThat(delivery.getLong("amount", 0)).isEqualTo(12);
        assertThat(delivery.getLong("none", 3)).isEqualTo(3);
        assertThat(delivery.attributes()).isEqualTo(Map.of(Event.CORRELATION, "c1"));
        assertThatThrownBy(() -> delivery.getString("amount"))
                .hasMessageContaining("Long")
                .hasMessageContaining("text");
        assertThatThrownBy(() -> delivery.getString("none")).hasMessageContaining("missing");
        Bench.await(() -> bench.stats("acme/handler").handled() == 1);
        assertThat(bench.stats("acme/handler").balanced()).isTrue();
    }

    @Test
    void countsAnEventNobodyWantsAndDoesNotSealIt() {
        var receipt =
                bench.publish(Event.on("nobody/there").with("x", new Object()).build()); // cannot be encoded
        assertThat(receipt.accepted()).isZero();
        assertThat(receipt.refusals()).isEmpty();
        assertThat(bench.engine.stats().unhandled()).isEqualTo(1);
    }

    @Test
    void filtersOnTheData() throws InterruptedException {
        bench.handle("orders/*", got::add, "symphony.filter", "(&(amount>=100)(country=de))");
        bench.publish(
                Event.on("orders/new").with("amount", 99).with("country", "de").build());
        bench.publish(
                Event.on("orders/new").with("amount", 100).with("country", "fr").build());
        bench.publish(
                Event.on("orders/new").with("amount", 100).with("country", "de").build());
        assertThat(next().getLong("amount", 0)).isEqualTo(100);
        Bench.await(() -> bench.engine.stats().delivered() == 1);
        assertThat(bench.engine.stats().unhandled()).isEqualTo(2);
        assertThat(got).isEmpty();
    }

    @Test
    void triesAFailedEventAgainAndTellsTheAttempt() throws InterruptedException {
        bench.handle("t", delivery -> {
            got.add(delivery);
            if (delivery.attempt() < 3) {
                throw new IllegalStateException("not yet");
            }
        });
        bench.publish("t");
        assertThat(List.of(next().attempt(), next().attempt(), next().attempt()))
                .containsExactly(1, 2, 3);
        Bench.await(() -> bench.stats("acme/handler").handled() == 1);
        assertThat(bench.engine.stats().failed()).isEqualTo(2);
        assertThat(bench.view("acme/handler").failures()).isEqualTo(2);
        assertThat(bench.dead()).isEmpty();
    }

    @Test
    void givesUpAfterTheLastAttemptWhateverIsThrown() {
        List<Throwable> thrown = List.of(
                new Exception("checked"),
                new StackOverflowError(),
                new OutOfMemoryError("of a handler"),
                new NoClassDefFoundError("gone/Type"),
                new ThreadDeathLike(),
                new UnreadableException());
        var counter = new AtomicInteger();
        bench.handle(
                "t", delivery -> sneak(thrown.get(counter.getAndIncrement() % thrown.size())), "symphony.attempts", 1);
        for (int i = 0; i < thrown.size(); i++) {
            bench.publish("t");
        }
        Bench.await(() -> bench.dead().size() == thrown.size());
        assertThat(bench.dead()).allMatch(letter -> letter.reason() == DeadReason.ATTEMPTS);
        assertThat(bench.view("acme/handler").failures()).isEqualTo(thrown.size());
        assertThat(bench.stats("acme/handler").dead()).isEqualTo(thrown.size());
        assertThat(bench.dead().get(0).exception()).isEqualTo("java.lang.Exception");
        assertThat(bench.dead().get(0).detail()).isEqualTo("java.lang.Exception: checked");
        assertThat(bench.dead().get(5).detail()).contains("could not be read");
        var after = new CountDownLatch(1);
        bench.handle("other", delivery -> after.countDown());
        bench.publish("other");
        assertThat(await(after)).as("workers survive").isTrue();
    }

    @SuppressWarnings("serial")
    private static final class ThreadDeathLike extends Error {}

    @SuppressWarnings("serial")
    private static final class UnreadableException extends RuntimeException {
        @Override
        public String getMessage() {
            throw new IllegalStateException("even this fails");
        }
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> void sneak(Throwable thrown) throws T {
        throw (T) thrown;
    }

    private static boolean await(CountDownLatch latch) {
        try {
            return latch.await(60, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    record Order(String customer, int amount) {}

    abstract static class Base<A, B> implements TypedHandler<B> {}

    static final class Orders extends Base<String, Order> {
        final BlockingQueue<Order> orders = new LinkedBlockingQueue<>();

        @Override
        public void handle(Order order, Delivery delivery) {
            orders.add(order);
        }
    }

    @Test
    void fillsTheRecordThatATypedHandlerNamesInASuperclass() throws InterruptedException {
        var orders = new Orders();
        bench.add(TestHandler.any(TestHandler.ACME, "orders/new", orders));
        bench.publish(Event.on("orders/new").data(new Order("ada", 3)).build());
        assertThat(orders.orders.poll(10, TimeUnit.SECONDS)).isEqualTo(new Order("ada", 3));
    }

    @Test
    void makesDataThatDoesNotFitADeadLetterAtOnce() {
        bench.add(TestHandler.any(TestHandler.ACME, "orders/new", new Orders()));
        bench.handle("orders/new", delivery -> delivery.as(Order.class), "symphony.subscription", "plain");
        bench.publish(Event.on("orders/new").with("amount", "many").build());
        Bench.await(() -> bench.dead().size() == 2);
        assertThat(bench.dead()).allMatch(letter -> letter.reason() == DeadReason.MISMATCH && letter.attempts() <= 1);
        assertThat(bench.dead()).allMatch(letter -> letter.detail().startsWith("data.amount: is String"));
    }

    @Test
    void undoesWhatAHandlerDidToItsThread() throws InterruptedException {
        var seen = new LinkedBlockingQueue<String>();
        bench.handle("t", delivery -> {
            Thread thread = Thread.currentThread();
            seen.add(thread.getName() + ' ' + thread.getPriority());
            thread.setName("mine");
            thread.setPriority(Thread.MIN_PRIORITY);
        });
        for (int i = 0; i < 20; i++) {
            bench.publish("t");
        }
        for (int i = 0; i < 20; i++) {
            assertThat(seen.poll(10, TimeUnit.SECONDS))
                    .startsWith("symphony-default-")
                    .endsWith(" 5");
        }
    }

    @Test
    void listsAHandlerWhosePropertiesCannotBeReadAndServesTheOthers() {
        var hostile = new Object() {
            @Override
            public String toString() {
                throw new IllegalStateException("asked");
            }
        };
        bench.handle("good", delivery -> {}, "symphony.subscription", "good");
        bench.handle("bad", delivery -> {}, "symphony.capacity", hostile);
        TestHandler topics = TestHandler.of("bad", delivery -> {});
        topics.setRaw(new Object[] {"e/9", null, hostile});
        bench.add(topics);
        assertThat(bench.engine.handlers())
                .filteredOn(view -> view.state() == HandlerState.REFUSED)
                .hasSize(2)
                .allMatch(view -> !view.reason().isEmpty());
        assertThat(bench.publish("good").accepted()).isEqualTo(1);
    }

    @Test
    void refusesATypedLambdaWithoutTypeAndKeepsItsEvents() throws InterruptedException {
        TypedHandler<Order> lambda = (order, delivery) -> got.add(delivery);
        TestHandler handler = bench.add(TestHandler.any(TestHandler.ACME, "orders/new", lambda));
        bench.publish(Event.on("orders/new").data(new Order("ada", 3)).build());
        Bench.await(() -> !bench.engine.handlers().get(0).reason().isEmpty());
        assertThat(bench.engine.handlers().get(0).reason()).contains("symphony.type");
        assertThat(handler.ungets.get()).isEqualTo(handler.gets.get());
        handler.set("orders/new", "symphony.type", Order.class.getName());
        bench.engine.modify(handler.serviceId()); // mended
        assertThat(next().as(Order.class)).isEqualTo(new Order("ada", 3));
    }

    @Test
    void givesUpTheEventsOfAHandlerOfNoUseThatIsNotMendedWithinTheGrace() {
        TypedHandler<Order> lambda = (order, delivery) -> got.add(delivery);
        bench.add(TestHandler.any(TestHandler.ACME, "orders/new", lambda, "symphony.grace", "20ms"));
        bench.publish(Event.on("orders/new").data(new Order("ada", 3)).build());
        Bench.await(() -> bench.dead().size() == 1);
        assertThat(bench.dead().get(0).reason()).isEqualTo(DeadReason.HANDLER_GONE);
    }

    @Test
    void refusesATypeThatCannotBeLoaded() {
        TypedHandler<Order> lambda = (order, delivery) -> got.add(delivery);
        bench.add(TestHandler.any(TestHandler.ACME, "t", lambda, "symphony.type", "no.such.Type"));
        assertThat(bench.engine.handlers().get(0).reason())
                .contains("no.such.Type")
                .contains("cannot load");
    }

    @Test
    void setsTheContextClassLoaderOfTheHandlerDuringTheCall() {
        var loader = new AtomicReference<ClassLoader>();
        EventHandler handler = delivery -> loader.set(Thread.currentThread().getContextClassLoader());
        bench.handle("t", handler);
        bench.publish("t");
        Bench.await(() -> loader.get() != null);
        assertThat(loader.get()).isSameAs(handler.getClass().getClassLoader());
    }

    @Test
    void interruptsACallOverItsLimitAndNoOther() {
        // given: a slow handler, and one that shares its only worker and watches for interrupts
        bench.configure("workers", 1, "workers.max", 1);
        var interrupted = new AtomicInteger();
        var leaked = new AtomicBoolean();
        bench.handle(
                "slow",
                delivery -> {
                    try {
                        new CountDownLatch(1).await();
                    } catch (InterruptedException e) {
                        interrupted.incrementAndGet();
                        Thread.currentThread().interrupt(); // as a careful handler does
                    }
                },
                "symphony.time.limit",
                "30ms");
        bench.handle(
                "quick",
                delivery -> leaked.compareAndSet(false, Thread.currentThread().isInterrupted()),
                "symphony.subscription",
                "quick");
        for (int i = 0; i < 5; i++) { // when
            bench.publish("slow");
            bench.publish("quick");
        }
        Bench.await(() -> bench.engine.stats().delivered() == 10); // then
        assertThat(interrupted).hasValue(5);
        assertThat(leaked).isFalse();
        assertThat(bench.view("acme/handler").overruns()).isEqualTo(5);
        assertThat(bench.stats("acme/handler").handled()).isEqualTo(5);
    }

    @Test
    void triesAgainACallThatThrewWhenItWasInterruptedAtItsLimit() throws InterruptedException {
        bench.handle(
                "t",
                delivery -> {
                    got.add(delivery);
                    if (delivery.attempt() == 1) {
                        new CountDownLatch(1).await();
                    }
                },
                "symphony.time.limit",
                "30ms");
        var receipt = bench.publish("t");
        assertThat(next().attempt()).isEqualTo(1);
        Delivery again = next();
        assertThat(again.attempt()).isEqualTo(2);
        assertThat(again.id()).isEqualTo(receipt.eventId());
        Bench.await(() -> bench.stats("acme/handler").handled() == 1);
        assertThat(bench.view("acme/handler").failures()).isEqualTo(1);
        assertThat(bench.view("acme/handler").overruns()).isPositive();
        assertThat(bench.dead()).isEmpty();
    }

    @Test
    void callsTheMostUrgentFirstAndInOrder() throws Exception {
        var gate = new Gate();
        List<Long> order = new CopyOnWriteArrayList<>();
        bench.handle("t", delivery -> {
            gate.pass();
            order.add(delivery.getLong("n", -1));
        });
        bench.publish("t", 0);
        gate.awaitEntered();
        for (int i = 1; i <= 30; i++) {
            bench.publish(Event.on("t").with("n", i).priority(i % 10).build());
        }
        gate.open();
        Bench.await(() -> order.size() == 31);
        List<Long> expected = new java.util.ArrayList<>(List.of(0L));
        for (int p = 0; p < 10; p++) {
            for (int i = 1; i <= 30; i++) {
                if (i % 10 == p) {
                    expected.add((long) i);
                }
            }
        }
        assertThat(order).isEqualTo(expected);
    }

    @Test
    void callsOneKeyOneAtATimeAndDifferentKeysTogether() throws Exception {
        var perKey = new java.util.concurrent.ConcurrentHashMap<String, AtomicInteger>();
        var worst = new AtomicInteger();
        var together = new CountDownLatch(2);
        bench.handle(
                "t",
                delivery -> {
                    var running = perKey.computeIfAbsent(delivery.getString("key"), k -> new AtomicInteger());
                    worst.accumulateAndGet(running.incrementAndGet(), Math::max);
                    together.countDown();
                    together.await(60, TimeUnit.SECONDS);
                    running.decrementAndGet();
                },
                "symphony.concurrency",
                4,
                "symphony.order.key",
                "key");
        for (int i = 0; i < 40; i++) {
            bench.publish(Event.on("t").with("key", "k" + i % 2).build());
        }
        Bench.await(() -> bench.engine.stats().delivered() == 40);
        assertThat(worst).hasValue(1);
        assertThat(together.getCount()).isZero();
    }

    @Test
    void goesByTheKeyOfAnEventWhoseDataHasNoneAtThePath() throws Exception {
        var gate = new Gate();
        List<Long> seen = new CopyOnWriteArrayList<>();
        bench.handle(
                "t",
                delivery -> {
                    if (delivery.getLong("n", -1) == 1) {
                        gate.pass();
                    }
                    seen.add(delivery.getLong("n", -1));
                },
                "symphony.concurrency",
                2,
                "symphony.order.key",
                "customer.id");
        bench.publish(Event.on("t").with("n", 1).key("one").build());
        gate.awaitEntered();
        // when: two of its key come, told each way, and three of another or of none
        bench.publish(Event.on("t").with("n", 2).key("one").build());
        bench.publish(about("one").with("n", 3).build());
        bench.publish(Event.on("t").with("n", 4).key("two").build());
        bench.publish(about("two").with("n", 5).key("one").build());
        bench.publish(Event.on("t").with("n", 6).build());
        // then: only the first two wait for it
        Bench.await(() -> bench.stats("acme/handler").handled() >= 3);
        assertThat(seen).containsExactly(4L, 5L, 6L);
        assertThat(bench.stats("acme/handler").waiting()).isEqualTo(2);
        gate.open();
        Bench.await(() -> bench.stats("acme/handler").handled() == 6);
        assertThat(seen).endsWith(1L, 2L, 3L);
    }

    private static Event.Builder about(String customer) {
        return Event.on("t").with("customer", Map.of("id", customer));
    }

    @Test
    void callsEventsWithoutAnyKeyTogether() {
        var together = new CountDownLatch(2);
        bench.handle(
                "t",
                delivery -> {
                    together.countDown();
                    assertThat(together.await(20, TimeUnit.SECONDS)).isTrue();
                },
                "symphony.concurrency",
                2,
                "symphony.order.key",
                "customer.id");
        bench.publish("t");
        bench.publish("t");
        Bench.await(() -> bench.stats("acme/handler").handled() == 2);
        assertThat(bench.engine.stats().failed()).isZero();
    }

    @Test
    void beginsTheMostUrgentCallNextThoughSeveralRunAtOnce() throws Exception {
        // given: events of ten priorities in mixed order, of which none was handed out and none grows more urgent
        int atOnce = 4;
        int count = 40;
        bench.queues.apply(MemoryQueueEngine.SETTINGS.orDefaults(Map.of("aging", "0")));
        bench.configure("workers", atOnce);
        var began = new LinkedBlockingQueue<Integer>();
        var mayEnd = new Semaphore(0);
        bench.handle(
                "t",
                delivery -> {
                    began.add((int) delivery.getLong("n", -1));
                    mayEnd.acquire();
                },
                "symphony.concurrency",
                atOnce,
                "symphony.time.limit",
                "10m");
        bench.engine.pauseAll(true);
        for (int n = 0; n < count; n++) {
            bench.publish(Event.on("t").with("n", n).priority(n * 7 % 10).build());
        }
        List<Integer> wanted = IntStream.range(0, count)
                .boxed()
                .sorted(Comparator.comparing(n -> n * 7 % 10)) // stable: as they came within a priority
                .toList();
        // when
        bench.engine.pauseAll(false);
        // then: of those that are handed out together nobody says which begins first, of the others it is certain
        assertThat(next(began, atOnce)).containsExactlyInAnyOrderElementsOf(wanted.subList(0, atOnce));
        for (int n : wanted.subList(atOnce, count)) {
            assertThat(began).isEmpty();
            mayEnd.release();
            assertThat(next(began, 1)).containsExactly(n);
        }
        mayEnd.release(atOnce);
        Bench.await(() -> bench.stats("acme/handler").handled() == count);
    }

    private static List<Integer> next(BlockingQueue<Integer> began, int count) throws InterruptedException {
        List<Integer> next = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Integer number = began.poll(60, TimeUnit.SECONDS);
            assertThat(number).as("a call within 60 s").isNotNull();
            next.add(number);
        }
        return next;
    }

    @Test
    void offersARefusedEventAgain() throws Exception {
        var gate = new Gate();
        bench.handle(
                "t",
                delivery -> {
                    got.add(delivery);
                    gate.pass();
                },
                "symphony.capacity",
                1);
        bench.publish("t", 1);
        gate.awaitEntered();
        var refused = bench.publish("t", 2);
        assertThat(refused.accepted()).isZero();
        assertThat(refused.refusals()).hasSize(1);
        assertThat(bench.engine.stats().refused()).containsValue(1L);
        gate.open();
        Bench.await(() -> bench.stats("acme/handler").handled() == 1);
        var again = bench.engine.retry(Bench.PUBLISHER, refused, Bench.PUBLISHER);
        assertThat(again.accepted()).isEqualTo(1);
        assertThat(again.refusals()).isEmpty();
        next();
        assertThat(next().id()).isEqualTo(refused.eventId());
        assertThat(bench.engine.retry(Bench.PUBLISHER, again, Bench.PUBLISHER)).isSameAs(again);
        assertThatThrownBy(() -> bench.engine.retry("other", refused, "other"))
                .hasMessageContaining("published by shop");
    }

    @Test
    void waitsForRoomWhenAskedTo() throws Exception {
        var gate = new CountDownLatch(1);
        bench.handle("t", delivery -> gate.await(), "symphony.capacity", 1);
        bench.publish("t");
        Thread waiting = Thread.currentThread();
        var opener = new Thread(() -> {
            Bench.await(() -> waiting.getState() == Thread.State.TIMED_WAITING);
            gate.countDown();
        });
        opener.start();
        var receipt = bench.engine.dispatch("shop", Event.on("t").build(), "shop", Duration.ofSeconds(10));
        assertThat(gate.getCount()).as("it waited until there was room").isZero();
        assertThat(receipt.accepted()).isEqualTo(1);
        opener.join();
        Bench.await(() -> bench.stats("acme/handler").handled() == 2);
        assertThat(bench.stats("acme/handler").refusals()).isZero();
    }
}
