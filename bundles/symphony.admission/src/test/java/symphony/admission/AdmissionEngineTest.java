package symphony.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.apache.felix.framework.FrameworkFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.hooks.resolver.ResolverHookFactory;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.wiring.BundleWiring;
import org.osgi.framework.wiring.FrameworkWiring;
import symphony.admission.Signatory.Use;
import symphony.api.admission.AdmissionMode;
import symphony.api.admission.AdmissionVerdict;
import symphony.api.admission.AdmissionVerdict.Standing;
import symphony.api.audit.AuditEntry;
import symphony.api.audit.AuditSink;
import symphony.api.audit.AuditUnavailableException;
import symphony.api.audit.Outcome;
import symphony.component.Guard;

/** In a real framework, with the gates before it. */
final class AdmissionEngineTest {
    private static final Signatory ADA = Signatory.named("ada");
    private static final Signatory BOB = Signatory.named("bob");
    private static final JarLimits LIMITS = new JarLimits(1_000_000, 2_000_000, 100);

    @TempDir
    private Path folder;

    private final List<AuditEntry> audited = new ArrayList<>();
    private boolean auditFails;
    private int attempts;
    private final Instant begin = Instant.now();
    private Duration later = Duration.ZERO;
    private Framework framework;
    private TrustedCertificates trusted;
    private AdmissionEngine engine;
    private Gatekeeper gatekeeper;
    private DropGate drops;

    private final AuditSink sink = new AuditSink() {
        @Override
        public void record(AuditEntry entry) {
            attempts++;
            if (auditFails) {
                throw new AuditUnavailableException("the disk is full, a test says", null);
            }
            audited.add(entry);
        }

        @Override
        public void count(
                String action, String principal, String topic, String subscription, Outcome outcome, UUID eventId) {
            throw new UnsupportedOperationException("no event is here");
        }
    };

    @BeforeEach
    void begin() throws Exception {
        start();
        open(AdmissionMode.SIGNED);
        trusted.keep(ADA.certificate());
        Files.createDirectories(folder.resolve("load"));
        Files.createDirectories(folder.resolve("tmp"));
    }

    private void start() throws BundleException {
        framework = new FrameworkFactory()
                .newFramework(Map.of(
                        Constants.FRAMEWORK_STORAGE,
                        folder.resolve("cache").toString(),
                        "felix.log.level",
                        "0",
                        "felix.bootdelegation.implicit",
                        "false")); // else classes come from the test's class path
        framework.start();
    }

    private void open(AdmissionMode mode) {
        var guard = new Guard(false);
        guard.bind(sink);
        trusted = new TrustedCertificates(folder.resolve("trusted"));
        var context = framework.getBundleContext();
        var before = BundlesBefore.of(Optional.of(folder.resolve("before")), true, context.getBundles());
        engine = new AdmissionEngine(
                mode,
                guard,
                trusted,
                before,
                Set.of(framework.getSymbolicName()),
                folder.resolve("work"),
                LIMITS,
                () -> begin.plus(later),
                Duration.ZERO);
        gatekeeper = new Gatekeeper(mode, before, Duration.ZERO);
        gatekeeper.ask(engine);
        var gate = new ResolveGate(gatekeeper);
        context.addBundleListener(gate);
        context.registerService(ResolverHookFactory.class, gate, null);
        drops = new DropGate(
                gatekeeper,
                folder.resolve("kept"),
                Optional.of(folder.resolve("tmp")),
                Optional.of(folder.resolve("etc")));
    }

    private void stop() throws Exception {
        framework.stop();
        framework.waitForStop(10_000);
    }

    @AfterEach
    void end() throws Exception {
        stop();
    }

    private Path jar(String name) {
        return Jar.bundle(name).write(folder.resolve("load").resolve(name + ".jar"));
    }

    private Bundle install(Path jar) throws Exception {
        return install(jar, jar);
    }

    private Bundle install(Path place, Path jar) throws Exception {
        try (var in = Files.newInputStream(jar)) {
            return framework.getBundleContext().installBundle(place.toUri().toString(), in);
        }
    }

    private boolean resolves(Bundle bundle) {
        return framework.adapt(FrameworkWiring.class).resolveBundles(List.of(bundle));
    }

    private AdmissionVerdict verdict(Bundle bundle) {
        return engine.judge(bundle);
    }

    private File drop(Path jar) throws IOException {
        return drops.transform(jar.toFile(), folder.resolve("tmp").toFile());
    }

    private void refusesFile(Path jar, String reason) throws IOException {
        assertThat(drop(jar)).isNull();
        assertThat(engine.verdicts("shell", new Bundle[0]))
                .filteredOn(verdict -> verdict.subject().equals(jar.toString()))
                .singleElement()
                .satisfies(verdict -> assertThat(verdict.reason()).contains(reason));
    }

    private void refuses(Bundle bundle, String reason) {
        assertThat(resolves(bundle)).isFalse();
        assertThat(verdict(bundle).standing()).isEqualTo(Standing.REFUSED);
        assertThat(verdict(bundle).reason()).contains(reason);
    }

    @Test
    void letsASignedBundleRun() throws Exception {
        Bundle bundle = install(ADA.sign(jar("acme")));
        bundle.start();
        assertThat(bundle.getState()).isEqualTo(Bundle.ACTIVE);
        assertThat(verdict(bundle).standing()).isEqualTo(Standing.ADMITTED);
        assertThat(verdict(bundle).signers()).containsExactly(ADA.fingerprint());
        assertThat(audited)
                .anyMatch(entry -> entry.action().equals("admission:bundle")
                        && entry.target().equals("acme 1.0.0")
                        && entry.outcome() == Outcome.DONE
                        && entry.details().get("signers").equals(ADA.fingerprint()));
    }

    @Test
    void letsNoOtherBeResolved() throws Exception {
        Bundle plain = install(jar("plain"));
        Bundle others = install(BOB.sign(jar("others")));
        refuses(plain, "it is not signed");
        refuses(others, "it is signed by CN=bob");
        for (Bundle bundle : List.of(plain, others)) {
            assertThatThrownBy(bundle::start).isInstanceOf(BundleException.class);
            assertThat(bundle.getState()).isEqualTo(Bundle.INSTALLED);
        }
        assertThat(audited)
                .filteredOn(entry -> entry.outcome() == Outcome.DENIED)
                .extracting(AuditEntry::target)
                .containsExactly("plain 1.0.0", "others 1.0.0");
    }

    /** Once one is missing among the resolvable ones, Felix takes all that is resolved for missing, too. */
    @Test
    void letsOthersRunBesideARefusedOne() throws Exception {
        Bundle refused = install(jar("plain"));
        refuses(refused, "it is not signed");
        Bundle importing =
                install(ADA.sign(Jar.bundle("acme", "Import-Package: org.osgi.framework", "DynamicImport-Package: *")
                        .write(folder.resolve("load/acme.jar"))));
        importing.start();
        assertThat(importing.getState()).isEqualTo(Bundle.ACTIVE);
        assertThat(importing.loadClass("org.osgi.util.tracker.ServiceTracker")).isNotNull();
        assertThat(refused.getState()).isEqualTo(Bundle.INSTALLED);
    }

    @Test
    void isNoProviderIfItIsRefused() throws Exception {
        Bundle plain = install(Jar.bundle("plain", "Export-Package: acme").write(folder.resolve("load/plain.jar")));
        Bundle importing = install(
                ADA.sign(Jar.bundle("importing", "Import-Package: acme").write(folder.resolve("load/importing.jar"))));
        assertThat(resolves(importing)).isFalse();
        assertThat(verdict(importing).standing()).isEqualTo(Standing.ADMITTED);
        refuses(plain, "it is not signed");
        try (var in = Files.newInputStream(
                ADA.sign(Jar.bundle("plain", "Export-Package: acme").write(folder.resolve("load/plain.jar"))))) {
            plain.update(in);
        }
        assertThat(resolves(importing)).as("nothing else was missing").isTrue();
    }

    /** Frameworks find it under the name of a file, and no signature covers it. */
    @Test
    void letsNoFolderWithContentRun() throws Exception {
        Jar signed = Jar.of(ADA.sign(jar("acme")));
        Path forged =
                signed.with("META-INF/versions/9/acme/Handler.class/", "evil").write(folder.resolve("load/acme.jar"));
        refusesFile(forged, "a folder with content");
        refuses(install(forged), "a folder with content");
    }

    @Test
    void letsNothingPassWhileNobodyJudges() throws Exception {
        Bundle before = install(ADA.sign(jar("judged")));
        assertThat(resolves(before)).isTrue();
        gatekeeper.leave(engine);
        Bundle bundle = install(ADA.sign(jar("acme")));
        assertThat(resolves(bundle)).isFalse();
        assertThat(drop(jar("dropped"))).isNull();
        before.start(); // it is resolved
        gatekeeper.ask(engine);
        assertThat(resolves(bundle)).isTrue();
        assertThat(drop(ADA.sign(jar("dropped")))).isNotNull();
    }

    @Test
    void judgesAnUpdateAnew() throws Exception {
        Bundle bundle = install(ADA.sign(jar("acme")));
        bundle.start();
        try (var in = Files.newInputStream(jar("acme"))) { // not signed
            assertThatThrownBy(() -> bundle.update(in)).isInstanceOf(BundleException.class);
        }
        assertThat(bundle.getState()).isEqualTo(Bundle.INSTALLED);
        refuses(bundle, "it is not signed");
        try (var in = Files.newInputStream(ADA.sign(jar("acme")))) {
            bundle.update(in);
        }
        bundle.start();
        assertThat(bundle.getState()).isEqualTo(Bundle.ACTIVE);
    }

    /** It is in use by others until they are refreshed, and its classes may be loaded for the first time. */
    @Test
    void letsWhatRanBeforeARefusedUpdateImportDynamically() throws Exception {
        Bundle bundle = install(ADA.sign(Jar.bundle("acme", "Export-Package: acme", "DynamicImport-Package: *")
                .write(folder.resolve("load/acme.jar"))));
        install(ADA.sign(Jar.bundle("user", "Import-Package: acme").write(folder.resolve("load/user.jar"))))
                .start();
        BundleWiring former = bundle.adapt(BundleWiring.class);
        try (var in = Files.newInputStream(jar("acme"))) { // not signed
            bundle.update(in);
        }
        assertThat(former.isInUse()).isTrue();
        assertThat(former.getClassLoader().loadClass("org.osgi.util.tracker.ServiceTracker"))
                .isNotNull();
        refuses(bundle, "it is not signed");
    }

    @Test
    void judgesByWhoIsTrustedNow() throws Exception {
        Bundle bundle = install(BOB.sign(jar("acme")));
        refuses(bundle, "it is signed by CN=bob");
        Path file = Path.of(trusted.keep(BOB.certificate()).file());
        assertThat(verdict(bundle).standing()).isEqualTo(Standing.ADMITTED);
        Files.delete(file);
        refuses(bundle, "it is not trusted, nor is who issued it");
        trusted.keep(BOB.certificate());
        assertThat(resolves(bundle)).isTrue();
    }

    @Test
    void refusesOneWhoseSignersCertificateHasEndedSince() throws Exception {
        var brief = Signatory.issued("brief", null, Use.CODE, Duration.ofHours(1));
        trusted.keep(brief.certificate());
        Bundle bundle = install(brief.sign(jar("acme")));
        assertThat(verdict(bundle).standing()).isEqualTo(Standing.ADMITTED);
        later = Duration.ofHours(2);
        refuses(bundle, "which does not count: NotAfter");
    }

    @Test
    void judgesAgainAfterARestart() throws Exception {
        install(ADA.sign(jar("acme")));
        Bundle plain = install(jar("plain"));
        long id = plain.getBundleId();
        stop();
        start();
        open(AdmissionMode.SIGNED);
        refuses(framework.getBundleContext().getBundle(id), "it is not signed");
        assertThat(resolves(framework.getBundleContext().getBundle(id - 1))).isTrue();
    }

    @Test
    void findsWhatWasChangedInTheCacheMeanwhile() throws Exception {
        Bundle bundle = install(ADA.sign(jar("acme")));
        long id = bundle.getBundleId();
        stop();
        Path cached;
        try (var files = Files.walk(folder.resolve("cache").resolve("bundle" + id))) {
            cached = files.filter(file -> file.getFileName().toString().equals("bundle.jar"))
                    .findFirst()
                    .orElseThrow();
        }
        Jar.of(cached).with(Jar.HANDLER, "another handler").write(cached);
        start();
        open(AdmissionMode.SIGNED);
        Bundle again = framework.getBundleContext().getBundle(id);
        refuses(again, "changed after it was signed");
    }

    /** Content and times are as they were once. */
    @Test
    void judgesWhatIsPutBackIntoTheCacheByWhatItIs() throws Exception {
        Path certificate = Path.of(trusted.keep(BOB.certificate()).file());
        Bundle bundle = install(BOB.sign(jar("acme")));
        assertThat(resolves(bundle)).isTrue();
        long id = bundle.getBundleId();
        Path cache = folder.resolve("cache/bundle" + id);
        stop();
        copyAll(cache, folder.resolve("former"));
        start();
        open(AdmissionMode.SIGNED);
        try (var in = Files.newInputStream(ADA.sign(jar("acme")))) {
            framework.getBundleContext().getBundle(id).update(in);
        }
        Files.delete(certificate);
        stop();
        deleteAll(cache);
        copyAll(folder.resolve("former"), cache);
        start();
        open(AdmissionMode.SIGNED);
        Bundle again = framework.getBundleContext().getBundle(id);
        refuses(again, "it is signed by CN=bob");
    }

    /** Also one that was there before, whose list is kept elsewhere. */
    @Test
    void judgesWhatWasThereBeforeAndIsPutBackAfterAnUpdate() throws Exception {
        stop();
        Files.delete(folder.resolve("before"));
        start();
        long id = install(jar("plain")).getBundleId();
        Path cache = folder.resolve("cache/bundle" + id);
        stop();
        copyAll(cache, folder.resolve("former"));
        start();
        open(AdmissionMode.SIGNED);
        Bundle bundle = framework.getBundleContext().getBundle(id);
        assertThat(verdict(bundle).standing()).isEqualTo(Standing.BEFORE);
        try (var in = Files.newInputStream(ADA.sign(jar("plain")))) {
            bundle.update(in);
        }
        stop();
        deleteAll(cache);
        copyAll(folder.resolve("former"), cache);
        start();
        open(AdmissionMode.SIGNED);
        Bundle again = framework.getBundleContext().getBundle(id);
        refuses(again, "it is not signed");
    }

    private static void copyAll(Path from, Path to) throws IOException {
        try (var files = Files.walk(from)) {
            for (Path each : files.toList()) {
                Files.copy(each, to.resolve(from.relativize(each).toString()), StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }

    private static void deleteAll(Path root) throws IOException {
        try (var files = Files.walk(root)) {
            for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }

    @Test
    void letsThoseRunThatWereThereBefore() throws Exception {
        stop();
        Files.delete(folder.resolve("before"));
        start();
        Bundle bundle = install(jar("plain"));
        open(AdmissionMode.SIGNED);
        assertThat(resolves(bundle)).isTrue();
        assertThat(verdict(bundle).standing()).isEqualTo(Standing.BEFORE);
        try (var in = Files.newInputStream(jar("plain"))) {
            bundle.update(in);
        }
        refuses(bundle, "it is not signed");
    }

    /** As who migrates to signed ones does. */
    @Test
    void freesTheNameOfOneThatWasThereBeforeAndIsGone() throws Exception {
        stop();
        Files.delete(folder.resolve("before"));
        start();
        Bundle bundle = install(folder.resolve("other.jar"), jar("acme"));
        open(AdmissionMode.SIGNED);
        Path jar = ADA.sign(jar("acme"));
        refusesFile(jar, "acme, that of a bundle that was there before");
        bundle.uninstall();
        assertThat(drop(jar)).isNotNull();
        stop();
        start();
        open(AdmissionMode.SIGNED);
        assertThat(drop(jar)).isNotNull();
    }

    /** A restart makes no more of them. */
    @Test
    void doesNotLetThoseRunThatCameWhileNobodyJudged() throws Exception {
        stop();
        start();
        Bundle bundle = install(jar("plain"));
        bundle.start();
        open(AdmissionMode.SIGNED);
        assertThat(engine.mayRun(bundle)).isFalse();
        assertThat(verdict(bundle).reason()).contains("it is not signed");
    }

    @Test
    void doesNotLetAFragmentChangeASignedBundle() throws Exception {
        Bundle bundle = install(ADA.sign(jar("acme")));
        Path jar = Jar.bundle("evil", "Fragment-Host: acme")
                .with("acme/Evil.class", "evil")
                .write(folder.resolve("load/evil.jar"));
        Bundle fragment = install(jar);
        bundle.start();
        assertThat(bundle.getResource("acme/Evil.class")).isNull();
        refuses(fragment, "it is not signed");
        assertThat(fragment.getState()).isEqualTo(Bundle.INSTALLED);
    }

    @Test
    void refusesUntilItCanBeAudited() throws Exception {
        auditFails = true;
        Bundle bundle = install(ADA.sign(jar("acme")));
        refuses(bundle, "the disk is full, a test says");
        refusesFile(ADA.sign(jar("dropped")), "the disk is full, a test says");
        auditFails = false;
        later = Duration.ofSeconds(1);
        assertThat(resolves(bundle)).isTrue();
        assertThat(drop(ADA.sign(jar("dropped")))).isNotNull();
    }

    /** Whoever resolves has a lock of the framework meanwhile. */
    @Test
    void triesMoreAndMoreRarelyWhatCannotBeAudited() throws Exception {
        auditFails = true;
        Bundle bundle = install(ADA.sign(jar("acme")));
        int first = attempts;
        assertThat(first).isPositive();
        assertThat(resolves(bundle)).isFalse();
        assertThat(resolves(bundle)).isFalse();
        assertThat(attempts).isEqualTo(first);
        int retries = 0;
        for (int seconds = 1; seconds <= 600; seconds++) {
            later = Duration.ofSeconds(seconds);
            int before = attempts;
            assertThat(engine.mayRun(bundle)).isFalse();
            retries += attempts > before ? 1 : 0;
        }
        assertThat(retries).isBetween(10, 15);
        assertThat(attempts - first).as("the refusal was told once").isEqualTo(retries);
        auditFails = false;
        later = Duration.ofSeconds(665);
        assertThat(engine.mayRun(bundle)).isTrue();
    }

    @Test
    void triesMoreAndMoreRarelyWhatCannotBeRead() throws Exception {
        Files.writeString(folder.resolve("work"), "no folder");
        Bundle bundle = install(ADA.sign(jar("acme")));
        assertThat(verdict(bundle).reason()).startsWith("it cannot be read: java.nio.file.FileAlreadyExists");
        Instant judged = verdict(bundle).time();
        Files.delete(folder.resolve("work"));
        assertThat(verdict(bundle).time()).isEqualTo(judged);
        later = Duration.ofSeconds(1);
        assertThat(verdict(bundle).standing()).isEqualTo(Standing.ADMITTED);
        assertThat(audited)
                .filteredOn(entry -> entry.outcome() == Outcome.DENIED)
                .hasSize(1);
    }

    @Test
    void givesFileInstallWhatItJudged() throws Exception {
        Path jar = ADA.sign(jar("acme"));
        byte[] judged = Files.readAllBytes(jar);
        File given = drop(jar);
        Files.writeString(jar, "something else by now");
        assertThat(given).hasBinaryContent(judged);
        assertThat(given.toPath()).hasParent(folder.resolve("tmp"));
        assertThat(given.delete()).isTrue();
        assertThat(given.delete()).as("File Install does it twice").isTrue();
        assertThat(given).doesNotExist();
        assertThat(audited)
                .anyMatch(entry -> entry.action().equals("admission:file")
                        && entry.details()
                                .get("hash")
                                .equals(Digests.hex(Digests.sha256().digest(judged))));
    }

    @Test
    void deletesWhatEarlierProcessesLeft() throws Exception {
        List<Path> left = new ArrayList<>();
        for (String place : List.of("tmp", "other", "work")) {
            Path copy = PassingFiles.in(Files.createDirectories(folder.resolve(place)));
            Files.writeString(copy, "a copy");
            Files.setLastModifiedTime(copy, FileTime.from(Instant.EPOCH));
            left.add(copy);
        }
        stop();
        start();
        open(AdmissionMode.SIGNED);
        assertThat(left.get(0)).doesNotExist();
        assertThat(left.get(2)).doesNotExist();
        drops.transform(jar("acme").toFile(), folder.resolve("other").toFile());
        assertThat(left.get(1)).doesNotExist();
    }

    @Test
    void refusesFilesAndTellsWhy() throws Exception {
        Path jar = jar("acme");
        assertThat(drop(jar)).isNull();
        assertThat(engine.verdicts("shell", new Bundle[0])).singleElement().satisfies(verdict -> {
            assertThat(verdict.subject()).isEqualTo(jar.toString());
            assertThat(verdict.bundle()).isEqualTo(-1);
            assertThat(verdict.reason()).contains("it is not signed");
            assertThat(verdict.hash()).hasSize(64);
        });
        assertThat(folder.resolve("tmp")).isEmptyDirectory();
        assertThat(drop(ADA.sign(jar))).isNotNull();
        assertThat(engine.verdicts("shell", new Bundle[0])).isEmpty();
    }

    /** File Install takes the bundle away if it gets nothing for an update. */
    @Test
    void givesFileInstallWhatWasAdmittedBeforeIfAnUpdateIsRefused() throws Exception {
        Path jar = ADA.sign(jar("acme"));
        byte[] first = Files.readAllBytes(jar);
        drop(jar);
        jar("acme"); // not signed
        assertThat(drop(jar)).hasBinaryContent(first);
        assertThat(engine.verdicts("shell", new Bundle[0])).hasSize(1);
        Files.delete(jar);
        assertThat(drop(ADA.sign(jar("other")))).isNotNull();
        jar("acme");
        refusesFile(jar, "it is not signed"); // what was deleted is forgotten
    }

    /** What was right when it was admitted need not be now. */
    @Test
    void judgesWhatWasAdmittedBeforeAgain() throws Exception {
        Path certificate = Path.of(trusted.keep(BOB.certificate()).file());
        Path jar = BOB.sign(jar("acme"));
        assertThat(drop(jar)).isNotNull();
        jar("acme"); // not signed
        assertThat(drop(jar)).isNotNull();
        Files.delete(certificate);
        assertThat(drop(jar)).as("nobody trusts its signer any more").isNull();
        trusted.keep(BOB.certificate());
        assertThat(drop(jar)).isNotNull();
        try (var kept = Files.newDirectoryStream(folder.resolve("kept"))) {
            for (Path each : kept) {
                Files.copy(BOB.sign(jar("other")), each, StandardCopyOption.REPLACE_EXISTING);
            }
        }
        assertThat(drop(jar)).as("another file lies in its place").isNull();
        try (var copies = Files.list(folder.resolve("tmp"))) {
            assertThat(copies).as("those that were given").hasSize(3);
        }
    }

    @Test
    void claimsFilesByTheirNames() {
        for (String name :
                List.of("a.jar", "A.JAR", "a.bundle", "noname", "symphony.queue.config", "x.cfg", "x.cfg.json")) {
            assertThat(drops.canHandle(new File(name))).as(name).isTrue();
        }
        assertThat(drops.canHandle(new File("README.txt"))).isFalse();
    }

    @Test
    void claimsWhatMayBeAJarWhereBundlesNeedNotBeSigned() throws Exception {
        open(AdmissionMode.OPEN);
        Path jar = jar("acme");
        assertThat(drops.canHandle(new File("missing.jar"))).isTrue();
        assertThat(drops.canHandle(
                        Files.move(jar, jar.resolveSibling("acme.bundle")).toFile()))
                .isTrue();
        assertThat(drops.canHandle(Files.writeString(folder.resolve("load/some.bundle"), "PK no")
                        .toFile()))
                .isFalse();
        assertThat(drops.canHandle(new File("symphony.queue.config"))).isFalse();
        assertThat(drops.canHandle(new File("missing.bundle"))).isFalse();
    }

    @Test
    void refusesConfigurationsWhereBundlesMustBeSigned() throws Exception {
        assertThat(drop(Files.writeString(folder.resolve("load/symphony.queue.config"), "capacity=\"1\"")))
                .isNull();
        assertThat(engine.verdicts("shell", new Bundle[0]))
                .singleElement()
                .satisfies(verdict -> assertThat(verdict.reason()).contains("it is a configuration"));
    }

    /** Karaf's comes by File Install, too. */
    @Test
    void leavesTheContainersConfigurationAlone() {
        Path etc = folder.resolve("etc");
        for (String name : List.of("org.apache.karaf.shell.cfg", "symphony.queue.config", "x.cfg.json")) {
            assertThat(drops.canHandle(etc.resolve(name).toFile())).as(name).isFalse();
            assertThat(drops.canHandle(folder.resolve("x/../etc/" + name).toFile()))
                    .as("another way to " + name)
                    .isFalse();
            assertThat(drops.canHandle(folder.resolve("deploy/" + name).toFile()))
                    .as("elsewhere " + name)
                    .isTrue();
            assertThat(drops.canHandle(etc.resolve("more/" + name).toFile()))
                    .as("below " + name)
                    .isTrue();
        }
        assertThat(drops.canHandle(etc.resolve("evil.jar").toFile())).isTrue();
        assertThat(drops.canHandle(etc.resolve("evil.kar").toFile())).isTrue();
    }

    @Test
    void lookOnlyAtFormAndManifestWhereBundlesNeedNotBeSigned() throws Exception {
        open(AdmissionMode.OPEN);
        assertThat(drop(jar("plain"))).isNotNull();
        Path evil = Jar.bundle("evil", "Fragment-Host: symphony.crypto").write(folder.resolve("load/evil.jar"));
        refusesFile(evil, "it is a fragment of symphony.crypto");
        refusesFile(Files.writeString(folder.resolve("load/half.jar"), "half of a jar"), "it is no jar");
    }

    @Test
    void keepsLimitsForBundlesThatCameOtherwise() throws Exception {
        engine.apply(new JarLimits(1_000_000, 200, 100));
        refuses(install(ADA.sign(jar("acme"))), "unpacked.bytes");
    }

    @Test
    void letsASignerBeTrusted() throws Exception {
        Path file = Files.write(folder.resolve("bob.crt"), BOB.certificate().getEncoded());
        auditFails = true;
        assertThatThrownBy(() -> engine.trust("shell", file)).isInstanceOf(AuditUnavailableException.class);
        assertThat(engine.trusted("shell")).hasSize(1);
        auditFails = false;
        assertThat(engine.trust("shell", file).fingerprint()).isEqualTo(BOB.fingerprint());
        assertThat(engine.trusted("shell")).hasSize(2);
        assertThat(audited)
                .anyMatch(entry -> entry.action().equals("admission:trust")
                        && entry.actor().equals("shell")
                        && entry.target().equals(BOB.fingerprint()));
    }
}
