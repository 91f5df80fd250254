package symphony.api.rbac;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PermissionTest {
    @Test
    void isReadAndWrittenAlike() {
        var permission = Permission.of("event:publish:orders/new");
        assertThat(permission).isEqualTo(new Permission("event", "publish", "orders/new"));
        assertThat(permission).hasToString("event:publish:orders/new");
        assertThat(Permission.of("a:b:c:d").instance()).isEqualTo("c:d");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "a:b", ":b:c", "a::c", "a:b:"})
    void hasThreeParts(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Permission.of(text));
    }
}
