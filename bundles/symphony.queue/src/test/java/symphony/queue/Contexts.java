package symphony.queue;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceFactory;
import org.osgi.framework.ServiceRegistration;

/** A framework for one component: launch properties, and the services that it registers. */
final class Contexts {
    private final String security;
    private final Map<Class<?>, ServiceFactory<?>> services = new HashMap<>();

    /** With {@code symphony.security} as given, or without it. */
    Contexts(String security) {
        this.security = security;
    }

    Contexts() {
        this(null);
    }

    /** Where security is open, and nothing is registered. */
    static BundleContext open() {
        return new Contexts().context();
    }

    BundleContext context() {
        return proxy(BundleContext.class, this::context);
    }

    boolean isEmpty() {
        return services.isEmpty();
    }

    /** As a bundle of that name gets it, the only bundle that there is. */
    <S> S service(Class<S> type, String symbolicName) {
        Bundle bundle = proxy(
                Bundle.class,
                (method, arguments) -> method.getName().equals("getBundleId") ? (Object) 7L : symbolicName);
        @SuppressWarnings("unchecked")
        var factory = (ServiceFactory<S>) services.get(type);
        return factory.getService(bundle, null);
    }

    private Object context(Method method, Object[] arguments) {
        return switch (method.getName()) {
            case "getProperty" -> security;
            case "getBundle" ->
                proxy(Bundle.class, (called, none) -> proxy(BundleContext.class, (asked, no) -> new Bundle[0]));
            case "registerService" -> registered((Class<?>) arguments[0], (ServiceFactory<?>) arguments[1]);
            default -> throw new AssertionError(method);
        };
    }

    private Object registered(Class<?> type, ServiceFactory<?> factory) {
        services.put(type, factory);
        return proxy(ServiceRegistration.class, (method, arguments) -> {
            if (!method.getName().equals("unregister")) {
                throw new AssertionError(method);
            }
            services.remove(type);
            return null;
        });
    }

    /** Answers a call. */
    @FunctionalInterface
    private interface Answer {
        Object to(Method method, Object[] arguments);
    }

    private static <T> T proxy(Class<T> type, Answer answer) {
        Object proxy = Proxy.newProxyInstance(
                Contexts.class.getClassLoader(),
                new Class<?>[] {type},
                (self, method, arguments) -> answer.to(method, arguments));
        return type.cast(proxy);
    }
}
