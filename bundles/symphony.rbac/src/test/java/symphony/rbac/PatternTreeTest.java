package symphony.rbac;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import symphony.api.event.TopicFilter;

/** Finds the very rules whose patterns cover or overlap what is wanted. */
class PatternTreeTest {
    @Provide
    Arbitrary<List<String>> patterns() {
        return pattern().list().ofMinSize(1).ofMaxSize(8);
    }

    @Provide
    Arbitrary<String> pattern() {
        Arbitrary<String> segments =
                Arbitraries.of("a", "b", "+").list().ofMinSize(1).ofMaxSize(4).map(parts -> String.join("/", parts));
        return Arbitraries.oneOf(Arbitraries.just("*"), segments, segments.map(start -> start + "/*"));
    }

    private static PatternTree tree(List<String> patterns) {
        var tree = new PatternTree();
        for (int i = 0; i < patterns.size(); i++) {
            tree.add(Rule.of("event:publish:" + patterns.get(i), i, 1, "test"));
        }
        return tree;
    }

    private static List<Integer> covering(PatternTree tree, String wanted) {
        var found = new ArrayList<Integer>();
        tree.covering(Instance.of(wanted), rule -> found.add(rule.order()));
        return found;
    }

    private static List<Integer> overlapping(PatternTree tree, String wanted) {
        var found = new ArrayList<Integer>();
        tree.overlapping(Instance.of(wanted), rule -> found.add(rule.order()));
        return found;
    }

    private static List<Integer> where(List<String> patterns, Predicate<String> test) {
        var all = new ArrayList<Integer>();
        for (int i = 0; i < patterns.size(); i++) {
            if (test.test(patterns.get(i))) {
                all.add(i);
            }
        }
        return all;
    }

    /** The wildcard language is that of subscriptions. */
    @Property
    void coversAsTopicFiltersDo(@ForAll("patterns") List<String> patterns, @ForAll("pattern") String wanted) {
        assertThat(covering(tree(patterns), wanted))
                .containsExactlyInAnyOrderElementsOf(
                        where(patterns, p -> TopicFilter.of(p).covers(TopicFilter.of(wanted))));
    }

    /** Two overlap if there is a topic that both match; with a name more than occurs, those of six segments are enough. */
    @Property
    void overlapsWhereATopicMatchesBoth(@ForAll("patterns") List<String> patterns, @ForAll("pattern") String wanted) {
        List<String> topics = Universe.topics(List.of("a", "b", "z"), 6);
        TopicFilter filter = TopicFilter.of(wanted);
        List<String> matching = topics.stream().filter(filter::matches).toList();
        assertThat(overlapping(tree(patterns), wanted)).containsExactlyInAnyOrderElementsOf(where(patterns, p -> {
            TopicFilter other = TopicFilter.of(p);
            return matching.stream().anyMatch(other::matches);
        }));
    }

    @Example
    void takesWhatIsNoProperInstanceForAnything() {
        List<String> patterns = List.of("a/b", "*", "+", "a/*");
        for (String wanted : List.of(
                "",
                "a//b",
                "a/b ",
                "a/\u200bb",
                "/",
                "e\u0301",
                "x".repeat(2_000),
                "a\nb",
                "\ud800",
                "a/*/b",
                "a**",
                "c++")) {
            assertThat(covering(tree(patterns), wanted)).as(wanted).containsExactly(1);
            assertThat(overlapping(tree(patterns), wanted)).as(wanted).containsExactlyInAnyOrder(0, 1, 2, 3);
        }
    }
}
