package symphony.api.rbac;

import org.osgi.annotation.versioning.ProviderType;

/**
 * Gives contexts to those who may have them. A service with bundle scope: it knows its caller. Thread-safe.
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
     * A context for somebody else. Needs the permission {@code context:run-as:<principal>}; audited if it is denied.
     *
     * @param principal the symbolic name of a bundle, for that bundle's permissions; or {@code user:} and the name of a user,
     *     for what both the calling bundle and that user may
     * @return a context for it
     * @throws AccessDeniedException if the caller lacks the permission
     * @throws IllegalArgumentException if the principal is empty
     */
    SecurityContext of(String principal);
}
