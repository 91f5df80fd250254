package symphony.rbac.weaver;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.objectweb.asm.Opcodes;

/**
 * What is demanded of the methods of one class, and as what operation they run, from wherever that comes. One thread only.
 */
final class Demands {
    /*
     * Of a method is demanded what its own annotations say, what those of its class and of that one's superclasses say, and
     * the same for each method that it overrides or implements. With type parameters, what overrides has another descriptor than
     * what is overridden; compilers join the two by a bridge, in the class where they meet, and so does this: what is demanded
     * of the bridge is demanded of the method that it calls.
     */
    private final KnownType type;

    Demands(KnownType type) {
        this.type = type;
    }

    KnownType type() {
        return type;
    }

    /** Of a method that the class declares. */
    Set<Rule> of(Signature signature) {
        MethodSummary method = type.summary().methods().get(signature);
        var demands = new LinkedHashSet<Rule>(method.rules());
        if (method.isOpen() && !type.summary().isMadeForEnum(signature)) {
            demands.addAll(ofTypes(type, signature));
        }
        if (method.isInherited()) {
            collect(type, signature, demands, new HashSet<>());
        }
        return method.is(Opcodes.ACC_BRIDGE) ? withoutOperations(demands, behind(signature, method)) : demands;
    }

    /** What is done by the method that a bridge calls: another one, or the same one of the superclass. */
    private Set<Rule> behind(Signature bridge, MethodSummary method) {
        if (method.bridgedAbove()) {
            return type.superclass()
                    .filter(above -> !above.isPlatform())
                    .map(above -> inherited(above, method.bridgedTo().orElse(bridge)))
                    .orElse(Set.of());
        }
        // Whatever class that is of, it is done by then.
        return method.bridgedTo().map(target -> inherited(type, target)).orElse(Set.of());
    }

    /** A bridge is guarded, but what is behind it is the operation, which would be there twice. */
    private static Set<Rule> withoutOperations(Set<Rule> demands, Set<Rule> behind) {
        return demands.stream()
                .map(rule -> behind.contains(rule) ? rule.demandOnly() : rule)
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /** Of what is called by a signature, wherever the method comes from that it leads to. */
    private static Set<Rule> inherited(KnownType type, Signature signature) {
        var demands = new LinkedHashSet<Rule>();
        collect(type, signature, demands, new HashSet<>());
        return demands;
    }

    private record Place(String type, Signature signature) {}

    private static void collect(KnownType from, Signature signature, Set<Rule> demands, Set<Place> visited) {
        if (!visited.add(new Place(from.summary().name(), signature))) {
            return;
        }
        for (KnownType type : from.withSupertypes()) {
            MethodSummary method = type.summary().methods().get(signature);
            if (method != null && isOverriddenIn(from, type, method)) {
                demands.addAll(method.rules());
                if (method.isOpen()) {
                    demands.addAll(ofTypes(type, signature));
                }
                // What it overrides in turn may be out of sight from here: methods of its package (JVMS 5.4.5).
                collect(type, signature, demands, visited);
            }
            type.summary().methods().forEach((bridge, made) -> {
                if (made.bridgedTo().filter(signature::equals).isPresent()) {
                    demands.addAll(made.rules());
                    collect(type, bridge, demands, visited);
                }
            });
        }
    }

    private static boolean isOverriddenIn(KnownType from, KnownType type, MethodSummary method) {
        return method.isInherited()
                && (method.is(Opcodes.ACC_PUBLIC)
                        || method.is(Opcodes.ACC_PROTECTED)
                        || from.summary().packageName().equals(type.summary().packageName()));
    }

    /** What the annotations of types demand of a method of theirs; from an exception on upwards nothing. */
    private static List<Rule> ofTypes(KnownType type, Signature signature) {
        var demands = new ArrayList<Rule>();
        Optional<KnownType> next = Optional.of(type);
        while (next.isPresent()) {
            KnownType at = next.get();
            MethodSummary method = at.summary().methods().get(signature);
            if (method != null && method.unrestricted()) {
                return demands;
            }
            demands.addAll(at.summary().rules());
            if (at.summary().unrestricted()) {
                return demands;
            }
            next = at.superclass().filter(above -> !above.isPlatform());
        }
        return demands;
    }

    // ---- methods that the class inherits, and that cannot know of what its interfaces demand ----

    /**
     * A method that the class must have in the place of one that it inherits.
     *
     * @param access flags
     * @param demands what the inherited one does not do
     */
    record Forwarder(int access, Set<Rule> demands) {}

    /** Such methods; none for interfaces, where each method is declared or has no code. */
    Map<Signature, Forwarder> forwarders() {
        var forwarders = new LinkedHashMap<Signature, Forwarder>();
        if (!type.summary().isInterface()) {
            for (Signature signature : callable()) {
                forwarder(signature).ifPresent(forwarder -> forwarders.put(signature, forwarder));
            }
        }
        return forwarders;
    }

    /** By which the class is called though it declares no method for it. */
    private Set<Signature> callable() {
        var callable = new LinkedHashSet<Signature>();
        for (KnownType above : type.supertypes()) {
            if (above.summary().isInterface()) {
                above.summary().methods().forEach((signature, method) -> {
                    if (method.isInherited()) {
                        callable.add(signature);
                    }
                });
            }
        }
        type.summary().methods().values().forEach(method -> method.bridgedTo().ifPresent(callable::add));
        callable.removeAll(type.summary().methods().keySet());
        return callable;
    }

    private Optional<Forwarder> forwarder(Signature signature) {
        Set<Rule> demanded = inherited(type, signature);
        if (demanded.isEmpty()) {
            return Optional.empty();
        }
        Duties.checkOneOperation(type + "." + signature.name(), demanded); // also of what the inherited one does
        Optional<KnownType> next = type.superclass();
        while (next.isPresent()) {
            KnownType above = next.get();
            if (above.isPlatform()) {
                Optional<Integer> access = PlatformMethods.access(above.platformName(), signature);
                if (access.isPresent()) {
                    return forwarder(signature, access.get(), demanded, above.platformName());
                }
                break;
            }
            MethodSummary method = above.summary().methods().get(signature);
            if (method != null && isOverriddenIn(type, above, method)) {
                demanded.removeAll(inherited(above, signature));
                return forwarder(signature, method.access(), demanded, above.toString());
            }
            next = above.superclass();
        }
        checkDefaults(signature, demanded);
        return Optional.empty();
    }

    private Optional<Forwarder> forwarder(Signature signature, int access, Set<Rule> missing, String declaredBy) {
        if (missing.isEmpty() || (access & Opcodes.ACC_ABSTRACT) != 0) {
            return Optional.empty();
        }
        if ((access & Opcodes.ACC_FINAL) != 0) {
            throw new UnguardableException(type + " implements " + signature.name() + " by the final method of "
                    + declaredBy.replace('/', '.') + ", which cannot be guarded for it: declare it in " + type
                    + ", or take away what is demanded");
        }
        int kept = access & (Opcodes.ACC_PUBLIC | Opcodes.ACC_PROTECTED | Opcodes.ACC_VARARGS);
        return Optional.of(new Forwarder(kept | Opcodes.ACC_SYNTHETIC, missing));
    }

    /** Where a method of an interface is what runs: it checks what it knows of. Compilers let it know of all. */
    private void checkDefaults(Signature signature, Set<Rule> demanded) {
        List<KnownType> candidates = type.supertypes().stream()
                .filter(above -> above.summary().isInterface())
                .filter(above -> Optional.ofNullable(above.summary().methods().get(signature))
                        .filter(MethodSummary::isInherited)
                        .isPresent())
                .toList();
        for (KnownType candidate : candidates) {
            boolean overridden = candidates.stream()
                    .anyMatch(other -> other.supertypes().stream()
                            .anyMatch(above -> above.summary()
                                    .name()
                                    .equals(candidate.summary().name())));
            MethodSummary method = candidate.summary().methods().get(signature);
            if (!overridden
                    && !method.is(Opcodes.ACC_ABSTRACT)
                    && !inherited(candidate, signature).containsAll(demanded)) {
                throw byDefault(signature, candidate.toString());
            }
        }
        for (KnownType above : type.withSupertypes()) {
            for (String name : above.summary().interfaces()) {
                boolean platform =
                        above.find(name).filter(KnownType::isPlatform).isPresent();
                if (platform && PlatformMethods.hasDefault(name, signature)) {
                    throw byDefault(signature, name.replace('/', '.'));
                }
            }
        }
    }

    private UnguardableException byDefault(Signature signature, String declaredBy) {
        return new UnguardableException(type + " implements " + signature.name() + " by the default method of "
                + declaredBy + ", which does not check all that is demanded: declare it in " + type);
    }

    // ---- functional interfaces ----

    /** Whether a lambda of this interface would be called by a method of which something is demanded. */
    boolean guards(Signature functional) {
        return type.withSupertypes().stream()
                .flatMap(above -> above.summary().methods().entrySet().stream()
                        .filter(method -> isLike(method.getKey(), functional)
                                && method.getValue().isInherited())
                        .map(method -> inherited(above, method.getKey())))
                .anyMatch(demands -> !demands.isEmpty());
    }

    /** Its descriptor may be more specific than that of the method that it overrides. */
    private static boolean isLike(Signature one, Signature other) {
        return one.name().equals(other.name()) && one.parameters() == other.parameters();
    }
}
