package symphony.api.nlp;

import java.util.concurrent.Callable;
import org.osgi.annotation.versioning.ProviderType;
import symphony.api.rbac.Permission;

/**
 * Runs operations on what people say: asks whether they may be done, keeps them within limits, and has them audited. For those
 * who extend {@link IntentRecognizer}, which calls it for them. Thread-safe.
 *
 * <p>An operation is done in the name of whom the thread acts for, see {@link symphony.api.rbac.SecurityContext}: within a
 * handler that is the handler's bundle; elsewhere a bundle says so by {@link symphony.api.rbac.SecurityContexts#own()}. Who
 * acts for nobody has no permission, where permissions are asked for.
 */
@ProviderType
public interface NlpOperations {
    /**
     * Runs an operation on the current thread. What it did is in the audit trail, once, however it ends: who, the permission,
     * how many characters the input had and a keyed hash of it, never the input itself.
     *
     * @param <T> what it returns
     * @param permission what is needed to do it, as {@code nlp:recognize:default}
     * @param input what it is done to; at most as long as the limits and the configuration allow
     * @param limits its own ones; what the configuration says holds besides
     * @param work the operation; interrupted when its time is over
     * @return what the work returned
     * @throws symphony.api.rbac.AccessDeniedException if it may not be done; the work was not called
     * @throws IllegalArgumentException if the input is too long; the work was not called
     * @throws TimeLimitException if it took longer, also if it returned in the end
     * @throws symphony.api.audit.AuditUnavailableException if it could not be audited
     * @throws Exception what the work threw
     */
    <T> T run(Permission permission, String input, OperationLimits limits, Callable<? extends T> work) throws Exception;
}
