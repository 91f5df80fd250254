package symphony.nlp;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.osgi.framework.ServiceRegistration;
import symphony.api.nlp.IntentRecognizer;

/** The services of models: of each that is active a recogniser, and one with the encoder if it was trained with that. Thread-safe. */
final class ModelServices {
    /*
     * Whoever registers a service runs those who listen for it, and waits for what they do. So no lock is held then: one thread at a
     * time compares what there is with what there ought to be, and does so again if something has changed meanwhile; others that come
     * with a change leave it to that one.
     */
    private static final int ENCODED_RANKING = 10;

    private final Registrar registrar;
    private final NlpEngine engine;
    private final Map<Key, ServiceRegistration<?>> registrations = new ConcurrentHashMap<>();
    private final AtomicInteger changes = new AtomicInteger();
    private volatile boolean open = true;

    /** Which service. */
    private record Key(String model, boolean encoded) {}

    /** Registers services. */
    interface Registrar {
        /**
         * Registers a recogniser.
         *
         * @param model name of its model
         * @param ranking of the service
         * @param maker makes the one for a caller
         * @return the registration
         */
        ServiceRegistration<?> register(String model, int ranking, Function<String, IntentRecognizer> maker);
    }

    /**
     * Without services yet.
     *
     * @param registrar registers them
     * @param engine tells what is active, makes recognisers
     */
    ModelServices(Registrar registrar, NlpEngine engine) {
        this.registrar = registrar;
        this.engine = engine;
    }

    /** Something has changed: from the return on, or as soon as the one is done that is at it, there is what ought to be. */
    void adapt() {
        if (changes.getAndIncrement() == 0) {
            try {
                int seen;
                do {
                    seen = changes.get();
                    compare();
                } while (changes.addAndGet(-seen) != 0);
            } catch (RuntimeException | Error e) {
                changes.set(0); // so that the next one tries again
                throw e;
            }
        }
    }

    private void compare() {
        Set<String> models = engine.activeModels();
        for (Key key : registrations.keySet()) {
            if (!isWanted(key, models)) {
                remove(key);
            }
        }
        for (String model : models) {
            add(new Key(model, false), models);
            add(new Key(model, true), models);
        }
    }

    private boolean isWanted(Key key, Set<String> models) {
        return models.contains(key.model) && (!key.encoded || engine.isEncoded(key.model));
    }

    private void add(Key key, Set<String> models) {
        if (open && isWanted(key, models) && !registrations.containsKey(key)) {
            registrations.put(key, register(key));
            if (!open) {
                remove(key); // whoever closes may have looked before it was there
            }
        }
    }

    private ServiceRegistration<?> register(Key key) {
        return key.encoded
                ? registrar.register(key.model, ENCODED_RANKING, caller -> engine.encodedRecognizer(caller, key.model))
                : registrar.register(key.model, 0, caller -> engine.recognizer(caller, key.model));
    }

    private void remove(Key key) {
        ServiceRegistration<?> registration = registrations.remove(key);
        if (registration != null) {
            registration.unregister();
        }
    }

    /** Takes all services away; from now on none is added. */
    void close() {
        open = false;
        registrations.keySet().forEach(this::remove);
    }
}
