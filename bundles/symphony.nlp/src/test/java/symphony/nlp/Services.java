package symphony.nlp;

import java.lang.reflect.Proxy;
import java.util.Dictionary;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceFactory;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import symphony.api.nlp.IntentRecognizer;

/** What stands for a framework: launch properties, and services that are registered. Thread-safe. */
final class Services {
    private final List<Service> all = new CopyOnWriteArrayList<>();
    private final Map<ServiceReference<?>, IntentRecognizer> references = new ConcurrentHashMap<>();
    private final AtomicInteger uses = new AtomicInteger();
    private final Map<String, String> properties = new HashMap<>();

    /** As one who listens for services: called by whoever registers one. */
    private volatile Consumer<String> listener = name -> {};

    private record Service(String name, Object service, Map<String, Object> properties) {}

    Services with(String property, String value) {
        properties.put(property, value);
        return this;
    }

    void listener(Consumer<String> told) {
        listener = told;
    }

    BundleContext context() {
        return proxy(BundleContext.class, (name, arguments) -> switch (name) {
            case "getProperty" -> properties.get((String) arguments[0]);
            case "registerService" ->
                register(((Class<?>) arguments[0]).getName(), arguments[1], (Dictionary<?, ?>) arguments[2]);
            case "getService" -> {
                uses.incrementAndGet();
                yield references.get(arguments[0]);
            }
            case "ungetService" -> uses.getAndUpdate(count -> Math.max(0, count - 1)) > 0;
            default -> throw new UnsupportedOperationException(name);
        });
    }

    /** A service of another bundle. */
    @SuppressWarnings("unchecked") // a class has no type arguments
    ServiceReference<IntentRecognizer> reference(IntentRecognizer recognizer) {
        ServiceReference<IntentRecognizer> reference =
                proxy(ServiceReference.class, (name, arguments) -> switch (name) {
                    case "getProperty" -> arguments[0].equals(IntentRecognizer.MODEL) ? recognizer.model() : null;
                    case "compareTo" -> 0;
                    default -> throw new UnsupportedOperationException(name);
                });
        references.put(reference, recognizer);
        return reference;
    }

    /** How often services of others were got, and not given back. */
    int uses() {
        return uses.get();
    }

    private ServiceRegistration<?> register(String name, Object service, Dictionary<?, ?> given) {
        var values = new HashMap<String, Object>();
        if (given != null) {
            given.keys().asIterator().forEachRemaining(key -> values.put((String) key, given.get(key)));
        }
        var registered = new Service(name, service, values);
        all.add(registered);
        listener.accept(name);
        return proxy(ServiceRegistration.class, (method, arguments) -> {
            if (!method.equals("unregister")) {
                throw new UnsupportedOperationException(method);
            }
            all.remove(registered);
            return null;
        });
    }

    /** What is there, as a bundle ada gets it. */
    <S> S get(Class<S> type) {
        return all.stream()
                .filter(service -> service.name.equals(type.getName()))
                .map(service -> type.cast(instance(service.service)))
                .findFirst()
                .orElseThrow();
    }

    private static Object instance(Object service) {
        return service instanceof ServiceFactory<?> factory ? ada(factory) : service;
    }

    private static <S> S ada(ServiceFactory<S> factory) {
        Bundle bundle = proxy(Bundle.class, (name, arguments) -> name.equals("getBundleId") ? (Object) 7L : "ada");
        return factory.getService(bundle, null);
    }

    /** As {@code model ranking}, sorted. */
    List<String> recognizers() {
        return all.stream()
                .filter(service -> service.name.equals(IntentRecognizer.class.getName()))
                .map(service -> service.properties.get(IntentRecognizer.MODEL) + " "
                        + service.properties.get(Constants.SERVICE_RANKING))
                .sorted()
                .toList();
    }

    /** The same, once there are so many, which has a deadline. */
    List<String> recognizersOnce(int count) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (recognizers().size() != count && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        return recognizers();
    }

    int count() {
        return all.size();
    }

    private interface Call {
        Object answer(String method, Object[] arguments);
    }

    private static <S> S proxy(Class<S> type, Call call) {
        return type.cast(Proxy.newProxyInstance(
                Services.class.getClassLoader(), new Class<?>[] {type}, (it, method, arguments) -> {
                    if (method.getDeclaringClass() == Object.class) {
                        return method.getName().equals("hashCode")
                                ? (Object) System.identityHashCode(it)
                                : it == arguments[0];
                    }
                    return call.answer(method.getName(), arguments);
                }));
    }
}
