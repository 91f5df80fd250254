package symphony.nlp;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import symphony.api.nlp.ModelStore;
import symphony.api.nlp.ModelVersion;

/** The store of models as one bundle may have it. Thread-safe. */
final class CallerModelStore implements ModelStore {
    private final NlpEngine engine;
    private final String caller;

    CallerModelStore(NlpEngine engine, String caller) {
        this.engine = engine;
        this.caller = caller;
    }

    @Override
    public List<ModelVersion> models() {
        return engine.models(caller);
    }

    @Override
    public ModelVersion activate(String model, int version) {
        return engine.activate(caller, Models.checked(model), version);
    }

    @Override
    public ModelVersion rollback(String model) {
        return engine.rollback(caller, Models.checked(model));
    }

    @Override
    public void delete(String model, int version) {
        engine.delete(caller, Models.checked(model), version);
    }

    @Override
    public void export(String model, int version, OutputStream to) throws IOException {
        engine.export(caller, Models.checked(model), version, to);
    }
}
