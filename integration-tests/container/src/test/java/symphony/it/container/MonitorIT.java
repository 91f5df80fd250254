package symphony.it.container;

import static org.awaitility.Awaitility.await;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;
import static org.ops4j.pax.exam.CoreOptions.options;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.UUID;
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
import org.osgi.framework.BundleException;
import org.osgi.framework.ServiceReference;
import symphony.api.dispatcher.EventMonitor;
import symphony.api.dispatcher.MonitorEntry;
import symphony.api.dispatcher.MonitorEntry.Kind;
import symphony.api.dispatcher.MonitorStream;
import symphony.api.dispatcher.UnhandledEventHandler;
import symphony.api.event.Event;
import symphony.api.event.EventHandler;
import symphony.api.event.EventSystem;

/** What is seen of events from outside: the monitor, hooks for what nobody wants, and events that are published twice. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class MonitorIT {
    private static final Duration DEADLINE = Duration.ofSeconds(120);

    @Inject
    private BundleContext context;

    @Inject
    private EventSystem events;

    @Configuration
    public Option[] product() throws IOException {
        return options(Product.bundles(MonitorIT.class));
    }

    private ServiceReference<EventMonitor> reference() {
        await().atMost(DEADLINE).until(() -> context.getServiceReference(EventMonitor.class) != null);
        return context.getServiceReference(EventMonitor.class);
    }

    private static List<Kind> kinds(MonitorStream stream, int count) throws InterruptedException {
        var kinds = new ArrayList<Kind>();
        for (int i = 0; i < count; i++) {
            kinds.add(stream.poll(DEADLINE).map(MonitorEntry::kind).orElse(null));
        }
        return kinds;
    }

    @Test
    public void aStreamEndsWhenItsBundleGivesTheMonitorBack() throws Exception {
        ServiceReference<EventMonitor> reference = reference();
        MonitorStream stream = context.getService(reference).open("it/monitor/*", 100);
        events.publish("it/monitor/nobody", 1);
        assertEquals(List.of(Kind.PUBLISHED, Kind.UNHANDLED), kinds(stream, 2));
        assertFalse(stream.isClosed());
        boolean given = true; // as often as this and other tests got it
        while (given) {
            given = context.ungetService(reference);
        }
        assertTrue(stream.isClosed());
    }

    @Test
    public void aStreamEndsWithTheDispatcherAndIsOpenedAnewWhenThatIsBack() throws Exception {
        MonitorStream stream = context.getService(reference()).open("it/again/*", 100);
        Bundle dispatcher = Arrays.stream(context.getBundles())
                .filter(bundle -> "symphony.dispatcher".equals(bundle.getSymbolicName()))
                .findAny()
                .orElseThrow();
        restart(dispatcher);
        assertTrue(stream.isClosed());
        MonitorStream again = context.getService(reference()).open("it/again/*", 100);
        await().atMost(DEADLINE)
                .until(() -> events.publish("it/again/nobody", 1).refusals().isEmpty());
        assertEquals(Kind.PUBLISHED, kinds(again, 1).get(0));
        again.close();
    }

    private static void restart(Bundle bundle) throws BundleException {
        bundle.stop();
        bundle.start();
    }

    @Test
    public void aHookHearsOfWhatNobodyWants() {
        var told = new CopyOnWriteArrayList<String>();
        // What the own bundle publishes it is not told of, so the shell's bundle stands in for a publisher.
        UnhandledEventHandler hook = event -> told.add(event.topic() + " " + event.data());
        var registration = context.registerService(
                UnhandledEventHandler.class, hook, new Hashtable<>(Map.of("symphony.topics", "it/unhandled/*")));
        Bundle shell = Arrays.stream(context.getBundles())
                .filter(bundle -> "symphony.shell".equals(bundle.getSymbolicName()))
                .findAny()
                .orElseThrow();
        BundleContext other = shell.getBundleContext();
        EventSystem theirs = other.getService(other.getServiceReference(EventSystem.class));
        assertEquals(
                0,
                theirs.publish(Event.on("it/unhandled/typo").with("n", 7).build())
                        .accepted());
        await().atMost(DEADLINE).until(() -> told.size() == 1);
        assertEquals(List.of("it/unhandled/typo {n=7}"), told);
        registration.unregister();
        assertTrue(context.getService(reference()).unhandled("it/unhandled/*", 10).stream()
                .anyMatch(topic -> topic.topic().equals("it/unhandled/typo")
                        && topic.publisher().equals("symphony.shell")));
    }

    @Test
    public void anEventThatIsPublishedTwiceIsHandledOnce() {
        var handled = new CopyOnWriteArrayList<UUID>();
        EventHandler handler = delivery -> handled.add(delivery.id());
        var registration = context.registerService(
                EventHandler.class,
                handler,
                new Hashtable<>(Map.of("symphony.topics", "it/twice", "symphony.duplicates.window", "10m")));
        var first = new UUID(4, 1);
        assertEquals(1, events.publish(Event.on("it/twice").id(first).build()).accepted());
        assertEquals(1, events.publish(Event.on("it/twice").id(first).build()).accepted());
        var last = new UUID(4, 2);
        events.publish(Event.on("it/twice").id(last).build());
        await().atMost(DEADLINE).until(() -> handled.contains(last));
        assertEquals(List.of(first, last), handled);
        registration.unregister();
    }
}
