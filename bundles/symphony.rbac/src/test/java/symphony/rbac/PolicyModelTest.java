package symphony.rbac;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import symphony.api.rbac.Decision;
import symphony.api.rbac.Explanation.MatchedRule;
import symphony.api.rbac.Permission;

/** Policies by chance decide as their meaning written out does. */
class PolicyModelTest {
    private static final List<String> TOPICS = Universe.topics(List.of("a", "b", "c", "zz"), 4);
    private static final List<String> PRINCIPALS = List.of("p0", "p1", "p2", "user:u", "unknown", "system.bundle");

    @Provide
    Arbitrary<String> patterns() {
        Arbitrary<String> segments = Arbitraries.of("a", "b", "c", "+")
                .list()
                .ofMinSize(1)
                .ofMaxSize(3)
                .map(parts -> String.join("/", parts));
        return Arbitraries.oneOf(Arbitraries.just("*"), segments, segments, segments.map(start -> start + "/*"));
    }

    private Arbitrary<String> grants() {
        return Combinators.combine(
                        Arbitraries.of("", "", "", "!"),
                        Arbitraries.of("event", "event", "event", "own", "*"),
                        Arbitraries.of("publish", "subscribe", "subscribe", "*"),
                        patterns())
                .as((sign, domain, action, pattern) -> "'" + sign + domain + ':' + action + ':' + pattern + "'");
    }

    private Arbitrary<String> entries(int roles) {
        Arbitrary<List<String>> names = roles == 0
                ? Arbitraries.just(List.of())
                : Arbitraries.integers()
                        .between(0, roles - 1)
                        .map(i -> "'r" + i + "'")
                        .list()
                        .uniqueElements()
                        .ofMaxSize(Math.min(3, roles));
        return Combinators.combine(names, grants().list().ofMaxSize(4))
                .as((has, grants) ->
                        "{'roles': [" + String.join(", ", has) + "], 'grants': [" + String.join(", ", grants) + "]}");
    }

    /** Each role has roles before it only, so they form no cycle. */
    @Provide
    Arbitrary<String> texts() {
        Arbitrary<List<String>> roles = Combinators.combine(
                        IntStream.range(0, 5).mapToObj(this::entries).toList())
                .as(all -> all);
        Arbitrary<List<String>> principals = entries(5).list().ofSize(5);
        return Combinators.combine(roles, principals)
                .as((r, p) -> "{'version': 1,\n'roles': {"
                        + IntStream.range(0, r.size())
                                .mapToObj(i -> "'r" + i + "': " + r.get(i))
                                .collect(Collectors.joining(",\n"))
                        + "},\n'bundles': {'p0': " + p.get(0) + ",\n'p1': " + p.get(1) + ",\n'p2': " + p.get(2)
                        + ",\n'*': " + p.get(3)
                        + "},\n'users': {'u': " + p.get(4) + "}}");
    }

    @Provide
    Arbitrary<List<String>> wanted() {
        return patterns().list().ofMinSize(1).ofMaxSize(6);
    }

    @Property(tries = 200)
    void decidesAsItsMeaningWrittenOut(@ForAll("texts") String text, @ForAll("wanted") List<String> wanted) {
        Policy policy = Policies.policy(text);
        var naive = new NaivePolicy(Policies.json(text));
        for (String principal : PRINCIPALS) {
            for (String domain : List.of("event", "own")) {
                for (String instance : wanted) {
                    var permission = new Permission(domain, "subscribe", instance);
                    boolean allowed =
                            Policies.decide(policy, principal, permission).allowed();
                    assertThat(allowed)
                            .as(principal + " " + permission)
                            .isEqualTo(naive.allows(principal, domain, "subscribe", instance, TOPICS));
                }
            }
        }
    }

    /** A pattern gives nothing that its topics, asked for one by one, would not. */
    @Property(tries = 200)
    void whoeverMayHaveAPatternMayHaveEachTopicOfIt(
            @ForAll("texts") String text, @ForAll("wanted") List<String> wanted) {
        Policy policy = Policies.policy(text);
        for (String principal : PRINCIPALS) {
            for (String pattern : wanted) {
                if (Policies.decide(policy, principal, new Permission("event", "subscribe", pattern))
                        .allowed()) {
                    for (String topic : TOPICS) {
                        if (NaivePolicy.matches(pattern, topic)) {
                            assertThat(Policies.decide(policy, principal, new Permission("event", "subscribe", topic))
                                            .allowed())
                                    .as(principal + " may have " + pattern + ", and so " + topic)
                                    .isTrue();
                        }
                    }
                }
            }
        }
    }

    /** Denies win: one more grant that forbids never allows anything, one more that grants never denies. */
    @Property(tries = 200)
    void forbiddingNeverAllowsAndGrantingNeverDenies(
            @ForAll("texts") String text, @ForAll("patterns") String pattern, @ForAll("wanted") List<String> wanted) {
        Policy before = Policies.policy(text);
        Policy forbidding = Policies.policy(text.replace(
                        "'r0': {'roles': [], 'grants': [",
                        "'r0': {'roles': [], 'grants': ['!event:*:" + pattern + "', ")
                .replace(", ]", "]"));
        Policy granting = Policies.policy(text.replace(
                        "'r0': {'roles': [], 'grants': [", "'r0': {'roles': [], 'grants': ['event:*:" + pattern + "', ")
                .replace(", ]", "]"));
        for (String principal : PRINCIPALS) {
            for (String instance : wanted) {
                var permission = new Permission("event", "publish", instance);
                boolean was = Policies.decide(before, principal, permission).allowed();
                assertThat(!Policies.decide(forbidding, principal, permission).allowed() || was)
                        .isTrue();
                assertThat(Policies.decide(granting, principal, permission).allowed() || !was)
                        .isTrue();
            }
        }
    }

    @Property(tries = 200)
    void explainsWhatItDecides(@ForAll("texts") String text, @ForAll("wanted") List<String> wanted) {
        Policy policy = Policies.policy(text);
        String[] lines = text.split("\n");
        for (String principal : PRINCIPALS.subList(0, 5)) {
            for (String instance : wanted) {
                var permission = new Permission("event", "publish", instance);
                Decision decision = Policies.decide(policy, principal, permission);
                List<MatchedRule> rules = policy.matches(principal, permission);
                var ordered = new ArrayList<>(rules);
                ordered.sort(Comparator.comparing(MatchedRule::forbids).reversed());
                assertThat(rules).isEqualTo(ordered);
                if (rules.isEmpty()) {
                    assertThat(decision).isEqualTo(new Decision(false, ""));
                } else {
                    MatchedRule first = rules.get(0);
                    String last = first.via().get(first.via().size() - 1);
                    assertThat(decision)
                            .isEqualTo(new Decision(
                                    !first.forbids(),
                                    "policy.json line " + first.line() + ": " + last + ": " + first.text()));
                }
                for (MatchedRule rule : rules) {
                    assertThat(lines[rule.line() - 1]).contains("'" + rule.text() + "'");
                    assertThat(rule.via().get(0)).isIn("bundle " + principal, "bundle *", "user u");
                }
            }
        }
    }
}
