package symphony.api.rbac.weaving;

import org.osgi.annotation.versioning.ProviderType;

/** Runs woven operations. Thread-safe; called on the thread of the call. */
@ProviderType
public interface OperationRunner {
    /**
     * Runs an operation. Whoever calls has the permission for it, which was asked for before; what else holds for it is seen to
     * here.
     *
     * @param call what to run, at most once, on the current thread
     * @return what it returned
     * @throws symphony.api.rbac.AccessDeniedException if it may not be run; it was not
     * @throws Exception what it threw, or why it was not run
     */
    Object run(OperationCall call) throws Exception;
}
