package symphony.eventsystem;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Dictionary;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;

/** One bundle and its services: as much of a framework as registering needs. */
final class FakeFramework {
    record Service(String type, Object object, Map<String, Object> properties) {}

    final List<Service> services = Collections.synchronizedList(new ArrayList<>());
    final ClassLoader loader;
    volatile int state = Bundle.ACTIVE;
    volatile Runnable onChange = () -> {};

    FakeFramework(ClassLoader loader) {
        this.loader = loader;
    }

    Bundle bundle() {
        return proxy(Bundle.class, (method, arguments) -> switch (method) {
            case "getState" -> state;
            case "getSymbolicName", "toString" -> "shop";
            case "loadClass" -> loader.loadClass((String) arguments[0]);
            case "getBundleContext" -> state == Bundle.RESOLVED ? null : context();
            default -> throw new UnsupportedOperationException(method);
        });
    }

    BundleContext context() {
        return proxy(BundleContext.class, (method, arguments) -> {
            if (!method.equals("registerService")) {
                throw new UnsupportedOperationException(method);
            }
            var properties = new HashMap<String, Object>();
            var given = (Dictionary<?, ?>) arguments[2];
            Collections.list(given.keys()).forEach(key -> properties.put(key.toString(), given.get(key)));
            return registered(new Service(((Class<?>) arguments[0]).getName(), arguments[1], properties));
        });
    }

    private ServiceRegistration<?> registered(Service service) {
        services.add(service);
        onChange.run();
        return proxy(ServiceRegistration.class, (method, arguments) -> {
            if (!method.equals("unregister")) {
                throw new UnsupportedOperationException(method);
            }
            if (!services.remove(service)) {
                throw new IllegalStateException("already unregistered");
            }
            onChange.run();
            return null;
        });
    }

    private interface Body {
        Object call(String method, Object... arguments) throws Exception;
    }

    private static <T> T proxy(Class<T> type, Body body) {
        return type.cast(Proxy.newProxyInstance(
                FakeFramework.class.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> body.call(method.getName(), arguments)));
    }
}
