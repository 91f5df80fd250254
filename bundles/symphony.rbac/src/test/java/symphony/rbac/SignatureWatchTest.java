package symphony.rbac;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import symphony.api.admission.AdmissionMode;
import symphony.api.admission.AdmissionVerdict;
import symphony.api.admission.AdmissionVerdict.Standing;
import symphony.api.admission.BundleAdmission;
import symphony.api.admission.TrustedSigner;
import symphony.api.rbac.AccessDeniedException;
import symphony.api.rbac.AccessUndecidedException;
import symphony.api.rbac.Permission;
import symphony.component.Guard;

/** Grants that hold for bundles only that somebody has signed. */
@EnabledOnOs({OS.LINUX, OS.MAC})
@Timeout(120)
class SignatureWatchTest {
    private static final String ADA = "a".repeat(64);
    private static final String BOB = "b".repeat(64);
    private static final Permission ASKED = Permission.of("event:publish:a");
    private static final String SIGNED =
            Policies.json("{'version': 1, 'bundles': {'other': {'grants': ['event:publish:a']},"
                    + " 'shop': {'signer': '" + ADA + "', 'grants': ['event:publish:a']}}}");
    private static final String PLAIN =
            Policies.json("{'version': 1, 'bundles': {'shop': {'grants': ['event:publish:a']}}}");

    @TempDir
    private Path temp;

    private final List<Bundle> installed = new CopyOnWriteArrayList<>();
    private final AtomicInteger changes = new AtomicInteger();
    private final FakeAdmission admission = new FakeAdmission();
    private Path path;
    private RbacEngine engine;
    private SignatureWatch watch;

    /** Tells what a test says. */
    private static final class FakeAdmission implements BundleAdmission {
        final Map<Long, Set<String>> signers = new ConcurrentHashMap<>();
        final Set<Long> refused = ConcurrentHashMap.newKeySet();
        final AtomicInteger asked = new AtomicInteger();
        volatile RuntimeException failure;
        volatile CountDownLatch gate = new CountDownLatch(0);

        @Override
        public AdmissionMode mode() {
            return AdmissionMode.SIGNED;
        }

        @Override
        public List<AdmissionVerdict> verdicts() {
            asked.incrementAndGet();
            awaitQuietly(gate);
            if (failure != null) {
                throw failure;
            }
            return signers.entrySet().stream()
                    .map(one -> new AdmissionVerdict(
                            "shop 1.0.0",
                            one.getKey(),
                            refused.contains(one.getKey()) ? Standing.REFUSED : Standing.ADMITTED,
                            "",
                            "",
                            one.getValue(),
                            Instant.EPOCH))
                    .toList();
        }

        private static void awaitQuietly(CountDownLatch gate) {
            try {
                if (!gate.await(60, TimeUnit.SECONDS)) {
                    throw new IllegalStateException("nobody opens the gate");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public List<TrustedSigner> trusted() {
            throw new UnsupportedOperationException();
        }

        @Override
        public TrustedSigner trust(Path certificate) {
            throw new UnsupportedOperationException();
        }
    }

    @BeforeEach
    void begin() throws IOException {
        Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rwx------"));
        path = temp.resolve("policy.json");
        CapturedLog.begin();
        installed.add(bundle(7, "shop"));
        admission.signers.put(7L, Set.of(ADA, BOB));
    }

    @AfterEach
    void end() {
        admission.gate.countDown();
        watch.close();
        engine.close();
    }

    private void start(String policy) throws IOException {
        PolicyFileTest.write(path, policy);
        engine = new RbacEngine(
                RbacEngine.SETTINGS.orDefaults(Map.of("poll", "100ms")),
                temp,
                Optional.empty(),
                false,
                Policies.SYSTEM,
                new Guard(false),
                InstantSource.system(),
                Thread::new,
                changes::incrementAndGet);
        watch = new SignatureWatch(proxy(BundleContext.class, this::context), engine, Thread::new);
        engine.whenLooked(watch::ask);
        engine.start();
        await(() -> engine.view().epoch() == 1);
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(
                Proxy.newProxyInstance(SignatureWatchTest.class.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private Object context(Object proxy, Method method, Object[] args) {
        return switch (method.getName()) {
            case "getBundle" -> {
                assertThat(args[0]).isEqualTo(0L);
                yield proxy(Bundle.class, (p, m, a) -> {
                    assertThat(m.getName()).isEqualTo("getBundleContext");
                    return proxy;
                });
            }
            case "getBundles" -> installed.toArray(new Bundle[0]);
            default -> throw new UnsupportedOperationException(method.toString());
        };
    }

    private static Bundle bundle(long id, String name) {
        return proxy(Bundle.class, (proxy, method, args) -> switch (method.getName()) {
            case "getBundleId" -> id;
            case "getSymbolicName" -> name;
            case "equals" -> proxy == args[0];
            case "toString", "hashCode" -> method.invoke(name, args);
            default -> throw new UnsupportedOperationException(method.toString());
        });
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - end).as("it did not come to that").isNegative();
            LockSupport.parkNanos(1_000_000);
        }
    }

    private boolean isDecided(boolean allowed) {
        try {
            return engine.decide("shop", ASKED).allowed() == allowed;
        } catch (AccessUndecidedException e) {
            return false;
        }
    }

    private void assertUndecided() {
        assertThatExceptionOfType(AccessUndecidedException.class).isThrownBy(() -> engine.decide("shop", ASKED));
        assertThat(engine.decide("other", ASKED).allowed()).isTrue();
    }

    private void happens(int type, Bundle bundle) {
        watch.bundleChanged(new BundleEvent(type, bundle));
    }

    @Test
    void holdsOnlyWhileAdmissionSaysThatItIsSignedSo() throws IOException {
        start(SIGNED);
        await(() -> !CapturedLog.LINES.isEmpty());
        assertUndecided();
        long epoch = engine.epoch();
        Object mark = engine.mark();
        watch.bind(admission);
        await(() -> isDecided(true));
        assertThat(engine.epoch()).isGreaterThan(epoch);
        assertThat(engine.mark()).isNotSameAs(mark);
        assertThat(changes.get()).isGreaterThan(1);
        assertThat(engine.view().epoch()).as("of the policy").isEqualTo(1);
        // when it leaves, and another comes before the first one leaves
        watch.unbind(admission);
        assertUndecided();
        watch.bind(admission);
        await(() -> isDecided(true));
        var other = new FakeAdmission();
        other.signers.put(7L, Set.of(BOB));
        watch.bind(other);
        watch.unbind(admission);
        await(() -> isDecided(false));
    }

    /** As of a certificate that ended, or was taken away: nobody is told of it. */
    @Test
    void followsVerdictsThatChangeByThemselves() throws IOException {
        start(SIGNED);
        watch.bind(admission);
        await(() -> isDecided(true));
        admission.refused.add(7L);
        await(() -> isDecided(false));
        assertThat(engine.explain("shop", ASKED).decision().rule())
                .isEqualTo("policy.json line 1: bundle shop is not signed by " + ADA);
        admission.refused.clear();
        await(() -> isDecided(true));
        assertThat(CapturedLog.LINES.stream()
                        .filter(line -> line.contains("are denied everything: shop; symphony:admission list")))
                .hasSize(1);
    }

    /** At once, before any code of it can run. */
    @Test
    void knowsNothingOfABundleThatWasUpdatedUntilItIsJudgedAgain() throws IOException {
        start(SIGNED);
        watch.bind(admission);
        await(() -> isDecided(true));
        admission.gate = new CountDownLatch(1);
        int asked = admission.asked.get();
        await(() -> admission.asked.get() > asked); // it was asked before, and has the old one in mind
        happens(BundleEvent.UPDATED, installed.get(0));
        assertUndecided();
        admission.signers.put(7L, Set.of(BOB));
        admission.gate.countDown();
        await(() -> isDecided(false));
    }

    @Test
    void holdsForNobodyWhileAnotherBundleOfTheNameIsNotSignedSo() throws IOException {
        start(SIGNED);
        watch.bind(admission);
        await(() -> isDecided(true));
        admission.gate = new CountDownLatch(1);
        Bundle second = bundle(8, "shop");
        installed.add(second);
        happens(BundleEvent.INSTALLED, second);
        assertUndecided();
        admission.gate.countDown();
        await(() -> isDecided(false));
        installed.remove(second);
        happens(BundleEvent.UNINSTALLED, second);
        await(() -> isDecided(true));
        happens(BundleEvent.STARTED, second);
        assertThat(isDecided(true)).isTrue();
    }

    @Test
    void asksNobodyWhileNoPolicyDemandsSignatures() throws IOException {
        start(PLAIN);
        watch.bind(admission);
        happens(BundleEvent.INSTALLED, bundle(9, "shop"));
        long epoch = engine.epoch();
        assertThat(isDecided(true)).isTrue();
        assertThat(admission.asked).hasValue(0);
        assertThat(epoch).isEqualTo(1);
        PolicyFileTest.write(path, SIGNED);
        await(() -> engine.view().epoch() == 2);
        await(() -> isDecided(true) && admission.asked.get() > 0);
        PolicyFileTest.write(path, PLAIN);
        await(() -> engine.view().epoch() == 3);
        assertThat(isDecided(true)).isTrue();
    }

    @Test
    void decidesNothingWhereItMayNotAskOrAdmissionFails() throws IOException {
        start(SIGNED);
        admission.failure = new AccessDeniedException("symphony.rbac", Permission.of("admission:list:bundles"), "");
        watch.bind(admission);
        String told = "WARN symphony.rbac: who has signed bundles is not known, symphony.rbac has no permission"
                + " admission:list:bundles, grant it in the policy; what those ask for that must be signed is not decided until it"
                + " is";
        await(() -> CapturedLog.LINES.contains(told));
        assertUndecided();
        admission.failure = new IllegalStateException("it stops");
        await(() -> CapturedLog.LINES.stream()
                .anyMatch(line -> line.contains("admission failed: java.lang.IllegalStateException: it stops")));
        assertUndecided();
        admission.failure = null;
        await(() -> isDecided(true));
        assertThat(CapturedLog.LINES.stream().filter(told::equals)).hasSize(1);
    }
}
