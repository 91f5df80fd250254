package symphony.api.rbac.weaving;

import java.lang.invoke.CallSite;
import java.lang.invoke.ConstantCallSite;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.osgi.annotation.versioning.ProviderType;
import symphony.api.rbac.AccessUndecidedException;
import symphony.api.rbac.Permission;
import symphony.api.rbac.SecurityContext;

/**
 * Where woven checks come to, and who answers them now. While nobody does, as while {@code symphony.rbac.weaver} is stopped, no
 * guarded method runs. Thread-safe.
 */
@ProviderType
public final class PermissionChecks {
    private static final Enforcer NOBODY = new Nobody();
    private static final AtomicReference<Enforcer> ENFORCER = new AtomicReference<>(NOBODY);
    private static final List<Weaving> WEAVING = new CopyOnWriteArrayList<>();
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

    private static final class Nobody implements Enforcer {
        @Override
        public void check(GuardedMethod method, SecurityContext context, Object[] arguments) {
            Permission permission =
                    method.demands(arguments).get(0).wanted().get(0).permission();
            throw new AccessUndecidedException(
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
     * @return to end it
     */
    public static Enforcement enforce(SecurityContext.Issuer issuer, Enforcer enforcer) {
        Objects.requireNonNull(issuer, "issuer");
        Objects.requireNonNull(enforcer, "enforcer");
        ENFORCER.set(enforcer);
        return new Enforcement(enforcer);
    }

    /**
     * Weaves checks from now on, besides whoever does already.
     *
     * @param issuer shows that the caller is one of those who may
     * @return to tell whether others do, and to end
     */
    public static Weaving weave(SecurityContext.Issuer issuer) {
        Objects.requireNonNull(issuer, "issuer");
        var weaving = new Weaving();
        WEAVING.add(weaving);
        return weaving;
    }

    static Enforcer enforcer() {
        return ENFORCER.get();
    }

    /** Of one who answers. Thread-safe. */
    @ProviderType
    public static final class Enforcement implements AutoCloseable {
        private final Enforcer enforcer;

        private Enforcement(Enforcer enforcer) {
            this.enforcer = enforcer;
        }

        /** It answers no more; nothing guarded runs from now on, unless another has come before. */
        @Override
        public void close() {
            ENFORCER.compareAndSet(enforcer, NOBODY);
        }
    }

    /** Of one who weaves. Thread-safe. */
    @ProviderType
    public static final class Weaving implements AutoCloseable {
        private Weaving() {}

        /**
         * Whether nobody wove when this began, so that classes were loaded without checks until then.
         *
         * @return whether it is the first of those who have not ended
         */
        public boolean isFirst() {
            return WEAVING.indexOf(this) == 0;
        }

        /**
         * Whether nobody else has begun since.
         *
         * @return whether it is the last of those who have not ended
         */
        public boolean isLast() {
            List<Weaving> all = List.copyOf(WEAVING);
            return !all.isEmpty() && all.get(all.size() - 1) == this;
        }

        /** It weaves no more. */
        @Override
        public void close() {
            WEAVING.remove(this);
        }
    }
}
