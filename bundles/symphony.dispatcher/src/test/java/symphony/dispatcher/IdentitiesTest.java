package symphony.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import symphony.dispatcher.Identities.Use;

class IdentitiesTest {
    private final Identities identities = new Identities();
    private final Map<String, Use> uses = new HashMap<>();
    private final List<String> asked = new ArrayList<>();

    private void use(String identity, Use use) {
        identities.remember(identity);
        uses.put(identity, use);
    }

    private String unique(String name) {
        asked.clear();
        return identities.unique("acme", name, identity -> {
            asked.add(identity);
            return uses.getOrDefault(identity, Use.FREE);
        });
    }

    @Test
    void beginsWithTheBundle() {
        assertThat(Identities.of("acme", "orders")).isEqualTo("acme/orders");
        assertThat(Identities.bundleOf("acme/orders/of/today")).isEqualTo("acme");
        assertThat(Identities.namesBundle("acme/orders")).isTrue();
        assertThat(Identities.namesBundle("orders")).isFalse();
    }

    @Test
    void takesTheNameAsItIsIfItIsFree() {
        assertThat(unique("orders")).isEqualTo("orders");
        assertThat(asked).containsExactly("acme/orders");
    }

    @Test
    void numbersFromTwoAndFillsGaps() {
        use("acme/orders", Use.TAKEN);
        assertThat(unique("orders")).isEqualTo("orders#2");
        use("acme/orders#2", Use.TAKEN);
        use("acme/orders#3", Use.TAKEN);
        assertThat(unique("orders")).isEqualTo("orders#4");
        use("acme/orders#2", Use.FREE);
        assertThat(unique("orders")).isEqualTo("orders#2");
        assertThat(unique("other")).as("another name").isEqualTo("other");
    }

    @Test
    void prefersWhatWasLeftBehindToWhatIsFreeHoweverFarItIs() {
        use("acme/orders", Use.FREE);
        use("acme/orders#3", Use.TAKEN);
        use("acme/orders#7", Use.LEFT_BEHIND);
        assertThat(unique("orders")).isEqualTo("orders#7");
        use("acme/orders#2", Use.LEFT_BEHIND);
        assertThat(unique("orders")).as("the first of several").isEqualTo("orders#2");
    }

    @Test
    void looksNoFurtherThanTheHighestNumberThatWasEverUsed() {
        use("acme/orders#3", Use.TAKEN);
        assertThat(unique("orders")).isEqualTo("orders");
        assertThat(asked).containsExactly("acme/orders", "acme/orders#2", "acme/orders#3");
    }

    @Test
    void takesOnlySmallNumbersForNumbers() {
        for (String odd : List.of("0", "02", "123456", "-1", "", "x", "2 ")) {
            identities.remember("acme/orders#" + odd);
        }
        identities.remember("#5");
        identities.remember("acme/orders#2#9");
        unique("orders");
        assertThat(asked).containsExactly("acme/orders");
        unique("orders#2");
        assertThat(asked).hasSize(9).endsWith("acme/orders#2#9");
    }
}
