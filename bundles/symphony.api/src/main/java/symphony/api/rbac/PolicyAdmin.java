package symphony.api.rbac;

import java.nio.file.Path;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Shows the policy that {@link AccessControl} decides by, explains its decisions and tries others. Thread-safe.
 *
 * <p>A service with bundle scope: it knows its caller, who needs the permission {@code policy:<action>:policy} for all but {@link #origin}. The policy
 * itself is changed where it lies.
 */
@ProviderType
public interface PolicyAdmin {
    /**
     * Whether a policy is in force, and what kind of one. Needs no permission: it tells no rule.
     *
     * @return as it is now
     */
    PolicyView.Origin origin();

    /**
     * The policy in force.
     *
     * @return as it is now
     * @throws AccessDeniedException if the caller has no permission {@code policy:show:policy}
     */
    PolicyView active();

    /**
     * What would be decided now, and by which rules.
     *
     * @param principal as {@link AccessControl#decide} takes it
     * @param permission what for
     * @return the decision with all rules that match
     * @throws AccessDeniedException if the caller has no permission {@code policy:explain:policy}
     */
    Explanation explain(String principal, Permission permission);

    /**
     * Looks at the policy file now, and puts it in force if it is another. Waits for that; an interrupt ends the waiting and
     * stays set.
     *
     * @return what became of it
     * @throws AccessDeniedException if the caller has no permission {@code policy:reload:policy}
     */
    PolicyReload reload();

    /**
     * Checks a policy, and tells how it differs from the one in force. Nothing changes.
     *
     * @param text a policy file's
     * @return whether it could be in force, and what it would change; without that, and not complete, for a caller without
     *     {@code policy:show:policy}
     * @throws AccessDeniedException if the caller has no permission {@code policy:try:policy}
     */
    PolicyTrial tryOut(String text);

    /**
     * Checks a policy file, and tells how it differs from the policy in force. Nothing changes. Reads on the caller's thread.
     *
     * @param file with a name that ends with {@code .json}: what is wrong with it is quoted, and other files hold secrets
     * @return whether it could be in force, and what it would change, as above; who owns it and who may read it is not looked
     *     at
     * @throws AccessDeniedException if the caller has no permission {@code policy:try:policy}
     */
    PolicyTrial tryOut(Path file);
}
