package symphony.nlp;

import java.time.InstantSource;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import symphony.api.event.Delivery;
import symphony.api.event.EventHandler;
import symphony.api.event.EventSystem;
import symphony.api.event.propertytypes.Concurrency;
import symphony.api.event.propertytypes.OrderKey;
import symphony.api.event.propertytypes.Retry;
import symphony.api.event.propertytypes.Subscription;
import symphony.api.event.propertytypes.Topics;
import symphony.api.nlp.IntentRecognizer;

/**
 * Handles utterances that come as events, those of one session one after the other. An event without a text, or with one that is too long, is a dead letter at once.
 * Thread-safe.
 */
@Component
@Topics(IntentEvents.UTTERANCE)
@Subscription("utterances")
@Concurrency(4)
@OrderKey(IntentEvents.SESSION)
@Retry(no_retry = IllegalArgumentException.class)
public final class Utterances implements EventHandler {
    /*
     * Of recognisers only the references are tracked; one is fetched when there is something to recognise. So one that needs the
     * event system itself makes no circle.
     */
    private final RankedRecognizers<ServiceReference<IntentRecognizer>> recognizers = new RankedRecognizers<>();
    private final BundleContext context;
    private final UtteranceHandler handler;

    /**
     * Without recognisers yet.
     *
     * @param context gets recognisers
     * @param events takes the intents
     * @param nlp tells which model is asked
     */
    @Activate
    public Utterances(
            BundleContext context, @Reference(name = "events") EventSystem events, @Reference(name = "nlp") Nlp nlp) {
        this.context = context;
        this.handler = new UtteranceHandler(
                events, () -> recognizers.of(nlp.model()), () -> nlp.lists().finder(), InstantSource.system());
    }

    @Reference(
            name = "recognizers",
            service = IntentRecognizer.class,
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC)
    void bindRecognizer(ServiceReference<IntentRecognizer> reference) {
        Object model = reference.getProperty(IntentRecognizer.MODEL);
        recognizers.put(reference, String.valueOf(model), () -> context.getService(reference));
    }

    /** It may be of another model now, or rank otherwise; what was fetched stays. */
    void updatedRecognizer(ServiceReference<IntentRecognizer> reference) {
        bindRecognizer(reference);
    }

    void unbindRecognizer(ServiceReference<IntentRecognizer> reference) {
        recognizers.remove(reference);
        context.ungetService(reference);
    }

    @Override
    public void handle(Delivery utterance) {
        handler.handle(utterance);
    }
}
