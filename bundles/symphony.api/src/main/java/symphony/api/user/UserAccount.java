package symphony.api.user;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The account of a user.
 *
 * @param name without {@value Authenticator#PRINCIPAL_PREFIX}
 * @param changed when the password was set
 * @param failures wrong passwords since the last right one, in this process
 * @param lockedFor how long no password will be checked; zero if one will
 */
@ProviderType
public record UserAccount(String name, Instant changed, int failures, Duration lockedFor) {
    /** Checks that nothing is null. */
    public UserAccount {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(changed, "changed");
        Objects.requireNonNull(lockedFor, "lockedFor");
    }
}
