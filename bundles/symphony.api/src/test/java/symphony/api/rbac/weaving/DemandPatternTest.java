package symphony.api.rbac.weaving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import symphony.api.rbac.Permission;
import symphony.api.rbac.RequiresPermission.Mode;

class DemandPatternTest {
    private static DemandPattern all(String... texts) {
        return new DemandPattern(Mode.ALL, List.of(texts));
    }

    @Test
    void fillsArgumentsInWhereverTheyStand() {
        var pattern = all("pay:from:{2}", "pay:to:x/{10}-{2}/y", "pay:any:thing");
        assertThat(pattern.arguments()).containsExactly(2, 10);
        assertThat(pattern.with(List.of(0, 2, 10), "no", 7L, null).permissions())
                .containsExactly(
                        new Permission("pay", "from", "7"),
                        new Permission("pay", "to", "x/null-7/y"),
                        new Permission("pay", "any", "thing"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pay:to",
                "pay:to:",
                ":to:x",
                "{0}:to:x",
                "pay:{0}:x",
                "pay:to:{}",
                "pay:to:{a}",
                "pay:to:{-1}",
                "pay:to:{ 1}",
                "pay:to:{1",
                "pay:to:1}",
                "pay:to:{{1}}",
                "pay:to:{1}}",
                "pay:to:{0000}",
                "pay:to:\u0661{\u0661}",
                "pay:to:a\nb",
                "pay:to:a\u0000b"
            })
    void refusesWhatIsMalformed(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> all("pay:to:x", text));
    }

    @Test
    void refusesToDemandNothing() {
        assertThatIllegalArgumentException().isThrownBy(DemandPatternTest::all);
        assertThatIllegalArgumentException().isThrownBy(() -> new Demand(Mode.ALL, List.of()));
    }

    @Test
    void refusesAnInstanceThatComesOutEmpty() {
        assertThatIllegalArgumentException().isThrownBy(() -> all("pay:to:{0}").with(List.of(0), ""));
    }

    /** Whatever the argument holds: it stays within the instance. */
    @Property
    void keepsAnArgumentWithinTheInstance(@ForAll String argument) {
        Demand demand = all("pay:to:<{0}>").with(List.of(0), argument);
        assertThat(demand.permissions()).containsExactly(new Permission("pay", "to", '<' + argument + '>'));
    }

    @Property
    void isReadAsItWasWritten(@ForAll List<String> instances, @ForAll Mode mode) {
        var texts = instances.stream()
                .map(text -> "pay:to:{1}" + text.replaceAll("[\\p{Cc}{}]", "-"))
                .toList();
        if (!texts.isEmpty()) {
            var pattern = new DemandPattern(mode, texts);
            assertThat(DemandPattern.of(pattern.toString())).isEqualTo(pattern).hasSameHashCodeAs(pattern);
        }
    }
}
