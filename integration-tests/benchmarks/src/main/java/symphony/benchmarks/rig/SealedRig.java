package symphony.benchmarks.rig;

import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import symphony.benchmarks.load.Bus;
import symphony.benchmarks.load.Order;
import symphony.benchmarks.load.Sink;

/**
 * As {@link PlainRig}, but the publisher seals each order once and a worker opens it for each handler. There is no codec: the
 * fields lie at fixed places of the plaintext.
 */
public final class SealedRig implements Bus {
    private static final int PRIORITY = 5;

    private final Map<String, List<Sink>> topics = new ConcurrentHashMap<>();
    private final Fifos fifos = new Fifos();
    private final Sealer sealer = new Sealer();

    @Override
    public void subscribe(String topic, String name, Sink sink) {
        topics.computeIfAbsent(topic, t -> new CopyOnWriteArrayList<>()).add(sink);
    }

    @Override
    public void publish(String topic, Order order) throws GeneralSecurityException {
        Sealer.Sealed sealed = sealer.seal(FixedLayout.write(order));
        for (Sink sink : topics.get(topic)) {
            fifos.push(PRIORITY, () -> FixedLayout.read(sealer.open(sealed), sink));
        }
    }

    @Override
    public void close() {
        fifos.close();
    }
}
