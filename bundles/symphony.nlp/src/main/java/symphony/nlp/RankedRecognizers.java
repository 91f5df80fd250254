package symphony.nlp;

import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import symphony.api.nlp.IntentRecognizer;
import symphony.api.nlp.ModelException;

/**
 * The recognisers that there are, by references to their services. Of those for a model the one with the highest ranking counts; of
 * several with the same, the one that was first. Each is fetched when it is first asked, and kept. Thread-safe.
 *
 * @param <R> references, the best one the greatest
 */
final class RankedRecognizers<R extends Comparable<? super R>> {
    private final Map<R, Known> known = new ConcurrentHashMap<>();

    private record Known(String model, Fetched fetched) {}

    private static final class Fetched {
        private final Supplier<IntentRecognizer> fetch;

        /** Null until it was fetched; guarded by this monitor. */
        private IntentRecognizer recognizer;

        Fetched(Supplier<IntentRecognizer> fetch) {
            this.fetch = fetch;
        }

        synchronized Optional<IntentRecognizer> recognizer() {
            if (recognizer == null) {
                recognizer = fetch.get();
            }
            return Optional.ofNullable(recognizer);
        }
    }

    /** One came, or its properties changed: then it is not fetched again. {@code fetch} gives null once it has gone. */
    void put(R reference, String model, Supplier<IntentRecognizer> fetch) {
        known.compute(
                reference, (same, before) -> new Known(model, before == null ? new Fetched(fetch) : before.fetched));
    }

    void remove(R reference) {
        known.remove(reference);
    }

    /** The one to ask. */
    IntentRecognizer of(String model) {
        return known.entrySet().stream()
                .filter(each -> each.getValue().model.equals(model))
                .sorted(Map.Entry.<R, Known>comparingByKey(Comparator.<R>naturalOrder())
                        .reversed())
                .flatMap(each -> each.getValue().fetched.recognizer().stream())
                .findFirst()
                .orElseThrow(() -> new ModelException("no recogniser of model " + model
                        + " is there; train a model and activate it, or set model in PID " + NlpSettings.PID
                        + "; if one was active, the log tells why it is not used"));
    }
}
