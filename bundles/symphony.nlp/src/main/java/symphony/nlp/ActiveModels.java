package symphony.nlp;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import symphony.api.nlp.ModelException;
import symphony.api.nlp.Recognition;

/** The models in use. A request goes on with the one that it began with. Thread-safe. */
final class ActiveModels {
    private final Map<String, Active> models = new ConcurrentHashMap<>();

    private record Active(String version, LinearModel model) {}

    void put(String name, int version, LinearModel model) {
        models.put(name, new Active(Integer.toString(version), model));
    }

    Set<String> names() {
        return new TreeSet<>(models.keySet());
    }

    Recognition recognize(String name, String utterance) {
        Active active = models.get(name);
        if (active == null) {
            throw new ModelException("no version of model " + name + " is active; train one, and activate it");
        }
        return active.model.recognize(utterance, active.version);
    }
}
