package symphony.nlp;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.api.nlp.ModelException;
import symphony.api.nlp.Recognition;
import symphony.api.nlp.SentenceEncoder;
import symphony.component.Excerpt;
import symphony.component.QuietLog;

/** The models in use, and the encoder, if there is one. A request goes on with what it began with. Thread-safe. */
final class ActiveModels {
    private static final Logger log = LoggerFactory.getLogger(ActiveModels.class);

    /** Of what an encoder says. */
    private static final int MOST_CHARS = 300;

    private final Map<String, Active> models = new ConcurrentHashMap<>();

    /** Why a model is not in use that was to be, by its name. */
    private final Map<String, String> heldBack = new ConcurrentHashMap<>();

    private final QuietLog failures = new QuietLog(System::nanoTime);

    /** Holds null if there is none. */
    private final AtomicReference<UsedEncoder> encoder = new AtomicReference<>();

    private record Active(String version, String hash, IntentModel model) {}

    void put(String name, int version, String hash, IntentModel model) {
        models.put(name, new Active(Integer.toString(version), hash, model));
        heldBack.remove(name);
    }

    /** From now on no version of it is in use, for a reason that whoever asks is told; true if that is news. */
    boolean holdBack(String name, String reason) {
        boolean wasActive = models.remove(name) != null;
        return !reason.equals(heldBack.put(name, reason)) || wasActive;
    }

    /** SHA-256 of the version in use. */
    Optional<String> hash(String name) {
        return Optional.ofNullable(models.get(name)).map(Active::hash);
    }

    Set<String> names() {
        return new TreeSet<>(models.keySet());
    }

    /** From now on this one. */
    void use(UsedEncoder used) {
        encoder.set(used);
    }

    /** From now on none, unless another one came already; true if it was this one. */
    boolean useNoLonger(SentenceEncoder service) {
        UsedEncoder now = encoder.get();
        return now != null && now.service() == service && encoder.compareAndSet(now, null);
    }

    /** The one there is at the moment. */
    Optional<SentenceEncoder> encoder() {
        return Optional.ofNullable(encoder.get());
    }

    /** Whether a model was trained with the encoder that there is. */
    boolean isEncoded(String name) {
        UsedEncoder now = encoder.get();
        Active active = models.get(name);
        return now != null && active != null && active.model.isTrainedWith(now);
    }

    /** Recognises without an encoder. */
    Recognition recognize(String name, String utterance) {
        Active active = active(name);
        return active.model.recognize(utterance, active.version);
    }

    /** Recognises with the encoder, if the model was trained with it; without, if that fails, for it may just have been stopped. */
    Recognition recognizeEncoded(String name, String utterance) {
        Active active = active(name);
        UsedEncoder now = encoder.get();
        if (now != null && active.model.isTrainedWith(now)) {
            try {
                return active.model.recognize(utterance, now, active.version);
            } catch (RuntimeException | LinkageError e) { // it is anybody's, and its bundle may just be replaced
                log.debug("cause", e);
                if (now == encoder.get()) {
                    failures.write(more -> log.warn(
                            "{}: an utterance was recognised without the encoder: {}; {} more since the last warning",
                            NlpSettings.PID,
                            Excerpt.of(e, MOST_CHARS),
                            more));
                }
            }
        }
        return active.model.recognize(utterance, active.version);
    }

    private Active active(String name) {
        Active active = models.get(name);
        if (active == null) {
            String reason = heldBack.get(name);
            throw new ModelException(
                    reason == null
                            ? "no version of model " + name + " is active; train one, and activate it"
                            : "model " + name + " is not used: " + reason);
        }
        return active;
    }
}
