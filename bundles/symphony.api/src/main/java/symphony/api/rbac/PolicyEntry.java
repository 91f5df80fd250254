package symphony.api.rbac;

import java.util.List;
import java.util.Objects;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A principal or a role, as a policy has it.
 *
 * @param name its name
 * @param line where it stands
 * @param comment what the policy says about it, may be empty
 * @param signer SHA-256 of the certificate that must have signed the bundle, in hexadecimal; empty if any or none may have
 * @param roles roles that it has
 * @param grants grants of its own, as written; what begins with {@code !} is forbidden
 */
@ProviderType
public record PolicyEntry(
        String name, int line, String comment, String signer, List<String> roles, List<String> grants) {
    /** Checks that nothing is null and copies the lists. */
    public PolicyEntry {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(comment, "comment");
        Objects.requireNonNull(signer, "signer");
        roles = List.copyOf(roles);
        grants = List.copyOf(grants);
    }
}
