package symphony.admission;

import java.security.CodeSigner;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXCertPathValidatorResult;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import symphony.component.Excerpt;

/**
 * Whether who signed is trusted: the own certificate, or one of those above it (RFC 5280), is among the trusted ones, all of them are
 * valid now, and the own one is for signing code. A time stamp in a signature counts for nothing, nor do revocation lists: who is no
 * longer trusted is taken from the trusted ones.
 */
final class Signers {
    /**
     * Of a signer.
     *
     * @param fingerprint whose, if trusted
     * @param reason why not, else empty
     * @param until when the first certificate of the chain ends, or the trusted one that issued it
     */
    record Answer(String fingerprint, String reason, Instant until) {
        boolean isTrusted() {
            return reason.isEmpty();
        }
    }

    private static final int LONGEST_CHAIN = 10;
    private static final int CERTIFICATE_SIGNATURE = 5;
    private static final String CODE_SIGNING = "1.3.6.1.5.5.7.3.3";
    private static final String ANY_USE = "2.5.29.37.0";

    private final Set<X509Certificate> trusted;
    private final Instant now;

    Signers(Collection<X509Certificate> trusted, Instant now) {
        this.trusted = new HashSet<>(trusted);
        this.now = now;
    }

    Answer ask(CodeSigner signer) {
        List<X509Certificate> chain = signer.getSignerCertPath().getCertificates().stream()
                .map(X509Certificate.class::cast)
                .toList();
        X509Certificate own = chain.get(0);
        try {
            X509Certificate last = check(chain);
            Date until = Stream.concat(chain.stream(), Stream.of(last))
                    .map(X509Certificate::getNotAfter)
                    .min(Date::compareTo)
                    .orElseThrow();
            return new Answer(Digests.fingerprint(own), "", until.toInstant());
        } catch (GeneralSecurityException | RefusedException e) {
            return new Answer(
                    "",
                    "it is signed by "
                            + Excerpt.of(own.getSubjectX500Principal().getName(), 120) + " (SHA-256 "
                            + Digests.fingerprint(own) + "), which does not count: " + e.getMessage(),
                    Instant.MIN);
        }
    }

    /** Returns the trusted one, which need not be in the chain. */
    private X509Certificate check(List<X509Certificate> chain) throws GeneralSecurityException, RefusedException {
        if (chain.size() > LONGEST_CHAIN) {
            throw new RefusedException(
                    "its chain has " + chain.size() + " certificates, " + LONGEST_CHAIN + " are allowed");
        }
        Date date = Date.from(now);
        for (X509Certificate certificate : chain) {
            certificate.checkValidity(date);
        }
        checkUse(chain.get(0));
        int last = 0;
        while (last < chain.size() && !trusted.contains(chain.get(last))) {
            last++;
        }
        if (last == 0) {
            return chain.get(0); // it is trusted itself
        }
        int issued = last;
        Set<TrustAnchor> anchors = (last < chain.size() ? Set.of(chain.get(last)) : trusted)
                .stream()
                        .filter(certificate -> isValid(certificate, date) && mayIssue(certificate, issued))
                        .map(certificate -> new TrustAnchor(certificate, null))
                        .collect(Collectors.toSet());
        if (anchors.isEmpty()) {
            throw new RefusedException(
                    "it is not trusted, nor is who issued it; symphony:admission trust FILE lets one be");
        }
        var parameters = new PKIXParameters(anchors);
        parameters.setRevocationEnabled(false);
        parameters.setDate(date);
        List<? extends Certificate> path = chain.subList(0, last);
        var result = (PKIXCertPathValidatorResult) CertPathValidator.getInstance("PKIX")
                .validate(CertificateFactory.getInstance("X.509").generateCertPath(path), parameters);
        return result.getTrustAnchor().getTrustedCert();
    }

    /** The platform asks this of all in a path but of the trusted one at its end. */
    private static boolean mayIssue(X509Certificate certificate, int certificates) {
        boolean[] uses = certificate.getKeyUsage();
        return certificate.getBasicConstraints() >= certificates - 1 && (uses == null || uses[CERTIFICATE_SIGNATURE]);
    }

    private static boolean isValid(X509Certificate certificate, Date date) {
        try {
            certificate.checkValidity(date);
            return true;
        } catch (CertificateException e) {
            return false;
        }
    }

    /** The platform asks whether the key may sign, not what. */
    private static void checkUse(X509Certificate certificate) throws CertificateException, RefusedException {
        List<String> extended = certificate.getExtendedKeyUsage();
        if (extended != null && !extended.contains(CODE_SIGNING) && !extended.contains(ANY_USE)) {
            throw new RefusedException("its key is not for signing code");
        }
    }
}
