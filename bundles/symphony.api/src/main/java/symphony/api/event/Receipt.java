package symphony.api.event;

import java.util.List;
import java.util.UUID;
import org.osgi.annotation.versioning.ProviderType;

/**
 * What became of a publish: how many subscriptions took the event, and which refused it. Immutable.
 *
 * <p>An event that no subscription wants is accepted by none and refused by none. A receipt with refusals holds the
 * sealed event, so that {@link EventSystem#retry(Receipt)} can offer it again; let go of it when you do not need it.
 */
@ProviderType
public interface Receipt {
    /**
     * The event's id.
     *
     * @return the id
     */
    UUID eventId();

    /**
     * How many subscriptions took it, those included that have it from an earlier publish with the same id, see
     * {@link HandlerConstants#DUPLICATES_WINDOW}.
     *
     * @return 0 or more
     */
    int accepted();

    /**
     * Who refused it.
     *
     * @return unmodifiable, empty if nobody
     */
    List<Refusal> refusals();

    /**
     * Whether it went to another machine, where further subscriptions may have taken it that are not counted here.
     *
     * @return whether it did
     */
    boolean routedRemotely();

    /**
     * This receipt, unless somebody refused.
     *
     * @return this
     * @throws RefusedException if there is a refusal
     */
    default Receipt orThrow() {
        if (!refusals().isEmpty()) {
            throw new RefusedException("event " + eventId(), refusals());
        }
        return this;
    }
}
