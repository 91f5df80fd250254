package symphony.nlp;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class NGramsTest {
    @Test
    void countsWordsPairsAndCharacters() {
        // words go, on; pairs ^go, go on, on$; _g go o_ _go go_ _go_, and as many of on
        assertThat(NGrams.of("go on")).hasSize(2 + 3 + 6 + 6).isSorted();
        assertThat(Arrays.stream(NGrams.of("go on"))
                        .filter(NGrams::isOfCharacters)
                        .count())
                .isEqualTo(12);
    }

    @Test
    void hasOneKeyOfNothing() {
        assertThat(NGrams.of("")).hasSize(1).isEqualTo(NGrams.of(" ?!\u0000\n\u2028"));
    }

    @Test
    void sharesNoKeyBetweenWordsAndTheirCharacters() {
        assertThat(NGrams.of("abcd").length)
                .isEqualTo((int) Arrays.stream(NGrams.of("abcd")).distinct().count());
    }

    @Test
    void takesWritingsOfTheSameForTheSame() {
        assertThat(NGrams.of("CAFE\u0301  au lait!")).isEqualTo(NGrams.of("caf\u00e9 au lait"));
        assertThat(NGrams.of("\uff21\uff22")).isEqualTo(NGrams.of("ab"));
        assertThat(NGrams.of("a\u200bb\u200e")).isEqualTo(NGrams.of("ab"));
        assertThat(NGrams.of("ISTANBUL")).isEqualTo(NGrams.of("istanbul")); // whatever the language of this machine
    }

    @Test
    void hearsTheOrderOfWords() {
        assertThat(NGrams.of("man bites dog")).isNotEqualTo(NGrams.of("dog bites man"));
    }

    @Test
    void readsAllScripts() {
        for (String text :
                List.of("включи свет", "شغّل الضوء", "הדלק את האור", "打开灯", "बत्ती जलाओ", "👍🏽", "€", "a👍b")) {
            assertThat(NGrams.of(text).length).as(text).isGreaterThan(3);
        }
        assertThat(NGrams.of("👍")).isNotEqualTo(NGrams.of("👎"));
        assertThat(NGrams.of("a👍b")).isEqualTo(NGrams.of("a 👍 b"));
    }

    @Test
    void readsAMebibyteWithoutABlank() {
        String text = "x1".repeat(1 << 19);
        assertThat(NGrams.of(text)).hasSizeGreaterThan(4 << 20 - 10);
    }

    /** Issue 13: putting them in order took the square of how many there are, many minutes that no time limit ended. */
    @Test
    @Timeout(60)
    void readsAMebibyteOfMarks() {
        String marks = "\u0301".repeat(1 << 19) + "\u0323".repeat(1 << 19);
        assertThat(NGrams.of("a" + marks)).isNotEmpty().isEqualTo(NGrams.of("a" + "\u0301".repeat(30)));
        assertThat(new Reading("a" + marks).pieces()).isEqualTo(new Reading("a").pieces());
        assertThat(new Reading(("\u0301\u200b".repeat(1 << 18) + "\u0323\u200b".repeat(1 << 18))).pieces())
                .isEmpty();
        assertThat(new SlotLists(Instant::now, "").finder().find("a" + marks)).isEmpty();
    }

    @Property(tries = 300)
    void givesSortedKeysForWhatever(@ForAll String text) {
        assertThat(NGrams.of(text)).isSorted().isEqualTo(NGrams.of(text));
    }
}
