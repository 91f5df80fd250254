package symphony.api.admission;

import java.nio.file.Path;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;
import symphony.api.audit.AuditUnavailableException;
import symphony.api.rbac.AccessDeniedException;

/** Judges bundles, and tells how it did. Each caller gets a service of its own, which knows it. Thread-safe. */
@ProviderType
public interface BundleAdmission {
    /**
     * What is asked of bundles.
     *
     * @return the same as long as this service is there
     */
    AdmissionMode mode();

    /**
     * How bundles were judged that are installed, and the files of the drop folder that were refused last. Needs
     * {@code admission:list:bundles}.
     *
     * @return bundles by their id, then files by their path
     * @throws AccessDeniedException if the caller may not
     */
    List<AdmissionVerdict> verdicts();

    /**
     * Whose signature counts. Needs {@code admission:list:bundles}.
     *
     * @return by file and place in it
     * @throws AccessDeniedException if the caller may not
     */
    List<TrustedSigner> trusted();

    /**
     * Lets a signer's signature count from now on. Needs {@code admission:trust:signers}; audited before it is done.
     *
     * @param certificate file with one X.509 certificate, PEM or DER
     * @return the signer
     * @throws IllegalArgumentException if the file is none, or holds no certificate, more than one, or one that is not valid now
     * @throws IllegalStateException if it could not be kept
     * @throws AccessDeniedException if the caller may not
     * @throws AuditUnavailableException if it could not be audited; then it does not count
     */
    TrustedSigner trust(Path certificate);
}
