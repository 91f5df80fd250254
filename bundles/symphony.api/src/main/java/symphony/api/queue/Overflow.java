package symphony.api.queue;

import org.osgi.annotation.versioning.ProviderType;

/** What to do with an event that finds a queue full. */
@ProviderType
public enum Overflow {
    /** Refuse it: the publisher is told. */
    REFUSE,
    /** Accept it and make it a dead letter. */
    DEAD_LETTER
}
