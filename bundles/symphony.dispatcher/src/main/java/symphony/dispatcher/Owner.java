package symphony.dispatcher;

import java.util.Comparator;
import java.util.Objects;
import org.osgi.framework.Version;

/**
 * The bundle that a handler belongs to. Of owners with one name the one with the higher version, then the higher id, is the
 * newer: it takes over.
 *
 * @param name symbolic name of the bundle, the principal of its handlers
 * @param version its version
 * @param id what tells it from all others, as the framework's number of the bundle
 */
public record Owner(String name, Version version, long id) implements Comparable<Owner> {
    private static final Comparator<Owner> ORDER =
            Comparator.comparing(Owner::name).thenComparing(Owner::version).thenComparingLong(Owner::id);

    /** Checks that nothing is null. */
    public Owner {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(version, "version");
    }

    @Override
    public int compareTo(Owner other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return name + ' ' + version;
    }
}
