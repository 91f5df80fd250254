package symphony.api.rbac.weaving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class OperationInputTest {
    private static OperationInput of(Object... arguments) {
        return OperationInput.of("Speech.say", arguments, 0);
    }

    @Test
    void takesTextsCharactersAndBytesOneAfterTheOther() {
        assertThat(of("a", 1, new StringBuilder("b"), null, new char[] {'c'}, new byte[] {100, (byte) 0xff}))
                .hasToString("abcdÿ")
                .hasSize(5);
        assertThat(of(CharBuffer.wrap("a"), 'x', true, new int[] {1}, List.of("unseen")))
                .hasToString("a");
        assertThat(of()).hasToString("").isEmpty();
        assertThat(of(1, 2L)).isEmpty();
    }

    @Test
    void looksIntoArraysButNoDeeper() {
        assertThat(of(new String[] {"a", null, "b"}, new byte[][] {{99}}, new Object[] {'x', "d"}))
                .hasToString("abcd");
        assertThat(of((Object) new String[][] {{"unseen"}})).isEmpty();
        Object[] itself = {"a", null};
        itself[1] = itself;
        assertThat(of((Object) itself)).hasToString("a");
    }

    @Test
    void leavesOutWhatIsBeforeTheFirstArgument() {
        assertThat(OperationInput.of("Speech.say", new Object[] {"the object", "a"}, 1))
                .hasToString("a");
    }

    /** Each of its methods says what it likes. */
    private record Lying(String text) implements CharSequence {
        @Override
        public int length() {
            return -1_000;
        }

        @Override
        public char charAt(int index) {
            return 'x';
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return "";
        }

        @Override
        public String toString() {
            return text;
        }
    }

    @Test
    void believesNoTextInWhatItSaysOfItsLength() {
        assertThat(of("ab", new Lying("cd"))).hasToString("abcd").hasSize(4);
        assertThatNullPointerException().isThrownBy(() -> of(new Lying(null)));
    }

    @Test
    void staysTheSameWhateverBecomesOfAText() {
        var text = new StringBuilder("before");
        OperationInput input = of("", text);
        text.append(" and after");
        assertThat(input).hasToString("before").hasSize(6);
    }

    @Test
    void refusesWhatIsLongerThanATextMayBe() {
        var many = new byte[2_049][];
        Arrays.fill(many, new byte[1 << 20]);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> of((Object) many))
                .withMessageContainingAll("Speech.say", "2148532224", "at most 2147483647");
        many[0] = new byte[0];
        many[1] = new byte[(1 << 20) - 1];
        assertThat(of((Object) many).length()).isEqualTo(Integer.MAX_VALUE);
    }

    @Property
    void isAsTheTextsTogether(
            @ForAll String first, @ForAll char[] second, @ForAll byte[] third, @ForAll String fourth) {
        OperationInput input = of(first, second, third, new StringBuilder(fourth));
        String all = first + new String(second) + new String(third, StandardCharsets.ISO_8859_1) + fourth;
        assertThat(input.toString()).isEqualTo(all);
        assertThat(input.length()).isEqualTo(all.length());
        assertThat(input.chars().toArray()).isEqualTo(all.chars().toArray());
        assertThat(input.subSequence(all.length() / 3, all.length())).hasToString(all.substring(all.length() / 3));
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> input.charAt(all.length()));
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> input.charAt(-1));
    }
}
