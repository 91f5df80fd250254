package symphony.admission;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.jar.JarFile;
import org.osgi.framework.Bundle;
import org.osgi.framework.wiring.BundleRevision;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.admission.JarSignatures.Signature;
import symphony.api.admission.AdmissionMode;
import symphony.api.admission.AdmissionVerdict;
import symphony.api.admission.AdmissionVerdict.Standing;
import symphony.api.admission.TrustedSigner;
import symphony.api.audit.AuditUnavailableException;
import symphony.api.audit.Outcome;
import symphony.api.rbac.Decision;
import symphony.component.Excerpt;
import symphony.component.Guard;

/** Judges files and bundles, remembers how, and lets it be audited. Thread-safe. */
final class AdmissionEngine {
    /*
     * Nothing is locked while something is judged: a bundle may be judged by whoever installs it and by whoever resolves it, the latter
     * under a lock of the framework. Twice does no harm.
     */
    private static final Logger log = LoggerFactory.getLogger(AdmissionEngine.class);
    private static final int MOST_FILES = 256;
    private static final int CHUNK = 1 << 16;
    private static final Duration PAUSE = Duration.ofMillis(100);

    /** Of bundles that could not be read or audited: they are tried again under a lock of the framework, so not too often. */
    private static final Duration FIRST_RETRY = Duration.ofSeconds(1);

    /** How often that time doubles, up to about a minute. */
    private static final int MOST_DOUBLINGS = 6;

    /**
     * A bundle's verdict, and as long as what it holds.
     *
     * @param revision of the bundle; each update makes another one
     * @param stamp of the trusted certificates
     * @param until when a signer's certificate ends, or when it is tried again
     * @param failures how often in a row it could not be read, or not be audited
     */
    private record Judged(
            AdmissionVerdict verdict,
            WeakReference<BundleRevision> revision,
            String stamp,
            Instant until,
            int failures) {}

    private final AdmissionMode mode;
    private final Guard guard;
    private final TrustedCertificates trusted;
    private final BundlesBefore before;
    private final ManifestRules rules;
    private final Path work;
    private final InstantSource clock;
    private final Duration auditPatience;
    private volatile JarLimits limits;

    private final Map<Long, Judged> bundles = new ConcurrentHashMap<>();

    /** Of refused files, the newest at the end. Guarded by itself. */
    private final Map<String, AdmissionVerdict> files = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, AdmissionVerdict> eldest) {
            return size() > MOST_FILES;
        }
    };

    /**
     * Without verdicts yet.
     *
     * @param framework symbolic names of the system bundle
     * @param work folder for copies, of nobody else
     * @param auditPatience how long a file waits until it can be audited that it was admitted
     */
    AdmissionEngine(
            AdmissionMode mode,
            Guard guard,
            TrustedCertificates trusted,
            BundlesBefore before,
            Set<String> framework,
            Path work,
            JarLimits limits,
            InstantSource clock,
            Duration auditPatience) {
        this.mode = mode;
        this.guard = guard;
        this.trusted = trusted;
        this.before = before;
        this.rules = new ManifestRules(framework::contains, before::hasName);
        this.work = work;
        this.limits = limits;
        this.clock = clock;
        this.auditPatience = auditPatience;
        PassingFiles.deleteLeftBehind(work);
    }

    AdmissionMode mode() {
        return mode;
    }

    void apply(JarLimits changed) {
        limits = changed;
    }

    /**
     * Judges a file that should become a bundle.
     *
     * @param copy is made: what was judged, whatever becomes of the file meanwhile
     * @return the copy's SHA-256
     * @throws RefusedException if it may not; the file is remembered as refused
     * @throws IOException if it cannot be read, or not be copied
     */
    String admit(Path file, Path copy) throws RefusedException, IOException {
        String hash = "";
        try {
            hash = copy(file, copy);
            Look look = look(file, copy);
            recordInTime(
                    "admission:file",
                    look.subject,
                    Map.of("file", file.toString(), "hash", hash, "signers", String.join(" ", look.signers)));
            forget(file);
            return hash;
        } catch (RefusedException e) {
            refuse(file, hash, e.getMessage());
            throw e;
        } catch (AuditUnavailableException e) {
            String reason = "it cannot be audited: " + e.getMessage() + "; touch the file once it can";
            refuse(file, hash, reason);
            throw new RefusedException(reason, e);
        }
    }

    /**
     * Judges again what a file was when it was admitted; that was audited then.
     *
     * @param file where it came from
     * @param kept what was kept of it
     * @param hash what its SHA-256 was
     * @param copy is made of what was kept
     * @throws RefusedException if it may not be a bundle any more
     * @throws IOException if it cannot be read, or not be copied
     */
    void admitAgain(Path file, Path kept, String hash, Path copy) throws RefusedException, IOException {
        if (!copy(kept, copy).equals(hash)) {
            throw new RefusedException("it was changed in " + kept);
        }
        look(file, copy);
    }

    /** What was found in a file. */
    private record Look(String subject, Set<String> signers) {}

    private Look look(Path file, Path copy) throws RefusedException, IOException {
        JarForm.check(copy, limits);
        String subject =
                rules.check(headers(copy), file.toFile().toURI().normalize().toString());
        return new Look(subject, signature(copy).signers());
    }

    /** Refuses a file without a look into it. */
    void refuse(Path file, String hash, String reason) {
        var verdict =
                new AdmissionVerdict(file.toString(), -1, Standing.REFUSED, reason, hash, Set.of(), clock.instant());
        synchronized (files) {
            files.remove(verdict.subject());
            files.put(verdict.subject(), verdict);
        }
        log.warn("{}: {} is refused: {}", Admission.PID, Excerpt.printable(file.toString()), Excerpt.printable(reason));
        recordDenial("admission:file", file.toString(), hash, reason);
    }

    private void forget(Path file) {
        synchronized (files) {
            files.remove(file.toString());
        }
    }

    private String copy(Path from, Path to) throws RefusedException, IOException {
        MessageDigest digest = Digests.sha256();
        long most = limits.jarBytes();
        try (InputStream in = new DigestInputStream(Files.newInputStream(from), digest);
                OutputStream out = Files.newOutputStream(to)) {
            var buffer = new byte[CHUNK];
            long bytes = 0;
            int read;
            while ((read = in.read(buffer)) > 0) {
                bytes += read;
                if (bytes > most) {
                    throw new RefusedException(
                            "it has more than " + most + " bytes; see jar.bytes in PID " + Admission.PID);
                }
                out.write(buffer, 0, read);
            }
        }
        return Digests.hex(digest.digest());
    }

    private static Map<String, String> headers(Path jar) throws RefusedException {
        try (var file = new JarFile(jar.toFile(), false)) {
            ManifestRules.checkBytes(
                    file.getInputStream(file.getEntry(SignatureFiles.MANIFEST)).readNBytes(JarLimits.HEADER_BYTES));
            return ManifestRules.headers(file.getManifest().getMainAttributes());
        } catch (IllegalArgumentException | IOException e) {
            throw new RefusedException("its manifest cannot be read: " + e.getMessage(), e);
        }
    }

    private Signature signature(Path jar) throws RefusedException {
        if (mode != AdmissionMode.SIGNED) {
            return new Signature(Set.of(), Instant.MAX);
        }
        var certificates = trusted.all().values().stream().flatMap(List::stream).toList();
        return JarSignatures.verify(jar, new Signers(certificates, clock.instant()));
    }

    /** Whether a bundle may be resolved. Judges it, unless that was done and holds. */
    boolean mayRun(Bundle bundle) {
        return mode != AdmissionMode.SIGNED
                || before.contains(bundle)
                || judge(bundle).standing() == Standing.ADMITTED;
    }

    /** Judges a bundle by what the framework holds of it, unless that was done and holds. */
    AdmissionVerdict judge(Bundle bundle) {
        boolean wasBefore = before.contains(bundle);
        if (wasBefore || mode != AdmissionMode.SIGNED) {
            return verdict(bundle, wasBefore ? Standing.BEFORE : Standing.ADMITTED, "", Set.of());
        }
        Judged judged = bundles.get(bundle.getBundleId());
        String stamp = trusted.stamp();
        BundleRevision revision = bundle.adapt(BundleRevision.class);
        boolean isSame = judged != null && judged.revision.get() == revision;
        if (isSame && judged.stamp.equals(stamp) && clock.instant().isBefore(judged.until)) {
            return judged.verdict;
        }
        Judged anew = judgeAnew(bundle, new WeakReference<>(revision), stamp, isSame ? judged.failures : 0);
        bundles.put(bundle.getBundleId(), anew);
        if (bundle.getState() == Bundle.UNINSTALLED) {
            bundles.remove(bundle.getBundleId());
        }
        return anew.verdict;
    }

    private Judged judgeAnew(Bundle bundle, WeakReference<BundleRevision> revision, String stamp, int failures) {
        String subject = subject(bundle);
        try {
            Signature signature = verified(bundle);
            record(
                    "admission:bundle",
                    subject,
                    Outcome.DONE,
                    Map.of(
                            "bundle",
                            Long.toString(bundle.getBundleId()),
                            "signers",
                            String.join(" ", signature.signers())));
            return new Judged(
                    verdict(bundle, Standing.ADMITTED, "", signature.signers()), revision, stamp, signature.until(), 0);
        } catch (RefusedException e) {
            tellRefusal(bundle, subject, e.getMessage());
            return new Judged(refused(bundle, e.getMessage()), revision, stamp, Instant.MAX, 0);
        } catch (AuditUnavailableException e) {
            return failed(bundle, revision, stamp, failures, "it cannot be audited: " + e.getMessage(), e);
        } catch (IOException | RuntimeException | LinkageError | StackOverflowError | OutOfMemoryError e) {
            return failed(bundle, revision, stamp, failures, "it cannot be read: " + e, e);
        }
    }

    /** It may be otherwise the next time. Only the first time is told. */
    private Judged failed(
            Bundle bundle,
            WeakReference<BundleRevision> revision,
            String stamp,
            int failures,
            String reason,
            Throwable cause) {
        if (failures == 0) {
            log.warn("{}: {} could not be judged; it is tried again", Admission.PID, subject(bundle), cause);
            tellRefusal(bundle, subject(bundle), reason);
        } else {
            log.debug("{}: {} could not be judged once more", Admission.PID, subject(bundle), cause);
        }
        Duration pause = FIRST_RETRY.multipliedBy(1L << Math.min(failures, MOST_DOUBLINGS));
        Instant again = clock.instant().plus(pause);
        return new Judged(refused(bundle, reason), revision, stamp, again, failures + 1);
    }

    private Signature verified(Bundle bundle) throws RefusedException, IOException {
        Files.createDirectories(work);
        Path copy = PassingFiles.in(work);
        try {
            BundleCopy.write(bundle, limits, copy);
            rules.check(headers(copy), bundle.getLocation());
            return signature(copy);
        } finally {
            Files.deleteIfExists(copy);
        }
    }

    private AdmissionVerdict refused(Bundle bundle, String reason) {
        return verdict(bundle, Standing.REFUSED, reason, Set.of());
    }

    private void tellRefusal(Bundle bundle, String subject, String reason) {
        log.warn(
                "{}: bundle {} ({}) may not run: {}",
                Admission.PID,
                bundle.getBundleId(),
                subject,
                Excerpt.printable(reason));
        recordDenial("admission:bundle", subject, "", reason);
    }

    private AdmissionVerdict verdict(Bundle bundle, Standing standing, String reason, Set<String> signers) {
        return new AdmissionVerdict(
                subject(bundle), bundle.getBundleId(), standing, reason, "", signers, clock.instant());
    }

    private static String subject(Bundle bundle) {
        return Excerpt.of(String.valueOf(bundle.getSymbolicName()), 200) + ' ' + bundle.getVersion();
    }

    /** A bundle has gone. */
    void forget(Bundle bundle) {
        bundles.remove(bundle.getBundleId());
    }

    /** How bundles were judged, and files that were refused last and are still there. */
    List<AdmissionVerdict> verdicts(String caller, Bundle[] installed) {
        guard.check(caller, "admission", "list", "bundles");
        var result = new ArrayList<AdmissionVerdict>();
        for (Bundle bundle : installed) {
            result.add(judge(bundle));
        }
        result.sort(Comparator.comparingLong(AdmissionVerdict::bundle));
        synchronized (files) {
            files.keySet().removeIf(file -> !Files.exists(Path.of(file)));
            result.addAll(new TreeMap<>(files).values());
        }
        return Collections.unmodifiableList(result);
    }

    List<TrustedSigner> trusted(String caller) {
        guard.check(caller, "admission", "list", "bundles");
        var result = new ArrayList<TrustedSigner>();
        trusted.all()
                .forEach((file, certificates) ->
                        certificates.forEach(each -> result.add(TrustedCertificates.view(file, each))));
        return Collections.unmodifiableList(result);
    }

    TrustedSigner trust(String caller, Path file) {
        Decision decision = guard.check(caller, "admission", "trust", "signers");
        var certificate = trusted.readOne(file);
        String fingerprint = Digests.fingerprint(certificate);
        guard.record(
                caller,
                "admission:trust",
                fingerprint,
                Outcome.DONE,
                Map.of(
                        "subject",
                        Excerpt.of(certificate.getSubjectX500Principal().getName(), 200)),
                decision);
        try {
            return trusted.keep(certificate);
        } catch (IOException e) {
            throw new IllegalStateException("certificate " + fingerprint + " could not be kept: " + e, e);
        }
    }

    /** At a start the audit may have a long trail to read before it takes anything; a file that is refused is not looked at again. */
    private void recordInTime(String action, String target, Map<String, String> details) {
        long begin = System.nanoTime();
        while (true) {
            try {
                record(action, target, Outcome.DONE, details);
                return;
            } catch (AuditUnavailableException e) {
                if (System.nanoTime() - begin >= auditPatience.toNanos()
                        || Thread.currentThread().isInterrupted()) {
                    throw e;
                }
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        }
    }

    private void record(String action, String target, Outcome outcome, Map<String, String> details) {
        guard.record(Admission.PID, action, target, outcome, details);
    }

    private void recordDenial(String action, String target, String hash, String reason) {
        try {
            record(action, target, Outcome.DENIED, Map.of("hash", hash, "reason", Excerpt.of(reason, 200)));
        } catch (AuditUnavailableException e) {
            // It is refused anyway.
            log.warn("{}: that {} is refused could not be audited: {}", Admission.PID, target, e.getMessage());
        }
    }
}
