package symphony.api.rbac;

import org.osgi.annotation.versioning.ProviderType;

/**
 * Gives contexts to those who may have them. A service with bundle scope: it knows its caller, by the bundle whose
 * {@code BundleContext} got it. Whoever gets hold of another bundle's {@code BundleContext}, as {@code Bundle.getBundleContext()}
 * gives it to anybody, gets that bundle's contexts, too: this keeps honest bundles apart, not hostile ones. Thread-safe.
 */
@ProviderType
public interface SecurityContexts {
    /**
     * The caller's own context, for threads of its own and for calls from outside: what runs in it has the calling bundle's
     * permissions.
     *
     * @return the calling bundle's
     */
    SecurityContext own();

    /**
     * A context for somebody else. Needs the permission {@code context:run-as:<symbolic name>}, or {@code context:run-as:user/<name>}
     * for a user, now and each time that something is decided in the context: it is worth nothing any more as soon as the
     * permission is taken away. Audited, so keep it rather than ask for each call.
     *
     * @param principal the symbolic name of a bundle, for that bundle's permissions; or {@code user:} and the name of a user,
     *     for what both the calling bundle and that user may
     * @return a context for it
     * @throws AccessDeniedException if the caller lacks the permission
     * @throws symphony.api.audit.AuditUnavailableException if that cannot be audited where security is required
     * @throws IllegalArgumentException if the principal is empty
     */
    SecurityContext of(String principal);
}
