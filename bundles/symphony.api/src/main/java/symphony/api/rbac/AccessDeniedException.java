package symphony.api.rbac;

import org.osgi.annotation.versioning.ProviderType;

/** A principal lacks a permission. Says who lacks which one. */
@ProviderType
public class AccessDeniedException extends SecurityException {
    private static final long serialVersionUID = 1L;

    private final String principal;
    private final String permission;

    /**
     * Tells who lacks what.
     *
     * @param principal who was denied
     * @param permission what it lacks
     * @param why the rule that denied, may be empty
     */
    public AccessDeniedException(String principal, Permission permission, String why) {
        super(principal + " has no permission " + permission + (why.isEmpty() ? "" : " (" + why + ")"));
        this.principal = principal;
        this.permission = permission.toString();
    }

    /**
     * Who was denied.
     *
     * @return the principal
     */
    public String principal() {
        return principal;
    }

    /**
     * What it lacks.
     *
     * @return a permission, as {@code event:publish:orders/new}
     */
    public String permission() {
        return permission;
    }
}
