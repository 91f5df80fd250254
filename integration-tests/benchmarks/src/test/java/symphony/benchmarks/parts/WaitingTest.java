package symphony.benchmarks.parts;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import symphony.api.crypto.Envelope;

class WaitingTest {
    private static final int EVENTS = 500;

    @Test
    void allGiveTheMostUrgentFirst() {
        List<Integer> sorted = priorities().stream().sorted().toList();
        try (var ours = new MemoryWaiting(EVENTS)) {
            assertThat(taken(ours)).isEqualTo(sorted);
        }
        assertThat(taken(new HeapWaiting())).isEqualTo(sorted);
        assertThat(taken(new DequesWaiting())).isEqualTo(sorted);
    }

    private static List<Integer> taken(Waiting waiting) {
        Envelope envelope = QueueBenchmark.envelope();
        for (int priority : priorities()) {
            waiting.push(QueueBenchmark.item(envelope, priority));
        }
        var taken = new ArrayList<Integer>();
        for (int priority = waiting.take(); priority >= 0; priority = waiting.take()) {
            taken.add(priority);
        }
        return taken;
    }

    private static List<Integer> priorities() {
        var random = new SplittableRandom(7);
        return random.ints(EVENTS, 0, 10).boxed().toList();
    }
}
