package symphony.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import symphony.api.event.TopicFilter;

class RouterTest {
    /** Somebody with filters. */
    private static final class Wanter implements Routed {
        private List<TopicFilter> topics;

        Wanter(List<TopicFilter> topics) {
            this.topics = topics;
        }

        @Override
        public List<TopicFilter> topics() {
            return topics;
        }
    }

    @Provide
    Arbitrary<TopicFilter> filters() {
        Arbitrary<String> segment = Arbitraries.of("a", "b", "c", "+");
        return segment.list()
                .ofMinSize(0)
                .ofMaxSize(4)
                .flatMap(segments -> Arbitraries.of(true, false).map(open -> filter(segments, open)));
    }

    private static TopicFilter filter(List<String> segments, boolean open) {
        var all = new ArrayList<>(segments);
        if (open || all.isEmpty()) {
            all.add("*");
        }
        return TopicFilter.of(String.join("/", all));
    }

    /** Not mapped: of a mapped list jqwik tries parts of other parameters as it shrinks, and fails itself. */
    @Provide
    Arbitrary<String> topics() {
        return Arbitraries.of("a", "b", "c", "d")
                .list()
                .ofMinSize(1)
                .ofMaxSize(5)
                .flatMap(s -> Arbitraries.just(String.join("/", s)));
    }

    @Provide
    Arbitrary<List<List<TopicFilter>>> histories() {
        return filters().list().ofMinSize(1).ofMaxSize(3).list().ofMaxSize(30);
    }

    @Property(tries = 150)
    void findsWhomANaiveMatcherFinds(
            @ForAll("histories") List<List<TopicFilter>> histories, @ForAll("topics") String topic) {
        var router = new Router<Wanter>();
        Set<Wanter> there = new HashSet<>();
        // when: some come; of these each third is changed, two of five give their place to another, each fourth leaves
        for (int i = 0; i < histories.size(); i++) {
            var wanter = new Wanter(histories.get(i));
            router.add(wanter, wanter.topics);
            there.add(wanter);
            assertFinds(router, there, topic); // then; it fills the cache, too, which must not be believed later
            if (i % 3 == 1) {
                List<TopicFilter> changed = histories.get(i - 1);
                router.change(wanter, wanter.topics, changed);
                wanter.topics = changed;
                assertFinds(router, there, topic);
            }
            if (i % 5 >= 3) {
                var by = new Wanter(histories.get(i % 5 == 3 ? i - 1 : i)); // with other filters, or mostly the same
                router.replace(wanter, wanter.topics, by, by.topics);
                there.remove(wanter);
                there.add(by);
                wanter = by;
                assertFinds(router, there, topic);
            }
            if (i % 4 == 3) {
                router.remove(wanter, wanter.topics);
                there.remove(wanter);
                assertFinds(router, there, topic);
            }
        }
    }

    /** Finds whom a naive matcher finds, and the same once it is in the cache. */
    private static void assertFinds(Router<Wanter> router, Set<Wanter> there, String topic) {
        List<Wanter> found = router.route(topic);
        assertThat(found)
                .doesNotHaveDuplicates()
                .containsExactlyInAnyOrderElementsOf(there.stream()
                        .filter(w -> w.topics.stream().anyMatch(f -> f.matches(topic)))
                        .toList());
        assertThat(router.route(topic)).isEqualTo(found);
    }

    @Test
    @Timeout(120)
    void neverMissesATopicThatOldAndNewFiltersBothMatch() throws InterruptedException {
        // given: filters that change between exact and wildcard, each of which matches
        var router = new Router<Wanter>();
        List<TopicFilter> exact = List.of(TopicFilter.of("a/b"));
        List<TopicFilter> wild = List.of(TopicFilter.of("a/+"));
        var wanter = new Wanter(exact);
        router.add(wanter, exact);
        var missed = new AtomicInteger();
        var stop = new AtomicBoolean();
        var reader = new Thread(() -> {
            while (!stop.get()) {
                missed.addAndGet(router.route("a/b").size() == 1 ? 0 : 1);
            }
        });
        reader.start();
        // when
        for (int i = 0; i < 20_000; i++) {
            router.change(wanter, i % 2 == 0 ? exact : wild, i % 2 == 0 ? wild : exact);
        }
        stop.set(true);
        reader.join();
        // then
        assertThat(missed).hasValue(0);
    }

    @Test
    @Timeout(120)
    void findsOneOfTwoThatTakeEachOthersPlace() throws InterruptedException {
        // given: filters that both match
        var router = new Router<Wanter>();
        var exact = new Wanter(List.of(TopicFilter.of("a/b")));
        var wild = new Wanter(List.of(TopicFilter.of("a/+")));
        router.add(exact, exact.topics);
        var wrong = new AtomicInteger();
        var stop = new AtomicBoolean();
        var reader = new Thread(() -> {
            while (!stop.get()) {
                wrong.addAndGet(router.route("a/b").size() == 1 ? 0 : 1);
            }
        });
        reader.start();
        // when
        for (int i = 0; i < 20_000; i++) {
            Wanter old = i % 2 == 0 ? exact : wild;
            Wanter by = i % 2 == 0 ? wild : exact;
            router.replace(old, old.topics, by, by.topics);
        }
        stop.set(true);
        reader.join();
        // then
        assertThat(wrong).hasValue(0);
        assertThat(router.route("a/b")).containsExactly(exact);
    }
}
