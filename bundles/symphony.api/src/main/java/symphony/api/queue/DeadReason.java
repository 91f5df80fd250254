package symphony.api.queue;

import org.osgi.annotation.versioning.ProviderType;

/** Why an event became a dead letter. */
@ProviderType
public enum DeadReason {
    /** Each attempt failed. */
    ATTEMPTS,
    /** The handler threw what, as it says, another attempt would not mend. */
    NOT_RETRYABLE,
    /** Its data does not fit the handler's type; another attempt would not help. */
    MISMATCH,
    /** Its envelope could not be opened. */
    UNREADABLE,
    /** It found the queue full, and the subscription wanted such events here. */
    OVERFLOW,
    /** Another event of its order key is a dead letter, and the subscription wants the later ones to follow. */
    TAKEN_ALONG,
    /** The handler left and nobody took its place. */
    HANDLER_GONE,
    /** Its call did not end when the handler had to leave. */
    ABANDONED,
    /** The handler's bundle has no permission to receive it. */
    DENIED,
    /** Its key was destroyed. */
    KEY_DESTROYED,
    /** Its publisher lost the permission to publish it while it waited. */
    PUBLISHER_REVOKED
}
