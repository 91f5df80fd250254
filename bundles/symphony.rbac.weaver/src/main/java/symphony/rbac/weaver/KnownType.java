package symphony.rbac.weaver;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.objectweb.asm.Opcodes;

/** A type, and where its own supertypes are to be found. Immutable; one thread only. */
final class KnownType {
    private static final String PLATFORM = "java/";
    private static final ClassSummary NO_CLASS =
            new ClassSummary("", 0, Opcodes.ACC_PUBLIC, "", List.of(), List.of(), false, Map.of(), Set.of());

    private final ClassSummary summary;
    private final Types types;
    private final String platformName;
    private List<KnownType> supertypes;

    KnownType(ClassSummary summary, Types types) {
        this(summary, types, "");
    }

    private KnownType(ClassSummary summary, Types types, String platformName) {
        this.summary = summary;
        this.types = types;
        this.platformName = platformName;
    }

    /** For sure; others may turn out to be, when they are looked for. */
    private static boolean isPlatform(String name) {
        return name.startsWith(PLATFORM);
    }

    /** As {@link Types#findWired}. */
    Optional<KnownType> findWired(String name) {
        return isPlatform(name) ? Optional.of(ofPlatform(name)) : types.findWired(name);
    }

    /** Of the JDK: it demands nothing, and neither do its supertypes. */
    static KnownType ofPlatform(String name) {
        return new KnownType(NO_CLASS, none -> Optional.empty(), name);
    }

    boolean isPlatform() {
        return !platformName.isEmpty();
    }

    /** Of a type of the JDK. */
    String platformName() {
        return platformName;
    }

    ClassSummary summary() {
        return summary;
    }

    /** As its own class sees it. */
    Optional<KnownType> find(String name) {
        return isPlatform(name) ? Optional.of(ofPlatform(name)) : types.find(name);
    }

    /** It must be there: the class cannot be without it. */
    private KnownType supertype(String name) {
        return find(name)
                .orElseThrow(() -> new UnguardableException("the class file of " + name.replace('/', '.')
                        + ", a supertype of " + this + ", is not found, and with it what it may demand"));
    }

    Optional<KnownType> superclass() {
        return summary.superName().isEmpty() || summary.isInterface()
                ? Optional.empty()
                : Optional.of(supertype(summary.superName()));
    }

    /** All but itself and those of the JDK, each once: the superclass and its supertypes first. */
    List<KnownType> supertypes() {
        if (supertypes == null) {
            var found = new LinkedHashMap<String, KnownType>();
            collect(found);
            supertypes = List.copyOf(found.values());
        }
        return supertypes;
    }

    private void collect(Map<String, KnownType> found) {
        var direct = new ArrayList<>(summary.interfaces());
        if (!summary.superName().isEmpty()) {
            direct.add(0, summary.superName());
        }
        for (String name : direct) {
            if (!isPlatform(name) && !found.containsKey(name)) {
                KnownType type = supertype(name);
                if (!type.isPlatform()) {
                    found.put(name, type);
                    type.collect(found);
                }
            }
        }
    }

    /** Itself and all others, see {@link #supertypes}. */
    List<KnownType> withSupertypes() {
        var all = new ArrayList<KnownType>();
        all.add(this);
        all.addAll(supertypes());
        return all;
    }

    @Override
    public String toString() {
        return summary.label();
    }
}
