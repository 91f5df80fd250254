package symphony.rbac;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import symphony.api.rbac.Permission;
import symphony.api.rbac.PolicyView.Origin;

/**
 * Row 27: whatever is done to the text of a policy, it is refused, or it grants exactly what its text says to a second reader
 * that was written by the document alone.
 */
class PolicyMutationTest {
    private static final String VALID = Policies.json("""
            {"version": 1, "comment": "x",
             "roles": {
              "read": {"grants": ["event:receive:o/+", "event:subscribe:o/*"]},
              "all": {"roles": ["read"], "grants": ["event:*:a/b", "!event:publish:o/s"]}
             },
             "bundles": {
              "*": {"grants": ["event:receive:n"]},
              "shop": {"roles": ["all"], "grants": ["*:do:x", "event:publish:*"]},
              "b.c": {"comment": "y", "roles": []}
             },
             "users": {"ada": {"roles": ["read"]}}
            }
            """);
    private static final List<String> PRINCIPALS = List.of("shop", "other", "user:ada", "system.bundle");
    private static final List<String> LITERALS = List.of("o/s", "o/a", "a/b", "n", "o/a/b", "a//b", "o/s\u200b");
    private static final List<String> PATTERNS = List.of("*", "o/*", "+/b", "o/+", "a/b/*");
    private static final List<String> ODD = List.of(
            "\"",
            "\\",
            "{",
            "}",
            "[",
            "]",
            ":",
            ",",
            "*",
            "+",
            "!",
            "/",
            " ",
            "\n",
            "\t",
            "\u0000",
            "\u001b",
            "\u007f",
            "\u00a0",
            "\u00e9",
            "\u0301",
            "\u0430",
            "\u043e",
            "\u200b",
            "\u202e",
            "\ufeff",
            "\uff0a",
            "\ud800",
            "\udc00",
            "0",
            "1",
            "-",
            ".",
            "_",
            "a",
            "s",
            "E",
            "true",
            "null",
            "**",
            "//",
            "/*",
            "#",
            "'",
            "\\u002a",
            "\\n",
            "\ud83c\udfbc",
            "user:");

    private static Optional<Policy> accepted(byte[] content) {
        try {
            return Optional.of(Policy.of(Origin.FILE, "policy.json", "policy.json", Policies.SYSTEM, content));
        } catch (PolicyException e) {
            assertThat(e.getMessage()).hasSizeLessThan(700).matches("\\P{Cc}*");
            return Optional.empty();
        }
    }

    private static Optional<NaivePolicy> understood(byte[] content) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(content))
                    .toString();
            return Optional.of(new NaivePolicy(text));
        } catch (IllegalArgumentException | CharacterCodingException e) {
            return Optional.empty();
        }
    }

    /** Whether it was accepted. */
    private static boolean check(byte[] content, String what, List<String> wanted, List<String> topics) {
        Optional<Policy> policy = accepted(content);
        Optional<NaivePolicy> naive = understood(content);
        assertThat(policy.isPresent()).as("accepted: " + what).isEqualTo(naive.isPresent());
        if (policy.isEmpty()) {
            return false;
        }
        for (String principal : PRINCIPALS) {
            for (String action : List.of("publish", "receive")) {
                for (String instance : wanted) {
                    assertThat(Policies.decide(policy.get(), principal, new Permission("event", action, instance))
                                    .allowed())
                            .as(what + ": " + principal + " " + action + " " + instance)
                            .isEqualTo(naive.get().allows(principal, "event", action, instance, topics));
                }
            }
        }
        return true;
    }

    private static boolean check(String text, String what) {
        return check(text.getBytes(StandardCharsets.UTF_8), what, LITERALS, LITERALS);
    }

    @Example
    void acceptsTheOneThatIsValid() {
        assertThat(check(VALID, "valid")).isTrue();
    }

    @Example
    void eachCharacterLeftOutReplacedOrFollowedByAnother() {
        int accepted = 0;
        for (int at = 0; at < VALID.length(); at++) {
            String start = VALID.substring(0, at);
            String end = VALID.substring(at + 1);
            accepted += check(start + end, "without character " + at) ? 1 : 0;
            accepted += check(start, "cut at " + at) ? 1 : 0;
            for (String odd : ODD) {
                accepted += check(start + odd + end, odd + " in place of character " + at) ? 1 : 0;
                accepted += check(start + odd + VALID.substring(at), odd + " before character " + at) ? 1 : 0;
            }
        }
        assertThat(accepted).as("some are policies, too").isGreaterThan(1_000);
    }

    @Example
    void eachBitFlipped() {
        byte[] valid = VALID.getBytes(StandardCharsets.UTF_8);
        for (int bit = 0; bit < valid.length * 8; bit++) {
            byte[] flipped = valid.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            check(flipped, "bit " + bit, LITERALS, LITERALS);
        }
    }

    @Example
    void eachTwoLinesExchangedAndEachRepeated() {
        List<String> lines = List.of(VALID.split("\n"));
        for (int i = 0; i < lines.size(); i++) {
            for (int j = 0; j < lines.size(); j++) {
                var moved = new ArrayList<>(lines);
                moved.set(i, lines.get(j));
                moved.set(j, lines.get(i));
                check(String.join("\n", moved), "lines " + i + " and " + j + " exchanged");
                var more = new ArrayList<>(lines);
                more.add(i, lines.get(j));
                check(String.join("\n", more), "line " + j + " once more before " + i);
            }
        }
    }

    @Provide
    Arbitrary<String> mangled() {
        Arbitrary<int[]> cuts = Arbitraries.integers()
                .between(0, VALID.length())
                .array(int[].class)
                .ofSize(3);
        return Combinators.combine(
                        cuts,
                        Arbitraries.of(ODD),
                        Arbitraries.of(ODD),
                        Arbitraries.integers().between(0, 3))
                .as((at, one, two, how) -> {
                    Arrays.sort(at);
                    String a = VALID.substring(0, at[0]);
                    String b = VALID.substring(at[0], at[1]);
                    String c = VALID.substring(at[1], at[2]);
                    String d = VALID.substring(at[2]);
                    return switch (how) {
                        case 0 -> a + one + b + two + c + d;
                        case 1 -> a + c + b + d;
                        case 2 -> a + b + b + c + d;
                        default -> a + one + c + d;
                    };
                });
    }

    /** Patterns, too, among all topics of the names that occur. */
    @Property(tries = 1_000)
    void whateverBecomesOfIt(@ForAll("mangled") String text) {
        byte[] content = text.getBytes(StandardCharsets.UTF_8);
        Optional<NaivePolicy> naive = understood(content);
        var names = new LinkedHashSet<>(List.of("o", "a", "b", "zz"));
        naive.ifPresent(policy -> PRINCIPALS.forEach(principal ->
                policy.grants(principal).forEach(grant -> names.addAll(List.of(grant.split(":", 3)[2].split("/"))))));
        names.removeAll(List.of("+", "*"));
        if (names.size() <= 12) {
            check(content, "mangled", PATTERNS, Universe.topics(List.copyOf(names), 3));
        }
    }
}
