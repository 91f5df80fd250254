package symphony.component;

import java.util.Set;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;

/**
 * The bundles of ours that get each other's services as they are: they work for others, and ask for permissions
 * themselves where they do. Which bundle is one goes by its symbolic name, and of several with that name by who was
 * installed first, as with subscriptions that are taken over.
 */
public final class CoreParts {
    private static final Set<String> NAMES = Set.of(
            "symphony.admission",
            "symphony.audit",
            "symphony.crypto",
            "symphony.dispatcher",
            "symphony.eventsystem",
            "symphony.nlp",
            "symphony.queue",
            "symphony.rbac",
            "symphony.rbac.weaver",
            "symphony.scheduler",
            "symphony.shell",
            "symphony.users");

    private CoreParts() {}

    /** Whether it is what one of them is called. */
    static boolean isName(String name) {
        return NAMES.contains(name);
    }

    /**
     * Whether a bundle is one of them.
     *
     * @param context of any bundle
     * @param bundle which
     * @return true if it has one of the names, and no bundle of that name with a smaller id is installed
     */
    public static boolean has(BundleContext context, Bundle bundle) {
        String name = bundle.getSymbolicName();
        return name != null && NAMES.contains(name) && !Principal.isTaken(context, bundle);
    }
}
