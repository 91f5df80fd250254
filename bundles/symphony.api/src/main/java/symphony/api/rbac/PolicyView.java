package symphony.api.rbac;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A policy in force.
 *
 * @param origin where it is from
 * @param source the file, or what stands in for it
 * @param hash SHA-256 of its text, in hexadecimal; empty if there is none
 * @param epoch grows with each policy that is put in force; see {@link AccessControl#POLICY_EPOCH}
 * @param since when it was put in force
 * @param problem why what lies in the file's place now is not in force; empty if it is
 * @param principals whom it names, in its order: bundles by symbolic name, all bundles as {@code *}, users as
 *     {@code user:} and their name
 * @param roles its roles, in its order
 */
@ProviderType
public record PolicyView(
        Origin origin,
        String source,
        String hash,
        long epoch,
        Instant since,
        String problem,
        List<PolicyEntry> principals,
        List<PolicyEntry> roles) {
    /** Where a policy is from. */
    public enum Origin {
        /** The policy file. */
        FILE,
        /** Made for development, since there was no file. */
        GENERATED,
        /** There is none, and nothing is decided. */
        NONE
    }

    /** Checks that nothing is null and copies the lists. */
    public PolicyView {
        Objects.requireNonNull(origin, "origin");
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(hash, "hash");
        Objects.requireNonNull(since, "since");
        Objects.requireNonNull(problem, "problem");
        principals = List.copyOf(principals);
        roles = List.copyOf(roles);
    }
}
