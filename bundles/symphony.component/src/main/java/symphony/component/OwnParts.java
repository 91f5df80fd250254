package symphony.component;

import java.util.Arrays;
import java.util.Set;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;

/**
 * Tells our own bundles from those of others: they have one of our names, and were installed before all others of that name. So who
 * drops a bundle of such a name beside ours gets nothing by it. Thread-safe.
 */
public final class OwnParts {
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

    private final BundleContext context;

    /**
     * Looks at nothing yet.
     *
     * @param context of whoever asks
     */
    public OwnParts(BundleContext context) {
        this.context = context;
    }

    /**
     * Whether a bundle is one of ours. It looks at all that are installed; whoever asks often keeps the answer.
     *
     * @param bundle any
     * @return whether it is
     */
    public boolean has(Bundle bundle) {
        String name = bundle.getSymbolicName();
        return name != null
                && NAMES.contains(name)
                && Arrays.stream(all())
                        .filter(other -> name.equals(other.getSymbolicName()))
                        .allMatch(other -> other.getBundleId() >= bundle.getBundleId());
    }

    /** As the system bundle sees them: hooks hide none from it (OSGi Core 55.4). */
    private Bundle[] all() {
        return context.getBundle(Constants.SYSTEM_BUNDLE_ID).getBundleContext().getBundles();
    }
}
