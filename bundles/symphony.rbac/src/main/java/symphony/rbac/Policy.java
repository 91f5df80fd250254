package symphony.rbac;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import symphony.api.rbac.AccessUndecidedException;
import symphony.api.rbac.Decision;
import symphony.api.rbac.Explanation.MatchedRule;
import symphony.api.rbac.Permission;
import symphony.api.rbac.PolicyView.Origin;
import symphony.rbac.PolicyText.Entry;

/** A policy that fits together, and what it decides. Immutable, thread-safe. */
final class Policy {
    /** Before the name of a user in that of its principal; symbolic names have no colon. */
    static final String USER = "user:";

    /** All that is told to who is denied for it: what is wrong with a policy file is quoted from it. */
    static final String NONE = "no policy is in force";

    private static final String SYSTEM_BUNDLE = "the system bundle has no grants";
    private static final Verdict NO_RULE = new Verdict(new Decision(false, ""), Verdict.NONE);

    private final Origin origin;
    private final String place;
    private final String source;
    private final PolicyText text;
    private final Set<String> systemBundles;
    private final Roles roles;
    private final Map<String, Holder> holders = new HashMap<>();

    /** Of all bundles, those that the policy does not name too. */
    private final Optional<Holder> everyBundle;

    private final Map<String, String> signers;

    /**
     * Who has grants: an entry, and the rules that it comes to, its own first, then those of its roles.
     *
     * @param unsigned the answer whatever is asked, if it must be signed by somebody and is not
     */
    private record Holder(Entry entry, List<RuleIndex> rules, Verdict unsigned) {}

    private Policy(Origin origin, String place, String source, PolicyText text, Set<String> systemBundles)
            throws PolicyException {
        this.origin = origin;
        this.place = place;
        this.source = source;
        this.text = text;
        this.systemBundles = systemBundles;
        this.roles = new Roles(text.roles());
        var indices = new HashMap<String, RuleIndex>();
        text.roles().forEach(role -> indices.put(role.name(), new RuleIndex(role.rules())));
        for (Entry principal : text.principals().toList()) {
            holders.put(principal.id(), holder(principal, indices));
        }
        this.everyBundle = Optional.ofNullable(holders.remove(Rule.ANY));
        this.signers = text.bundles().stream()
                .filter(bundle -> !bundle.signer().isEmpty())
                .collect(Collectors.toUnmodifiableMap(Entry::id, Entry::signer));
    }

    private Holder holder(Entry principal, Map<String, RuleIndex> indices) throws PolicyException {
        var rules = new ArrayList<RuleIndex>();
        rules.add(new RuleIndex(principal.rules()));
        roles.of(principal).forEach(role -> rules.add(indices.get(role.name())));
        var unsigned = new Decision(
                false,
                source + " line " + principal.at().line() + ": " + principal + " is not signed by "
                        + principal.signer());
        return new Holder(principal, List.copyOf(rules), new Verdict(unsigned, Verdict.UNSIGNED));
    }

    /**
     * What a policy's text comes to.
     *
     * @param origin where it is from
     * @param place the same, for people: the path of a file
     * @param source what rules call it, for people
     * @param systemBundles names of the system bundle
     * @param content the text, UTF-8
     * @throws PolicyException if it cannot be in force; says what is wrong, where, and how to mend it
     */
    static Policy of(Origin origin, String place, String source, Set<String> systemBundles, byte[] content)
            throws PolicyException {
        return new Policy(origin, place, source, PolicyReader.read(source, systemBundles, content), systemBundles);
    }

    /** While there is none. */
    static Policy none() {
        try {
            return new Policy(Origin.NONE, "", "", new PolicyText("", List.of(), List.of(), List.of()), Set.of());
        } catch (PolicyException e) {
            throw new IllegalStateException("nothing fits together always", e);
        }
    }

    /**
     * Decides; nobody but administrators may know the rule.
     *
     * @throws AccessUndecidedException if this is none, or it is not known whether the principal is signed as it must be
     */
    Decision decide(String principal, Permission permission, Signatures signatures) {
        return judge(principal, permission, signatures).decision();
    }

    /** The same, with what it is called. */
    Verdict judge(String principal, Permission permission, Signatures signatures) {
        if (origin == Origin.NONE) {
            throw new AccessUndecidedException(principal, permission, NONE);
        }
        if (systemBundles.contains(principal)) {
            return new Verdict(new Decision(false, SYSTEM_BUNDLE), Verdict.SYSTEM);
        }
        Holder holder = holders.get(principal);
        if (holder != null && !isSigned(holder.entry(), permission, signatures)) {
            return holder.unsigned();
        }
        if (!Wanted.hasWords(permission)) {
            return notAsked(permission);
        }
        Wanted wanted = Wanted.of(permission);
        var found = new First();
        indices(principal, holder, index -> index.forbidding(wanted, found));
        if (found.rule == null) {
            indices(principal, holder, index -> index.granting(wanted, found));
        }
        return found.rule == null ? NO_RULE : found.rule.verdict();
    }

    private static boolean isSigned(Entry entry, Permission permission, Signatures signatures) {
        return entry.signer().isEmpty() || signatures.areBy(entry.signer(), entry.id(), permission);
    }

    /** Who must have signed the bundles of which principals, by principal. */
    Map<String, String> signers() {
        return signers;
    }

    private static Verdict notAsked(Permission permission) {
        var decision = new Decision(
                false,
                "domain " + Characters.shown(permission.domain()) + " or action "
                        + Characters.shown(permission.action())
                        + " is no word of the letters a to z and A to Z, digits, _ . and -, which alone can be granted");
        return new Verdict(decision, Verdict.NONE);
    }

    /** What the principal's own entry and that of all bundles come to. */
    private void indices(String principal, Holder holder, Consumer<RuleIndex> visit) {
        if (holder != null) {
            holder.rules().forEach(visit);
        }
        if (isBundle(principal)) {
            everyBundle.ifPresent(every -> every.rules().forEach(visit));
        }
    }

    private static boolean isBundle(String principal) {
        return principal.indexOf(':') < 0;
    }

    /** The rule that stands first in the policy. */
    private static final class First implements Consumer<Rule> {
        private Rule rule;

        @Override
        public void accept(Rule other) {
            if (rule == null || other.order() < rule.order()) {
                rule = other;
            }
        }
    }

    /** All rules of a principal that match, those that forbid first; whatever was decided. */
    List<MatchedRule> matches(String principal, Permission permission) {
        if (!Wanted.hasWords(permission)) {
            return List.of();
        }
        Wanted wanted = Wanted.of(permission);
        return Stream.concat(
                        matches(principal, (index, found) -> index.forbidding(wanted, found)),
                        matches(principal, (index, found) -> index.granting(wanted, found)))
                .toList();
    }

    private Stream<MatchedRule> matches(String principal, BiConsumer<RuleIndex, Consumer<Rule>> search) {
        var all = new HashMap<Integer, MatchedRule>();
        Holder own = holders.get(principal);
        Stream.of(Optional.ofNullable(own), isBundle(principal) ? everyBundle : Optional.<Holder>empty())
                .flatMap(Optional::stream)
                .forEach(holder -> {
                    List<List<String>> ways = ways(holder.entry());
                    for (int i = 0; i < ways.size(); i++) {
                        List<String> way = ways.get(i);
                        search.accept(
                                holder.rules().get(i),
                                rule -> all.putIfAbsent(
                                        rule.order(), new MatchedRule(rule.text(), rule.forbids(), rule.line(), way)));
                    }
                });
        return all.entrySet().stream()
                .sorted(Comparator.comparing(Map.Entry::getKey))
                .map(Map.Entry::getValue);
    }

    /** In the order of a holder's rules. */
    private List<List<String>> ways(Entry entry) {
        var ways = new ArrayList<List<String>>();
        ways.add(List.of(entry.toString()));
        ways.addAll(roles.ways(entry).values());
        return ways;
    }

    /** The entries whose rules a principal of this policy has: its own and those of its roles. */
    List<Entry> entriesOf(Entry principal) {
        var entries = new ArrayList<Entry>();
        entries.add(principal);
        try {
            entries.addAll(roles.of(principal));
        } catch (PolicyException e) {
            throw new IllegalStateException("this was found to fit together when the policy was made", e);
        }
        return entries;
    }

    Origin origin() {
        return origin;
    }

    PolicyText text() {
        return text;
    }

    /** Where it is from: the path of a file; empty if there is none. */
    String place() {
        return place;
    }

    /** Whether it is from the same place as another one, and decides as that. */
    boolean isSameAs(Policy other) {
        return origin == other.origin && place.equals(other.place) && hash().equals(other.hash());
    }

    /** SHA-256 of its text; empty if there is none. */
    String hash() {
        return text.hash();
    }
}
