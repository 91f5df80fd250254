package symphony.it.container;

import static org.awaitility.Awaitility.await;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;
import static org.ops4j.pax.exam.CoreOptions.options;

import java.io.IOException;
import java.time.Duration;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.inject.Inject;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.PrototypeServiceFactory;
import org.osgi.framework.ServiceFactory;
import org.osgi.framework.ServiceRegistration;
import symphony.api.dispatcher.EventDispatcher;
import symphony.api.event.Event;
import symphony.api.event.EventHandler;
import symphony.api.event.EventSystem;

/** Handlers that are made when they are asked for: fetched at their first event, once, and given back when they leave. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class ScopesIT {
    private static final Duration DEADLINE = Duration.ofSeconds(120);

    @Inject
    private BundleContext context;

    @Inject
    private EventSystem events;

    @Inject
    private EventDispatcher dispatcher;

    private final List<String> steps = new CopyOnWriteArrayList<>();

    @Configuration
    public Option[] product() throws IOException {
        return options(Product.bundles(ScopesIT.class));
    }

    @Test
    public void aHandlerOfScopeBundleIsMadeAtItsFirstEventAndGivenBack() {
        isMadeAtItsFirstEventAndGivenBack(new Making());
    }

    @Test
    public void aHandlerOfScopePrototypeIsMadeAtItsFirstEventAndGivenBack() {
        isMadeAtItsFirstEventAndGivenBack(new MakingPrototypes());
    }

    private class Making implements ServiceFactory<EventHandler> {
        @Override
        public EventHandler getService(Bundle bundle, ServiceRegistration<EventHandler> registration) {
            steps.add("made for " + bundle.getSymbolicName());
            return delivery -> steps.add("handles " + delivery.getString("n"));
        }

        @Override
        public void ungetService(Bundle bundle, ServiceRegistration<EventHandler> registration, EventHandler made) {
            steps.add("given back");
        }
    }

    private final class MakingPrototypes extends Making implements PrototypeServiceFactory<EventHandler> {}

    private void isMadeAtItsFirstEventAndGivenBack(ServiceFactory<EventHandler> factory) {
        // given
        var registration = context.registerService(
                EventHandler.class,
                factory,
                new Hashtable<>(Map.of("symphony.topics", "it/scope", "symphony.subscription", "scoped")));
        String identity = context.getBundle().getSymbolicName() + "/scoped";
        await().atMost(DEADLINE)
                .until(() -> dispatcher.subscriptions().stream()
                        .anyMatch(s -> s.identity().equals(identity)));
        assertTrue(steps.toString(), steps.isEmpty());
        // when
        publish("1");
        publish("2");
        await().atMost(DEADLINE).until(() -> steps.size() == 3);
        registration.unregister();
        // then
        assertEquals(List.of("made for symphony.dispatcher", "handles 1", "handles 2", "given back"), steps);
    }

    private void publish(String n) {
        assertEquals(
                1,
                events.publish(Event.on("it/scope").with("n", n).build())
                        .orThrow()
                        .accepted());
    }
}
