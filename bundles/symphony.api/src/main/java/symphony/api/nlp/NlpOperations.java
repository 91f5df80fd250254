package symphony.api.nlp;

import java.util.concurrent.Callable;
import org.osgi.annotation.versioning.ProviderType;
import symphony.api.rbac.Permission;

/**
 * Runs operations on what people say: asks whether they may be done, keeps them within limits, and has them audited. For those
 * who extend {@link IntentRecognizer}, which calls it for them, and for methods with {@link SecureOperation}. Thread-safe.
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
     * @param permission what is needed to do it, as {@code nlp:recognize:default}; its domain is {@code nlp}
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

    /**
     * Runs a method that is an operation, as {@link #run} runs one, and has it in the audit trail twice. The first record is
     * there before the work is called. Both say who, the permission, the method, how many characters the input had and a keyed
     * hash of it, and have an id in common; the second one says how it ended ({@code OK}, {@code FAILED}, {@code TIME_LIMIT}) and
     * after how long. An operation that is denied, or whose input is too long, has one record, which says so. For
     * {@link SecureOperation}. By default it runs nothing, as a recogniser does not need it.
     *
     * @param <T> what it returns
     * @param method class and method, for the trail
     * @param permission what is needed to do it
     * @param input what it is done to. Its length is asked for first; its text only if it is not too long
     * @param limits its own ones; what the configuration says holds besides
     * @param work the method; interrupted when its time is over
     * @return what the work returned
     * @throws symphony.api.rbac.AccessDeniedException if it may not be done; the work was not called
     * @throws IllegalArgumentException if the input is too long; the work was not called
     * @throws TimeLimitException if it took longer, also if it returned in the end
     * @throws symphony.api.audit.AuditUnavailableException if it could not be audited: that it begins, then the work was not
     *     called, or that it ended
     * @throws UnsupportedOperationException by default
     * @throws Exception what the work threw, the same object
     */
    default <T> T runMethod(
            String method,
            Permission permission,
            CharSequence input,
            OperationLimits limits,
            Callable<? extends T> work)
            throws Exception {
        throw new UnsupportedOperationException(
                getClass().getName() + " runs no methods with @SecureOperation, as " + method + "; symphony.nlp does");
    }
}
