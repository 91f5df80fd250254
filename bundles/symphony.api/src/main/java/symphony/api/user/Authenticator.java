package symphony.api.user;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * Tells whether somebody is the user who he says he is. A service: whoever lets people log in (the shell, a web page) asks the
 * one of the highest ranking. Thread-safe.
 *
 * <p>A log-in is audited by who checks it, whether it succeeds or not, and does not succeed if that cannot be done.
 */
@ConsumerType
public interface Authenticator {
    /** What the principals of users begin with. */
    String PRINCIPAL_PREFIX = "user:";

    /**
     * Checks a password. Takes its time, by intent, and may refuse for a while to check any of a user for whom too many wrong
     * ones came.
     *
     * @param name of the user, without {@value #PRINCIPAL_PREFIX}; any text
     * @param password is neither kept nor changed; the caller clears it
     * @return the user's principal: {@value #PRINCIPAL_PREFIX} and the name as policies write it
     * @throws AuthenticationException if it is refused. Why is not told: that would tell which names there are
     * @throws symphony.api.audit.AuditUnavailableException if it cannot be audited
     */
    String authenticate(String name, char[] password) throws AuthenticationException;
}
