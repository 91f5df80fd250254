package symphony.api.rbac.weaving;

import java.lang.invoke.CallSite;
import java.lang.invoke.ConstantCallSite;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.osgi.annotation.versioning.ProviderType;
import symphony.api.rbac.AccessDeniedException;
import symphony.api.rbac.Permission;
import symphony.api.rbac.SecurityContext;

/**
 * Where woven checks come to, and who answers them now. While nobody does, as while {@code symphony.rbac.weaver} is stopped, no
 * guarded method runs. Thread-safe.
 */
@ProviderType
public final class PermissionChecks {
    private static final AtomicReference<InForce> IN_FORCE = new AtomicReference<>(new InForce(new Nobody()));
    private static final MethodHandle CHECK;
    private static final MethodHandle CHECK_ARGUMENTS;

    static {
        try {
            var lookup = MethodHandles.lookup();
            CHECK = lookup.findVirtual(GuardedMethod.class, "check", MethodType.methodType(void.class));
            CHECK_ARGUMENTS =
                    lookup.findVirtual(GuardedMethod.class, "check", MethodType.methodType(void.class, Object[].class));
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private PermissionChecks() {}

    /** Who answers, and the mark of the answers that it has given. Those who keep an answer keep the mark only. */
    static final class InForce {
        private final Enforcer enforcer;
        private final Object mark = new Object();

        InForce(Enforcer enforcer) {
            this.enforcer = enforcer;
        }

        Enforcer enforcer() {
            return enforcer;
        }

        Object mark() {
            return mark;
        }
    }

    private static final class Nobody implements Enforcer {
        @Override
        public void check(GuardedMethod method, SecurityContext context, Object[] arguments) {
            Permission permission =
                    method.demands(arguments).get(0).permissions().get(0);
            throw new AccessDeniedException(
                    context.principal().orElse("(nobody)"),
                    permission,
                    "nobody can tell whether " + method + " may be called: start the bundle symphony.rbac.weaver");
        }
    }

    /**
     * Links a woven check: a bootstrap method of {@code invokedynamic}, which stands first in the guarded method.
     *
     * @param caller the guarded class
     * @param method the guarded method's name
     * @param type returns nothing, takes the arguments that the patterns name, ascending
     * @param patterns what is demanded, each as {@link DemandPattern#toString} wrote it
     * @return the check
     */
    public static CallSite link(MethodHandles.Lookup caller, String method, MethodType type, String... patterns) {
        var guarded = new GuardedMethod(
                caller.lookupClass().getName() + '.' + method,
                Stream.of(patterns).map(DemandPattern::of).toList());
        MethodHandle check = type.parameterCount() == 0
                ? CHECK.bindTo(guarded)
                : CHECK_ARGUMENTS
                        .bindTo(guarded)
                        .asCollector(Object[].class, type.parameterCount())
                        .asType(type);
        return new ConstantCallSite(check);
    }

    /**
     * Has somebody answer from now on, whoever did before.
     *
     * @param issuer shows that the caller is one of those who may
     * @param enforcer answers
     * @return to say that answers have changed, and to end
     */
    public static Enforcement enforce(SecurityContext.Issuer issuer, Enforcer enforcer) {
        Objects.requireNonNull(issuer, "issuer");
        Objects.requireNonNull(enforcer, "enforcer");
        IN_FORCE.set(new InForce(enforcer));
        return new Enforcement(enforcer);
    }

    static InForce inForce() {
        return IN_FORCE.get();
    }

    /** Of one who answers. Thread-safe. */
    @ProviderType
    public static final class Enforcement implements AutoCloseable {
        private final Enforcer enforcer;

        private Enforcement(Enforcer enforcer) {
            this.enforcer = enforcer;
        }

        /** What it answered before may be answered otherwise now: when this returned no kept answer of before is taken. */
        public void changed() {
            IN_FORCE.updateAndGet(now -> now.enforcer == enforcer ? new InForce(enforcer) : now);
        }

        /** It answers no more; nothing guarded runs from now on, unless another has come before. */
        @Override
        public void close() {
            IN_FORCE.updateAndGet(now -> now.enforcer == enforcer ? new InForce(new Nobody()) : now);
        }
    }
}
