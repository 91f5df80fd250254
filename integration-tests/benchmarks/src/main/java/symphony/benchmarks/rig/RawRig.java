package symphony.benchmarks.rig;

import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import symphony.benchmarks.load.Bus;
import symphony.benchmarks.load.Order;
import symphony.benchmarks.load.Sink;

/** Seal and open and nothing between: the publisher's thread does both and calls the handlers. What the cipher alone allows. */
public final class RawRig implements Bus {
    private final Map<String, List<Sink>> topics = new ConcurrentHashMap<>();
    private final Sealer sealer = new Sealer();

    @Override
    public void subscribe(String topic, String name, Sink sink) {
        topics.computeIfAbsent(topic, t -> new CopyOnWriteArrayList<>()).add(sink);
    }

    @Override
    public void publish(String topic, Order order) throws GeneralSecurityException {
        Sealer.Sealed sealed = sealer.seal(FixedLayout.write(order));
        for (Sink sink : topics.get(topic)) {
            FixedLayout.read(sealer.open(sealed), sink);
        }
    }
}
