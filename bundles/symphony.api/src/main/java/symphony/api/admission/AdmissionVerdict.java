package symphony.api.admission;

import java.time.Instant;
import java.util.Objects;
import java.util.Set;
import org.osgi.annotation.versioning.ProviderType;

/**
 * How a bundle, or a file that should become one, was judged.
 *
 * @param subject what was judged: a bundle's symbolic name and version, or the path of a file
 * @param bundle id of the bundle; -1 for a file
 * @param standing what it comes to
 * @param reason why it is refused, and how to mend it; else empty
 * @param hash SHA-256 of the jar, 64 hexadecimal digits in lower case; empty for a bundle, whose jar only the framework has
 * @param signers SHA-256 of the certificates of those trusted who signed all of it, written so; empty where nobody looked
 * @param time when it was judged
 */
@ProviderType
public record AdmissionVerdict(
        String subject, long bundle, Standing standing, String reason, String hash, Set<String> signers, Instant time) {
    /** What a verdict comes to. */
    public enum Standing {
        /** It was there before there was admission, so it is not judged. */
        BEFORE,
        /** It may run. */
        ADMITTED,
        /** It may not. */
        REFUSED
    }

    /** Checks that nothing is null and copies the signers. */
    public AdmissionVerdict {
        Objects.requireNonNull(subject, "subject");
        Objects.requireNonNull(standing, "standing");
        Objects.requireNonNull(reason, "reason");
        Objects.requireNonNull(hash, "hash");
        signers = Set.copyOf(signers);
        Objects.requireNonNull(time, "time");
    }
}
