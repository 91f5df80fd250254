package symphony.api.rbac.weaving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import symphony.api.rbac.Permission;
import symphony.api.rbac.RequiresPermission.Mode;

class DemandPatternTest {
    private static DemandPattern all(String... texts) {
        return new DemandPattern(Mode.ALL, List.of(texts));
    }

    private static List<String> filled(DemandPattern pattern, String... texts) {
        List<Integer> numbers = List.copyOf(pattern.arguments());
        return pattern.with(numbers, texts).wanted().stream()
                .map(wanted -> wanted.permission() + (wanted.problem().isEmpty() ? "" : " " + wanted.problem()))
                .toList();
    }

    @Test
    void fillsArgumentsInWhereverTheyStand() {
        var pattern = all("pay:from:{2}", "pay:to:x/{10}-{2}/y", "pay:to:{2*}/z", "pay:any:thing");
        assertThat(pattern.arguments()).containsExactly(2, 10);
        assertThat(pattern.with(List.of(0, 2, 10), "no", "7", "a:b").wanted())
                .extracting(Demand.Wanted::permission)
                .containsExactly(
                        new Permission("pay", "from", "7"),
                        new Permission("pay", "to", "x/a:b-7/y"),
                        new Permission("pay", "to", "7/z"),
                        new Permission("pay", "any", "thing"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "a/b", "/", "public/../secret", "/a", "a/"})
    void grantsNobodyAnArgumentThatIsNotOneSegment(String argument) {
        assertThat(filled(all("files:read:x/{0}", "files:read:all"), argument))
                .containsExactly(
                        "files:read:x/{0} argument 0 is '" + argument
                                + "', must be one segment, not empty, not . or .., and without /",
                        "files:read:all");
    }

    @Test
    void grantsNobodyAnArgumentThatIsNothing() {
        assertThat(filled(all("a:b:{3}"), new String[] {null})).containsExactly("a:b:{3} argument 3 is null");
        assertThat(filled(all("a:b:{3*}"), new String[] {null})).containsExactly("a:b:{3*} argument 3 is null");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "/", "/a", "a/", "a//b", "a/./b", "public/../secret"})
    void grantsNobodyAPathThatLeadsElsewhere(String argument) {
        assertThat(filled(all("files:read:{0*}"), argument))
                .containsExactly("files:read:{0*} argument 0 is '" + argument
                        + "', must be segments joined by /, none of them empty, . or ..");
    }

    @Test
    void takesAPathWhereOneIsMeant() {
        assertThat(filled(all("files:read:x/{0*}"), "a/.b/c..")).containsExactly("files:read:x/a/.b/c..");
        assertThat(filled(all("a:b:{0*}.{1}"), "x/y", "z")).containsExactly("a:b:x/y.z");
    }

    @Test
    void grantsNobodyWhatIsTooLongAndShowsLittleOfIt() {
        String longest = "x".repeat(1_024);
        assertThat(filled(all("a:b:{0}"), longest)).containsExactly("a:b:" + longest);
        assertThat(filled(all("a:b:{0}"), longest + "x"))
                .containsExactly("a:b:{0} with the arguments it has 1025 characters, must be at most 1024");
        assertThat(filled(all("a:b:{0}"), "/".repeat(1 << 20)).get(0)).hasSizeLessThan(300);
        assertThat(filled(all("a:b:{0}"), "a\n/"))
                .containsExactly(
                        "a:b:{0} argument 0 is 'a?/', must be one segment, not empty, not . or .., and without /");
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
                "pay:to:a\u0000b",
                "pay:to:{1**}",
                "pay:to:{*}",
                "pay:to:{*1}",
                "*:to:x",
                "pay:*:x",
                "pay ments:to:x",
                "pay:t/o:x",
                "-pay:to:x",
                "pay:to:/x",
                "pay:to:x/",
                "pay:to:x//{1}",
                "pay:to:x/../{1}",
                "pay:to:./x",
                "pay:to: x",
                "pay:to:a*",
                "pay:to:*/a",
                "pay:to:{1}+"
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
    void demandsAllThatAWildcardStandsFor() {
        assertThat(filled(all("pay:to:+/{0}/*"), "a")).containsExactly("pay:to:+/a/*");
    }

    /** Whatever the argument holds: it stays within its segment. */
    @Property
    void keepsAnArgumentWithinItsSegment(@ForAll String argument) {
        Demand.Wanted wanted =
                all("pay:to:x/<{0}>").with(List.of(0), argument).wanted().get(0);
        if (wanted.problem().isEmpty()) {
            assertThat(wanted.permission()).isEqualTo(new Permission("pay", "to", "x/<" + argument + '>'));
            assertThat(wanted.permission().instance().split("/", -1)).hasSize(2);
        } else {
            assertThat(wanted.permission()).isEqualTo(new Permission("pay", "to", "x/<{0}>"));
            assertThat(argument).matches("(?s)|\\.|\\.\\.|.*/.*|.{1020,}");
        }
    }

    @Property
    void isReadAsItWasWritten(@ForAll List<@AlphaChars String> instances, @ForAll Mode mode) {
        var texts =
                instances.stream().map(text -> "pay:to:{1}/" + text + "x/{0*}").toList();
        if (!texts.isEmpty()) {
            var pattern = new DemandPattern(mode, texts);
            assertThat(DemandPattern.of(pattern.toString())).isEqualTo(pattern).hasSameHashCodeAs(pattern);
        }
    }
}
