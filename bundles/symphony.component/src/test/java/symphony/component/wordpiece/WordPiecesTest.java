package symphony.component.wordpiece;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class WordPiecesTest {
    private static final List<String> PIECES =
            List.of("[UNK]", "turn", "on", "the", "light", "##s", "un", "##able", ".", "$", "cafe", "世", "##ing", "u");
    private static final WordPieces WORDS = new WordPieces(Vocabulary.of(PIECES), 0);

    private static List<String> pieces(String text) {
        return Arrays.stream(WORDS.of(text, 100)).mapToObj(PIECES::get).toList();
    }

    @Test
    void takesWordsApartIntoTheLongestPieces() {
        assertThat(pieces("turn on the lights")).containsExactly("turn", "on", "the", "light", "##s");
        assertThat(pieces("unable")).containsExactly("un", "##able");
        assertThat(pieces("turning\tlights\n")).containsExactly("turn", "##ing", "light", "##s");
    }

    @Test
    void readsWithoutCaseAndAccents() {
        assertThat(pieces("Café TURN \u0130")).containsExactly("cafe", "turn", "[UNK]");
        assertThat(pieces("cafe\u0301")).containsExactly("cafe");
    }

    @Test
    void takesSignsAndIdeographsForWords() {
        assertThat(pieces("on.the$light")).containsExactly("on", ".", "the", "$", "light");
        assertThat(pieces("turn世on")).containsExactly("turn", "世", "on");
    }

    @Test
    void hasOnePieceForAWordThatItDoesNotKnow() {
        assertThat(pieces("lightx on")).containsExactly("[UNK]", "on");
        assertThat(pieces("s".repeat(1 << 20))).containsExactly("[UNK]");
        assertThat(pieces("turn" + "s".repeat(96))).hasSize(97);
        assertThat(pieces("turn" + "s".repeat(97))).containsExactly("[UNK]");
    }

    @Test
    void knowsNothingOfWhatIsNoCharacter() {
        assertThat(pieces("")).isEmpty();
        assertThat(pieces(" \u2028\u00a0\u3000")).isEmpty();
        assertThat(pieces("t\u0000ur\u200bn\ufffd \ud800\ue000")).containsExactly("turn");
    }

    @Test
    void stopsWhereItIsTold() {
        assertThat(WORDS.of("turn ".repeat(1000), 7)).hasSize(7);
        assertThat(WORDS.of("unable ".repeat(4), 7)).hasSize(7);
    }

    @Property
    void takesWhateverComes(@ForAll String text) {
        int[] pieces = WORDS.of(text, 50);
        assertThat(pieces).hasSizeLessThanOrEqualTo(50);
        assertThat(Arrays.stream(pieces)).allMatch(piece -> piece >= 0 && piece < PIECES.size());
    }
}
