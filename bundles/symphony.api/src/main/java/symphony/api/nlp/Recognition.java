package symphony.api.nlp;

import java.util.List;
import java.util.Objects;
import org.osgi.annotation.versioning.ProviderType;

/**
 * What a recogniser found in an utterance, see {@link IntentRecognizer#classify}.
 *
 * @param intents most confident first, at least one unless it is out of scope; copied
 * @param outOfScope whether the utterance is about something else than any of the intents
 * @param version which model decided, for people: a number, a name, part of a hash; not empty
 */
@ProviderType
public record Recognition(List<RankedIntent> intents, boolean outOfScope, String version) {
    /**
     * Checks the order and copies the list.
     *
     * @throws IllegalArgumentException if the intents are not in order, or there is none though it is in scope, or no version
     */
    public Recognition {
        intents = List.copyOf(intents);
        for (int i = 1; i < intents.size(); i++) {
            if (intents.get(i).confidence() > intents.get(i - 1).confidence()) {
                throw new IllegalArgumentException("intent '" + intents.get(i).name()
                        + "' is more confident than the one before it; sort them, most confident first");
            }
        }
        if (intents.isEmpty() && !outOfScope) {
            throw new IllegalArgumentException("no intent was found, so it must be out of scope");
        }
        if (Objects.requireNonNull(version, "version").isEmpty()) {
            throw new IllegalArgumentException("the version is empty; name what decided, as 1");
        }
    }
}
