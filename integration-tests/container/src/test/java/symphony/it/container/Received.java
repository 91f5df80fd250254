package symphony.it.container;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;

/** What handler bundles told the test: the numbers of the events they handled, how often, and the versions that handled them. */
@SuppressWarnings("rawtypes")
final class Received implements AutoCloseable {
    private final Map<Long, Integer> times = new ConcurrentHashMap<>();
    private final Set<String> versions = ConcurrentHashMap.newKeySet();
    private final ServiceRegistration<BiConsumer> registration;

    Received(BundleContext context) {
        BiConsumer<Object, Object> told = (version, number) -> {
            versions.add((String) version);
            times.merge((Long) number, 1, Integer::sum);
        };
        registration = context.registerService(BiConsumer.class, told, null);
    }

    Set<Long> numbers() {
        return Collections.unmodifiableSet(times.keySet());
    }

    /** How often each event was handled, as it is now. */
    Map<Long, Integer> times() {
        return Map.copyOf(times);
    }

    Set<String> versions() {
        return versions;
    }

    void clear() {
        times.clear();
        versions.clear();
    }

    void awaitAll(Set<Long> published, Duration deadline) {
        await("all " + published.size() + " events handled")
                .atMost(deadline)
                .pollInterval(20, MILLISECONDS)
                .until(() -> times.keySet().containsAll(published));
    }

    @Override
    public void close() {
        registration.unregister();
    }
}
