package symphony.api.nlp;

import java.time.Duration;
import org.osgi.annotation.versioning.ProviderType;

/** An operation took longer than it may. Its result, if it had one, is lost. */
@ProviderType
public class TimeLimitException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Tells what took how long.
     *
     * @param operation as {@code nlp:recognize:default}
     * @param limit how long it might have taken
     */
    public TimeLimitException(String operation, Duration limit) {
        super(operation + " took longer than its limit of " + limit.toMillis() + " ms and was interrupted");
    }
}
