package symphony.benchmarks.rig;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import symphony.benchmarks.load.Bus;
import symphony.benchmarks.load.Order;
import symphony.benchmarks.load.Sink;

/** Topic map, ten FIFOs, two workers, nothing else: the publisher's object is handed over. */
public final class PlainRig implements Bus {
    private static final int PRIORITY = 5;

    private final Map<String, List<Sink>> topics = new ConcurrentHashMap<>();
    private final Fifos fifos = new Fifos();

    @Override
    public void subscribe(String topic, String name, Sink sink) {
        topics.computeIfAbsent(topic, t -> new CopyOnWriteArrayList<>()).add(sink);
    }

    @Override
    public void publish(String topic, Order order) {
        for (Sink sink : topics.get(topic)) {
            fifos.push(PRIORITY, () -> sink.handled(order.customer(), order.number(), order.amount(), order.note()));
        }
    }

    @Override
    public void close() {
        fifos.close();
    }
}
