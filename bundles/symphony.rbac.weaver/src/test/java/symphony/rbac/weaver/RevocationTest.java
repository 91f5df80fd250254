package symphony.rbac.weaver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import symphony.api.rbac.AccessDeniedException;
import symphony.api.rbac.PolicyReload;
import symphony.api.rbac.RequiresPermission.Mode;
import symphony.api.rbac.SecurityContext;
import symphony.api.rbac.weaving.DemandPattern;
import symphony.api.rbac.weaving.PermissionChecks;
import symphony.component.Guard;
import symphony.rbac.RbacEngine;

/** Access control as it is, whose policy changes while guarded methods are called. */
@EnabledOnOs({OS.LINUX, OS.MAC})
class RevocationTest {
    @TempDir
    private Path home;

    private void grant(String grants) throws IOException {
        Path beside = home.resolve("policy.new");
        Files.writeString(beside, "{\"version\": 1, \"bundles\": {\"shop\": {\"grants\": [" + grants + "]}}}");
        Files.setPosixFilePermissions(beside, PosixFilePermissions.fromString("rw-------"));
        Files.move(beside, home.resolve("policy.json"), StandardCopyOption.REPLACE_EXISTING);
    }

    /** Row 23 for guarded methods. Nobody is told of a change, as where somebody who is told first never returns. */
    @Test
    @Timeout(300)
    void noThreadGetsByOnAnAnswerOfThePolicyBefore() throws Exception {
        Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwx------"));
        grant("");
        var issuer = SecurityContext.issuer(MethodHandles.lookup());
        var guard = new Guard(true);
        var enforcer = new AccessEnforcer(guard);
        var engine = new RbacEngine(
                RbacEngine.SETTINGS.orDefaults(Map.of("poll", "1h")),
                home,
                Optional.empty(),
                false,
                Set.of("system.bundle"),
                new Guard(false),
                InstantSource.system(),
                Thread::new,
                () -> {});
        MethodHandle check = PermissionChecks.link(
                        MethodHandles.lookup(),
                        "open",
                        MethodType.methodType(void.class),
                        new DemandPattern(Mode.ALL, List.of("vault:open:gold")).toString())
                .dynamicInvoker();
        SecurityContext shop = issuer.of("shop");
        // Of four: 0 it is revoked, 2 it is granted, 1 and 3 that changes. Read before and after each call.
        var phase = new AtomicLong();
        var over = new AtomicBoolean();
        var calls = new LongAdder();
        Callable<Void> caller = () -> shop.call(() -> {
            while (!over.get()) {
                long before = phase.get();
                boolean passed = passes(check);
                if (phase.get() == before && before % 2 == 0) {
                    assertThat(passed).as("in phase " + before).isEqualTo(before % 4 == 2);
                    calls.increment();
                }
            }
            return null;
        });
        var pool = Executors.newFixedThreadPool(8);
        try (var enforcement = PermissionChecks.enforce(issuer, enforcer);
                engine) {
            engine.start();
            enforcer.ask(engine);
            assertThat(enforcement).isNotNull();
            List<Future<Void>> threads = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                threads.add(pool.submit(caller));
            }
            for (int change = 1; change <= 10; change++) {
                phase.incrementAndGet();
                grant(change % 2 == 1 ? "\"vault:open:gold\"" : "\"change:number:" + change + "\"");
                assertThat(engine.reload("ada")) // unchanged if a look that came late has found it
                        .isInstanceOfAny(PolicyReload.Swapped.class, PolicyReload.Unchanged.class);
                phase.incrementAndGet();
                long before = calls.sum();
                while (calls.sum() < before + 1_000 && threads.stream().noneMatch(Future::isDone)) {
                    Thread.yield();
                }
            }
            over.set(true);
            for (Future<Void> thread : threads) {
                thread.get(60, TimeUnit.SECONDS);
            }
        } finally {
            over.set(true);
            pool.shutdownNow();
        }
    }

    private static boolean passes(MethodHandle check) {
        try {
            check.invoke();
            return true;
        } catch (AccessDeniedException e) {
            return false;
        } catch (Throwable t) {
            throw new AssertionError(t);
        }
    }
}
