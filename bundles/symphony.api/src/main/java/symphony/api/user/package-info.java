/**
 * Who people are: the service that checks their passwords, and the one that looks after their accounts.
 *
 * <p>Callers import {@code [1.0,2)}, and so does a bundle that implements {@link Authenticator}; one that implements
 * {@link UserAccounts} imports {@code [1.0,1.1)}.
 */
@Export
@Version("1.0.0")
package symphony.api.user;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
