package symphony.dispatcher;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import symphony.api.crypto.CryptoContext;
import symphony.api.crypto.Envelope;

/**
 * Events that are sealed and are in no queue yet, for as long as somebody likes: their publishers wait for room, or they wait
 * for a slow store. Those that are pushed at once are not here. Thread-safe.
 */
final class OnTheWay {
    private final Map<Object, Envelope> events = new ConcurrentHashMap<>();

    /** From now on it is here; until what this gives is run. */
    Runnable add(Envelope envelope) {
        var place = new Object();
        events.put(place, envelope);
        return () -> events.remove(place);
    }

    /** How many were sealed with a key. */
    long count(CryptoContext context, int keyId) {
        return events.values().stream()
                .filter(envelope -> envelope.context() == context.code() && envelope.keyId() == keyId)
                .count();
    }
}
