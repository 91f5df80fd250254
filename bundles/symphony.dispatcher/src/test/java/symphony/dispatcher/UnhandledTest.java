package symphony.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import symphony.api.dispatcher.HandlerState;
import symphony.api.dispatcher.UnhandledEventHandler;
import symphony.api.dispatcher.UnhandledTopic;
import symphony.api.event.Delivery;
import symphony.api.event.Event;
import symphony.api.event.EventHandler;
import symphony.api.event.Receipt;
import symphony.api.event.TopicFilter;
import symphony.api.queue.DeadLetter;
import symphony.api.queue.DeadReason;
import symphony.api.rbac.AccessControl;
import symphony.api.rbac.AccessDeniedException;
import symphony.api.rbac.Decision;

/** Events that no subscription wants: counted, listed, and given to hooks that harm nobody. */
@Timeout(120)
class UnhandledTest {
    private static final Owner ACME = TestHandler.ACME;

    private final Bench bench = new Bench();
    private final CallerMonitor monitor = new CallerMonitor(bench.engine, "viewer");

    @AfterEach
    void close() {
        bench.close();
    }

    private TestHandler hook(String topics, UnhandledEventHandler hook, Object... properties) {
        TestHandler service = TestHandler.any(ACME, topics, hook, properties);
        bench.engine.unhandled().arrive(service);
        return service;
    }

    @Test
    void makesNoDeadLetterOfWhatAHookMayNotReceiveOrCannotTake() {
        bench.guard.bind((AccessControl)
                (principal, permission) -> new Decision(!permission.toString().contains("receive:secret/"), "test"));
        var told = new AtomicInteger();
        hook("*", event -> told.incrementAndGet(), "symphony.full", "dead-letter");
        for (int i = 0; i < 500; i++) {
            bench.publish(Event.on("secret/plan").build());
            bench.publish(Event.on("orders/nwe").build());
        }
        Bench.await(() -> bench.engine.subscriptions().stream()
                .allMatch(view -> view.queue().depth() == 0));
        assertThat(told.get()).isPositive();
        assertThat(bench.dead()).isEmpty();
    }

    @Test
    void tellsAHookOnAWorkerWhatNobodyWanted() {
        var told = new AtomicReference<Map<String, Object>>();
        hook(
                "*",
                event -> told.set(Map.of(
                        "topic", event.topic(),
                        "id", event.id(),
                        "publisher", event.publisher(),
                        "priority", event.priority(),
                        "n", event.data().get("n"),
                        "trace", event.attributes().get("trace"),
                        "thread", Thread.currentThread())));
        Receipt receipt = bench.publish(Event.on("orders/nwe")
                .with("n", 7)
                .priority(2)
                .attribute("trace", "x")
                .build());
        assertThat(receipt.accepted()).isZero();
        assertThat(receipt.refusals()).isEmpty();
        Bench.await(() -> told.get() != null);
        assertThat(told.get())
                .containsEntry("topic", "orders/nwe")
                .containsEntry("id", receipt.eventId())
                .containsEntry("publisher", Bench.PUBLISHER)
                .containsEntry("priority", 2)
                .containsEntry("n", 7L)
                .containsEntry("trace", "x");
        assertThat(bench.threads()).contains((Thread) told.get().get("thread"));
        assertThat(bench.engine.stats().unhandled()).isEqualTo(1);
    }

    @Test
    void tellsAHookOnlyOfWhatItWantsAndNothingThatSomebodyGot() {
        var told = new CopyOnWriteArrayList<String>();
        hook("orders/*", event -> told.add(event.topic()));
        bench.handle("orders/new", delivery -> {});
        bench.handle("orders/big", delivery -> {}, "symphony.filter", "(amount>=100)");
        bench.publish("orders/new");
        bench.publish("stock");
        bench.publish(Event.on("orders/big").with("amount", 1).build());
        bench.publish("orders/last");
        Bench.await(() -> told.size() == 2);
        assertThat(told).containsExactly("orders/big", "orders/last");
    }

    @Test
    void doesNotTellAHookOfWhatItsOwnBundlePublishes() {
        var told = new CopyOnWriteArrayList<String>();
        hook("*", event -> {
            told.add(event.topic());
            bench.engine.dispatch("acme", Event.on("seen/" + event.topic()).build(), "acme", java.time.Duration.ZERO);
        });
        bench.publish("a");
        bench.publish("b");
        Bench.await(() -> bench.engine.stats().unhandled() == 4);
        Bench.await(() -> told.size() == 2);
        assertThat(told).containsExactly("a", "b");
    }

    @Test
    void letsNobodyWaitForAHookThatHangs() throws Exception {
        var gate = new Gate();
        var others = new AtomicInteger();
        var handled = new AtomicInteger();
        hook("*", event -> gate.pass(), "symphony.capacity", 3, "symphony.subscription", "hangs");
        hook("*", event -> others.incrementAndGet(), "symphony.capacity", 1_000, "symphony.subscription", "works");
        bench.handle("t", delivery -> handled.incrementAndGet());
        bench.publish("nobody");
        gate.awaitEntered();
        var publishing = new FutureTask<>(() -> {
            for (int i = 0; i < 500; i++) {
                Receipt receipt = bench.publish("nobody", i);
                assertThat(receipt.refusals()).isEmpty();
                bench.publish("t").orThrow();
            }
            return true;
        });
        new Thread(publishing, "publisher").start();
        assertThat(publishing.get(20, TimeUnit.SECONDS)).isTrue();
        Bench.await(() -> others.get() == 501 && handled.get() == 500);
        assertThat(bench.stats("acme/hangs").refusals()).as("lost, and counted").isEqualTo(498);
        assertThat(bench.engine.stats().refused()).as("publishers are not told").isEmpty();
        assertThat(bench.engine.stats().unhandled()).isEqualTo(501);
        gate.open();
        Bench.await(() -> bench.stats("acme/hangs").depth() == 0);
    }

    @Test
    void interruptsAHookThatTakesTooLong() {
        var interrupted = new AtomicInteger();
        hook(
                "*",
                event -> {
                    try {
                        new java.util.concurrent.CountDownLatch(1).await();
                    } catch (InterruptedException e) {
                        interrupted.incrementAndGet();
                        throw e;
                    }
                },
                "symphony.time.limit",
                "20ms",
                "symphony.subscription",
                "slow");
        bench.publish("nobody");
        Bench.await(() -> interrupted.get() == 1 && bench.view("acme/slow").overruns() == 1);
    }

    @Test
    void survivesAHookThatThrowsWhateverItThrows() {
        var calls = new AtomicInteger();
        hook("*", event -> {
            switch (calls.getAndIncrement() % 4) {
                case 0 -> throw new IllegalStateException("no");
                case 1 -> throw new NoClassDefFoundError("acme/Missing");
                case 2 -> throw new Exception("checked");
                default -> throw new StackOverflowError();
            }
        });
        for (int i = 0; i < 40; i++) {
            bench.publish("nobody");
        }
        Bench.await(() -> calls.get() == 40);
        Bench.await(() -> bench.engine.subscriptions().get(0).queue().depth() == 0);
        assertThat(bench.dead()).as("a copy is no dead letter").isEmpty();
    }

    /** Of ten copies one is with the hook as it leaves; it goes on only once nobody would get the others. */
    private TestHandler leavesDuringACall(Consumer<TestHandler> leaving) throws Exception {
        CapturedLog.clear();
        bench.configure("departure.deadline", "10m");
        var gate = new Gate();
        var calls = new AtomicInteger();
        TestHandler service = hook("*", event -> {
            calls.incrementAndGet();
            gate.pass();
        });
        for (int i = 0; i < 10; i++) {
            bench.publish("nobody");
        }
        gate.awaitEntered();
        assertThat(bench.stats("acme/handler").waiting()).isEqualTo(9);
        // when
        var leaver = new Thread(() -> leaving.accept(service));
        leaver.start();
        // then
        Bench.await(() -> bench.engine.handlers().isEmpty());
        bench.publish("nobody");
        gate.open();
        leaver.join();
        Bench.await(() -> bench.engine.subscriptions().isEmpty());
        assertThat(calls).as("the copy that it had").hasValue(1);
        assertThat(dropped())
                .containsExactly("INFO acme/handler: 9 unhandled events were dropped, since the hook for them left");
        assertThat(bench.dead()).isEmpty();
        assertThat(bench.queues.queues()).isEmpty();
        assertThat(bench.engine.handlers()).isEmpty();
        return service;
    }

    private static List<String> dropped() {
        return CapturedLog.lines().stream()
                .filter(line -> line.contains("dropped"))
                .toList();
    }

    @Test
    void dropsWhatWaitsForAHookThatLeaves() throws Exception {
        TestHandler service = leavesDuringACall(hook -> bench.engine.unhandled().depart(hook.serviceId()));
        Bench.await(() -> service.gets.get() == service.ungets.get());
    }

    @Test
    void dropsWhatWaitsWhenTheBundleOfAHookStops() throws Exception {
        TestHandler service = leavesDuringACall(hook -> bench.engine.departing(ACME.id()));
        bench.engine.unhandled().depart(service.serviceId()); // its service is unregistered after
        Bench.await(() -> service.gets.get() == service.ungets.get());
        bench.publish("nobody");
        assertThat(bench.engine.handlers()).isEmpty();
        assertThat(bench.engine.subscriptions()).isEmpty();
        assertThat(bench.dead()).isEmpty();
    }

    @Test
    void dropsWhatAHookWasAboutToGetThatLeftAsItWasFetched() throws Exception {
        bench.configure("departure.deadline", "10m");
        CapturedLog.clear();
        var gate = new Gate();
        TestHandler service = TestHandler.any(ACME, "*", (UnhandledEventHandler) event -> {});
        service.gives(hook -> {
            gate.passUnchecked();
            return hook;
        });
        bench.engine.unhandled().arrive(service);
        bench.publish("nobody");
        gate.awaitEntered();
        bench.publish("nobody");
        // when
        var leaver = new Thread(() -> bench.engine.unhandled().depart(service.serviceId()));
        leaver.start();
        Bench.await(() -> bench.engine.handlers().isEmpty());
        gate.open();
        leaver.join();
        // then
        Bench.await(() -> bench.engine.subscriptions().isEmpty());
        assertThat(bench.dead()).isEmpty();
        assertThat(CapturedLog.lines())
                .filteredOn(line -> line.contains("events"))
                .containsExactly("INFO acme/handler: 2 unhandled events were dropped, since the hook for them left");
    }

    @Test
    void keepsWhatWaitsForAHandlerThatSharesTheSubscriptionOfAHook() {
        bench.configure("grace", "1ms");
        TestHandler service = hook("*", event -> {}, "symphony.subscription", "both");
        TestHandler handler = bench.handle("t", delivery -> {}, "symphony.subscription", "both");
        bench.engine.pause("operator", "acme/both", true);
        bench.publish("t");
        // when
        bench.engine.depart(handler.serviceId());
        bench.engine.unhandled().depart(service.serviceId());
        // then
        Bench.await(() -> bench.engine.subscriptions().isEmpty());
        assertThat(bench.dead()).extracting(DeadLetter::reason).containsExactly(DeadReason.HANDLER_GONE);
    }

    @Test
    void usesNoHookWithoutPermissionUntilItHasIt() {
        Set<String> denied = ConcurrentHashMap.newKeySet();
        bench.guard.bind((AccessControl)
                (principal, permission) -> new Decision(!denied.contains(principal + " " + permission), "test"));
        denied.add("acme event:subscribe:orders/*");
        var told = new CopyOnWriteArrayList<String>();
        hook("orders/*", event -> told.add(event.topic()));
        assertThat(bench.engine.handlers()).singleElement().satisfies(view -> {
            assertThat(view.state()).isEqualTo(HandlerState.REFUSED);
            assertThat(view.reason()).contains("event:subscribe:orders/*");
        });
        bench.publish("orders/a");
        denied.clear();
        bench.engine.reconsider();
        denied.add("acme event:receive:orders/b");
        bench.publish("orders/b");
        bench.publish("orders/c");
        Bench.await(() -> told.size() == 1);
        assertThat(told).containsExactly("orders/c");
    }

    @Test
    void listsAHookWithABadPropertyWithTheReason() {
        hook("orders//new", event -> {});
        hook("*", event -> {}, "symphony.capacity", 0);
        assertThat(bench.engine.handlers()).hasSize(2).allMatch(view -> view.state() == HandlerState.REFUSED);
        assertThat(bench.engine.handlers().get(0).reason()).contains("orders//new");
        assertThat(bench.engine.handlers().get(1).reason()).contains("symphony.capacity is 0");
        assertThat(bench.publish("nobody").accepted()).isZero();
    }

    @Test
    void givesNoEventThatCannotBeEncodedAndTellsItsPublisherNothing() {
        var told = new CopyOnWriteArrayList<String>();
        hook("*", event -> told.add(event.topic()));
        var bad = Event.on("bad").with("bad", new Object()).build();
        assertThat(bench.publish(bad).refusals()).isEmpty();
        bench.publish("good");
        Bench.await(() -> told.size() == 1);
        assertThat(told).containsExactly("good");
    }

    // ---- the list ----

    @Test
    void listsTopicsWithCounts() {
        bench.publish("orders/a");
        bench.publish("orders/b");
        bench.publish("orders/a");
        bench.publish("stock");
        List<UnhandledTopic> all = monitor.unhandled("*", 10);
        assertThat(all).extracting(UnhandledTopic::topic).containsExactlyInAnyOrder("orders/a", "orders/b", "stock");
        assertThat(monitor.unhandled("orders/a", 10)).singleElement().satisfies(topic -> {
            assertThat(topic.count()).isEqualTo(2);
            assertThat(topic.publisher()).isEqualTo(Bench.PUBLISHER);
            assertThat(topic.last()).isBetween(Instant.now().minusSeconds(60), Instant.now());
        });
        assertThat(monitor.unhandled("*", 2)).hasSize(2);
        assertThatIllegalArgumentException().isThrownBy(() -> monitor.unhandled("a//b", 1));
        bench.guard.bind((AccessControl) (principal, permission) -> new Decision(false, "test"));
        assertThatThrownBy(() -> monitor.unhandled("*", 1))
                .isInstanceOf(AccessDeniedException.class)
                .hasMessageContaining("event:monitor:*");
    }

    @Test
    void listsTheLastTopicFirst() {
        var topics = new UnhandledTopics();
        topics.see("b", "shop", 1);
        topics.see("c", "shop", 2);
        topics.see("a", "shop", 2);
        topics.see("b", "shop", 3);
        var all = TopicFilter.of("*");
        assertThat(topics.list(all, 10)).extracting(UnhandledTopic::topic).containsExactly("b", "a", "c");
        assertThat(topics.list(all, 1)).extracting(UnhandledTopic::topic).containsExactly("b");
    }

    @Test
    void keepsTheLastTopicsWhateverPublishersMakeUp() {
        var topics = new UnhandledTopics();
        var all = TopicFilter.of("*");
        for (int i = 0; i < 10_000; i++) {
            topics.see("t/" + i, "shop", i);
            topics.see("often", "shop", i);
        }
        List<UnhandledTopic> list = topics.list(all, Integer.MAX_VALUE);
        assertThat(list).hasSizeBetween(UnhandledTopics.MOST * 9 / 10, UnhandledTopics.MOST);
        assertThat(list)
                .filteredOn(topic -> topic.topic().equals("often"))
                .singleElement()
                .satisfies(topic -> assertThat(topic.count()).isEqualTo(10_000));
        assertThat(list.subList(0, 800)).extracting(UnhandledTopic::topic).contains("t/9999", "t/9300");
        assertThat(list).isSortedAccordingTo((a, b) -> b.last().compareTo(a.last()));
    }

    @Test
    void countsEachEventUnderThreads() throws Exception {
        int threads = 4;
        int events = 5_000;
        var topics = new UnhandledTopics();
        var tasks = new ArrayList<FutureTask<Boolean>>();
        for (int i = 0; i < threads; i++) {
            var task = new FutureTask<>(
                    () -> {
                        for (int n = 0; n < events; n++) {
                            topics.see("t/" + n % 10, "shop", n);
                        }
                    },
                    true);
            tasks.add(task);
            new Thread(task, "publisher").start();
        }
        for (FutureTask<Boolean> task : tasks) {
            assertThat(task.get(20, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(topics.list(TopicFilter.of("*"), 100))
                .hasSize(10)
                .allMatch(topic -> topic.count() == threads * events / 10);
    }

    // ---- as services ----

    /** Both kinds at once. */
    private record Both() implements UnhandledEventHandler, EventHandler {
        @Override
        public void unhandled(Delivery event) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void handle(Delivery delivery) {
            throw new UnsupportedOperationException();
        }
    }

    @Test
    void findsHooksAsServices(@TempDir Path storage) throws Exception {
        bench.engine.close();
        try (var framework = new TestFramework(storage)) {
            Bundle own = framework.install("symphony.dispatcher", "1.0.0");
            Bundle shop = framework.install("acme.shop", "1.0.0");
            var component = new DispatcherComponent(
                    own.getBundleContext(), Map.of(), bench.sealer, bench.codec, bench.timer, bench.hooked);
            component.activate();
            bench.engine = component.engine();
            var told = new CopyOnWriteArrayList<String>();
            UnhandledEventHandler hook = event -> told.add(event.topic());
            // when
            var registration = shop.getBundleContext().registerService(UnhandledEventHandler.class, hook, null);
            bench.publish("nobody");
            // then
            Bench.await(() -> told.size() == 1);
            assertThat(bench.engine.handlers()).singleElement().satisfies(view -> {
                assertThat(view.bundle()).isEqualTo("acme.shop");
                assertThat(view.topics()).containsExactly("symphony/unhandled");
            });
            // when: it wants less, leaves, and another comes that is a handler, too
            registration.setProperties(new java.util.Hashtable<>(Map.of("symphony.topics", "orders/*")));
            bench.publish("nobody");
            bench.publish("orders/new");
            Bench.await(() -> told.size() == 2);
            registration.unregister();
            bench.publish("orders/new");
            assertThat(bench.engine.handlers()).isEmpty();
            assertThat(told).containsExactly("nobody", "orders/new");
            shop.getBundleContext()
                    .registerService(
                            new String[] {UnhandledEventHandler.class.getName(), EventHandler.class.getName()},
                            new Both(),
                            new java.util.Hashtable<>(Map.of("symphony.topics", "x")));
            assertThat(bench.engine.handlers())
                    .singleElement()
                    .satisfies(view -> assertThat(view.topics()).containsExactly("x"));
            component.deactivate();
        }
    }
}
