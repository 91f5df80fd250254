package symphony.nlp;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import symphony.api.nlp.Example;
import symphony.api.nlp.ExampleSet;
import symphony.component.Excerpt;

/** The examples of a file so far. One thread only. */
final class CollectedExamples {
    private static final int MOST_TOLD = 5;
    private static final int SHOWN = 60;

    private final Lines lines;
    private final List<Example> examples = new ArrayList<>();
    private final Set<String> intents = new HashSet<>();
    private final Map<String, Seen> seen = new HashMap<>();
    private final Told repeated = new Told("repeats an example; it counts as often");
    private final Told contradicting = new Told("gives an utterance another intent than a line before; both are used");

    private long chars;

    /** Where an utterance was first, and with which intents. */
    private record Seen(long line, Set<String> intents) {}

    /** Places of one kind: the first few, and how many. */
    private static final class Told {
        private final String what;
        private final List<String> places = new ArrayList<>();
        private int count;

        Told(String what) {
            this.what = what;
        }

        void add(long line, long before) {
            count++;
            if (places.size() < MOST_TOLD) {
                places.add(line + " (see line " + before + ")");
            }
        }

        void addTo(List<String> warnings) {
            if (count > 0) {
                String more = count > places.size() ? " and " + (count - places.size()) + " more" : "";
                warnings.add((count == 1 ? "1 line " : count + " lines, each ") + what + ": "
                        + String.join(", ", places) + more);
            }
        }
    }

    CollectedExamples(Lines lines) {
        this.lines = lines;
    }

    /** Adds what stands at a line. */
    void add(long line, String intent, String utterance) {
        Example example = checked(line, intent.strip(), utterance.strip());
        Seen before = seen.computeIfAbsent(example.utterance(), text -> new Seen(line, new HashSet<>()));
        if (!before.intents.add(example.intent())) {
            repeated.add(line, before.line);
        } else if (before.intents.size() > 1) {
            contradicting.add(line, before.line);
        }
        intents.add(example.intent());
        if (intents.size() > TrainingLimits.INTENTS) {
            throw lines.wrong(
                    line,
                    "intent '" + Excerpt.of(example.intent(), SHOWN) + "' is one more than the "
                            + TrainingLimits.INTENTS
                            + " that a model can tell apart; make several models, or fewer intents");
        }
        examples.add(example);
        chars += example.utterance().length();
        if (chars > TrainingLimits.CHARS) {
            throw lines.wrong(
                    line,
                    "the utterances up to here have " + chars + " characters, must have " + TrainingLimits.CHARS
                            + " in all at most; leave some out");
        }
        if (examples.size() > TrainingLimits.EXAMPLES) {
            throw lines.wrong(line, "it is one more than the " + TrainingLimits.EXAMPLES + " examples of a model");
        }
    }

    private Example checked(long line, String intent, String utterance) {
        if (utterance.length() > TrainingLimits.UTTERANCE_CHARS) {
            throw lines.wrong(
                    line,
                    "its utterance has " + utterance.length() + " characters, must be " + TrainingLimits.UTTERANCE_CHARS
                            + " at most");
        }
        try {
            return new Example(intent, utterance);
        } catch (IllegalArgumentException e) {
            throw lines.wrong(line, e.getMessage());
        }
    }

    ExampleSet all() {
        if (examples.isEmpty()) {
            throw lines.wrong(0, "there is no example in it");
        }
        var warnings = new ArrayList<String>();
        repeated.addTo(warnings);
        contradicting.addTo(warnings);
        return new ExampleSet(examples, warnings);
    }
}
