package symphony.api.audit;

import org.osgi.annotation.versioning.ProviderType;

/** An audit entry could not be stored, so the operation that needs it was not done; or the trail could not be read. */
@ProviderType
public class AuditUnavailableException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    /**
     * Tells why.
     *
     * @param message what could not be stored or read, where, and how to mend it
     * @param cause what went wrong, or null
     */
    public AuditUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
