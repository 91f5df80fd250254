package symphony.rbac;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import symphony.api.rbac.AccessUndecidedException;
import symphony.api.rbac.Decision;
import symphony.api.rbac.Explanation.MatchedRule;
import symphony.api.rbac.Permission;
import symphony.api.rbac.PolicyView.Origin;

class PolicyTest {
    private static final Policy SHOP = Policies.policy("""
            {
              'version': 1,
              'roles': {
                'reader': {'grants': ['event:subscribe:orders/*', 'event:receive:orders/*']},
                'clerk': {
                  'roles': ['reader'],
                  'grants': ['event:publish:orders/+', '!event:publish:orders/secret']
                },
                'boss': {'grants': ['*:*:*']}
              },
              'bundles': {
                '*': {'grants': ['event:receive:news', '!event:publish:system/*']},
                'shop.orders': {'roles': ['clerk'], 'grants': ['schedule:create:orders/new']},
                'shop.office': {'roles': ['boss', 'clerk']}
              },
              'users': {
                'ada': {'roles': ['clerk']}
              }
            }
            """);

    private static Decision decide(String principal, String permission) {
        return Policies.decide(SHOP, principal, Permission.of(permission));
    }

    private static void allows(String principal, String permission, String rule) {
        assertThat(decide(principal, permission)).isEqualTo(new Decision(true, rule));
    }

    private static void denies(String principal, String permission, String rule) {
        assertThat(decide(principal, permission)).isEqualTo(new Decision(false, rule));
    }

    @Test
    void allowsWhatAGrantOfTheirsOrOfARoleGives() {
        allows(
                "shop.orders",
                "schedule:create:orders/new",
                "policy.json line 13: bundle shop.orders: schedule:create:orders/new");
        allows("shop.orders", "event:publish:orders/new", "policy.json line 7: role clerk: event:publish:orders/+");
        allows(
                "shop.orders",
                "event:receive:orders/new/express",
                "policy.json line 4: role reader: event:receive:orders/*");
        allows("user:ada", "event:publish:orders/new", "policy.json line 7: role clerk: event:publish:orders/+");
    }

    @Test
    void deniesWhatNoGrantGives() {
        denies("shop.orders", "event:publish:orders", "");
        denies("shop.orders", "event:publish:orders/new/express", "");
        denies("shop.orders", "event:Publish:orders/new", "");
        denies("shop.orders", "Event:publish:orders/new", "");
        denies("shop.orders", "event:publish:Orders/new", "");
        denies("Shop.orders", "event:publish:orders/new", "");
        denies("shop", "event:publish:orders/new", "");
        denies("ada", "event:publish:orders/new", "");
        denies("user:bob", "event:publish:orders/new", "");
        denies("", "event:publish:orders/new", "");
    }

    @Test
    void forbidsWhateverElseGrantsIt() {
        String secret = "policy.json line 7: role clerk: !event:publish:orders/secret";
        denies("shop.orders", "event:publish:orders/secret", secret);
        denies("shop.office", "event:publish:orders/secret", secret);
        allows("shop.office", "event:publish:orders/new", "policy.json line 7: role clerk: event:publish:orders/+");
        allows("shop.office", "any:thing:at all", "policy.json line 9: role boss: *:*:*");
        denies("shop.office", "event:publish:system/x", "policy.json line 12: bundle *: !event:publish:system/*");
    }

    @Test
    void grantsToAllBundlesButToNoUser() {
        String rule = "policy.json line 12: bundle *: event:receive:news";
        allows("some.bundle", "event:receive:news", rule);
        allows("shop.orders", "event:receive:news", rule);
        denies("user:ada", "event:receive:news", "");
        denies("user:bob", "event:receive:news", "");
    }

    /** Whatever the policy says of all bundles. */
    @Test
    void deniesEverythingToTheSystemBundle() {
        Policy open = Policies.policy("{'version': 1, 'bundles': {'*': {'grants': ['*:*:*']}}}");
        for (String system : Policies.SYSTEM) {
            assertThat(Policies.decide(open, system, Permission.of("event:publish:a")))
                    .isEqualTo(new Decision(false, "the system bundle has no grants"));
        }
        assertThat(Policies.allows(open, "any", "event:publish:a")).isTrue();
    }

    /** Row 26: whoever may subscribe to a/b alone cannot subscribe to more, also not by a pattern. */
    @Test
    void grantsAPatternOnlyIfOneGrantCoversAllOfIt() {
        Policy policy = Policies.granting(
                "event:subscribe:a/b", "event:subscribe:a/c", "event:subscribe:x/+", "event:subscribe:y/*");
        for (String wanted :
                List.of("*", "+", "a/*", "a/+", "+/b", "a/b/*", "+/+", "x", "x/*", "x/+/*", "y", "+/*", "y/*/z")) {
            assertThat(Policies.allows(policy, "shop", "event:subscribe:" + wanted))
                    .as(wanted)
                    .isFalse();
        }
        for (String wanted : List.of("a/b", "a/c", "x/+", "x/b", "y/*", "y/+", "y/+/*", "y/a/*", "y/a/+/b")) {
            assertThat(Policies.allows(policy, "shop", "event:subscribe:" + wanted))
                    .as(wanted)
                    .isTrue();
        }
    }

    @Test
    void forbidsAPatternThatContainsSomethingForbidden() {
        Policy policy = Policies.granting("event:subscribe:*", "!event:subscribe:a/secret", "!event:subscribe:x/+/y");
        for (String wanted : List.of(
                "*",
                "+/*",
                "a/*",
                "a/+",
                "a/secret",
                "+/secret",
                "+/+",
                "x/*",
                "x/+/+",
                "x/z/y",
                "+/+/*",
                "x/+/*",
                "x/z/*")) {
            assertThat(Policies.allows(policy, "shop", "event:subscribe:" + wanted))
                    .as(wanted)
                    .isFalse();
        }
        for (String wanted : List.of(
                "+",
                "a",
                "a/open",
                "a/secret/*",
                "a/secret/more",
                "x/z",
                "x/+",
                "x/+/z",
                "x/+/y/*",
                "b/*",
                "+/+/z",
                "x/z/y/*")) {
            assertThat(Policies.allows(policy, "shop", "event:subscribe:" + wanted))
                    .as(wanted)
                    .isTrue();
        }
    }

    @Test
    void takesAStarForEachDomainOrAction() {
        Policy policy = Policies.granting(
                "event:*:a", "*:read:b", "!*:*:c", "*:*:c", "!event:*:d", "event:publish:d", "other:publish:d");
        assertThat(Policies.allows(policy, "shop", "event:anything:a")).isTrue();
        assertThat(Policies.allows(policy, "shop", "other:anything:a")).isFalse();
        assertThat(Policies.allows(policy, "shop", "other:read:b")).isTrue();
        assertThat(Policies.allows(policy, "shop", "other:write:b")).isFalse();
        assertThat(Policies.allows(policy, "shop", "some:thing:c")).isFalse();
        assertThat(Policies.allows(policy, "shop", "event:publish:d")).isFalse();
        assertThat(Policies.allows(policy, "shop", "other:publish:d")).isTrue();
    }

    /** A star there would be all domains: nobody may ask for that, and nothing that is no word is ever granted. */
    @Test
    void deniesWhatCannotBeGranted() {
        Policy all = Policies.granting("*:*:*");
        for (String odd : List.of("*", "ev*nt", "\u0435vent", "event\u200b", " event", "!event", "+")) {
            for (Permission wanted : List.of(new Permission(odd, "publish", "a"), new Permission("event", odd, "a"))) {
                Decision decision = Policies.decide(all, "shop", wanted);
                assertThat(decision.allowed()).as(wanted.toString()).isFalse();
                assertThat(decision.rule())
                        .contains("is no word of the letters")
                        .matches("\\P{C}*");
                assertThat(all.matches("shop", wanted)).isEmpty();
            }
        }
    }

    /** What comes as a name that is none may be something else to whoever acts on it. */
    @Test
    void takesWhatIsNoNameForAnythingThatIsForbidden() {
        Policy wide = Policies.granting("file:read:*");
        Policy most = Policies.granting("file:read:*", "!file:read:etc/secret", "file:write:+", "file:write:a/*");
        for (String odd : List.of(
                "etc//secret",
                "etc/secret\u200b",
                "etc/secret ",
                "/etc/secret",
                "cafe\u0301",
                "etc/*/secret",
                "etc/s**",
                "x".repeat(1_025))) {
            assertThat(Policies.decide(wide, "shop", new Permission("file", "read", odd))
                            .allowed())
                    .as(odd)
                    .isTrue();
            assertThat(Policies.decide(most, "shop", new Permission("file", "read", odd))
                            .allowed())
                    .as(odd)
                    .isFalse();
            assertThat(Policies.decide(most, "shop", new Permission("file", "write", odd))
                            .allowed())
                    .as(odd)
                    .isFalse();
        }
    }

    @Test
    void deniesEverythingToABundleThatMustBeSigned() {
        Policy policy = Policies.policy("{'version': 1, 'bundles': {'*': {'grants': ['a:b:c']},\n 'shop': {'signer': '"
                + "a".repeat(64) + "', 'grants': ['*:*:*']}}}");
        assertThat(Policies.decide(policy, "shop", Permission.of("a:b:c")))
                .isEqualTo(new Decision(false, "policy.json line 2: bundle shop is not signed by " + "a".repeat(64)));
        assertThat(Policies.allows(policy, "other", "a:b:c")).isTrue();
    }

    @Test
    void decidesByTheGrantsOfABundleThatIsSignedAsItMustBe() {
        String signer = "a".repeat(64);
        Policy policy = Policies.policy("{'version': 1, 'bundles': {'*': {'grants': ['a:b:c']}, 'shop': {'signer': '"
                + signer + "', 'grants': ['d:e:f', '!a:b:d']}}}");
        var signed = Signatures.of(Map.of("shop", Set.of("b".repeat(64), signer)));
        assertThat(policy.decide("shop", Permission.of("d:e:f"), signed).allowed())
                .isTrue();
        assertThat(policy.decide("shop", Permission.of("a:b:c"), signed).allowed())
                .isTrue();
        assertThat(policy.decide("shop", Permission.of("a:b:d"), signed).allowed())
                .isFalse();
        var byAnother = Signatures.of(Map.of("shop", Set.of("b".repeat(64))));
        assertThat(policy.decide("shop", Permission.of("d:e:f"), byAnother).allowed())
                .isFalse();
        for (Signatures unknown : List.of(signed.without("shop"), Signatures.unknown("a test says"))) {
            assertThatExceptionOfType(AccessUndecidedException.class)
                    .isThrownBy(() -> policy.decide("shop", Permission.of("d:e:f"), unknown));
            assertThat(policy.decide("other", Permission.of("a:b:c"), unknown).allowed())
                    .isTrue();
        }
    }

    @Test
    void decidesNothingWhereThereIsNoPolicy() {
        assertThatExceptionOfType(AccessUndecidedException.class)
                .isThrownBy(() -> Policies.decide(Policy.none(), "shop", Permission.of("event:publish:a")))
                .withMessage("shop has no permission event:publish:a (no policy is in force)");
        assertThat(Policy.none().matches("shop", Permission.of("event:publish:a")))
                .isEmpty();
    }

    @Test
    void tellsAllRulesThatMatchAndHowThePrincipalComesToThem() {
        assertThat(SHOP.matches("shop.office", Permission.of("event:publish:orders/secret")))
                .containsExactly(
                        new MatchedRule(
                                "!event:publish:orders/secret", true, 7, List.of("bundle shop.office", "role clerk")),
                        new MatchedRule(
                                "event:publish:orders/+", false, 7, List.of("bundle shop.office", "role clerk")),
                        new MatchedRule("*:*:*", false, 9, List.of("bundle shop.office", "role boss")));
        assertThat(SHOP.matches("shop.orders", Permission.of("event:receive:orders/a")))
                .containsExactly(new MatchedRule(
                        "event:receive:orders/*",
                        false,
                        4,
                        List.of("bundle shop.orders", "role clerk", "role reader")));
        assertThat(SHOP.matches("shop.orders", Permission.of("event:receive:news")))
                .containsExactly(new MatchedRule("event:receive:news", false, 12, List.of("bundle *")));
    }

    @Test
    void isTheSameOnlyWithTheSameWords() throws PolicyException {
        byte[] text = Policies.bytes("{'version': 1}");
        Policy one = Policy.of(Origin.FILE, "a", "policy", Set.of(), text);
        assertThat(one.isSameAs(Policy.of(Origin.FILE, "a", "policy", Set.of(), text)))
                .isTrue();
        assertThat(one.isSameAs(Policy.of(Origin.FILE, "b", "policy", Set.of(), text)))
                .isFalse();
        assertThat(one.isSameAs(Policy.of(Origin.GENERATED, "a", "policy", Set.of(), text)))
                .isFalse();
        assertThat(one.isSameAs(Policy.of(Origin.FILE, "a", "policy", Set.of(), Policies.bytes("{'version': 1} "))))
                .isFalse();
    }

    // ---- the one for development ----

    @Test
    void generatedPolicyLetsAnyBundlePublishAndSubscribeAndTheShellDoEverything() {
        Policy generated = GeneratedPolicy.of(Policies.SYSTEM);
        assertThat(generated.origin()).isEqualTo(Origin.GENERATED);
        for (String permission :
                List.of("event:publish:a/b", "event:subscribe:*", "event:receive:a", "schedule:create:a")) {
            assertThat(Policies.allows(generated, "dropped", permission))
                    .as(permission)
                    .isTrue();
        }
        for (String permission : List.of(
                "event:publish-as:shop",
                "schedule:create-as:shop",
                "dispatcher:pause:a",
                "dead:drop:a",
                "policy:show:policy",
                "event:monitor:*")) {
            assertThat(Policies.allows(generated, "dropped", permission))
                    .as(permission)
                    .isFalse();
            assertThat(Policies.allows(generated, "symphony.shell", permission))
                    .as(permission)
                    .isTrue();
        }
        assertThat(Policies.allows(generated, "symphony.eventsystem", "schedule:create-as:shop"))
                .isTrue();
        assertThat(Policies.allows(generated, "symphony.eventsystem", "event:publish-as:shop"))
                .isTrue();
        assertThat(Policies.decide(generated, "dropped", Permission.of("event:publish:a"))
                        .rule())
                .startsWith("generated policy line ");
    }
}
