package symphony.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceFactory;
import org.osgi.framework.ServiceRegistration;
import symphony.api.audit.AuditEntry;
import symphony.api.audit.AuditSink;
import symphony.api.audit.AuditTrail;
import symphony.api.audit.Outcome;
import symphony.api.rbac.AccessControl;
import symphony.api.rbac.AccessDeniedException;
import symphony.api.rbac.Decision;
import symphony.segmentlog.SegmentLog;
import symphony.segmentlog.SegmentLogOptions;

/** The component: what it does with what the framework tells it. */
@Timeout(60)
class AuditTest {
    @TempDir
    private Path temp;

    private final Map<Class<?>, Object> services = new HashMap<>();
    private final List<Bundle> installed = new ArrayList<>();
    private final AtomicInteger unregistered = new AtomicInteger();
    private boolean isContextValid = true;
    private boolean failsToUnregister;

    private BundleContext context() {
        return proxy(BundleContext.class, (name, arguments) -> switch (name) {
            case "getProperty" -> "symphony.home".equals(arguments[0]) ? temp.toString() : null;
            case "registerService" -> {
                if (!isContextValid) {
                    throw new IllegalStateException("context is no longer valid");
                }
                services.put((Class<?>) arguments[0], arguments[1]);
                yield proxy(ServiceRegistration.class, (method, none) -> {
                    unregistered.incrementAndGet();
                    if (failsToUnregister) {
                        throw new IllegalStateException("already unregistered");
                    }
                    return null;
                });
            }
            case "getBundle" -> system();
            case "getBundles" -> installed.toArray(Bundle[]::new);
            default -> throw new UnsupportedOperationException(name);
        });
    }

    private Bundle system() {
        return proxy(Bundle.class, (name, arguments) -> switch (name) {
            case "getBundleContext" -> context();
            default -> throw new UnsupportedOperationException(name);
        });
    }

    private static Bundle bundle(String symbolicName) {
        return bundle(symbolicName, 42);
    }

    private static Bundle bundle(String symbolicName, long id) {
        return proxy(Bundle.class, (name, arguments) -> switch (name) {
            case "getSymbolicName" -> symbolicName;
            case "getBundleId" -> id;
            case "getState" -> Bundle.ACTIVE;
            default -> throw new UnsupportedOperationException(name);
        });
    }

    private interface Answer {
        Object to(String method, Object... arguments);
    }

    private static <T> T proxy(Class<T> type, Answer answer) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> answer.to(method.getName(), arguments)));
    }

    private Audit audit() {
        return new Audit(Map.of(), context());
    }

    private void assertFolderIsFree() throws Exception {
        SegmentLog.open(temp.resolve(Audit.FOLDER), SegmentLogOptions.defaults())
                .close();
    }

    @SuppressWarnings("unchecked")
    private AuditTrail trailOf(Bundle bundle) {
        var factory = (ServiceFactory<AuditTrail>) services.get(AuditTrail.class);
        return factory.getService(bundle, null);
    }

    /** Not each framework holds symbolic names to their grammar, and that of a user must not be taken by a bundle. */
    @Test
    void callsWhoReadsByTheNameThatPermissionsAreGrantedTo() {
        Audit audit = audit();
        audit.activate();
        AccessControl nobody = (principal, permission) -> new Decision(false, "asked for " + principal);
        audit.bindCrypto(new TestCrypto());
        audit.bindAccess(nobody);
        for (String name : new String[] {"user:ada", "bundle-7", null}) {
            assertThatThrownBy(() -> trailOf(bundle(name)).tail(1))
                    .isInstanceOfSatisfying(
                            AccessDeniedException.class,
                            e -> assertThat(e.principal()).isEqualTo("bundle-42"));
        }
        assertThatThrownBy(() -> trailOf(bundle("acme.shop")).tail(1))
                .isInstanceOfSatisfying(
                        AccessDeniedException.class,
                        e -> assertThat(e.principal()).isEqualTo("acme.shop"));
        audit.deactivate();
    }

    @SuppressWarnings("unchecked")
    private AuditSink sinkOf(Bundle bundle) {
        var factory = (ServiceFactory<AuditSink>) services.get(AuditSink.class);
        return factory.getService(bundle, null);
    }

    private static AuditEntry destroyed(String actor) {
        return new AuditEntry(actor, "crypto:destroy", "event/1", Outcome.DONE, Map.of());
    }

    /** Whoever drops a bundle of the name of one of ours records in no other name by it. */
    @Test
    void takesEntriesInTheNameOfOthersFromOurOwnPartsOnly() {
        Audit audit = audit();
        audit.activate();
        audit.bindCrypto(new TestCrypto());
        audit.bindAccess((principal, permission) -> new Decision(false, "asked for " + principal));
        Bundle first = bundle("symphony.users", 9);
        Bundle second = bundle("symphony.users", 42);
        Bundle other = bundle("acme.shop", 8);
        installed.addAll(List.of(second, first, other));
        sinkOf(first).record(destroyed("symphony.crypto"));
        for (Bundle refused : List.of(second, other)) {
            AuditSink sink = sinkOf(refused);
            assertThatThrownBy(() -> sink.record(destroyed("symphony.crypto")))
                    .isInstanceOfSatisfying(
                            AccessDeniedException.class,
                            e -> assertThat(e.principal()).isEqualTo(refused.getSymbolicName()));
        }
        audit.deactivate();
    }

    @Test
    void leavesNothingBehindIfItCannotBeActivated() throws Exception {
        Set<Thread> before = writers();
        Audit audit = audit();
        isContextValid = false;
        assertThatThrownBy(audit::activate).isInstanceOf(IllegalStateException.class);
        Rig.await(() -> before.containsAll(writers()));
        assertFolderIsFree();
    }

    private static Set<Thread> writers() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("symphony-audit-writer"))
                .collect(Collectors.toSet());
    }

    @Test
    void closesTheTrailThoughAServiceCannotBeUnregistered() throws Exception {
        Audit audit = audit();
        audit.activate();
        failsToUnregister = true;
        assertThatThrownBy(audit::deactivate).isInstanceOf(IllegalStateException.class);
        assertThat(unregistered).hasPositiveValue();
        assertFolderIsFree();
    }
}
