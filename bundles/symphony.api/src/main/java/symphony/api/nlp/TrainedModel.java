package symphony.api.nlp;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.osgi.annotation.versioning.ProviderType;

/**
 * What came of a training.
 *
 * @param version what was stored
 * @param warnings what was strange about the examples; copied
 * @param heldOutAccuracy share of right intents among the examples for validation, or those that were held out; NaN where
 *     there were too few to hold some out
 * @param taken how long it took
 */
@ProviderType
public record TrainedModel(ModelVersion version, List<String> warnings, double heldOutAccuracy, Duration taken) {
    /** Checks that nothing is null and copies the list. */
    public TrainedModel {
        Objects.requireNonNull(version, "version");
        Objects.requireNonNull(taken, "taken");
        warnings = List.copyOf(warnings);
    }
}
