package symphony.api.rbac.weaving;

import java.lang.invoke.CallSite;
import java.lang.invoke.ConstantCallSite;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.osgi.annotation.versioning.ProviderType;
import symphony.api.rbac.AccessUndecidedException;
import symphony.api.rbac.SecurityContext;

/**
 * Where woven operations come to, and who runs them now. While nobody does, as while {@code symphony.rbac.weaver} is stopped,
 * none runs. Thread-safe.
 */
@ProviderType
public final class OperationCalls {
    private static final OperationRunner NOBODY = new Nobody();
    private static final AtomicReference<OperationRunner> RUNNER = new AtomicReference<>(NOBODY);
    private static final MethodHandle RUN;

    static {
        try {
            RUN = MethodHandles.lookup()
                    .findVirtual(OperationMethod.class, "run", MethodType.methodType(Object.class, Object[].class));
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private OperationCalls() {}

    private static final class Nobody implements OperationRunner {
        @Override
        public Object run(OperationCall call) {
            throw new AccessUndecidedException(
                    SecurityContext.current().principal().orElse("(nobody)"),
                    call.permission(),
                    "nobody runs operations as " + call.method() + ": start the bundle symphony.rbac.weaver");
        }
    }

    /**
     * Links a woven operation: a bootstrap method of {@code invokedynamic}, which is all that the method does after its checks.
     *
     * @param caller the class of the method
     * @param method the method's name
     * @param type of the call: the object, unless the method is static, and all arguments; returns what the method does
     * @param code of the method, in a private one of the same class; of the same type
     * @param pattern its permission, as {@link DemandPattern#toString} wrote it
     * @param maxInput most characters of its input, 1 or more
     * @param timeLimitMillis longest time, 1 or more
     * @return the operation
     */
    public static CallSite link(
            MethodHandles.Lookup caller,
            String method,
            MethodType type,
            MethodHandle code,
            String pattern,
            int maxInput,
            long timeLimitMillis) {
        int count = type.parameterCount();
        boolean isStatic = Modifier.isStatic(caller.revealDirect(code).getModifiers());
        var operation = new OperationMethod(
                caller.lookupClass().getName() + '.' + method,
                DemandPattern.of(pattern),
                code.asType(type.generic()).asSpreader(Object[].class, count),
                isStatic ? 0 : 1,
                maxInput,
                Duration.ofMillis(timeLimitMillis));
        return new ConstantCallSite(
                RUN.bindTo(operation).asCollector(Object[].class, count).asType(type));
    }

    /**
     * Has somebody run operations from now on, whoever did before.
     *
     * @param issuer shows that the caller is one of those who may
     * @param runner runs them
     * @return to end it
     */
    public static Running run(SecurityContext.Issuer issuer, OperationRunner runner) {
        Objects.requireNonNull(issuer, "issuer");
        Objects.requireNonNull(runner, "runner");
        RUNNER.set(runner);
        return new Running(runner);
    }

    static OperationRunner runner() {
        return RUNNER.get();
    }

    /** Of one who runs operations. Thread-safe. */
    @ProviderType
    public static final class Running implements AutoCloseable {
        private final OperationRunner runner;

        private Running(OperationRunner runner) {
            this.runner = runner;
        }

        /** It runs no more; no operation runs from now on, unless another has come before. */
        @Override
        public void close() {
            RUNNER.compareAndSet(runner, NOBODY);
        }
    }
}
