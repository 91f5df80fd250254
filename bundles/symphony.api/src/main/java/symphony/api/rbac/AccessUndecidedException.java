package symphony.api.rbac;

import org.osgi.annotation.versioning.ProviderType;

/**
 * Nobody can decide now whether a principal has a permission, as while no policy is in force. The call is denied; what can
 * wait is not given up for it, but asked for again later.
 */
@ProviderType
public class AccessUndecidedException extends AccessDeniedException {
    private static final long serialVersionUID = 1L;

    /**
     * Tells who was denied what.
     *
     * @param principal who was denied
     * @param permission what was asked for
     * @param why why nobody can decide
     */
    public AccessUndecidedException(String principal, Permission permission, String why) {
        super(principal, permission, why);
    }
}
