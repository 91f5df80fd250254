package symphony.api.nlp;

import java.time.Instant;
import java.util.Objects;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A stored model.
 *
 * @param model its name
 * @param version 1 for the first of the name, then one more each time; never used again
 * @param hash SHA-256 of the model's bytes, in hexadecimal
 * @param created when it was stored
 * @param intents how many it tells apart
 * @param examples how many it was trained with
 * @param bytes its size, before it was sealed
 * @param active whether recognisers use it
 */
@ProviderType
public record ModelVersion(
        String model,
        int version,
        String hash,
        Instant created,
        int intents,
        int examples,
        long bytes,
        boolean active) {
    /**
     * Checks the name, and that nothing is null.
     *
     * @throws IllegalArgumentException if it is no name of a model
     */
    public ModelVersion {
        Names.model(model);
        Objects.requireNonNull(hash, "hash");
        Objects.requireNonNull(created, "created");
    }
}
