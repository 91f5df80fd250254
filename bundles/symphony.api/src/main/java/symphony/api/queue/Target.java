package symphony.api.queue;

import java.util.Objects;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A queue and what shall go into it.
 *
 * @param queue an open queue of the provider that is asked
 * @param item what; the items of one push share their envelope
 */
@ProviderType
public record Target(EventQueue queue, Item item) {
    /** Checks that nothing is null. */
    public Target {
        Objects.requireNonNull(queue, "queue");
        Objects.requireNonNull(item, "item");
    }
}
