package symphony.api.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopicFilterTest {
    @ParameterizedTest
    @CsvSource({
        "orders/new,orders/new,true",
        "orders/new,orders/newer,false",
        "orders/new,orders,false",
        "orders/+,orders/new,true",
        "orders/+,orders/new/express,false",
        "orders/+,orders,false",
        "orders/*,orders/new/express,true",
        "orders/*,orders,false",
        "*,orders,true",
        "*,orders/new,true",
        "+,orders,true",
        "+,orders/new,false",
        "+/new,orders/new,true",
        "+/*,orders,false"
    })
    void matches(String filter, String topic, boolean expected) {
        assertThat(TopicFilter.of(filter).matches(topic)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "'',topic is empty",
        "a/**,write one * at the end",
        "**,write one * at the end",
        "*/a,* is not the last segment",
        "a+/b,a wildcard does not stand alone",
        "a//b,empty segment",
        "a/ /b,U+0020",
        "/*,empty"
    })
    void refusesWhatIsNoFilter(String filter, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TopicFilter.of(filter))
                .withMessageContaining(message);
    }

    @Test
    void tellsExactFromOpen() {
        assertThat(TopicFilter.of("a/b").isExact()).isTrue();
        assertThat(TopicFilter.of("a/+").isExact()).isFalse();
        assertThat(TopicFilter.of("a/*").isOpen()).isTrue();
        assertThat(TopicFilter.of("*").segments()).isEmpty();
    }

    @Property
    void matchesAsANaiveMatcherDoes(@ForAll("filters") String filter, @ForAll("topics") String topic) {
        assertThat(TopicFilter.of(filter).matches(topic))
                .isEqualTo(naive(List.of(filter.split("/")), List.of(topic.split("/"))));
    }

    /** If one filter covers another, no topic matches the other alone; all short topics over three letters are tried. */
    @Property
    void coversExactlyIfNoTopicMatchesTheOtherAlone(@ForAll("filters") String wide, @ForAll("filters") String narrow) {
        boolean counterexample = TOPICS.stream()
                .anyMatch(t -> TopicFilter.of(narrow).matches(t)
                        && !TopicFilter.of(wide).matches(t));
        assertThat(TopicFilter.of(wide).covers(TopicFilter.of(narrow))).isEqualTo(!counterexample);
    }

    /** All topics of up to five segments over letters that filters use, and one that they do not. */
    private static final List<String> TOPICS = topicsUpTo(5);

    private static List<String> topicsUpTo(int length) {
        var all = new java.util.ArrayList<String>(List.of("a", "b", "z"));
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).split("/").length < length) {
                for (String next : List.of("a", "b", "z")) {
                    all.add(all.get(i) + "/" + next);
                }
            }
        }
        return all;
    }

    private static boolean naive(List<String> filter, List<String> topic) {
        if (filter.isEmpty() || topic.isEmpty()) {
            return filter.isEmpty() && topic.isEmpty();
        }
        if (filter.equals(List.of("*"))) {
            return true;
        }
        boolean same = filter.get(0).equals("+") || filter.get(0).equals(topic.get(0));
        return same && naive(filter.subList(1, filter.size()), topic.subList(1, topic.size()));
    }

    @Provide
    Arbitrary<String> filters() {
        return Arbitraries.of("a", "b", "+")
                .list()
                .ofMinSize(0)
                .ofMaxSize(3)
                .flatMap(segments -> Arbitraries.of(true, false).map(open -> {
                    String text = String.join("/", segments);
                    return text.isEmpty() ? "*" : open ? text + "/*" : text;
                }));
    }

    @Provide
    Arbitrary<String> topics() {
        return Arbitraries.of("a", "b").list().ofMinSize(1).ofMaxSize(5).map(s -> String.join("/", s));
    }
}
