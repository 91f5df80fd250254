package symphony.shell;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import symphony.api.nlp.ModelVersion;
import symphony.api.nlp.TrainedModel;

/**
 * What came of a training.
 *
 * @param model name of the model
 * @param version what was stored
 * @param active whether recognisers use it
 * @param intents how many it tells apart
 * @param examples how many it was trained with
 * @param bytes its size
 * @param hash SHA-256 of its bytes
 * @param validationAccuracy share of right intents among the examples that it did not learn from; empty where there were none
 * @param millis how long it took
 * @param warnings what was strange about the examples
 */
public record TrainingReport(
        String model,
        int version,
        boolean active,
        int intents,
        int examples,
        long bytes,
        String hash,
        Optional<Double> validationAccuracy,
        long millis,
        List<String> warnings)
        implements Report {
    /** Copies the list. */
    public TrainingReport {
        warnings = List.copyOf(warnings);
    }

    static TrainingReport of(ModelVersion stored, TrainedModel trained, List<String> warnings) {
        double accuracy = trained.heldOutAccuracy();
        return new TrainingReport(
                stored.model(),
                stored.version(),
                stored.active(),
                stored.intents(),
                stored.examples(),
                stored.bytes(),
                stored.hash(),
                Double.isNaN(accuracy) ? Optional.empty() : Optional.of(accuracy),
                trained.taken().toMillis(),
                warnings);
    }

    @Override
    public List<String> lines(int width, Paint paint) {
        var lines = new ArrayList<String>();
        Text.field(lines, width, "model", model + ", version " + version);
        Text.field(
                lines,
                width,
                "active",
                active ? "yes" : "no; symphony:nlp activate " + model + " " + version + " lets it be used");
        Text.field(
                lines, width, "examples", Text.grouped(examples) + " of " + Text.count(intents, "intent", "intents"));
        validationAccuracy.ifPresent(
                known -> Text.field(lines, width, "validation", Text.percent(known) + " have the right intent first"));
        Text.field(lines, width, "size", Text.bytes(bytes));
        Text.field(lines, width, "time", Text.time(millis));
        warnings.forEach(warning -> Text.field(lines, width, "warning", warning));
        return lines;
    }
}
