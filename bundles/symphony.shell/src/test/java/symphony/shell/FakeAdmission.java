package symphony.shell;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import symphony.api.admission.AdmissionMode;
import symphony.api.admission.AdmissionVerdict;
import symphony.api.admission.AdmissionVerdict.Standing;
import symphony.api.admission.BundleAdmission;
import symphony.api.admission.TrustedSigner;

/** Trusts whoever's file holds a name. */
final class FakeAdmission implements BundleAdmission {
    static final Instant TIME = Instant.parse("2026-11-30T12:00:00Z");
    static final String HASH = "0123456789abcdef".repeat(4);

    final List<AdmissionVerdict> verdicts = new ArrayList<>(List.of(
            new AdmissionVerdict("symphony.api 0.1.0", 1, Standing.BEFORE, "", "", Set.of(), TIME),
            new AdmissionVerdict("symphony.example.orders 1.0.0", 40, Standing.ADMITTED, "", "", Set.of(HASH), TIME),
            new AdmissionVerdict("acme.evil 1.0.0", 41, Standing.REFUSED, "it is not signed", "", Set.of(), TIME),
            new AdmissionVerdict("/load/evil.jar", -1, Standing.REFUSED, "it is no jar", HASH, Set.of(), TIME)));
    final List<TrustedSigner> trusted = new ArrayList<>();
    AdmissionMode mode = AdmissionMode.OPEN;

    @Override
    public AdmissionMode mode() {
        return mode;
    }

    @Override
    public List<AdmissionVerdict> verdicts() {
        return List.copyOf(verdicts);
    }

    @Override
    public List<TrustedSigner> trusted() {
        return List.copyOf(trusted);
    }

    @Override
    public TrustedSigner trust(Path certificate) {
        try {
            String name = Files.readString(certificate);
            if (!name.startsWith("CN=")) {
                throw new IllegalArgumentException(certificate + " holds no certificate to trust");
            }
            var signer = new TrustedSigner(HASH, name, TIME, TIME.plusSeconds(3600), certificate.toString());
            trusted.add(signer);
            return signer;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
