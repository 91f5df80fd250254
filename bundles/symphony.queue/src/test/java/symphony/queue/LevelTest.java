package symphony.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.PriorityQueue;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import symphony.api.queue.Item;
import symphony.queue.contract.Envelopes;

class LevelTest {
    private static final Item ITEM = Item.of(Envelopes.of("orders/new", 5), 0);

    /** Whether there is memory must not show in the order. */
    @Property(tries = 500)
    void hasThoseThatComeBackAtTheirPlacesHoweverTheyCome(@ForAll long seed) {
        var random = new Random(seed);
        var level = new Level();
        var here = new PriorityQueue<>(Entry.BY_SEQUENCE);
        var away = new PriorityQueue<>(Entry.BY_SEQUENCE.reversed());
        for (long sequence = 0; sequence < 200; ) {
            int step = random.nextInt(5);
            if (step < 2) {
                var entry = new Entry(ITEM, null, null, sequence++, 0);
                level.append(entry);
                here.add(entry);
            } else if (step == 2 && !away.isEmpty()) {
                Entry back = away.poll();
                level.insert(back);
                here.add(back);
            } else if (step == 3 && !away.isEmpty()) {
                Entry back = away.poll();
                level.putBack(back);
                here.add(back);
            } else if (!here.isEmpty()) {
                away.add(take(level, here));
            }
        }
        while (!here.isEmpty()) {
            take(level, here);
        }
        assertThat(level.head()).isNull();
    }

    private static Entry take(Level level, PriorityQueue<Entry> here) {
        Entry head = level.head();
        assertThat(head).isSameAs(here.poll());
        level.removeHead();
        return head;
    }
}
