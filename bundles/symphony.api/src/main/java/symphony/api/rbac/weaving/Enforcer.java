package symphony.api.rbac.weaving;

import org.osgi.annotation.versioning.ProviderType;
import symphony.api.rbac.AccessDeniedException;
import symphony.api.rbac.SecurityContext;

/** Decides whether guarded methods may run. Thread-safe; called on the thread of the call. */
@ProviderType
public interface Enforcer {
    /**
     * Returns if the method may run. That is kept for the method and for others in the same name, until this is said to have
     * changed, unless the method needs arguments.
     *
     * @param method what is called, by whomever
     * @param context of the current thread
     * @param arguments those that the method needs for its demands, as {@link GuardedMethod#demands} takes them
     * @throws AccessDeniedException if it may not
     */
    void check(GuardedMethod method, SecurityContext context, Object[] arguments);
}
