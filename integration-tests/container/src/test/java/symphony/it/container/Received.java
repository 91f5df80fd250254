package symphony.it.container;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;

/** What handler bundles told the test: the numbers of the events they handled, and the versions that handled them. */
@SuppressWarnings("rawtypes")
final class Received implements AutoCloseable {
    private final Set<Long> numbers = ConcurrentHashMap.newKeySet();
    private final Set<String> versions = ConcurrentHashMap.newKeySet();
    private final ServiceRegistration<BiConsumer> registration;

    Received(BundleContext context) {
        BiConsumer<Object, Object> told = (version, number) -> {
            versions.add((String) version);
            numbers.add((Long) number);
        };
        registration = context.registerService(BiConsumer.class, told, null);
    }

    Set<Long> numbers() {
        return numbers;
    }

    Set<String> versions() {
        return versions;
    }

    void clear() {
        numbers.clear();
        versions.clear();
    }

    void awaitAll(Set<Long> published, Duration deadline) {
        await("all " + published.size() + " events handled")
                .atMost(deadline)
                .pollInterval(20, MILLISECONDS)
                .until(() -> numbers.containsAll(published));
    }

    @Override
    public void close() {
        registration.unregister();
    }
}
