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

    @Test
    void showsTheElementsOfAnArray() {
        assertThat(Excerpt.of(new int[] {1, 2}, 100)).isEqualTo("[1, 2]");
        assertThat(Excerpt.of(new Object[] {"a", null}, 100)).isEqualTo("[a, null]");
        assertThat(Excerpt.of(new byte[1 << 20], 5)).isEqualTo("[0, 0…");
    }

    @Test
    void tellsOfAnObjectThatHasNoText() {
        var mute = new Object() {
            @Override
            public String toString() {
                return null;
            }
        };
        var hostile = new Object() {
            @Override
            public String toString() {
                throw new AssertionError("asked");
            }
        };
        assertThat(Excerpt.of(mute, 200)).contains(mute.getClass().getName(), "toString gives nothing");
        assertThat(Excerpt.of(hostile, 200))
                .contains(hostile.getClass().getName(), "fails with java.lang.AssertionError");
        assertThat(Excerpt.of(new Object[] {hostile}, 200)).contains("fails with java.lang.AssertionError");
    }

    @Property(tries = 500)
    void isAlwaysTextThatCanBeEncoded(@ForAll String text, @ForAll @IntRange(max = 50) int most) {
        String excerpt = Excerpt.of(text, most);
        assertThat(excerpt.chars().count()).isLessThanOrEqualTo(most + 1L);
        assertThat(excerpt.codePoints()).noneMatch(c -> Character.getType(c) == Character.SURROGATE);
    }
}
