package symphony.benchmarks.engine;

import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import org.osgi.framework.Version;
import symphony.api.event.Event;
import symphony.api.event.EventHandler;
import symphony.api.event.HandlerConstants;
import symphony.api.event.Receipt;
import symphony.api.queue.QueueStats;
import symphony.codec.CodecEngine;
import symphony.codec.CodecLimits;
import symphony.component.Guard;
import symphony.crypto.CryptoEngine;
import symphony.dispatcher.DispatcherEngine;
import symphony.dispatcher.DispatcherThreads;
import symphony.dispatcher.HandlerSource;
import symphony.dispatcher.Owner;
import symphony.queue.MemoryQueueEngine;
import symphony.scheduler.TimerEngine;

/** The engines of the product on a flat class path, wired as its components are. Subscribes by one thread only. */
public final class FlatEngine implements AutoCloseable {
    private static final String BUNDLE = "bench";
    private static final Owner OWNER = new Owner(BUNDLE, Version.parseVersion("1.0.0"), 1);

    private final TimerEngine timer = new TimerEngine();
    private final MemoryQueueEngine queues = new MemoryQueueEngine(
            MemoryQueueEngine.SETTINGS.orDefaults(Map.of("memory.bytes", mostMemory())),
            InstantSource.system(),
            timer::nanoTime);
    private final DispatcherEngine dispatcher;
    private long handlers;

    /** Started, with defaults but for memory. */
    public FlatEngine() {
        queues.bind(timer);
        var codec = new CodecEngine(CodecLimits.DEFAULT);
        dispatcher = new DispatcherEngine(
                CryptoEngine.ephemeral(codec),
                codec,
                timer,
                queues,
                new Guard(false),
                InstantSource.system(),
                DispatcherThreads.INSTANCE,
                DispatcherEngine.SETTINGS.orDefaults(Map.of()));
        dispatcher.start();
    }

    /** Three quarters of the heap, for {@code memory.bytes}: what fills a queue shall not be refused. */
    public static String mostMemory() {
        return Long.toString(Runtime.getRuntime().maxMemory() / 4 * 3);
    }

    /** Subscribes a handler by its service properties; gives the subscription's identity. */
    public String subscribe(String topic, String name, EventHandler handler, Map<String, ?> further) {
        var properties = new HashMap<String, Object>(further);
        properties.put(HandlerConstants.TOPICS, topic);
        properties.put(HandlerConstants.SUBSCRIPTION, name);
        var source = new Handler(++handlers, handler, Map.copyOf(properties));
        dispatcher.arrive(source);
        String identity = dispatcher.identityOf(source.serviceId());
        if (identity.isEmpty()) {
            throw new IllegalStateException("handler of " + topic + " was refused: " + dispatcher.handlers());
        }
        return identity;
    }

    /** Has a subscription handle nothing. */
    public void pause(String identity) {
        if (!dispatcher.pause(BUNDLE, identity, true)) {
            throw new IllegalStateException("there is no subscription " + identity);
        }
    }

    /** Publishes, and does not wait. */
    public Receipt publish(Event event) {
        return dispatcher.dispatch(BUNDLE, event, BUNDLE, Duration.ZERO);
    }

    /** What a subscription's queue has. */
    public QueueStats stats(String identity) {
        return dispatcher.subscriptions().stream()
                .filter(view -> view.identity().equals(identity))
                .findAny()
                .orElseThrow(() -> new IllegalStateException("there is no subscription " + identity))
                .queue();
    }

    @Override
    public void close() {
        dispatcher.close();
        queues.close();
        timer.close();
    }

    /** A handler in the place of a service. */
    private record Handler(long serviceId, Object get, Map<String, ?> properties) implements HandlerSource {
        @Override
        public int ranking() {
            return 0;
        }

        @Override
        public Owner owner() {
            return OWNER;
        }

        @Override
        public String defaultName() {
            return "handler";
        }

        @Override
        public boolean programmatic() {
            return false;
        }

        @Override
        public void unget() {
            // it stays as long as the engine
        }

        @Override
        public Class<?> loadType(String name) throws ClassNotFoundException {
            return Class.forName(name, false, FlatEngine.class.getClassLoader());
        }
    }
}
