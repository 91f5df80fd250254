package symphony.rbac;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.BundleException;
import org.osgi.framework.wiring.BundleCapability;
import org.osgi.framework.wiring.BundleRevision;
import org.osgi.framework.wiring.BundleWire;
import org.osgi.framework.wiring.BundleWiring;

class UnguardedBundlesTest {
    private final List<Integer> stops = new ArrayList<>();
    private int weaver = Bundle.RESOLVED;
    private int state = Bundle.ACTIVE;
    private boolean stopFails;

    @BeforeEach
    void begin() {
        CapturedLog.begin();
    }

    private static <T> T proxy(Class<T> type, Answers answers) {
        return type.cast(Proxy.newProxyInstance(
                UnguardedBundlesTest.class.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) ->
                        method.getName().equals("toString") ? "shop" : answers.to(method.getName(), arguments)));
    }

    private interface Answers {
        Object to(String method, Object... arguments) throws BundleException;
    }

    /** A bundle that is wired to a capability of the namespace of extenders. */
    private Bundle shop(String extender) {
        Bundle provider = proxy(Bundle.class, (method, arguments) -> weaver);
        BundleRevision revision = proxy(BundleRevision.class, (method, arguments) -> provider);
        BundleCapability capability =
                proxy(BundleCapability.class, (method, arguments) -> Map.of("osgi.extender", extender));
        BundleWire wire =
                proxy(BundleWire.class, (method, arguments) -> method.equals("getCapability") ? capability : revision);
        BundleWiring wiring = proxy(BundleWiring.class, (method, arguments) -> List.of(wire));
        return proxy(Bundle.class, (method, arguments) -> switch (method) {
            case "adapt" -> wiring;
            case "getState" -> state;
            default -> {
                stops.add((Integer) arguments[0]);
                if (stopFails) {
                    throw new BundleException("it goes on, a test says");
                }
                yield null;
            }
        });
    }

    private final Bundle shop = shop("symphony.rbac.weaver");

    private void start(UnguardedBundles watch, Bundle bundle) {
        watch.bundleChanged(new BundleEvent(BundleEvent.RESOLVED, bundle));
        watch.bundleChanged(new BundleEvent(BundleEvent.STARTING, bundle));
        watch.bundleChanged(new BundleEvent(BundleEvent.STARTED, bundle));
    }

    @Test
    void tellsOfABundleThatIsStartedWithoutItsGuard() {
        start(new UnguardedBundles(false), shop);
        assertThat(CapturedLog.LINES).singleElement().asString().startsWith("ERROR shop demands permissions");
        assertThat(stops).isEmpty();
    }

    @Test
    void stopsItWhereSecurityIsRequired() {
        start(new UnguardedBundles(true), shop);
        assertThat(stops).containsExactly(Bundle.STOP_TRANSIENT);
        assertThat(CapturedLog.LINES).hasSize(2).last().asString().startsWith("ERROR shop is stopped");
        stopFails = true;
        start(new UnguardedBundles(true), shop);
        assertThat(CapturedLog.LINES).last().asString().contains("could not be stopped", "it goes on, a test says");
    }

    @Test
    void looksAtThoseThatRanBeforeItCame() {
        new UnguardedBundles(true).look(shop);
        assertThat(stops).hasSize(1);
        state = Bundle.RESOLVED;
        new UnguardedBundles(true).look(shop);
        assertThat(stops).hasSize(1);
    }

    @Test
    void leavesOthersAlone() {
        start(new UnguardedBundles(true), shop("osgi.component"));
        weaver = Bundle.ACTIVE;
        start(new UnguardedBundles(true), shop);
        new UnguardedBundles(true).look(shop);
        assertThat(stops).isEmpty();
        assertThat(CapturedLog.LINES).isEmpty();
    }
}
