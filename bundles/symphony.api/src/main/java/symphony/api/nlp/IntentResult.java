package symphony.api.nlp;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/**
 * What was recognised in an utterance.
 *
 * @param model name of the model
 * @param version which one of that name decided
 * @param intents most confident first; empty only if it is out of scope; unmodifiable
 * @param outOfScope whether the utterance is about something else than any of the intents
 * @param taken how long recognising took, without checks and audit
 */
@ProviderType
public record IntentResult(
        String model, String version, List<RankedIntent> intents, boolean outOfScope, Duration taken) {
    /** Checks that nothing is null and copies the list. */
    public IntentResult {
        Objects.requireNonNull(model, "model");
        Objects.requireNonNull(version, "version");
        Objects.requireNonNull(taken, "taken");
        intents = List.copyOf(intents);
    }

    /**
     * The intent to act on.
     *
     * @return the most confident one; empty if the utterance is out of scope
     */
    public Optional<RankedIntent> intent() {
        return outOfScope ? Optional.empty() : Optional.of(intents.get(0));
    }
}
