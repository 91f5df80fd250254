package symphony.api.admission;

import java.time.Instant;
import java.util.Objects;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Whose signature counts, directly or by certificates that it has issued.
 *
 * @param fingerprint SHA-256 of the certificate, 64 hexadecimal digits in lower case
 * @param subject the certificate's distinguished name (RFC 2253)
 * @param from since when it is valid
 * @param until until when
 * @param file where it was found
 */
@ProviderType
public record TrustedSigner(String fingerprint, String subject, Instant from, Instant until, String file) {
    /** Checks that nothing is null. */
    public TrustedSigner {
        Objects.requireNonNull(fingerprint, "fingerprint");
        Objects.requireNonNull(subject, "subject");
        Objects.requireNonNull(from, "from");
        Objects.requireNonNull(until, "until");
        Objects.requireNonNull(file, "file");
    }
}
