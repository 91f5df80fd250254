package symphony.component;

import static org.assertj.core.api.Assertions.assertThat;

import java.text.Normalizer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class StreamSafeTest {
    private static final String ABOVE = "\u0301";
    private static final String BELOW = "\u0323";

    @Test
    void leavesWhatPeopleWriteAsItIs() {
        for (String text :
                new String[] {"", "café", "cafe" + ABOVE, "שָׁלוֹם", "नमस्ते", "a" + ABOVE.repeat(30), "👍🏽"}) {
            assertThat(StreamSafe.of(text)).isSameAs(text);
        }
    }

    @Test
    void dropsMarksBeyondThirtyInARow() {
        String thirty = ABOVE.repeat(20) + BELOW.repeat(10);
        assertThat(StreamSafe.of("a" + thirty + BELOW + "b" + ABOVE + "c"))
                .hasToString("a" + thirty + "b" + ABOVE + "c");
        assertThat(StreamSafe.of(thirty + thirty + "x" + thirty + thirty)).hasToString(thirty + "x" + thirty);
        assertThat(StreamSafe.of("\ud834\udd65".repeat(40))).hasToString("\ud834\udd65".repeat(30)); // beyond 16 bits
    }

    /** Whatever a character becomes, marks at its beginning go on with the row before it. */
    @Test
    void knowsEachCharacterThatBecomesAMark() {
        for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
            if (Character.getType(c) != Character.SURROGATE) {
                int first = Normalizer.normalize(Character.toString(c), Normalizer.Form.NFKD)
                        .codePointAt(0);
                boolean isFixed = first == 0x0e4d || first == 0x0ecd; // of Thai and Lao, never put elsewhere
                assertThat(StreamSafe.isMark(c) || !StreamSafe.isMark(first) || isFixed)
                        .as("U+%04X", c)
                        .isTrue();
            }
        }
    }

    /** Many minutes without. */
    @Test
    @Timeout(60)
    void makesAMebibyteOfMarksSafeToNormalise() {
        String text = "a" + ABOVE.repeat(1 << 19) + BELOW.repeat(1 << 19);
        for (Normalizer.Form form : Normalizer.Form.values()) {
            assertThat(Normalizer.normalize(StreamSafe.of(text), form).length()).isLessThan(40);
            String mixed = (ABOVE.repeat(30) + "\uff9e").repeat(1 << 15);
            assertThat(Normalizer.normalize(StreamSafe.of(mixed), form).length())
                    .isLessThan(40);
        }
    }
}
