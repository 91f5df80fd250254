package symphony.rbac;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import symphony.api.rbac.Decision;
import symphony.api.rbac.Permission;
import symphony.api.rbac.PolicyView.Origin;

/** What docs/security.md says of the policy is so. */
class SecurityDocumentTest {
    private static final Pattern JSON = Pattern.compile("(?s)\n```json\n(.*?)\n```");
    private static final Pattern ASKED =
            Pattern.compile("(?m)^\\| `([^`]+)` \\| `([^`]+)` \\| (yes|no) \\| (.*?) ?\\|$");

    private String document;
    private List<String> blocks;

    @BeforeEach
    void read() throws IOException {
        document = Files.readString(Path.of("../../docs/security.md"));
        blocks = JSON.matcher(document).results().map(block -> block.group(1)).toList();
        assertThat(blocks).hasSize(2);
    }

    private Policy example() throws PolicyException {
        return Policy.of(
                Origin.FILE,
                "policy.json",
                "policy.json",
                Policies.SYSTEM,
                blocks.get(0).getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void exampleDecidesAsItsTableSays() throws PolicyException {
        Policy policy = example();
        List<MatchResult> rows = ASKED.matcher(document).results().toList();
        assertThat(rows).hasSizeGreaterThanOrEqualTo(15);
        for (MatchResult row : rows) {
            String why = row.group(4).startsWith("line ") ? "policy.json " + row.group(4) : row.group(4);
            assertThat(Policies.decide(policy, row.group(1), Permission.of(row.group(2))))
                    .as(row.group())
                    .isEqualTo(new Decision(row.group(3).equals("yes"), why));
        }
    }

    @Test
    void exampleGrantsTheCoreWhatItNeeds() throws PolicyException {
        Policy policy = example();
        assertThat(Policies.allows(policy, "symphony.eventsystem", "event:publish-as:shop.orders"))
                .isTrue();
        assertThat(Policies.allows(policy, "symphony.eventsystem", "schedule:create-as:shop.orders"))
                .isTrue();
        assertThat(Policies.allows(policy, "symphony.scheduler", "event:publish-as:shop.orders"))
                .isTrue();
        assertThat(Policies.allows(policy, "symphony.dispatcher", "event:publish:symphony/health/x"))
                .isTrue();
    }

    /** Each permission of the table can be granted, and there are no others of these domains. */
    @Test
    void permissionsAreThoseThatTheReaderKnows() {
        String table = document.substring(document.indexOf("### Who needs what"), document.indexOf("### Audit"));
        var documented = new TreeMap<String, Set<String>>();
        for (MatchResult row : Pattern.compile("(?m)^\\| (`[a-z]+:[^|]*) \\|")
                .matcher(table)
                .results()
                .toList()) {
            String domain = "";
            for (MatchResult name :
                    Pattern.compile("`([^`]+)`").matcher(row.group(1)).results().toList()) {
                String[] parts = name.group(1).split(":");
                domain = parts.length == 1 ? domain : parts[0];
                if (!name.group(1).startsWith("pool/")) {
                    documented.computeIfAbsent(domain, d -> new TreeSet<>()).add(parts[parts.length == 1 ? 0 : 1]);
                }
            }
        }
        assertThat(documented).isEqualTo(Vocabulary.ACTIONS);
    }

    @Test
    void limitsAreThoseOfTheReader() {
        for (String row : List.of(
                "| 1 048 576 | bytes of the file |",
                "| 1 000 | roles |",
                "| 10 000 | bundles, and as many users |",
                "| 20 000 | grants, those of all entries together |",
                "| 4 096 | characters of a comment (UTF-16 units) |",
                "| 16 | roles that stand one in the other |",
                "| 100 | roles of one principal, by itself and by its roles |")) {
            assertThat(document).contains(row);
        }
        assertThat(List.of(
                        Limits.FILE_BYTES,
                        Limits.ROLES,
                        Limits.PRINCIPALS,
                        Limits.GRANTS,
                        Limits.COMMENT_CHARS,
                        Limits.ROLE_DEPTH,
                        Limits.ROLES_OF_PRINCIPAL))
                .containsExactly(1_048_576, 1_000, 10_000, 20_000, 4_096, 16, 100);
    }

    // ---- the schema ----

    @SuppressWarnings("unchecked")
    private static Map<String, Object> at(Object value, String... path) {
        for (String name : path) {
            value = ((Map<String, Object>) value).get(name);
        }
        return (Map<String, Object>) value;
    }

    private Map<String, Object> schema() {
        return at(NaiveJson.read(blocks.get(1)));
    }

    @Test
    void schemaHasTheMembersOfTheFormat() {
        Map<String, Object> schema = schema();
        assertThat(at(schema, "properties").keySet())
                .isEqualTo(Set.of("version", "comment", "roles", "bundles", "users"));
        assertThat(at(schema, "$defs", "entry", "properties").keySet()).isEqualTo(Set.of("comment", "roles", "grants"));
        assertThat(at(schema, "$defs", "bundle", "properties").keySet())
                .isEqualTo(Set.of("comment", "roles", "grants", "signer"));
        for (String[] object : new String[][] {{}, {"$defs", "entry"}, {"$defs", "bundle"}}) {
            assertThat(at(schema, object).get("additionalProperties")).isEqualTo(new NaiveJson.Word("false"));
        }
        assertThat(at(schema, "properties", "roles").get("maxProperties"))
                .hasToString(Integer.toString(Limits.ROLES + 1));
        assertThat(at(schema, "properties", "bundles").get("maxProperties"))
                .hasToString(Integer.toString(Limits.PRINCIPALS + 1));
        assertThat(at(schema, "$defs", "comment").get("maxLength")).hasToString(Integer.toString(Limits.COMMENT_CHARS));
    }

    /** An editor that goes by it marks nothing that is good, and what is plainly wrong. */
    @Test
    void schemaAllowsWhatIsGoodAndRefusesWhatIsPlainlyWrong() {
        Pattern grant = Pattern.compile(
                (String) at(schema(), "$defs", "grants", "items").get("pattern"));
        for (String good :
                List.of("event:publish:*", "!*:*:*", "a:b:c d/été:1", "a:b:+/x/*", "a.b:c-d:#2", "a:b:+", "a:b:+/+")) {
            Policies.granting(good);
            assertThat(grant.matcher(good).find()).as(good).isTrue();
        }
        for (String bad : List.of(
                "event:publish",
                "event:publish:**",
                "event:publish:*/a",
                "!!a:b:c",
                "a:b:c/",
                "a:b:/c",
                "a:b:c//d",
                "a+:b:c",
                "a:b:c+",
                "a b:c:d",
                "a:b:")) {
            assertThat(grant.matcher(bad).find()).as(bad).isFalse();
        }
        Map<String, Object> properties = at(schema(), "properties");
        for (String[] names : new String[][] {
            {"roles", "a.b-C_9", "a b"},
            {"users", "ada@shop", "a/b"},
            {"bundles", "a.b-C_9", "a..b"},
            {"bundles", "*", "a.*"}
        }) {
            Pattern name = Pattern.compile(
                    (String) at(properties, names[0], "propertyNames").get("pattern"));
            assertThat(name.matcher(names[1]).find()).as(names[1]).isTrue();
            assertThat(name.matcher(names[2]).find()).as(names[2]).isFalse();
            Policies.policy("{'version': 1, '" + names[0] + "': {'" + names[1] + "': {}}}");
        }
    }
}
