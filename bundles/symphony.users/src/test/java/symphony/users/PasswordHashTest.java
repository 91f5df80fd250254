package symphony.users;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.text.Normalizer;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import symphony.users.PasswordHash.Cost;

class PasswordHashTest {
    private static final Cost LITTLE = new Cost(64, 1);
    private static final String GOOD =
            "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
    private final SecureRandom random = new SecureRandom();

    /** From the tests of the reference implementation, https://github.com/P-H-C/phc-winner-argon2, src/test.c. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                GOOD,
                "$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc",
                "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
            })
    void matchesWhatOtherToolsMade(String text) {
        PasswordHash hash = PasswordHash.parse(text);
        assertThat(hash.matches("password".toCharArray())).isTrue();
        assertThat(hash.matches("Password".toCharArray())).isFalse();
        assertThat(hash).hasToString(text);
    }

    @Property(tries = 50)
    void matchesThatPasswordAndNoOther(@ForAll String password, @ForAll String other) {
        PasswordHash hash = PasswordHash.parse(
                PasswordHash.of(password.toCharArray(), LITTLE, random).toString());
        assertThat(hash.matches(password.toCharArray())).isTrue();
        assertThat(hash.matches((password + "x").toCharArray())).isFalse();
        assertThat(hash.matches(other.toCharArray())).isEqualTo(same(password, other));
    }

    /** What cannot be encoded is a question mark, and letters have one form. */
    private static boolean same(String one, String two) {
        return normal(one).equals(normal(two));
    }

    private static String normal(String text) {
        return new String(
                Normalizer.normalize(text, Normalizer.Form.NFC).getBytes(StandardCharsets.UTF_8),
                StandardCharsets.UTF_8);
    }

    @Test
    void takesNoMoreThanHalfOfTheHeapAndSomeSeconds() {
        assertThat(Cost.MOST_MEMORY).isBetween(Cost.MEMORY, 256 << 10);
        assertThat(new Cost(256 << 10, 20).fittingPasses()).isEqualTo(4);
        UserSettings most = UserSettings.of(
                UserSettings.KEYS.orDefaults(Map.of("memory", Cost.MOST_MEMORY, "passes", Cost.MOST_PASSES)));
        assertThat((long) most.cost().memory() * most.cost().passes()).isLessThanOrEqualTo(1L << 20);
        assertThat(UserSettings.of(UserSettings.KEYS.orDefaults(Map.of())).cost())
                .isEqualTo(new Cost(19_456, 2));
    }

    @Test
    void hasASaltOfItsOwn() {
        char[] password = "correct horse".toCharArray();
        assertThat(PasswordHash.of(password, LITTLE, random))
                .asString()
                .isNotEqualTo(PasswordHash.of(password, LITTLE, random).toString());
    }

    @Test
    void takesALetterHoweverAKeyboardWritesIt() {
        PasswordHash hash = PasswordHash.of("caf\u00e9 au lait".toCharArray(), LITTLE, random);
        assertThat(hash.matches("cafe\u0301 au lait".toCharArray())).isTrue();
    }

    @Test
    void leavesThePasswordAsItIs() {
        char[] password = "cafe\u0301".toCharArray();
        PasswordHash.of(password, LITTLE, random).matches(password);
        assertThat(password).isEqualTo("cafe\u0301".toCharArray());
    }

    @Test
    void matchesNothingIfItIsOfNobody() {
        assertThat(PasswordHash.ofNone(LITTLE).matches("".toCharArray())).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "$argon2i$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
                "$argon2id$v=16$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
                "$argon2id$v=19$m=256,t=0,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
                "$argon2id$v=19$m=256,t=21,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
                "$argon2id$v=19$m=256,t=2,p=0$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
                "$argon2id$v=19$m=8,t=2,p=2$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
                "$argon2id$v=19$m=262145,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
                "$argon2id$v=19$m=131072,t=9,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
                "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65",
                "$argon2id$v=19$m=256,t=2,p=1$c29t ZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
                GOOD + "="
            })
    void refusesWhatIsNoneOrWouldCostTooMuch(String text) {
        assertThatThrownBy(() -> PasswordHash.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
