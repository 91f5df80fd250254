package symphony.api.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TopicTest {
    @ParameterizedTest
    @ValueSource(strings = {"a", "orders/new", "a-b/c_d/$e/9", "bestellungen/größe", "订单/新", "a/𐐷"})
    void acceptsSegmentsOfAnyScript(String topic) {
        assertThat(Topic.check(topic)).isSameAs(topic);
    }

    @ParameterizedTest
    @CsvSource({
        "'',topic is empty",
        "/a,empty segment before position 0",
        "a/,empty segment before position 2",
        "a//b,empty segment before position 2",
        "a b,has U+0020 at position 1",
        "a/*,has '*' at position 2",
        "+,wildcards belong in filters",
        "a.b,has '.' at position 1",
        "a\u0000b,has U+0000 at position 1",
        "a\u200bb,has U+200B at position 1",
        "u\u0308,is not in Unicode normal form NFC"
    })
    void refusesTheRestAndSaysWhereItIsWrong(String topic, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Topic.check(topic))
                .withMessageContaining(message);
    }

    @Test
    void countsBytesNotCharacters() {
        String most = "ü".repeat(127) + "a";
        assertThat(most.getBytes(StandardCharsets.UTF_8)).hasSize(255);
        assertThat(Topic.check(most)).isEqualTo(most);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Topic.check(most + "a"))
                .withMessageContaining("has 256 bytes in UTF-8, at most 255 are allowed; shorten it");
    }

    @Test
    void shortensWhatItQuotes() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Topic.check("a".repeat(1_000_000) + " "))
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(400));
    }

    @Test
    void refusesNull() {
        assertThatNullPointerException().isThrownBy(() -> Topic.check(null)).withMessage("topic");
    }
}
