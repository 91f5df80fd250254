package symphony.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OrderKeyPathTest {
    private static final String[] PATH = {"customer", "id"};

    private static String key(Object id) {
        var customer = new HashMap<String, Object>();
        customer.put("id", id);
        return OrderKeyPath.valueAt(PATH, Map.of("customer", customer));
    }

    @Test
    void isTheTextOfAValue() {
        assertThat(key("ada")).isEqualTo("ada");
        assertThat(key(12L)).isEqualTo("12");
        assertThat(key(new byte[] {1, -1})).isEqualTo("01ff");
        assertThat(key(new BigInteger("12345678901234567890"))).isEqualTo("12345678901234567890");
        assertThat(key(new BigDecimal("12.50"))).isEqualTo("12.50");
    }

    @Test
    void isEmptyWhereThereIsNone() {
        assertThat(key(null)).isEmpty();
        assertThat(OrderKeyPath.valueAt(PATH, Map.of("customer", "ada"))).isEmpty();
        assertThat(OrderKeyPath.valueAt(PATH, Map.of())).isEmpty();
    }

    /** Their decimals would take seconds while the publisher waits. */
    @Test
    void isHexadecimalForLongNumbers() {
        BigInteger large = BigInteger.ONE.shiftLeft(2000);
        assertThat(key(large)).startsWith("0x01").isNotEqualTo(key(large.add(BigInteger.ONE)));
        assertThat(key(new BigDecimal(large, 3))).endsWith("/10^3").isNotEqualTo(key(new BigDecimal(large, 4)));
    }
}
