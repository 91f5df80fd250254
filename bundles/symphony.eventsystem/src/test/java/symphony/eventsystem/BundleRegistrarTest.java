package symphony.eventsystem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Bundle;
import symphony.api.event.Delivery;
import symphony.api.event.EventHandler;
import symphony.api.event.TypedHandler;

class BundleRegistrarTest {
    record Order(String customer) {}

    private static final Map<String, Object> PROPERTIES = Map.of("symphony.topics", "orders/new");

    private final FakeFramework framework = new FakeFramework(BundleRegistrarTest.class.getClassLoader());
    private final BundleRegistrar registrar = new BundleRegistrar(framework.bundle());

    @Test
    void registersAHandlerAsAServiceOfTheCaller() {
        EventHandler handler = delivery -> {};
        var end = registrar.register(handler, PROPERTIES);
        assertThat(framework.services)
                .containsExactly(new FakeFramework.Service(EventHandler.class.getName(), handler, PROPERTIES));
        end.run();
        assertThat(framework.services).isEmpty();
    }

    @Test
    void leavesTheTypeToTheDispatcherWhereTheCallersBundleLoadsIt() {
        TypedHandler<Order> handler = (order, delivery) -> {};
        registrar.register(handler, Order.class, PROPERTIES);
        assertThat(framework.services)
                .containsExactly(new FakeFramework.Service(
                        TypedHandler.class.getName(),
                        handler,
                        Map.of("symphony.topics", "orders/new", "symphony.type", Order.class.getName())));
    }

    @Test
    void readsTheDataItselfWhereTheCallersBundleDoesNotKnowTheType() throws Exception {
        // given a bundle that sees nothing but the platform
        var blind = new FakeFramework(ClassLoader.getPlatformClassLoader());
        List<Order> handled = new ArrayList<>();
        // when
        new BundleRegistrar(blind.bundle())
                .register((TypedHandler<Order>) (order, delivery) -> handled.add(order), Order.class, PROPERTIES);
        // then
        var service = blind.services.get(0);
        assertThat(service.type()).isEqualTo(EventHandler.class.getName());
        assertThat(service.properties()).isEqualTo(PROPERTIES);
        ((EventHandler) service.object()).handle(deliveryOf(new Order("ada")));
        assertThat(handled).containsExactly(new Order("ada"));
    }

    private static Delivery deliveryOf(Object data) {
        return (Delivery) Proxy.newProxyInstance(
                BundleRegistrarTest.class.getClassLoader(),
                new Class<?>[] {Delivery.class},
                (proxy, method, arguments) -> {
                    assertThat(method.getName()).isEqualTo("as");
                    return ((Class<?>) arguments[0]).cast(data);
                });
    }

    @Test
    void endsAlsoWhatTheStoppedBundleEndedBefore() {
        EventHandler handler = delivery -> {};
        var end = registrar.register(handler, PROPERTIES);
        framework.services.clear();
        framework.state = Bundle.RESOLVED;
        assertThatCode(end::run).doesNotThrowAnyException();
    }

    @Test
    void registersNothingForAStoppedBundle() {
        framework.state = Bundle.RESOLVED;
        EventHandler handler = delivery -> {};
        assertThatIllegalStateException()
                .isThrownBy(() -> registrar.register(handler, PROPERTIES))
                .withMessageContaining("bundle shop has stopped");
    }

    @Test
    void livesUntilTheBundleHasStoppedAlsoWhenTheServiceWasGivenBackBefore() {
        assertThat(registrar.alive()).isTrue();
        registrar.release();
        framework.state = Bundle.STOPPING;
        assertThat(registrar.alive()).isTrue();
        framework.state = Bundle.RESOLVED;
        assertThat(registrar.alive()).isFalse();
    }
}
