package symphony.api.nlp;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Examples that were read.
 *
 * @param examples in their order; copied
 * @param warnings what was strange and was used all the same or left out, with numbers of lines; copied
 */
@ProviderType
public record ExampleSet(List<Example> examples, List<String> warnings) {
    /** Copies both. */
    public ExampleSet {
        examples = List.copyOf(examples);
        warnings = List.copyOf(warnings);
    }
}
