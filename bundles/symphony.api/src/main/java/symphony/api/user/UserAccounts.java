package symphony.api.user;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Looks after the accounts of users. Changes are audited, forced to the disk, and in force when the call returns; who is
 * logged in stays so. Thread-safe.
 *
 * <p>A service with bundle scope: it knows its caller, who needs the permission {@code user:<action>:<name>}.
 *
 * <p>All of it throws {@link symphony.api.rbac.AccessDeniedException} without the permission, and changes throw
 * {@link symphony.api.audit.AuditUnavailableException} if they cannot be audited. {@code IllegalStateException} says that the file of
 * accounts cannot be used, and how to mend it.
 */
@ProviderType
public interface UserAccounts {
    /** The most characters (UTF-16 units) of a password. */
    int MOST_CHARACTERS = 256;

    /**
     * All accounts. Needs {@code user:list:users}.
     *
     * @return by name
     */
    List<UserAccount> list();

    /**
     * Makes an account. Needs {@code user:add:<name>}. What the user may is for the policy to say.
     *
     * @param name 1 to 100 of A–Z, a–z, 0–9, {@code _}, {@code .}, {@code -}, {@code @}; the first a letter or digit
     * @param password neither kept nor changed; the caller clears it
     * @throws IllegalArgumentException if name or password will not do; says why
     * @throws IllegalStateException also if there is such an account
     */
    void add(String name, char[] password);

    /**
     * Sets a password, and lifts a lock. Needs {@code user:passwd:<name>}.
     *
     * @param name of an account
     * @param password neither kept nor changed; the caller clears it
     * @throws IllegalArgumentException if the password will not do; says why
     * @throws IllegalStateException also if there is no such account
     */
    void setPassword(String name, char[] password);

    /**
     * Removes an account. Needs {@code user:remove:<name>}.
     *
     * @param name of an account
     * @throws IllegalStateException also if there is no such account
     */
    void remove(String name);

    /**
     * Lets passwords be checked again for a name, after too many wrong ones. Needs {@code user:unlock:<name>}.
     *
     * @param name of an account
     * @throws IllegalStateException also if there is no such account
     */
    void unlock(String name);
}
