package symphony.api.user;

import java.time.Duration;
import java.util.Objects;
import org.osgi.annotation.versioning.ProviderType;

/** A log-in is refused. The message does not tell whether there is such a user. */
@ProviderType
public class AuthenticationException extends Exception {
    private static final long serialVersionUID = 1L;

    private final Duration retryAfter;

    /**
     * Tells that it is refused.
     *
     * @param message for who wants to log in
     * @param retryAfter how long nothing will be checked for this name; zero if one may try again at once
     */
    public AuthenticationException(String message, Duration retryAfter) {
        super(message);
        this.retryAfter = Objects.requireNonNull(retryAfter, "retryAfter");
    }

    /**
     * How long nothing will be checked for this name.
     *
     * @return zero if one may try again at once
     */
    public Duration retryAfter() {
        return retryAfter;
    }
}
