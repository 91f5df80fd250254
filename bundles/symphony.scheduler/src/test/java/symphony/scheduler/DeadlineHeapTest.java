package symphony.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DeadlineHeapTest {
    private static final LongConsumer IGNORED = cookie -> {};

    private record Expected(long deadline, long cookie, long ticket) {}

    /** Each number is a step: up to 59 adds with that deadline, up to 79 removes one from the middle, else the first. */
    @Property(tries = 300)
    void agreesWithASortedList(@ForAll @Size(max = 300) List<@IntRange(max = 99) Integer> steps) {
        var heap = new DeadlineHeap();
        var model = new ArrayList<Expected>();
        long cookie = 0;
        for (int step : steps) {
            if (step < 60) {
                long deadline = Long.MAX_VALUE - 30 + step;
                model.add(new Expected(deadline, cookie, heap.add(deadline, IGNORED, cookie)));
                cookie++;
            } else if (!model.isEmpty()) {
                var gone = step < 80 ? model.remove(step % model.size()) : removeFirst(heap, model);
                assertThat(heap.remove(gone.ticket())).isEqualTo(step < 80);
                assertThat(heap.remove(gone.ticket())).isFalse();
            }
            assertThat(heap.size()).isEqualTo(model.size());
        }
        while (!model.isEmpty()) {
            removeFirst(heap, model);
        }
    }

    private static Expected removeFirst(DeadlineHeap heap, List<Expected> model) {
        var first = model.stream()
                .min(Comparator.<Expected>comparingLong(e -> e.deadline() - Long.MAX_VALUE)
                        .thenComparingLong(Expected::cookie))
                .orElseThrow();
        assertThat(heap.firstDeadline()).isEqualTo(first.deadline());
        assertThat(heap.firstCookie()).isEqualTo(first.cookie());
        heap.removeFirst();
        model.remove(first);
        return first;
    }

    @Test
    void neverGivesATicketTwiceThoughSlotsAreUsedAgain() {
        var heap = new DeadlineHeap();
        Map<Long, Integer> tickets = new HashMap<>();
        for (int i = 0; i < 10_000; i++) {
            long ticket = heap.add(i, IGNORED, i);
            tickets.merge(ticket, 1, Integer::sum);
            assertThat(heap.remove(ticket)).isTrue();
        }
        assertThat(tickets).hasSize(10_000).doesNotContainKey(DeadlineHeap.NO_TICKET);
        assertThat(heap.capacity()).as("slots are used again").isEqualTo(64);
    }

    @Test
    void refusesTicketsItNeverGave() {
        var heap = new DeadlineHeap();
        long ticket = heap.add(1, IGNORED, 1);
        for (long wrong : new long[] {0, -1, 1, Long.MIN_VALUE, Long.MAX_VALUE, ticket + 1, ticket + (1L << 32)}) {
            assertThat(heap.remove(wrong)).as("ticket %d", wrong).isFalse();
        }
        assertThat(heap.size()).isEqualTo(1);
    }

    /** As when memory runs out in the midst of growing: there, an array that is not there cannot be copied either. */
    @ParameterizedTest
    @ValueSource(strings = {"deadlines", "orders", "slots", "positions", "generations", "cookies", "callbacks"})
    void isAsItWasWhenItCouldNotGrow(String array) throws Exception {
        var heap = new DeadlineHeap();
        int full = heap.capacity();
        for (int i = 0; i < full; i++) {
            heap.add(full - i, IGNORED, full - i);
        }
        Field field = DeadlineHeap.class.getDeclaredField(array);
        field.setAccessible(true);
        Object before = field.get(heap);
        field.set(heap, null);
        assertThatThrownBy(() -> heap.add(0, IGNORED, 0)).isInstanceOf(NullPointerException.class);
        field.set(heap, before);
        assertThat(heap.size()).isEqualTo(full);
        assertThat(heap.capacity()).isEqualTo(full);
        heap.add(0, IGNORED, 0);
        for (int i = 0; i <= full; i++) {
            assertThat(heap.firstCookie()).isEqualTo(i);
            heap.removeFirst();
        }
    }
}
