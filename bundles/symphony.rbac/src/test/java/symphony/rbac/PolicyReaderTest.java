package symphony.rbac;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import symphony.api.rbac.Permission;
import symphony.api.rbac.PolicyView.Origin;

/** What is not in the format is refused, with its place, the value and how to mend it. */
class PolicyReaderTest {
    private static PolicyText read(String text) throws PolicyException {
        return PolicyReader.read("policy.json", Policies.SYSTEM, Policies.bytes(text));
    }

    private static void refuses(String text, String... said) {
        refuses(Policies.bytes(text), said);
    }

    private static void refuses(byte[] content, String... said) {
        assertThatThrownBy(() -> Policy.of(Origin.FILE, "policy.json", "policy.json", Policies.SYSTEM, content))
                .isExactlyInstanceOf(PolicyException.class)
                .hasMessageContainingAll(said)
                .satisfies(e -> assertThat(e.getMessage())
                        .hasSizeLessThan(700)
                        .matches("\\P{Cc}*")
                        .doesNotContain("\u202e", "\u200b", "StreamRead", "JsonParser", "Source:"));
    }

    private static void refusesGrant(String grant, String... said) {
        String text = "{'version': 1,\n 'bundles': {'shop': {'grants': ['a:b:c',\n   '" + grant + "']}}}";
        refuses(text, Arrays.stream(said).toArray(String[]::new));
        refuses(text, "line 3, column 4: ");
    }

    @Test
    void readsAllThatTheFormatHas() throws PolicyException {
        PolicyText read = read("""
                {
                  'comment': 'Grüße: „ja“, 1 ≤ 2, 🎼',
                  'bundles': {
                    'comment': 'who',
                    '*': {'grants': ['event:receive:*']},
                    'shop.orders-2': {
                      'signer': '%s',
                      'roles': ['clerk'], 'grants': ['!event:publish:orders/secret'], 'comment': 'c'
                    }
                  },
                  'users': {'ada@shop': {'roles': []}},
                  'roles': {'comment': 'what', 'clerk': {'grants': ['*:*:*', 'a:b:c d/été:1', 'a:b:+/x/*', 'a.b:c-d:#2']}, 'none': {}},
                  'version': 1
                }
                """.formatted("0123456789abcdef".repeat(4)));
        assertThat(read.roles()).extracting(PolicyText.Entry::id).containsExactly("clerk", "none");
        assertThat(read.bundles()).extracting(PolicyText.Entry::id).containsExactly("*", "shop.orders-2");
        assertThat(read.users()).extracting(PolicyText.Entry::id).containsExactly("user:ada@shop");
        assertThat(read.bundles().get(1).view().toString())
                .contains(
                        "line=6", "comment=c", "signer=0123", "roles=[clerk]", "grants=[!event:publish:orders/secret]");
        assertThat(read.roles().get(0).rules())
                .extracting(Rule::text)
                .containsExactly("*:*:*", "a:b:c d/été:1", "a:b:+/x/*", "a.b:c-d:#2");
        assertThat(read.bundles().get(1).rules().get(0).verdict().decision().rule())
                .isEqualTo("policy.json line 8: bundle shop.orders-2: !event:publish:orders/secret");
        assertThat(read("{'version': 1}").principals()).isEmpty();
    }

    @Test
    void hashesTheBytes() throws PolicyException {
        // sha256sum says so
        assertThat(read("{'version': 1}").hash())
                .isEqualTo("c3aa9744214caf6eb993d6f88f3f1dda3e4e60d59f712b6463c4ce2c4b00dfa1");
    }

    @Test
    void refusesWhatIsNoJson() {
        refuses("", "line 1, column 1: ", "the policy is empty", "{\"version\": 1}");
        refuses(" \n\t ", "the policy is empty");
        refuses("{'version': 1", "no JSON: ", "line 1, column 14");
        refuses("{'version': 1,}", "no JSON: ", "line 1, column 15");
        refuses(
                "{\n'version': 1 // one\n}",
                "no JSON: ",
                "line 2, column 14",
                "('/' (code 47))",
                "write a comment as a member \"comment\"");
        refuses("{'version': 01}", "no JSON: ");
        refuses("{'version': 1} {}", "line 1, column 16: ", "more follows the end");
        refuses("{'version': 1}\u0000", "no JSON: ");
        refuses("{'version': 1}\u00a0", "no JSON: ");
        refuses("{version: 1}", "no JSON: ");
        refuses("{'version': 1, 'comment': 'a\nb'}", "no JSON: ", "line 1");
        refuses("{'version': 1, 'comment': '\\x'}", "no JSON: ");
        refuses("{'version': NaN}", "no JSON: ");
        refuses("{'version': " + "1".repeat(1_000) + "}", "no JSON: ", "line 1");
        refuses("{'version': 1, 'bundles': {'shop': {'grants': ['event:publish:or", "no JSON: ");
    }

    @Test
    void refusesWhatIsNotOfTheFormat() {
        refuses("[]", "line 1, column 1: the policy is a list, must be an object");
        refuses("'x'", "the policy is 'x', must be an object");
        refuses("null", "the policy is 'null', must be an object");
        refuses("{}", "the policy has no member 'version'; write \"version\": 1");
        refuses("{'version': 2}", "line 1, column 13: version is '2', must be the number 1");
        refuses("{'version': '1'}", "version is '1', must be the number 1");
        refuses("{'version': 1.0}", "version is '1.0', must be");
        refuses("{'version': 1e0}", "version is '1e0', must be");
        refuses("{'version': -1}", "version is '-1', must be");
        refuses("{'version': [1]}", "version is a list, must be");
        refuses(
                "{'version': 1,\n 'grants': []}",
                "line 2, column 2: member 'grants' of the policy is unknown; known are version, comment, roles, bundles, users");
        refuses("{'version': 1, 'Roles': {}}", "member 'Roles' of the policy is unknown");
        refuses("{'version': 1, 'roles': []}", "roles is a list, must be an object");
        refuses("{'version': 1, 'roles': {'a': []}}", "line 1, column 31: role a is a list, must be an object");
        refuses("{'version': 1, 'roles': {'comment': {}}}", "a comment is an object, must be a text");
        refuses("{'version': 1, 'comment': 7}", "a comment is '7', must be a text in double quotes");
        refuses(
                "{'version': 1, 'bundles': {'a': {'grant': []}}}",
                "member 'grant' of bundle a is unknown; known are comment, roles, grants, signer");
        refuses(
                "{'version': 1, 'roles': {'a': {'signer': 'x'}}}",
                "role a has a signer; only a bundle that is named can have one");
        refuses("{'version': 1, 'bundles': {'*': {'signer': 'x'}}}", "bundle * has a signer");
        refuses("{'version': 1, 'users': {'a': {'signer': 'x'}}}", "user a has a signer");
        refuses(
                "{'version': 1, 'bundles': {'a': {'signer': 'AB'}}}",
                "the signer of bundle a is 'AB', must be the SHA-256");
        refuses(
                "{'version': 1, 'bundles': {'a': {'grants': 'a:b:c'}}}",
                "grants of bundle a is 'a:b:c', must be a list");
        refuses(
                "{'version': 1, 'bundles': {'a': {'grants': [['a:b:c']]}}}",
                "a grant of bundle a is a list, must be a text");
        refuses(
                "{'version': 1, 'bundles': {'a': {'grants': [null]}}}",
                "a grant of bundle a is 'null', must be a text");
        refuses("{'version': 1, 'bundles': {'a': {'roles': [true]}}}", "a role of bundle a is 'true', must be a text");
        refuses("{'version': 1, 'bundles': {'a': null}}", "bundle a is 'null', must be an object");
    }

    @Test
    void refusesWhatStandsTwice() {
        refuses(
                "{'version': 1, 'version': 1}",
                "line 1, column 16: member 'version' of the policy stands twice, first in line 1, column 2; only one of them can count");
        refuses(
                "{'version': 1, 'bundles': {'a': {},\n 'a': {}}}",
                "line 2, column 2: member 'a' of bundles stands twice");
        refuses(
                "{'version': 1, 'bundles': {'a': {},\n '\\u0061': {}}}",
                "line 2, column 2: member 'a' of bundles stands twice");
        refuses(
                "{'version': 1, 'bundles': {'a': {'grants': [], 'grants': []}}}",
                "member 'grants' of bundle a stands twice");
        refuses("{'version': 1, 'roles': {'comment': 'a', 'comment': 'b'}}", "member 'comment' of roles stands twice");
        refuses(
                "{'version': 1, 'roles': {'a': {}, 'b': {}}, 'bundles': {'s': {'roles': ['a', 'b', 'a']}}}",
                "line 1, column 83: role 'a' stands twice among those of bundle s; take one out");
    }

    @Test
    void refusesNamesThatAreNone() {
        refuses(
                "{'version': 1, 'roles': {'a b': {}}}",
                "line 1, column 26: the name of role 'a b' must be 1 to 100 of the letters");
        refuses("{'version': 1, 'roles': {'': {}}}", "the name of role '' must be");
        refuses("{'version': 1, 'roles': {'" + "a".repeat(101) + "': {}}}", "the name of role 'aaa");
        refuses("{'version': 1, 'roles': {'s\u0430les': {}}}", "the name of role 's\u0430les' must be");
        refuses("{'version': 1, 'bundles': {'a..b': {}}}", "the name of bundle 'a..b' must be a symbolic name");
        refuses(
                "{'version': 1, 'bundles': {'a.*': {}}}",
                "the name of bundle 'a.*' must be a symbolic name",
                "or * for all bundles");
        refuses("{'version': 1, 'bundles': {'user:ada': {}}}", "the name of bundle 'user:ada' must be");
        refuses("{'version': 1, 'bundles': {'a\u200b': {}}}", "the name of bundle 'a\\u200b' must be");
        refuses(
                "{'version': 1, 'bundles': {'bundle-7': {}}}",
                "bundle bundle-7 is what bundles without a symbolic name are called by their id");
        refuses("{'version': 1, 'users': {'ada:': {}}}", "the name of user 'ada:' must be");
        refuses("{'version': 1, 'users': {'*': {}}}", "the name of user '*' must be");
        for (String system : Policies.SYSTEM) {
            refuses(
                    "{'version': 1, 'bundles': {'" + system + "': {}}}",
                    "bundle " + system + " is the system bundle, which has no grants");
        }
    }

    @Test
    void refusesGrantsThatAreNone() {
        refusesGrant(
                "event:publish",
                "grant 'event:publish': it has 2 of 3 parts; grants are of the form domain:action:instance, as event:publish:orders/new");
        refusesGrant("", "grant '': it has 1 of 3 parts");
        refusesGrant("!", "grant '!': it has 1 of 3 parts");
        refusesGrant("::", "domain '' must be");
        refusesGrant("event::x", "action '' must be");
        refusesGrant("event:publish:", "the instance is empty; write what it is for");
        refusesGrant(
                "event:publish:**",
                "in segment '**' a wildcard does not stand alone, or * is not the last segment; write one * at the end");
        refusesGrant("event:publish:orders/**", "write one * at the end");
        refusesGrant("event:publish:*/new", "segment '*'", "write + for one segment");
        refusesGrant("event:publish:orders*", "segment 'orders*'", "there are no patterns within a segment");
        refusesGrant("event:publish:o+/new", "segment 'o+'");
        refusesGrant("event:publish:++", "segment '++'");
        refusesGrant("event:pub*:orders", "action 'pub*' must be", "the one wildcard here is * in its place");
        refusesGrant("+:publish:orders", "domain '+' must be");
        refusesGrant("!!event:publish:orders", "domain '!event' must be", "one ! is enough");
        refusesGrant(" event:publish:orders", "domain ' event' must be");
        refusesGrant("event: publish:orders", "action ' publish' must be");
        refusesGrant("event:publish: orders", "an empty segment, or a blank at the end of one");
        refusesGrant("event:publish:orders ", "an empty segment, or a blank at the end of one");
        refusesGrant("event:publish:orders//new", "an empty segment");
        refusesGrant("event:publish:/orders", "an empty segment");
        refusesGrant("event:publish:orders/", "an empty segment");
        refusesGrant(
                "event:publish:" + "x".repeat(1_025), "the instance has 1025 characters, at most 1024 are allowed");
        refusesGrant("event:publish:" + "x".repeat(5_000), "has 5014 characters, at most 1280 are allowed", "…'");
        refusesGrant("\u0435vent:publish:orders", "domain '\u0435vent' must be");
        refusesGrant(
                "event:publish:\u043erders/new",
                "segment '\u043erders' has U+043E CYRILLIC SMALL LETTER O, which looks like another one");
        refusesGrant("event:publish:ord\u0435rs", "U+0435");
        refusesGrant("event:publish:\uff4frders", "U+FF4F FULLWIDTH LATIN SMALL LETTER O");
        refusesGrant("event:publish:\uff0a", "U+FF0A FULLWIDTH ASTERISK");
        refusesGrant("event:publish:cafe\u0301", "not in Unicode normal form NFC");
    }

    /** A grant that forbids would keep nobody out, and nobody would notice. */
    @Test
    void refusesGrantsOfTheCoreThatNeverMatch() {
        refusesGrant(
                "!event:publish:orders.secret",
                "it matches no topic: topic filter 'orders.secret': ",
                "'.' at position 6",
                "segments are joined by /, as in orders/new");
        refusesGrant("!event:publish:orders/#", "'#' at position 7", "write * at the end for the rest");
        refusesGrant("!event:*:orders secret", "it matches no topic: ");
        refusesGrant("!event:receive:orders\u2215secret", "U+2215 DIVISION SLASH");
        refusesGrant("!event:receive:orders/" + "x".repeat(250), "at most 255 are allowed");
        refusesGrant("!schedule:create:orders.secret", "it matches no topic: ");
        refusesGrant(
                "!event:publsh:orders/secret",
                "action 'publsh' of domain event is unknown, and would never count; known are monitor, publish, "
                        + "publish-as, receive, subscribe, and *; domains of your own are all but ");
        refusesGrant("!event:Publish:orders", "action 'Publish' of domain event is unknown");
        refusesGrant("crypto:unseal:event", "action 'unseal' of domain crypto is unknown");
        refusesGrant("schedule:delete:x", "known are cancel, create, create-as, list, and *");
        for (String good : new String[] {
            "event:publish-as:shop.orders",
            "event:*:*",
            "event:*:orders/+",
            "*:publsh:orders.secret",
            "*:*:a.b",
            "schedule:create-as:shop.orders",
            "schedule:cancel:019b76da-bf70-754c-870c-14a800e51a5a",
            "dispatcher:pause:pool/default",
            "dead:drop:shop.mail/Hello World",
            "own:publsh:a.b#c",
            "event:publish:gr\u00fc\u00dfe/$a_b-c"
        }) {
            assertThat(Policies.allows(
                            Policies.granting(good),
                            "shop",
                            good.replace("*", "x").replace("+", "x")))
                    .as(good)
                    .isTrue();
        }
    }

    /** In names of others' making, too, which may have any other character. */
    @Test
    void refusesWhatLooksLikeAMarkOfAGrant() {
        for (String mark : new String[] {
            "\u2044", "\u2215", "\u29f8", "\u2217", "\u204e", "\u066d", "\ufe62", "\u16ed", "\u2236", "\ua789",
            "\u02d0", "\u01c3", "\ufe57", "\uff01", "\uff0f"
        }) {
            refusesGrant("own:read:a" + mark + "b", "which looks like another one");
        }
        Policies.granting("own:read:\u30ce/\u4e3f", "own:read:2\u00d72=4 \u2192 \u20ac");
    }

    @Test
    void refusesWhatNobodySees() {
        for (String hidden : new String[] {
            "\\u0000",
            "\\u0007",
            "\\n",
            "\\t",
            "\u007f",
            "\u0085",
            "\u00a0",
            "\u00ad",
            "\u034f",
            "\u061c",
            "\u115f",
            "\u1160",
            "\u17b4",
            "\u180b",
            "\u180e",
            "\u2003",
            "\u200b",
            "\u200c",
            "\u200d",
            "\u200e",
            "\u200f",
            "\u2028",
            "\u2029",
            "\u202a",
            "\u202e",
            "\u2060",
            "\u2063",
            "\u2066",
            "\u2069",
            "\u3000",
            "\u3164",
            "\ufe00",
            "\ufe0f",
            "\ufeff",
            "\uffa0",
            "\\ud800",
            "\\udfff",
            "\ue000",
            "\uffff",
            "\udb40\udc41",
            "\udb40\udd00",
            "\udbff\udffd"
        }) {
            refusesGrant(
                    "event:publish:a" + hidden + "b",
                    "at position 15, which nobody sees; take it out",
                    "'event:publish:a\\u");
            refuses("{'version': 1, 'comment': 'a" + hidden + "b'}", "a comment 'a\\u", "nobody sees");
        }
        refuses("{'version': 1, '\u202e': 1}", "member '\\u202e' of the policy is unknown");
    }

    @Test
    void refusesWhatIsNotUtf8() {
        refuses(bytes("{\n 'comment': '", 0xe9, "'}"), "line 2, column 14: byte 0xe9 is no UTF-8; save it as UTF-8");
        refuses(bytes("", 0xff, "{}"), "line 1, column 1: byte 0xff");
        refuses(bytes("{'comment': '", 0xc0, "'}"), "byte 0xc0");
        byte[] marked = new byte[17];
        System.arraycopy(HexFormat.of().parseHex("efbbbf"), 0, marked, 0, 3);
        System.arraycopy(Policies.bytes("{'version': 1}"), 0, marked, 3, 14);
        refuses(marked, "line 1, column 1: it begins with a byte order mark; save it as UTF-8 without");
        refuses(Policies.json("{'version': 1}").getBytes(StandardCharsets.UTF_16LE), "no JSON: ");
        refuses(Policies.json("{'version': 1}").getBytes(StandardCharsets.UTF_16), "byte 0xfe is no UTF-8");
    }

    private static byte[] bytes(String before, int odd, String after) {
        byte[] start = Policies.bytes(before);
        byte[] end = Policies.bytes(after);
        byte[] all = Arrays.copyOf(start, start.length + 1 + end.length);
        all[start.length] = (byte) odd;
        System.arraycopy(end, 0, all, start.length + 1, end.length);
        return all;
    }

    // ---- how large ----

    @Test
    @Timeout(60)
    void refusesWhatIsTooLarge() {
        refuses(
                "{'version': 1, 'comment': '" + "x".repeat(4_097) + "'}",
                "a comment has 4097 characters, at most 4096 are allowed");
        refuses(" ".repeat(Limits.FILE_BYTES + 1), "it has 1048577 bytes, at most 1048576 are allowed");
        refuses("[".repeat(100_000), "line 1, column 1: the policy is a list");
        refuses("{'version': 1, 'bundles': {'a': {'grants': " + "[".repeat(100_000), "a grant of bundle a is a list");
        refuses("{'version': 1, 'x': " + "{'a':".repeat(100_000), "member 'x' of the policy is unknown");
        refuses("{'version': 1, 'roles': {" + many(1_001, "'r%d': {}") + "}}", "more than 1000 roles");
        refuses("{'version': 1, 'bundles': {" + many(10_001, "'b%d': {}") + "}}", "more than 10000 bundles");
        refuses("{'version': 1, 'users': {" + many(10_001, "'b%d': {}") + "}}", "more than 10000 users");
        refuses(
                "{'version': 1, 'bundles': {'a': {'grants': [" + many(20_001, "'a:b:c%d'") + "]}}}",
                "more than 20000 grants");
    }

    @Test
    @Timeout(60)
    void readsWhatIsAsLargeAsItMayBe() throws PolicyException {
        String grants = many(10_000, "'a:b:c%d'");
        PolicyText text = read("{'version': 1, 'roles': {'r': {'grants': [" + grants + "]}, " + many(999, "'r%d': {}")
                + "}, 'bundles': {'a': {'grants': [" + grants + "]}, " + many(9_999, "'b%d': {'roles':['r']}") + "}}");
        assertThat(text.bundles()).hasSize(10_000);
        assertThat(text.roles()).hasSize(1_000);
    }

    private static String many(int count, String each) {
        return IntStream.range(0, count).mapToObj(i -> String.format(each, i)).collect(Collectors.joining(","));
    }

    // ---- roles ----

    @Test
    void refusesRolesThatFormACycle() {
        refuses(
                """
                {'version': 1, 'roles': {
                  'clerk': {'roles': ['reader']},
                  'reader': {'roles': ['other', 'writer']},
                  'writer': {'roles': ['reader']},
                  'other': {}
                }}""",
                "line 4, column 24: roles form a cycle: reader (line 3) → writer (line 4) → reader (line 3); take one of these out");
        refuses("{'version': 1, 'roles': {'a': {'roles': ['a']}}}", "roles form a cycle: a (line 1) → a (line 1)");
    }

    @Test
    void refusesRolesThatAreNotDefined() {
        refuses(
                "{'version': 1, 'bundles': {'a': {'roles': ['b']}}}",
                "line 1, column 44: bundle a has the role 'b', which is not defined; no role is");
        refuses(
                "{'version': 1, 'roles': {'x': {}}, 'users': {'a': {'roles': ['X']}}}",
                "user a has the role 'X', which is not defined; defined are x");
        refuses("{'version': 1, 'roles': {'x': {'roles': ['y']}}}", "role x has the role 'y', which is not defined");
    }

    @ParameterizedTest
    @CsvSource({"16, true", "17, false", "1000, false"})
    @Timeout(60)
    void boundsTheDepthOfRoles(int depth, boolean allowed) {
        String chain = IntStream.range(1, depth)
                .mapToObj(i -> "'r" + i + "': {'roles': ['r" + (i + 1) + "']}")
                .collect(Collectors.joining(","));
        String text = "{'version': 1, 'roles': {" + chain + ", 'r" + depth
                + "': {'grants': ['a:b:c']}}, 'bundles': {'a': {'roles': ['r1']}}}";
        if (allowed) {
            assertThat(Policies.allows(Policies.policy(text), "a", "a:b:c")).isTrue();
        } else {
            refuses(text, "stand more than 16 deep, one in the other");
        }
    }

    @ParameterizedTest
    @CsvSource({"100, true", "101, false"})
    void boundsTheRolesOfOnePrincipal(int count, boolean allowed) {
        String roles = IntStream.range(0, count)
                .mapToObj(i -> "'r" + i + "': {'grants': ['a:b:c" + i + "']}")
                .collect(Collectors.joining(","));
        String names = IntStream.range(0, count).mapToObj(i -> "'r" + i + "'").collect(Collectors.joining(","));
        String text = "{'version': 1, 'roles': {" + roles + "}, 'bundles': {'a': {'roles': [" + names + "]}}}";
        if (allowed) {
            assertThat(Policies.allows(Policies.policy(text), "a", "a:b:c99")).isTrue();
        } else {
            refuses(text, "bundle a has more than 100 roles, which are all that are allowed");
            refuses(
                    text.replace(names, "'all', 'r0'")
                            .replace(
                                    "'roles': {'r0'", "'roles': {'all': {'roles': [" + names.substring(5) + "]}, 'r0'"),
                    "bundle a has 102 roles, by itself and by its roles; at most 100 are allowed");
        }
    }

    /** Each of 15 levels has two ways to the next one: 32 768 ways in all. */
    @Test
    @Timeout(60)
    void goesEachWayOnce() {
        String levels = IntStream.range(1, 8)
                .mapToObj(i ->
                        "'l%1$d': {'roles': ['l%2$d', 'm%1$d']}, 'm%1$d': {'roles': ['l%2$d']}".formatted(i, i + 1))
                .collect(Collectors.joining(","));
        Policy policy = Policies.policy("{'version': 1, 'roles': {" + levels
                + ", 'l8': {'grants': ['a:b:c']}}, 'bundles': {'a': {'roles': ['l1', 'm1']}}}");
        assertThat(policy.matches("a", Permission.of("a:b:c"))).hasSize(1);
    }

    @Test
    void saysWhereOnlyWhereThereIsAPlace() {
        assertThatExceptionOfType(PolicyException.class)
                .isThrownBy(() -> read("{'version': 2}"))
                .satisfies(e -> assertThat(e.where()).isEqualTo("line 1, column 13"));
        assertThatExceptionOfType(PolicyException.class)
                .isThrownBy(() -> read(" ".repeat(Limits.FILE_BYTES + 1)))
                .satisfies(e -> assertThat(e.where()).isEmpty());
    }
}
