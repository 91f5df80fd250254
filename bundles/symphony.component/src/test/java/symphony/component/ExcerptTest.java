package symphony.component;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ExcerptTest {
    private static final String CLEF = "\uD834\uDD1E"; // one character, two chars

    @Test
    void cutsNoCharacterInTwo() {
        assertThat(Excerpt.of("ab" + CLEF + "cd", 3)).isEqualTo("ab…");
        assertThat(Excerpt.of("ab" + CLEF + "cd", 4)).isEqualTo("ab" + CLEF + "…");
        assertThat(Excerpt.of(CLEF, 2)).isEqualTo(CLEF);
        assertThat(Excerpt.of(CLEF, 1)).isEqualTo("…");
        assertThat(Excerpt.of("a", 0)).isEqualTo("…");
    }

    @Test
    void replacesHalvesOfCharactersAndWhatDrivesTerminals() {
        assertThat(Excerpt.of("a\uD834b\uDD1Ec\n\u001B[1m\u202E", 100))
                .isEqualTo("a\uFFFDb\uFFFDc\uFFFD\uFFFD[1m\uFFFD");
    }

    @Property(tries = 500)
    void isAlwaysTextThatCanBeEncoded(@ForAll String text, @ForAll @IntRange(max = 50) int most) {
        String excerpt = Excerpt.of(text, most);
        assertThat(excerpt.chars().count()).isLessThanOrEqualTo(most + 1L);
        assertThat(excerpt.codePoints()).noneMatch(c -> Character.getType(c) == Character.SURROGATE);
    }
}
