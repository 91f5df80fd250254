package symphony.it.handler;

import java.util.Hashtable;
import java.util.Map;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import symphony.api.nlp.IntentRecognizer;
import symphony.api.nlp.NlpOperations;

/** Registers a recogniser for the model that utterances are asked by, before all others. */
public final class OwnRecognizerActivator implements BundleActivator {
    @Override
    public void start(BundleContext context) {
        NlpOperations operations = context.getService(context.getServiceReference(NlpOperations.class));
        context.registerService(
                IntentRecognizer.class,
                new OwnRecognizer(operations, context.getBundle().getVersion().toString()),
                new Hashtable<>(Map.of(IntentRecognizer.MODEL, "default", Constants.SERVICE_RANKING, 1_000)));
    }

    @Override
    public void stop(BundleContext context) {
        // The framework unregisters what is registered.
    }
}
