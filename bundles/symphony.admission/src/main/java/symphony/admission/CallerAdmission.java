package symphony.admission;

import java.nio.file.Path;
import java.util.List;
import org.osgi.framework.BundleContext;
import symphony.api.admission.AdmissionMode;
import symphony.api.admission.AdmissionVerdict;
import symphony.api.admission.BundleAdmission;
import symphony.api.admission.TrustedSigner;

/** Admission as one bundle may have it. Thread-safe. */
final class CallerAdmission implements BundleAdmission {
    private final AdmissionEngine engine;
    private final BundleContext context;
    private final String caller;

    CallerAdmission(AdmissionEngine engine, BundleContext context, String caller) {
        this.engine = engine;
        this.context = context;
        this.caller = caller;
    }

    @Override
    public AdmissionMode mode() {
        return engine.mode();
    }

    @Override
    public List<AdmissionVerdict> verdicts() {
        return engine.verdicts(caller, context.getBundles());
    }

    @Override
    public List<TrustedSigner> trusted() {
        return engine.trusted(caller);
    }

    @Override
    public TrustedSigner trust(Path certificate) {
        return engine.trust(caller, certificate);
    }
}
