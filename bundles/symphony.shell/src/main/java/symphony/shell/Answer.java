package symphony.shell;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import symphony.api.nlp.IntentResult;
import symphony.api.nlp.RankedIntent;

/**
 * What was recognised in an utterance.
 *
 * @param intent the one to act on; empty if the utterance is out of scope
 * @param confidence how likely it is, 0 to 1; empty if the utterance is out of scope
 * @param outOfScope whether it is about something else than any of the intents
 * @param alternatives what else it may mean, most confident first
 * @param model name of the model
 * @param version which one of that name decided
 * @param millis how long recognising took, without checks and audit
 */
public record Answer(
        Optional<String> intent,
        Optional<Double> confidence,
        boolean outOfScope,
        List<RankedIntent> alternatives,
        String model,
        String version,
        double millis)
        implements Report {
    private static final int MOST_ALTERNATIVES = 4;

    /** Copies the list. */
    public Answer {
        alternatives = List.copyOf(alternatives);
    }

    static Answer of(IntentResult result) {
        Optional<RankedIntent> best = result.intent();
        return new Answer(
                best.map(RankedIntent::name),
                best.map(RankedIntent::confidence),
                result.outOfScope(),
                result.intents().stream()
                        .skip(best.isPresent() ? 1 : 0)
                        .limit(MOST_ALTERNATIVES)
                        .toList(),
                result.model(),
                result.version(),
                millis(result.taken()));
    }

    private static double millis(Duration time) {
        return time.toNanos() / 1e6;
    }

    @Override
    public List<String> lines(int width, Paint paint) {
        var lines = new ArrayList<String>();
        Text.field(lines, width, "intent", intent.orElse("none: out of scope"));
        confidence.ifPresent(known -> Text.field(lines, width, "confidence", Text.percent(known)));
        if (!alternatives.isEmpty()) {
            Text.field(lines, width, outOfScope ? "closest" : "alternatives", shown());
        }
        Text.field(lines, width, "out of scope", outOfScope ? "yes" : "no");
        Text.field(lines, width, "model", model + ", version " + version);
        Text.field(lines, width, "time", String.format(Locale.ROOT, "%.2f ms", millis));
        return lines;
    }

    private String shown() {
        return alternatives.stream()
                .map(each -> each.name() + " " + Text.percent(each.confidence()))
                .collect(Collectors.joining(", "));
    }
}
