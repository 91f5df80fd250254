package symphony.component;

import java.util.Arrays;
import java.util.regex.Pattern;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;

/** What bundles are called where permissions are decided, and what is theirs is kept apart. */
public final class Principal {
    /*
     * Not each framework holds symbolic names to the grammar of OSGi Core 3.2.5: Equinox takes user:ada for one, which is the
     * principal of a user, and bundles of the first days have none at all. Such a bundle is called by its id. So that nobody
     * can be granted anything by such a name, or take another's, it is reserved for them: whoever has one for its symbolic name
     * is called by its own id, too.
     */
    private static final Pattern SYMBOLIC_NAME = Pattern.compile("[A-Za-z0-9_-]++(?:\\.[A-Za-z0-9_-]++)*+");
    private static final Pattern BY_ID = Pattern.compile("bundle-[0-9]+");

    private Principal() {}

    /**
     * The principal of a bundle.
     *
     * @param bundle any
     * @return its symbolic name; {@code bundle-} and its id if that is none
     */
    public static String of(Bundle bundle) {
        String name = bundle.getSymbolicName();
        return name != null && isSymbolicName(name) && !isById(name) ? name : "bundle-" + bundle.getBundleId();
    }

    /**
     * Whether a bundle has the principal of one that was installed before it, and still is. No hook hides one here.
     *
     * @param context of any bundle
     * @param bundle which
     * @return whether the name is taken
     */
    public static boolean isTaken(BundleContext context, Bundle bundle) {
        String name = of(bundle);
        BundleContext system =
                context.getBundle(Constants.SYSTEM_BUNDLE_LOCATION).getBundleContext();
        return Arrays.stream(system.getBundles())
                .anyMatch(other -> other.getBundleId() < bundle.getBundleId()
                        && other.getState() != Bundle.UNINSTALLED
                        && of(other).equals(name));
    }

    /**
     * Whether a text is a symbolic name as OSGi defines it.
     *
     * @param text any
     * @return whether it is
     */
    public static boolean isSymbolicName(String text) {
        return SYMBOLIC_NAME.matcher(text).matches();
    }

    /**
     * Whether it is reserved for bundles that are called by their id.
     *
     * @param name a principal
     * @return whether it is
     */
    public static boolean isById(String name) {
        return BY_ID.matcher(name).matches();
    }
}
