package symphony.shell;

import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import symphony.api.nlp.IntentRecognizer;

/**
 * The recognisers that there are, by references to their services: one that is not asked is not made. Of those for a model the one
 * with the highest ranking is asked. Thread-safe.
 */
final class Recognizers {
    /** By references, of which the best is the greatest. */
    private final Map<Comparable<Object>, Source> known = new ConcurrentHashMap<>();

    /** Where a recogniser comes from. */
    interface Source {
        /** Name of its model. */
        String model();

        /** Gets it, or null once it has gone. */
        IntentRecognizer get();

        /** It is needed no more. */
        void unget();
    }

    /** What is done with a recogniser. */
    interface Use<T> {
        T of(IntentRecognizer recognizer) throws Exception;
    }

    /** One came, or its properties changed. */
    void put(Comparable<Object> reference, Source source) {
        known.put(reference, source);
    }

    void remove(Object reference) {
        known.remove(reference);
    }

    /** Names of the models that have one. */
    Set<String> models() {
        return known.values().stream().map(Source::model).collect(Collectors.toCollection(TreeSet::new));
    }

    /** Uses the best one for a model; empty if there is none. */
    <T> Optional<T> use(String model, Use<T> use) throws Exception {
        for (Source source : ranked(model)) {
            IntentRecognizer recognizer = source.get();
            if (recognizer != null) {
                try {
                    return Optional.of(use.of(recognizer));
                } finally {
                    source.unget();
                }
            }
        }
        return Optional.empty();
    }

    private Iterable<Source> ranked(String model) {
        return known.entrySet().stream()
                .filter(each -> each.getValue().model().equals(model))
                .sorted(Map.Entry.comparingByKey(
                        Comparator.<Comparable<Object>>naturalOrder().reversed()))
                .map(Map.Entry::getValue)
                .toList();
    }
}
