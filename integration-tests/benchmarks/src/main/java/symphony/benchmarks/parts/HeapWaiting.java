package symphony.benchmarks.parts;

import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import symphony.api.queue.Item;

/** The platform's heap under a lock. Without the number, equal priorities would come in any order. */
final class HeapWaiting implements Waiting {
    private record Numbered(Item item, long number) implements Comparable<Numbered> {
        @Override
        public int compareTo(Numbered other) {
            int order = Integer.compare(item.priority(), other.item.priority());
            return order != 0 ? order : Long.compare(number, other.number);
        }
    }

    private final AtomicLong numbers = new AtomicLong();
    private final PriorityBlockingQueue<Numbered> heap = new PriorityBlockingQueue<>();

    @Override
    public void push(Item item) {
        heap.add(new Numbered(item, numbers.getAndIncrement()));
    }

    @Override
    public int take() {
        Numbered first = heap.poll();
        return first == null ? -1 : first.item.priority();
    }
}
