package symphony.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static symphony.dispatcher.TestFramework.jar;
import static symphony.dispatcher.TestFramework.properties;
import static symphony.dispatcher.TestFramework.register;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.ServiceFactory;
import org.osgi.framework.ServiceRegistration;
import symphony.api.dispatcher.HandlerState;
import symphony.api.event.EventHandler;
import symphony.api.queue.DeadReason;

/** Handlers as services of real bundles in a real framework; the engine's classes come from the test's class path. */
@Timeout(120)
class WhiteboardTest {
    @TempDir
    Path storage;

    private final Bench bench = new Bench();
    private TestFramework framework;
    private Whiteboard whiteboard;
    private BundleWatch bundles;

    @BeforeEach
    void start() throws BundleException {
        framework = new TestFramework(storage);
        BundleContext own = install("symphony.dispatcher", "1.0.0").getBundleContext();
        whiteboard = new Whiteboard(own, bench.engine);
        bundles = new BundleWatch(own, bench.engine);
        bundles.open();
        whiteboard.open();
    }

    @AfterEach
    void stop() {
        bench.close();
        framework.close();
    }

    private Bundle install(String name, String version) throws BundleException {
        return framework.install(name, version);
    }

    @Test
    void callsHandlersThatAreServicesFromTheirArrivalToTheirDeparture() throws Exception {
        Bundle orders = install("orders", "1.0.0");
        var calls = new AtomicInteger();
        var registration = register(
                orders,
                delivery -> calls.incrementAndGet(),
                "symphony.topics",
                new String[] {"a", "b"},
                "symphony.subscription",
                "s");
        assertThat(bench.engine.handlers().get(0).subscription()).isEqualTo("orders/s");
        bench.publish("a");
        Bench.await(() -> calls.get() == 1);
        registration.setProperties(properties("symphony.topics", "c", "symphony.subscription", "s"));
        assertThat(bench.publish("a").accepted()).isZero();
        bench.publish("c");
        Bench.await(() -> calls.get() == 2);
        assertThat(registration.getReference().getUsingBundles()).hasSize(1);
        registration.unregister();
        assertThat(bench.view("orders/s").state()).isEqualTo(HandlerState.PARKED);
        assertThat(bench.engine.handlers()).isEmpty();
    }

    @Test
    void fetchesAServiceOnlyForItsFirstEvent() throws Exception {
        var made = new AtomicInteger();
        Bundle orders = install("orders", "1.0.0");
        orders.getBundleContext()
                .registerService(
                        EventHandler.class.getName(),
                        new ServiceFactory<EventHandler>() {
                            @Override
                            public EventHandler getService(Bundle bundle, ServiceRegistration<EventHandler> own) {
                                made.incrementAndGet();
                                return delivery -> {};
                            }

                            @Override
                            public void ungetService(
                                    Bundle bundle, ServiceRegistration<EventHandler> own, EventHandler service) {
                                made.addAndGet(100);
                            }
                        },
                        properties("symphony.topics", "t", "component.name", "factory"));
        assertThat(made).hasValue(0);
        bench.publish("t");
        bench.publish("t");
        Bench.await(() -> bench.stats("orders/factory").handled() == 2);
        assertThat(made).hasValue(1);
        orders.stop();
        assertThat(made).hasValue(101);
    }

    @Test
    void keepsWhatWaitsWhileABundleIsUpdatedAndGivesItUpWhenItIsUninstalled() throws Exception {
        bench.configure("departure.deadline", "10m");
        Bundle orders = install("orders", "1.0.0");
        List<Long> seen = new CopyOnWriteArrayList<>();
        register(orders, delivery -> seen.add(1L), "symphony.topics", "t", "symphony.subscription", "s");
        orders.stop();
        assertThat(bench.publish("t").accepted()).isEqualTo(1);
        orders.update(jar("orders", "1.0.1"));
        orders.start();
        register(orders, delivery -> seen.add(2L), "symphony.topics", "t", "symphony.subscription", "s");
        Bench.await(() -> seen.equals(List.of(2L)));
        orders.stop();
        bench.publish("t");
        orders.uninstall();
        assertThat(bench.dead()).singleElement().matches(letter -> letter.reason() == DeadReason.HANDLER_GONE);
        assertThat(bench.engine.subscriptions()).isEmpty();
    }

    @Test
    void letsTheNewerVersionTakeOver() throws Exception {
        Bundle old = install("orders", "1.0.0");
        Bundle newer = install("orders", "1.1.0");
        List<String> seen = new CopyOnWriteArrayList<>();
        register(newer, delivery -> seen.add("new"), "symphony.topics", "t", "symphony.subscription", "s");
        register(old, delivery -> seen.add("old"), "symphony.topics", "t", "symphony.subscription", "s");
        bench.publish("t");
        Bench.await(() -> seen.equals(List.of("new")));
        newer.uninstall();
        bench.publish("t");
        Bench.await(() -> seen.equals(List.of("new", "old")));
    }

    @Test
    void showsTheOnlyBundleAsActiveHoweverItIsInstalledUpdatedAndInstalledAnew() throws Exception {
        var watcher = HandlersWatcher.of(bench); // given
        // when
        for (int i = 0; i < 8; i++) {
            Bundle orders = install("orders", "1.0.0");
            registerTwo(orders);
            orders.update(jar("orders", "1.1.0"));
            registerTwo(orders);
            orders.stop();
            orders.start();
            registerTwo(orders);
            assertThat(bench.engine.handlers()).hasSize(2);
            orders.uninstall();
        }
        // then
        assertThat(watcher.end()).isNull();
        assertThat(bench.engine.handlers()).isEmpty();
    }

    private static void registerTwo(Bundle bundle) {
        register(bundle, delivery -> {}, "symphony.topics", "t", "symphony.subscription", "s");
        register(bundle, delivery -> {}, "symphony.topics", "u");
    }

    @Test
    void letsAHandlerStopItsOwnBundle() throws Exception {
        Bundle orders = install("orders", "1.0.0");
        register(orders, delivery -> orders.stop(), "symphony.topics", "t", "symphony.subscription", "s");
        bench.publish("t");
        Bench.await(() -> bench.stats("orders/s").handled() == 1);
        assertThat(orders.getState()).isEqualTo(Bundle.RESOLVED);
    }

    @Test
    void startsNoCallOnceUnregisterHasReturnedAndKeepsWhatWaits() throws Exception {
        bench.configure("departure.deadline", "10m");
        Bundle orders = install("orders", "1.0.0");
        for (int round = 1; round <= 50; round++) {
            var left = new AtomicBoolean();
            var late = new AtomicInteger();
            var registration = register(
                    orders,
                    delivery -> late.addAndGet(left.get() ? 1 : 0),
                    "symphony.topics",
                    "t",
                    "symphony.subscription",
                    "s");
            for (int i = 0; i < 10; i++) {
                bench.publish("t");
            }
            registration.unregister(); // when
            left.set(true);
            Bench.await(() -> bench.stats("orders/s").leased() == 0);
            assertThat(late).hasValue(0); // then
            assertThat(bench.stats("orders/s").handled()
                            + bench.stats("orders/s").waiting())
                    .isEqualTo(10L * round);
        }
    }

    @Test
    void letsAHandlerUnregisterItself() throws Exception {
        Bundle orders = install("orders", "1.0.0");
        var own = new AtomicReference<ServiceRegistration<EventHandler>>();
        var calls = new AtomicInteger();
        var known = new CountDownLatch(1);
        own.set(register(
                orders,
                delivery -> {
                    known.await();
                    calls.incrementAndGet();
                    own.get().unregister();
                },
                "symphony.topics",
                "t",
                "symphony.subscription",
                "s"));
        for (int i = 0; i < 10; i++) {
            bench.publish("t");
        }
        known.countDown();
        Bench.await(() -> bench.stats("orders/s").handled() == 1);
        assertThat(bench.stats("orders/s").waiting()).isEqualTo(9);
        assertThat(calls).hasValue(1);
        assertThat(bench.engine.stats().abandoned()).isZero();
    }

    @Test
    void drainsWhenTheContainerStops() throws Exception {
        Bundle orders = install("orders", "1.0.0");
        var gate = new CountDownLatch(1);
        var states = new CopyOnWriteArrayList<Integer>();
        register(
                orders,
                delivery -> {
                    gate.await();
                    states.add(orders.getState());
                },
                "symphony.topics",
                "t",
                "symphony.subscription",
                "s");
        for (int i = 0; i < 50; i++) {
            bench.publish("t");
        }
        bench.configure("stop.deadline", "10m");
        framework.framework().stop();
        bench.timer.schedule(bench.timer.nanoTime() + TimeUnit.MILLISECONDS.toNanos(50), c -> gate.countDown(), 0);
        framework.framework().waitForStop(60_000);
        assertThat(states).hasSize(50).containsOnly(Bundle.ACTIVE);
        assertThat(bench.publish("t").refusals()).hasSize(1);
    }

    @Test
    void registersHandlersForTheBundleThatAsks() throws Exception {
        Bundle orders = install("orders", "1.0.0");
        var registrar = new ServiceRegistrar(orders, bench.engine);
        assertThatThrownBy(() -> registrar.register(delivery -> {}, Map.of("symphony.topics", "a//b")))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(orders.getRegisteredServices()).isNull();
        var calls = new AtomicInteger();
        EventHandler handler = delivery -> calls.incrementAndGet();
        var first = registrar.register(handler, Map.of("symphony.topics", "t"));
        var second = registrar.register(handler, Map.of("symphony.topics", "t"));
        assertThat(first.identity()).startsWith("orders/symphony.dispatcher.WhiteboardTest$$Lambda");
        assertThat(second.identity()).isEqualTo(first.identity() + "#2");
        assertThat(orders.getRegisteredServices()).hasSize(2);
        bench.publish("t");
        Bench.await(() -> calls.get() == 2);
        first.close();
        first.close();
        assertThat(bench.publish("t").accepted()).isEqualTo(1);
        orders.stop();
        assertThat(bench.publish("t").accepted()).isZero();
        second.close();
    }

    @Test
    void findsTheSameNamesAfterARestart() throws Exception {
        Bundle orders = install("orders", "1.0.0");
        EventHandler handler = delivery -> {};
        for (int i = 0; i < 20; i++) {
            register(orders, handler, "symphony.topics", "t" + i);
        }
        List<String> before = names();
        restart();
        assertThat(names()).isEqualTo(before).hasSize(20);
    }

    private void restart() {
        bench.engine.close();
        whiteboard.close();
        bundles.close();
        bench.engine = bench.newEngine();
        whiteboard = new Whiteboard(framework.framework().getBundleContext(), bench.engine);
        whiteboard.open();
    }

    @Test
    void findsTheSameNamesAfterARestartAlsoIfSomeHandlersLeftBefore() throws Exception {
        // given: equal handlers of which the first, whose queue is kept, and the third, whose queue is not, have left
        Bundle orders = install("orders", "1.0.0");
        EventHandler handler = delivery -> {};
        var registrations = new ArrayList<ServiceRegistration<EventHandler>>();
        for (int i = 0; i < 5; i++) {
            registrations.add(
                    register(orders, handler, "symphony.topics", "t" + i, "symphony.grace", i == 2 ? "0s" : "1h"));
        }
        registrations.get(0).unregister();
        registrations.get(2).unregister();
        List<String> before = names();
        assertThat(before.get(0)).endsWith("#2");
        restart(); // when
        assertThat(names()).isEqualTo(before).hasSize(3); // then
        // and one that comes back gets what was its own, one that is new what is free
        register(orders, handler, "symphony.topics", "t0");
        register(orders, handler, "symphony.topics", "new");
        assertThat(names().subList(3, 5))
                .satisfiesExactly(
                        first -> assertThat(first).doesNotContain("#"),
                        second -> assertThat(second).endsWith("#3"));
    }

    private List<String> names() {
        return bench.engine.handlers().stream()
                .map(view -> view.topics() + view.subscription())
                .toList();
    }
}
