package symphony.component;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;

class OwnPartsTest {
    private final List<Bundle> installed = new ArrayList<>();

    private interface Answer {
        Object to(String method);
    }

    private static <T> T proxy(Class<T> type, Answer answer) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, args) -> answer.to(method.getName())));
    }

    private Bundle install(String name, long id) {
        Bundle bundle = proxy(Bundle.class, method -> switch (method) {
            case "getSymbolicName" -> name;
            case "getBundleId" -> id;
            default -> throw new UnsupportedOperationException(method);
        });
        installed.add(bundle);
        return bundle;
    }

    /** Of somebody from whom hooks hide all bundles. */
    private OwnParts parts() {
        BundleContext ofSystem = proxy(BundleContext.class, method -> installed.toArray(Bundle[]::new));
        Bundle system = proxy(Bundle.class, method -> ofSystem);
        return new OwnParts(proxy(BundleContext.class, method -> switch (method) {
            case "getBundle" -> system;
            case "getBundles" -> new Bundle[0];
            default -> throw new UnsupportedOperationException(method);
        }));
    }

    @Test
    void areTheFirstOfOurNames() {
        Bundle second = install("symphony.users", 12);
        Bundle first = install("symphony.users", 7);
        Bundle only = install("symphony.rbac.weaver", 30);
        assertThat(parts().has(first)).isTrue();
        assertThat(parts().has(only)).isTrue();
        assertThat(parts().has(second)).isFalse();
    }

    @Test
    void areNoneOfOtherNamesHoweverTheyBegin() {
        install("symphony.users", 7);
        assertThat(parts().has(install("symphony.mine", 1))).isFalse();
        assertThat(parts().has(install("acme.shop", 2))).isFalse();
        assertThat(parts().has(install(null, 3))).isFalse();
    }
}
