package symphony.nlp;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import symphony.api.nlp.Example;
import symphony.api.nlp.TrainingDataException;
import symphony.component.Excerpt;

/** Whether examples will do for a training, and what is strange about them. */
final class TrainingCheck {
    private static final int FEW = 10;
    private static final int MUCH_MORE = 50;
    private static final int MOST_NAMED = 5;
    private static final int SHOWN = 60;

    private TrainingCheck() {}

    /**
     * Checks them.
     *
     * @return warnings
     * @throws TrainingDataException if they will not do
     */
    static List<String> check(String model, List<Example> examples, List<Example> validation) {
        var sizes = new TreeMap<String, Integer>();
        for (Example example : examples) {
            sizes.merge(example.intent(), 1, Integer::sum);
        }
        need(sizes.size() >= 2, model, "there are examples of " + sizes.size() + " intents, must be of 2 or more");
        need(
                sizes.size() <= TrainingLimits.INTENTS,
                model,
                "there are examples of " + sizes.size() + " intents, must be of " + TrainingLimits.INTENTS
                        + " at most");
        checkSize(model, examples, "examples");
        checkSize(model, validation, "examples for validation");
        need(
                (long) validation.size() * sizes.size() <= TrainingLimits.MARGINS,
                model,
                "there are " + validation.size() + " examples for validation, must be "
                        + TrainingLimits.MARGINS / sizes.size() + " at most with " + sizes.size() + " intents");
        for (Example example : validation) {
            need(
                    sizes.containsKey(example.intent()),
                    model,
                    "intent '" + Excerpt.of(example.intent(), SHOWN)
                            + "' is in the examples for validation only; add some to learn from");
        }
        return warnings(sizes, validation.isEmpty());
    }

    private static void checkSize(String model, List<Example> examples, String what) {
        need(
                examples.size() <= TrainingLimits.EXAMPLES,
                model,
                "there are " + examples.size() + " " + what + ", must be " + TrainingLimits.EXAMPLES + " at most");
        long chars = 0;
        for (Example example : examples) {
            int length = example.utterance().length();
            need(
                    length <= TrainingLimits.UTTERANCE_CHARS,
                    model,
                    "an utterance of intent '" + Excerpt.of(example.intent(), SHOWN) + "' has " + length
                            + " characters, must be " + TrainingLimits.UTTERANCE_CHARS + " at most");
            chars += length;
        }
        need(
                chars <= TrainingLimits.CHARS,
                model,
                "the " + what + " have " + chars + " characters, must have " + TrainingLimits.CHARS
                        + " in all at most; leave some out");
    }

    private static void need(boolean holds, String model, String problem) {
        if (!holds) {
            throw new TrainingDataException("model " + model, TrainingDataException.NO_LINE, problem);
        }
    }

    private static List<String> warnings(Map<String, Integer> sizes, boolean holdsOut) {
        var warnings = new ArrayList<String>();
        List<String> single = named(sizes, 1, 1);
        List<String> few = named(sizes, 2, FEW - 1);
        if (!single.isEmpty()) {
            warnings.add(list(single) + " with one example each: nothing can be held out of them, and they are seldom "
                    + "recognised; add some");
        }
        if (holdsOut && single.size() == sizes.size()) {
            warnings.add(
                    "no intent has two examples, so nothing can be held out: confidence, and what is out of scope, are "
                            + "guessed");
        }
        if (!few.isEmpty()) {
            warnings.add(list(few) + " with fewer than " + FEW + " examples each; add some");
        }
        var topics = new TreeMap<String, List<String>>();
        sizes.keySet()
                .forEach(intent -> topics.computeIfAbsent(IntentEvents.segment(intent), each -> new ArrayList<>())
                        .add(intent));
        topics.forEach((topic, intents) -> {
            if (intents.size() > 1) {
                warnings.add(list(intents) + " have one topic, " + Excerpt.of(IntentEvents.INTENT + topic, SHOWN)
                        + ": whoever may receive the events of one receives those of the others; name them otherwise");
            }
        });
        int most = Collections.max(sizes.values());
        List<String> small = named(sizes, 1, (most - 1) / MUCH_MORE);
        if (!small.isEmpty()) {
            warnings.add(list(small) + " with less than a " + MUCH_MORE + "th of the " + most
                    + " examples of the largest one: they are seldom recognised");
        }
        return warnings;
    }

    private static List<String> named(Map<String, Integer> sizes, int least, int most) {
        return sizes.entrySet().stream()
                .filter(size -> size.getValue() >= least && size.getValue() <= most)
                .map(Map.Entry::getKey)
                .toList();
    }

    private static String list(List<String> intents) {
        String some = String.join(
                ", ",
                intents.stream()
                        .limit(MOST_NAMED)
                        .map(intent -> Excerpt.of(intent, SHOWN))
                        .toList());
        int more = intents.size() - MOST_NAMED;
        return intents.size()
                + (intents.size() == 1 ? " intent (" : " intents (")
                + some
                + (more > 0 ? " and " + more + " more)" : ")");
    }
}
