package symphony.rbac.weaver;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.osgi.framework.wiring.BundleWiring;

/** Remembers what class files say that are read for others: those of supertypes. Bounded. Thread-safe. */
final class Summaries {
    private static final int MOST = 4_096;

    private record Place(BundleWiring wiring, String name) {}

    /** Guarded by itself, but never while a class file is read, which may load classes. */
    private final Map<Place, Optional<ClassSummary>> known = new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Place, Optional<ClassSummary>> eldest) {
            return size() > MOST;
        }
    };

    /** What is known of a class of a wiring's own, or is found now; the latter is remembered if there is such a class. */
    Optional<ClassSummary> get(BundleWiring wiring, String name, Supplier<Optional<byte[]>> bytes) {
        var place = new Place(wiring, name);
        synchronized (known) {
            Optional<ClassSummary> found = known.get(place);
            if (found != null) {
                return found;
            }
        }
        Optional<ClassSummary> read = bytes.get().map(content -> ClassSummary.of(name, content));
        if (read.isPresent()) {
            synchronized (known) {
                known.put(place, read);
            }
        }
        return read;
    }

    /** Wirings are gone, whose loaders nobody may keep. What others have stays as it is. */
    void forgetGone() {
        synchronized (known) {
            known.keySet().removeIf(place -> !place.wiring.isInUse());
        }
    }
}
