package symphony.component;

import java.util.Arrays;
import java.util.regex.Pattern;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkUtil;

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
     * The principal of a bundle. The names of {@linkplain CoreParts parts of ours}, to which policies grant much, are those of
     * the bundles that had them first: a later one is called by its id.
     *
     * @param bundle any
     * @return its symbolic name; {@code bundle-} and its id if that is none, or a part of ours has it
     */
    public static String of(Bundle bundle) {
        String name = named(bundle);
        return CoreParts.isName(name) && isPartsElsewhere(bundle) ? byId(bundle) : name;
    }

    private static String named(Bundle bundle) {
        String name = bundle.getSymbolicName();
        return name != null && isSymbolicName(name) && !isById(name) ? name : byId(bundle);
    }

    private static String byId(Bundle bundle) {
        return "bundle-" + bundle.getBundleId();
    }

    /** Outside of a framework, as on a flat class path, nobody else can have it. */
    private static boolean isPartsElsewhere(Bundle bundle) {
        Bundle own = FrameworkUtil.getBundle(Principal.class);
        if (own == null) {
            return false;
        }
        BundleContext context = own.getBundleContext();
        return context == null || isTaken(context, bundle);
    }

    /**
     * Whether a bundle has the name of one with a smaller id, which was installed before it and still is. No hook hides one here.
     *
     * @param context of any bundle
     * @param bundle which
     * @return whether the name is taken
     */
    public static boolean isTaken(BundleContext context, Bundle bundle) {
        String name = named(bundle);
        BundleContext system =
                context.getBundle(Constants.SYSTEM_BUNDLE_LOCATION).getBundleContext();
        return Arrays.stream(system.getBundles())
                .anyMatch(other -> other.getBundleId() < bundle.getBundleId()
                        && other.getState() != Bundle.UNINSTALLED
                        && named(other).equals(name));
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
