package symphony.dispatcher;

import java.util.Set;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import symphony.api.crypto.CryptoContext;
import symphony.api.crypto.SealedStore;

/** Tells of events whose publishers still wait to get them into queues, so that nobody destroys their key. Thread-safe. */
@Component(service = SealedStore.class)
public final class EventsOnTheWay implements SealedStore {
    private final DispatcherEngine engine;

    /**
     * Of a dispatcher.
     *
     * @param dispatcher has the engine
     */
    @Activate
    public EventsOnTheWay(@Reference(name = "dispatcher") DispatcherComponent dispatcher) {
        this.engine = dispatcher.engine();
    }

    @Override
    public String name() {
        return "events whose publishers wait for room";
    }

    /** None: that nothing waits here tells nothing of the queues, which may be away. */
    @Override
    public Set<CryptoContext> contexts() {
        return Set.of();
    }

    @Override
    public long count(CryptoContext context, int keyId) {
        return engine.onTheWay(context, keyId);
    }

    /** Nothing: once they are in a queue they are given up when their turn comes. */
    @Override
    public long giveUp(CryptoContext context, int keyId) {
        return 0;
    }
}
