package symphony.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.math.BigInteger;
import java.util.AbstractCollection;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import symphony.api.dispatcher.HandlerState;
import symphony.api.dispatcher.HandlerView;
import symphony.api.event.HandlerConstants;
import symphony.component.Excerpt;

/**
 * Whatever a handler says about itself, on arrival or as it changes: it gets events, or it is listed with the property that is
 * wrong. Nothing is thrown at the bundle that registers it, and others are handled as before.
 */
class HandlerPropertiesFuzzTest {
    private static final Bench BENCH = new Bench();

    @AfterContainer
    static void close() {
        BENCH.close();
    }

    /** An object of the handler's own. */
    private static final class Own {
        @Override
        public String toString() {
            throw new AssertionError("asked");
        }
    }

    /** A collection of the handler's own, which cannot be read. */
    private static final class OwnCollection extends AbstractCollection<String> {
        @Override
        public Iterator<String> iterator() {
            throw new IllegalStateException("not to be read");
        }

        @Override
        public int size() {
            return 2;
        }
    }

    @Provide
    Arbitrary<Map<String, Object>> properties() {
        List<String> names = Arrays.stream(HandlerConstants.class.getFields())
                .map(HandlerPropertiesFuzzTest::textOf)
                .filter(name -> name.startsWith(HandlerConstants.PREFIX) && !name.equals(HandlerConstants.PREFIX))
                .sorted()
                .toList();
        Arbitrary<String> keys = Arbitraries.frequencyOf(
                Tuple.of(20, Arbitraries.of(names)),
                Tuple.of(1, Arbitraries.of("symphony.", "symphony.unknown", "symphony.\u001b[31m", "other", "")));
        Arbitrary<Object> hostile = Arbitraries.of(
                new Own(),
                new OwnCollection(),
                new Object[] {null, new Own()},
                new String[0],
                new String[] {"a", "b/+"},
                new int[] {1},
                List.of(List.of("a")),
                Set.of(),
                Map.of("a", 1),
                'c',
                -1,
                0,
                Long.MAX_VALUE,
                Double.NaN,
                BigInteger.TEN.pow(400),
                "",
                " ",
                "\u0000",
                "\ud800",
                "a\nWARN not a line of its own",
                "(".repeat(100),
                "x".repeat(5_000),
                "a.".repeat(50),
                "java.lang.System",
                "no.Such",
                "symphony.dispatcher.DispatcherEngine",
                "(n>=1",
                "1e400");
        Arbitrary<Object> likely = Arbitraries.of(
                "a/b",
                "a/*",
                "1",
                2,
                3L,
                "4ms",
                "5s",
                "true",
                false,
                "refuse",
                "take-along",
                "(n>=1)",
                "a.b",
                "java.util.Map");
        Arbitrary<Object> random = Arbitraries.strings().ofMaxLength(12).map(text -> text);
        return Arbitraries.maps(
                        keys, Arbitraries.frequencyOf(Tuple.of(5, likely), Tuple.of(3, hostile), Tuple.of(1, random)))
                .ofMaxSize(4);
    }

    private static String textOf(Field constant) {
        try {
            return String.valueOf(constant.get(null));
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }

    @Property(tries = 1_000)
    void servesAHandlerOrSaysWhatIsWrongWithIt(@ForAll("properties") Map<String, Object> properties) {
        var all = new HashMap<String, Object>(Map.of("symphony.topics", "fuzz"));
        all.putAll(properties);
        TestHandler handler = TestHandler.of("fuzz", delivery -> {});
        handler.setAll(all);
        // when it comes
        BENCH.engine.arrive(handler);
        assertServedOrRefused(handler, all);
        // when it becomes so
        BENCH.engine.depart(handler.serviceId());
        handler.setAll(Map.of("symphony.topics", "fuzz"));
        BENCH.engine.arrive(handler);
        handler.setAll(all);
        BENCH.engine.modify(handler.serviceId());
        assertServedOrRefused(handler, all);
        // when it is mended
        handler.setAll(Map.of("symphony.topics", "fuzz"));
        BENCH.engine.modify(handler.serviceId());
        assertThat(view(handler).state()).isEqualTo(HandlerState.ACTIVE);
        BENCH.engine.depart(handler.serviceId());
        BENCH.engine.gone(handler.owner().id());
    }

    private static HandlerView view(TestHandler handler) {
        return BENCH.engine.handlers().stream()
                .filter(view -> view.serviceId() == handler.serviceId())
                .findAny()
                .orElseThrow(() -> new AssertionError("not listed"));
    }

    private static void assertServedOrRefused(TestHandler handler, Map<String, Object> properties) {
        HandlerView view = view(handler);
        if (view.reason().isEmpty()) {
            assertThat(view.state()).isEqualTo(HandlerState.ACTIVE);
            assertThat(view.subscription()).isEqualTo(Excerpt.printable(view.subscription()));
            assertThat(BENCH.view(view.subscription()).queue().balanced()).isTrue();
        } else {
            assertThat(view.reason())
                    .as("%s", properties.keySet())
                    .satisfiesAnyOf(
                            reason -> assertThat(properties.keySet()).anyMatch(reason::contains),
                            reason -> assertThat(reason).contains("its properties cannot be read: "));
            assertThat(view.reason().length()).isLessThan(2_000);
            assertThat(view.reason()).isEqualTo(Excerpt.printable(view.reason()));
        }
    }
}
