package symphony.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Vector;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import symphony.api.event.TopicFilter;
import symphony.api.queue.DeadLetter;
import symphony.api.queue.DeadLetters;
import symphony.api.queue.DeadReason;
import symphony.api.queue.EventQueue;
import symphony.api.queue.Item;
import symphony.api.queue.Lease;
import symphony.api.queue.Offer;
import symphony.api.queue.OrderFailure;
import symphony.api.queue.Overflow;
import symphony.api.queue.QueueSpec;
import symphony.api.queue.Target;
import symphony.component.Settings;
import symphony.queue.contract.Envelopes;

/**
 * Whatever stands in a configuration: it is in force as a whole, or nothing of it; nothing is thrown at declarative services,
 * and events are pushed, popped and given up as before.
 */
class ConfigurationFuzzTest {
    private static final int BYTES = 500;
    private static final long WINDOW_MILLIS = Duration.ofHours(1).toMillis();
    private static final QueueSpec SPEC = new QueueSpec(
            "acme/handler",
            List.of(TopicFilter.of("t")),
            "",
            10,
            Overflow.REFUSE,
            "",
            OrderFailure.HOLD_BACK,
            0,
            WINDOW_MILLIS,
            0);

    @Provide
    Arbitrary<List<Map<String, Object>>> changes() {
        Arbitrary<String> keys = Arbitraries.of(Arrays.stream(MemoryQueues.Config.class.getDeclaredMethods())
                .map(key -> key.getName().replace('_', '.'))
                .sorted()
                .toList());
        Arbitrary<Object> likely = Arbitraries.of("0", 1, 2L, "3", 1_200, "5s", "4ms", 1 << 20, "2097152", 3L << 20);
        Arbitrary<Object> hostile = Arbitraries.of(
                new String[] {"5"},
                new int[] {1, 2},
                new byte[0],
                new Vector<>(List.of("1s")),
                Map.of("a", 1),
                'x',
                true,
                (short) -1,
                Double.NaN,
                Long.MIN_VALUE,
                Long.MAX_VALUE,
                new BigDecimal("1e1000000"),
                "",
                " ",
                "PT-5S",
                "\u0000\u001b[31m",
                "9".repeat(300),
                "\ud800",
                new Object());
        Arbitrary<Object> random = Arbitraries.oneOf(
                Arbitraries.strings().ofMaxLength(12).map(text -> text),
                Arbitraries.integers().map(number -> number),
                Arbitraries.doubles().map(number -> number));
        return Arbitraries.maps(
                        keys, Arbitraries.frequencyOf(Tuple.of(6, likely), Tuple.of(2, hostile), Tuple.of(1, random)))
                .ofMaxSize(2)
                .list()
                .ofMinSize(1)
                .ofMaxSize(5);
    }

    @Property(tries = 400)
    void queuesByTheLastConfigurationThatIsGood(@ForAll("changes") List<Map<String, Object>> changes) {
        var queues = new MemoryQueues(changes.get(0), Contexts.open());
        EventQueue queue = queues.engine().open(SPEC);
        Settings.Values values = MemoryQueueEngine.SETTINGS.orDefaults(changes.get(0));
        assertHolds(queues.engine(), queue, values);
        for (Map<String, Object> change : changes.subList(1, changes.size())) {
            queues.modified(change);
            values = ifGood(change, values);
            assertHolds(queues.engine(), queue, values);
        }
        queues.deactivate();
    }

    private static Settings.Values ifGood(Map<String, Object> change, Settings.Values before) {
        var values = new Settings.Values[] {before};
        MemoryQueueEngine.SETTINGS.ifValid(change, good -> values[0] = good);
        return values[0];
    }

    private static void assertHolds(MemoryQueueEngine queues, EventQueue queue, Settings.Values values) {
        long bytes = Long.parseLong(values.text("memory.bytes"));
        assertThat(queues.budget().limit())
                .isEqualTo(bytes == 0 ? Runtime.getRuntime().maxMemory() / 4 : bytes);
        pushed(queues, queue).ack();
        for (int i = 0; i < 4; i++) {
            pushed(queues, queue).deadLetter(DeadReason.MISMATCH, "no");
        }
        DeadLetters letters = queues.deadLetters();
        long most = Math.min(values.number("dead.letters"), values.number("dead.letters.bytes") / BYTES);
        assertThat((long) letters.count()).isLessThanOrEqualTo(most).isGreaterThanOrEqualTo(Math.min(most, 4));
        for (DeadLetter letter : letters.list("", Integer.MAX_VALUE)) {
            letters.drop(letter.number());
        }
        long known = queue.stats().accepted() - queue.stats().forgotten();
        assertThat(known).isLessThanOrEqualTo(values.number("duplicates.ids"));
    }

    private static Lease pushed(MemoryQueueEngine queues, EventQueue queue) {
        var item = Item.of(Envelopes.sized(BYTES), 0);
        assertThat(queues.push("t", List.of(new Target(queue, item)), Duration.ZERO))
                .singleElement()
                .isInstanceOf(Offer.Accepted.class);
        Lease lease = queue.pop();
        assertThat(lease.isPresent()).isTrue();
        assertThat(lease.item().envelope()).isEqualTo(item.envelope());
        return lease;
    }
}
