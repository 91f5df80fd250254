package symphony.benchmarks.parts;

import java.util.ArrayDeque;
import java.util.List;
import java.util.stream.Stream;
import symphony.api.queue.Item;

/** A FIFO for each priority, all under one lock. */
final class DequesWaiting implements Waiting {
    private static final int PRIORITIES = 10;

    private final List<ArrayDeque<Item>> fifos =
            Stream.generate(ArrayDeque<Item>::new).limit(PRIORITIES).toList();

    @Override
    public synchronized void push(Item item) {
        fifos.get(item.priority()).add(item);
    }

    @Override
    public synchronized int take() {
        for (ArrayDeque<Item> fifo : fifos) {
            Item item = fifo.poll();
            if (item != null) {
                return item.priority();
            }
        }
        return -1;
    }
}
