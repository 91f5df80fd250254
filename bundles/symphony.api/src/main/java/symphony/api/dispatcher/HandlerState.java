package symphony.api.dispatcher;

import org.osgi.annotation.versioning.ProviderType;

/** How a handler or its subscription stands. */
@ProviderType
public enum HandlerState {
    /** It gets events. */
    ACTIVE,
    /** It gets none until it is resumed; they wait. */
    PAUSED,
    /** Its handler left a moment ago; events wait for its successor. */
    PARKED,
    /** It failed too often; events wait until a probe succeeds. */
    QUARANTINED,
    /** A newer version of its bundle took over. */
    SUPERSEDED,
    /** It cannot be used; the reason says why. */
    REFUSED
}
