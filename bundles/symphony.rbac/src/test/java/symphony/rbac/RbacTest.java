package symphony.rbac;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Dictionary;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.assertj.core.api.ThrowableAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceFactory;
import org.osgi.framework.ServiceRegistration;
import symphony.api.audit.AuditEntry;
import symphony.api.audit.Outcome;
import symphony.api.rbac.AccessControl;
import symphony.api.rbac.AccessDeniedException;
import symphony.api.rbac.AccessUndecidedException;
import symphony.api.rbac.Permission;
import symphony.api.rbac.PolicyAdmin;
import symphony.api.rbac.PolicyReload;
import symphony.api.rbac.PolicyTrial;
import symphony.api.rbac.PolicyView.Origin;

/** The component, as DS makes it, and the services that it registers. */
@EnabledOnOs({OS.LINUX, OS.MAC})
@Timeout(60)
class RbacTest {
    private static final String POLICY = Policies.json(
            "{'version': 1, 'bundles': {'ops': {'grants': ['policy:*:policy']}, 'viewer': {'grants': ['policy:show:policy']}}}");

    @TempDir
    private Path temp;

    private final Map<String, String> launch = new HashMap<>();
    private final Map<String, Object> services = new ConcurrentHashMap<>();
    private final List<Long> epochs = new CopyOnWriteArrayList<>();
    private Runnable onEpoch = () -> {};
    private Path path;
    private Rbac component;

    @BeforeEach
    void begin() throws IOException {
        Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rwx------"));
        launch.put("symphony.home", temp.toString());
        path = temp.resolve("policy.json");
        CapturedLog.begin();
    }

    @AfterEach
    void end() {
        component.deactivate();
    }

    private void start(Map<String, Object> config) {
        component = new Rbac(config, proxy(BundleContext.class, this::context));
        component.activate();
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(RbacTest.class.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private Object context(Object proxy, Method method, Object[] args) {
        return switch (method.getName()) {
            case "getProperty" -> launch.get(args[0]);
            case "addBundleListener" -> {
                services.put("bundle listener", args[0]);
                yield null;
            }
            case "removeBundleListener" -> {
                services.remove("bundle listener", args[0]);
                yield null;
            }
            case "getBundles" -> new Bundle[0];
            case "getBundle" -> {
                assertThat(args[0]).isEqualTo(0L);
                yield bundle("org.apache.felix.framework");
            }
            case "registerService" -> {
                String type = ((Class<?>) args[0]).getName();
                services.put(type, args[1]);
                if (type.equals(AccessControl.class.getName())) {
                    epochs.add((Long) ((Dictionary<?, ?>) args[2]).get("symphony.policy.epoch"));
                }
                yield proxy(ServiceRegistration.class, (p, m, a) -> registration(type, m, a));
            }
            default -> throw new AssertionError(method);
        };
    }

    private Object registration(String type, Method method, Object[] args) {
        if (!services.containsKey(type)) {
            throw new IllegalStateException("it is unregistered");
        }
        switch (method.getName()) {
            case "unregister" -> services.remove(type);
            case "setProperties" -> {
                epochs.add((Long) ((Dictionary<?, ?>) args[0]).get("symphony.policy.epoch"));
                onEpoch.run();
            }
            default -> throw new AssertionError(method);
        }
        return null;
    }

    private static Bundle bundle(String name) {
        return proxy(Bundle.class, (p, m, a) -> {
            assertThat(m.getName()).isEqualTo("getSymbolicName");
            return name;
        });
    }

    @SuppressWarnings("unchecked")
    private AccessControl access() {
        return ((ServiceFactory<AccessControl>) services.get(AccessControl.class.getName()))
                .getService(bundle("acme.shop"), null);
    }

    @SuppressWarnings("unchecked")
    private PolicyAdmin admin(String caller) {
        return ((ServiceFactory<PolicyAdmin>) services.get(PolicyAdmin.class.getName()))
                .getService(bundle(caller), null);
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("deadline").isLessThan(deadline);
            LockSupport.parkNanos(1_000_000);
        }
    }

    @Test
    void decidesByThePolicyInTheStateFolderFromItsFirstMoment() throws IOException {
        PolicyFileTest.write(path, POLICY);
        start(Map.of());
        assertThat(access().decide("ops", Permission.of("policy:show:policy")).allowed())
                .isTrue();
        assertThat(access().decide("org.apache.felix.framework", Permission.of("policy:show:policy"))
                        .allowed())
                .isFalse();
        assertThat(epochs).first().isEqualTo(1L);
    }

    @Test
    void takesAwayItsServicesAndEndsItsThreads() throws IOException {
        PolicyFileTest.write(path, POLICY);
        start(Map.of("poll", "100ms"));
        component.deactivate();
        assertThat(services).isEmpty();
        await(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith("symphony-rbac")));
    }

    @Test
    void generatesAPolicyInDevelopmentOnly() {
        launch.put("symphony.environment", "dev");
        start(Map.of());
        assertThat(admin("symphony.shell").active().origin()).isEqualTo(Origin.GENERATED);
        component.deactivate();
        launch.put("symphony.environment", "production");
        start(Map.of());
        assertThatExceptionOfType(AccessUndecidedException.class)
                .isThrownBy(() -> access().decide("symphony.shell", Permission.of("policy:show:policy")));
    }

    @Test
    void tellsOfEachNewPolicyByItsServiceProperty() throws IOException {
        PolicyFileTest.write(path, POLICY);
        start(Map.of("poll", "100ms"));
        PolicyFileTest.write(path, POLICY + " ");
        await(() -> epochs.contains(2L));
        PolicyFileTest.write(path, POLICY + "  ");
        await(() -> epochs.contains(3L));
        assertThat(epochs).isSorted();
    }

    /** Whoever is told may take their time; another policy is in force meanwhile, and they are told of it, too. */
    @Test
    void followsTheFileWhileThoseWhoAreToldHang() throws Exception {
        var entered = new CountDownLatch(1);
        var go = new CountDownLatch(1);
        onEpoch = () -> {
            entered.countDown();
            try {
                assertThat(go.await(30, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        };
        PolicyFileTest.write(path, POLICY);
        start(Map.of("poll", "100ms"));
        for (int i = 1; i <= 3; i++) {
            PolicyFileTest.write(path, POLICY + " ".repeat(i));
            long epoch = 1L + i;
            await(() -> admin("viewer").active().epoch() == epoch);
        }
        assertThat(entered.await(30, TimeUnit.SECONDS)).isTrue();
        go.countDown();
        await(() -> epochs.contains(4L));
    }

    @Test
    void letsOnlyThoseAdministerWhoMay() throws IOException {
        PolicyFileTest.write(path, POLICY);
        var trail = new Trail();
        start(Map.of("poll", "1h"));
        awaitAudited();
        component.bindAudit(trail);
        PolicyAdmin ops = admin("ops");
        assertThat(ops.active().origin()).isEqualTo(Origin.FILE);
        assertThat(ops.explain("viewer", Permission.of("policy:show:policy"))
                        .decision()
                        .allowed())
                .isTrue();
        assertThat(ops.reload()).isInstanceOf(PolicyReload.Unchanged.class);
        assertThat(ops.tryOut("{\"version\": 1}")).isInstanceOf(PolicyTrial.Valid.class);
        assertThat(ops.tryOut(path)).isInstanceOf(PolicyTrial.Valid.class);
        PolicyAdmin viewer = admin("viewer");
        assertThat(viewer.active().origin()).isEqualTo(Origin.FILE);
        denied("explain", () -> viewer.explain("viewer", Permission.of("policy:show:policy")));
        denied("reload", viewer::reload);
        denied("try", () -> viewer.tryOut("{\"version\": 1}"));
        denied("try", () -> viewer.tryOut(path));
        assertThat(trail.entries)
                .extracting(AuditEntry::action)
                .containsExactly("policy:explain", "policy:reload", "policy:try", "policy:try");
        assertThat(trail.entries)
                .allMatch(entry ->
                        entry.outcome() == Outcome.DENIED && entry.actor().equals("viewer"));
        component.unbindAudit(trail);
        denied("show", () -> admin("other").active());
        assertThat(trail.entries).hasSize(4);
    }

    /** The first policy of a start is audited after it is in force, here in the log. */
    private static void awaitAudited() {
        await(() -> CapturedLog.LINES.stream().anyMatch(line -> line.startsWith("INFO audit: policy:swap ")));
    }

    private static void denied(String action, ThrowableAssert.ThrowingCallable call) {
        assertThatExceptionOfType(AccessDeniedException.class)
                .isThrownBy(call)
                .satisfies(e -> assertThat(e.permission()).isEqualTo("policy:" + action + ":policy"));
    }

    @Test
    void tellsTheAuditThatComesLaterOfEachSwapFromThenOn() throws IOException {
        PolicyFileTest.write(path, POLICY);
        start(Map.of("poll", "1h"));
        awaitAudited();
        var trail = new Trail();
        component.bindAudit(trail);
        PolicyFileTest.write(path, POLICY + " ");
        assertThat(admin("ops").reload()).isInstanceOf(PolicyReload.Swapped.class);
        assertThat(trail.entries).singleElement().satisfies(entry -> {
            assertThat(entry.actor()).isEqualTo("ops");
            assertThat(entry.details().keySet()).isEqualTo(Set.of("before", "after", "epoch"));
        });
    }

    /** Else the difference to an empty policy would show all of the one in force. */
    @Test
    void showsTheDifferenceOnlyToWhoMaySeeThePolicy() throws IOException {
        String policy = Policies.json("{'version': 1, 'bundles': {'ops': {'grants': ['policy:*:policy']}, "
                + "'trier': {'grants': ['policy:try:policy']}}}");
        PolicyFileTest.write(path, policy);
        start(Map.of());
        String empty = "{\"version\": 1}";
        Path file = temp.resolve("empty.json");
        PolicyFileTest.write(file, empty);
        String hash = PolicyReader.hash(empty.getBytes(StandardCharsets.UTF_8));
        var shown =
                new PolicyTrial.Valid(hash, List.of(), List.of("ops policy:*:policy", "trier policy:try:policy"), true);
        var hidden = new PolicyTrial.Valid(hash, List.of(), List.of(), false);
        assertThat(admin("ops").tryOut(empty)).isEqualTo(shown);
        assertThat(admin("ops").tryOut(file)).isEqualTo(shown);
        assertThat(admin("trier").tryOut(empty)).isEqualTo(hidden);
        assertThat(admin("trier").tryOut(file)).isEqualTo(hidden);
        assertThat(admin("trier").tryOut("{}")).isInstanceOf(PolicyTrial.Refused.class);
    }

    @Test
    void takesAPolicyFromElsewhereByTheLaunchPropertyOnly() throws IOException {
        Path elsewhere = Files.createDirectory(temp.resolve("elsewhere"));
        Path site = elsewhere.resolve("site.json");
        PolicyFileTest.write(site, POLICY);
        Path home = Files.createDirectory(temp.resolve("home"));
        launch.put("symphony.home", home.toString());
        for (String path : List.of(site.toString(), "../elsewhere/site.json", "x/../../elsewhere/site.json")) {
            CapturedLog.LINES.clear();
            start(Map.of("path", path, "poll", "1h"));
            assertThat(CapturedLog.LINES)
                    .contains("WARN symphony.rbac: path is " + path
                            + ", must be the path of a file in the state folder, from there on, with a name that ends with"
                            + " .json; using policy.json; set it in PID symphony.rbac");
            assertThat(CapturedLog.LINES)
                    .anyMatch(line -> line.startsWith("ERROR symphony.rbac: no policy is in force"));
            component.deactivate();
        }
        launch.put("symphony.policy.file", site.toString());
        start(Map.of());
        assertThat(admin("viewer").active().source()).isEqualTo(site.toString());
        component.deactivate();
        Path text = Files.copy(site, elsewhere.resolve("site.txt"));
        launch.put("symphony.policy.file", text.toString());
        launch.put("symphony.environment", "dev");
        start(Map.of("poll", "1h"));
        assertThat(CapturedLog.LINES)
                .anyMatch(line -> line.startsWith("ERROR symphony.rbac: no policy is in force: " + text
                        + " is refused, the name of '" + text + "' does not end with .json"));
    }

    @Test
    void keepsTheLastGoodConfiguration() throws IOException {
        PolicyFileTest.write(path, POLICY);
        Path other = temp.resolve("other.json");
        PolicyFileTest.write(other, Policies.json("{'version': 1, 'bundles': {'ops': {'grants': ['*:*:*']}}}"));
        start(Map.of("poll", "1h"));
        component.modified(Map.of("path", "other.txt"));
        component.modified(Map.of("path", "other.json", "poll", "1ms"));
        assertThat(admin("ops").active().source()).isEqualTo(path.toString());
        assertThat(CapturedLog.LINES)
                .contains(
                        "WARN symphony.rbac: path is other.txt, must be the path of a file in the state folder, from there on, with a name that ends with .json; keeping all as it was; set it in PID symphony.rbac",
                        "WARN symphony.rbac: poll is 1ms, must be 100ms to 60m; keeping all as it was; set it in PID symphony.rbac");
        component.modified(Map.of("path", "other.json"));
        await(() -> admin("ops").active().source().equals(other.toString())
                && access().decide("ops", Permission.of("a:b:c")).allowed());
    }
}
