package symphony.component;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.osgi.framework.Bundle;

class PrincipalTest {
    private static Bundle bundle(String symbolicName) {
        return (Bundle) Proxy.newProxyInstance(
                PrincipalTest.class.getClassLoader(),
                new Class<?>[] {Bundle.class},
                (proxy, method, arguments) -> method.getName().equals("getBundleId") ? (Object) 7L : symbolicName);
    }

    @ParameterizedTest
    @ValueSource(strings = {"shop", "shop.orders", "Shop_2.a-b", "bundle-x", "bundle-7.x", "system.bundle"})
    void isTheSymbolicName(String name) {
        assertThat(Principal.of(bundle(name))).isEqualTo(name);
    }

    /** Equinox takes any of these. */
    @ParameterizedTest
    @ValueSource(strings = {"user:ada", "*", "shop:orders", "shop orders", "a..b", "", ".a", "a\n", "sh\u043ep"})
    void isTheIdWhereTheNameIsNoSymbolicName(String name) {
        assertThat(Principal.of(bundle(name))).isEqualTo("bundle-7");
    }

    @Test
    void isTheIdWhereThereIsNoNameOrThatOfAnother() {
        assertThat(Principal.of(bundle(null))).isEqualTo("bundle-7");
        assertThat(Principal.of(bundle("bundle-8"))).isEqualTo("bundle-7");
        assertThat(Principal.isById("bundle-8")).isTrue();
        assertThat(Principal.isById("bundle-8.x")).isFalse();
    }
}
