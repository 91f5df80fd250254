package symphony.dispatcher;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.component.Principal;

/** A handler that is a service. Keeps the reference only; the service is fetched when the engine asks. Thread-safe. */
final class ServiceHandler implements HandlerSource {
    /** Private property of services that were registered by {@code registerHandler}: the name of the subscription. */
    static final String PROGRAMMATIC_NAME = ".symphony.name";

    private static final Logger log = LoggerFactory.getLogger(ServiceHandler.class);

    private final BundleContext context;
    private final ServiceReference<?> reference;
    private final Bundle bundle;
    private final Owner owner;
    private final String defaultName;

    /** Of a bundle that had the service a moment ago; the reference itself may have forgotten it meanwhile. */
    ServiceHandler(BundleContext context, ServiceReference<?> reference, Bundle bundle) {
        this.context = context;
        this.reference = reference;
        this.bundle = bundle;
        this.owner = ownerOf(bundle);
        this.defaultName = nameOf(context, reference);
    }

    static Owner ownerOf(Bundle bundle) {
        return new Owner(Principal.of(bundle), bundle.getVersion(), bundle.getBundleId());
    }

    static long idOf(ServiceReference<?> reference) {
        return (Long) reference.getProperty(Constants.SERVICE_ID);
    }

    /** The name given at registration, else the component's, else the class's. */
    private static String nameOf(BundleContext context, ServiceReference<?> reference) {
        for (String property : List.of(PROGRAMMATIC_NAME, COMPONENT_NAME)) {
            if (reference.getProperty(property) instanceof String name && !name.isBlank()) {
                return name;
            }
        }
        // Only plain objects are fetched for their class: a factory would run foreign code here.
        boolean plain = Constants.SCOPE_SINGLETON.equals(reference.getProperty(Constants.SERVICE_SCOPE));
        return plain ? classOf(context, reference) : factoryName(reference);
    }

    private static String factoryName(ServiceReference<?> reference) {
        return reference.getProperty(Constants.SERVICE_PID) instanceof String pid ? pid : "handler";
    }

    private static String classOf(BundleContext context, ServiceReference<?> reference) {
        Object plain = context.getService(reference);
        if (plain == null) {
            return "gone";
        }
        try {
            return HandlerName.of(plain.getClass());
        } finally {
            context.ungetService(reference);
        }
    }

    @Override
    public String defaultName() {
        return defaultName;
    }

    @Override
    public long serviceId() {
        return idOf(reference);
    }

    @Override
    public int ranking() {
        return reference.getProperty(Constants.SERVICE_RANKING) instanceof Integer ranking ? ranking : 0;
    }

    @Override
    public Owner owner() {
        return owner;
    }

    @Override
    public Map<String, ?> properties() {
        var properties = new HashMap<String, Object>();
        for (String key : reference.getPropertyKeys()) {
            properties.put(key, reference.getProperty(key));
        }
        return properties;
    }

    @Override
    public boolean isStopping() {
        return (bundle.getState() & (Bundle.STARTING | Bundle.ACTIVE)) == 0;
    }

    @Override
    public boolean takesOver() {
        return Principal.isTaken(context, bundle);
    }

    @Override
    public boolean programmatic() {
        return reference.getProperty(PROGRAMMATIC_NAME) != null;
    }

    @Override
    public Object get() {
        return context.getService(reference);
    }

    @Override
    public void unget() {
        try {
            context.ungetService(reference);
        } catch (IllegalStateException e) {
            log.debug("service {} was given back by the framework when this bundle stopped", idOf(reference), e);
        }
    }

    @Override
    public Class<?> loadType(String name) throws ClassNotFoundException {
        Bundle bundle = reference.getBundle();
        if (bundle == null) {
            throw new ClassNotFoundException(name + ": the handler's service is gone");
        }
        return bundle.loadClass(name);
    }

    @Override
    public String toString() {
        return "service " + idOf(reference) + " of " + owner;
    }
}
