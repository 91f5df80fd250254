package symphony.benchmarks.parts;

import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.CompilerControl;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import symphony.api.audit.AuditEntry;
import symphony.api.audit.AuditSink;
import symphony.api.audit.Outcome;
import symphony.api.rbac.AccessDeniedException;
import symphony.api.rbac.RequiresPermission;
import symphony.api.rbac.SecurityContext;
import symphony.api.rbac.weaving.DemandPattern;
import symphony.api.rbac.weaving.PermissionChecks;
import symphony.component.Guard;
import symphony.rbac.RbacEngine;
import symphony.rbac.weaver.AccessEnforcer;

/**
 * What a check costs that was woven into a method: whose answer is kept, whose answer needs an argument and is asked for, that is
 * denied with an exception; beside the same call without one. Access control is that of {@code symphony.rbac}, by a policy file. A
 * check is linked as {@code invokedynamic} links it, and held by a constant, which the compiler treats alike.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(2)
public class GuardBenchmark {
    private static final MethodHandle KEPT = link(MethodType.methodType(void.class), "vault:open:gold");
    private static final MethodHandle ARGUMENT =
            link(MethodType.methodType(void.class, Object.class), "vault:open:{0}");
    private static final MethodHandle DENIED = link(MethodType.methodType(void.class), "vault:open:lead");
    private static final SecurityContext.Issuer ISSUER = SecurityContext.issuer(MethodHandles.lookup());

    private final String metal = "gold";
    private long opened;
    private Path home;
    private RbacEngine engine;
    private PermissionChecks.Enforcement enforcement;
    private SecurityContext before;

    private static MethodHandle link(MethodType type, String permission) {
        var pattern = new DemandPattern(RequiresPermission.Mode.ALL, List.of(permission));
        return PermissionChecks.link(MethodHandles.lookup(), "open", type, pattern.toString())
                .dynamicInvoker();
    }

    /** On the thread that calls, in whose name it does. */
    @Setup(Level.Trial)
    public void enforce() throws IOException {
        home = Files.createTempDirectory(
                "symphony-guard", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Path policy = Files.createFile(
                home.resolve("policy.json"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(
                policy,
                "{\"version\": 1, \"bundles\": {\"shop\": {\"grants\": [\"vault:open:gold\", \"vault:open:silver\"]}}}");
        engine = new RbacEngine(
                RbacEngine.SETTINGS.orDefaults(Map.of()),
                home,
                Optional.empty(),
                false,
                Set.of("system.bundle"),
                new Guard(false),
                InstantSource.system(),
                Thread::new,
                () -> {});
        engine.start();
        var guard = new Guard(true);
        guard.bind(new NoTrail());
        var enforcer = new AccessEnforcer(guard);
        enforcer.ask(engine);
        enforcement = PermissionChecks.enforce(ISSUER, enforcer);
        before = ISSUER.bind(ISSUER.of("shop"));
        if (kept() != 1 || argument() != 2 || unguarded() != 3 || denied() == null) {
            throw new IllegalStateException("something was not called, or not denied");
        }
    }

    @TearDown(Level.Trial)
    public void end() throws IOException {
        ISSUER.bind(before);
        enforcement.close();
        engine.close();
        Files.delete(home.resolve("policy.json"));
        Files.delete(home);
    }

    @Benchmark
    @CompilerControl(CompilerControl.Mode.DONT_INLINE)
    public long unguarded() {
        return ++opened;
    }

    @Benchmark
    @CompilerControl(CompilerControl.Mode.DONT_INLINE)
    public long kept() {
        check(KEPT);
        return ++opened;
    }

    @Benchmark
    @CompilerControl(CompilerControl.Mode.DONT_INLINE)
    public long argument() {
        try {
            ARGUMENT.invokeExact((Object) metal);
        } catch (Throwable t) {
            throw unexpected(t);
        }
        return ++opened;
    }

    /** The exception has a stack trace; the denial is told to an audit that drops it. */
    @Benchmark
    public AccessDeniedException denied() {
        try {
            check(DENIED);
            return null;
        } catch (AccessDeniedException e) {
            return e;
        }
    }

    private static void check(MethodHandle check) {
        try {
            check.invokeExact();
        } catch (AccessDeniedException e) {
            throw e;
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    private static final class NoTrail implements AuditSink {
        @Override
        public void record(AuditEntry entry) {
            // dropped
        }

        @Override
        public void count(
                String action, String principal, String topic, String subscription, Outcome outcome, UUID eventId) {
            // dropped
        }
    }

    private static IllegalStateException unexpected(Throwable thrown) {
        return new IllegalStateException(thrown);
    }
}
