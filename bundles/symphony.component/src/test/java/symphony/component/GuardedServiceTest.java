package symphony.component;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;

/** Who gets a service as it is. */
class GuardedServiceTest {
    private static final Set<String> PARTS = Set.of("symphony.crypto", "symphony.shell", "acme.orders");
    private static final String WHOLE = "the service as it is";

    private final List<Bundle> installed = new ArrayList<>();
    private final GuardedService<String> service =
            new GuardedService<>(context(), PARTS, WHOLE, name -> "view of " + name);

    private BundleContext context() {
        var system = proxy(BundleContext.class, "getBundles", null);
        return proxy(BundleContext.class, "getBundle", proxy(Bundle.class, "getBundleContext", system));
    }

    /** Answers one method; the bundles that are installed, if there is no answer. */
    private <T> T proxy(Class<T> type, String name, Object answer) {
        return type.cast(Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    assertThat(method.getName()).isEqualTo(name);
                    return answer == null ? installed.toArray(Bundle[]::new) : answer;
                }));
    }

    private Bundle install(String symbolicName, int state) {
        long id = installed.size() + 1L;
        var bundle = (Bundle) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {Bundle.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "getSymbolicName" -> symbolicName;
                    case "getBundleId" -> id;
                    case "getState" -> state;
                    default -> throw new AssertionError(method);
                });
        installed.add(bundle);
        return bundle;
    }

    private String got(Bundle bundle) {
        return service.getService(bundle, null);
    }

    @ParameterizedTest
    @ValueSource(strings = {"symphony.crypto", "symphony.shell"})
    void isWholeForThePartsOfOursThatNeedIt(String name) {
        assertThat(got(install(name, Bundle.ACTIVE))).isSameAs(WHOLE);
    }

    /** Also for who is named and is none of ours, and for a part of ours that does without. */
    @ParameterizedTest
    @ValueSource(
            strings = {"acme.orders", "symphony.Shell", "symphony.shell.more", "symphony.testing", "symphony.users"})
    void isAViewForAllOthers(String name) {
        assertThat(got(install(name, Bundle.ACTIVE))).isEqualTo("view of " + name);
    }

    @Test
    void isAViewForWhoHasTheNameOfAPartThatWasInstalledBefore() {
        Bundle first = install("symphony.shell", Bundle.RESOLVED);
        Bundle second = install("symphony.shell", Bundle.ACTIVE);
        assertThat(got(second)).isEqualTo("view of symphony.shell");
        assertThat(got(first)).isSameAs(WHOLE);
    }

    @Test
    void isWholeForWhoHasTheNameOfOneThatIsUninstalled() {
        install("symphony.shell", Bundle.UNINSTALLED);
        assertThat(got(install("symphony.shell", Bundle.ACTIVE))).isSameAs(WHOLE);
    }
}
