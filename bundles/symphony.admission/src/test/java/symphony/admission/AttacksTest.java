package symphony.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.felix.framework.FrameworkFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.Constants;
import org.osgi.framework.hooks.resolver.ResolverHookFactory;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.wiring.FrameworkWiring;
import symphony.admission.Signatory.Use;
import symphony.api.admission.AdmissionMode;
import symphony.api.admission.AdmissionVerdict;
import symphony.component.Guard;

/** Jars that must not become bundles where bundles must be signed, whether they are dropped or installed otherwise. */
final class AttacksTest {
    private static final Signatory ADA = Signatory.named("ada");

    @TempDir
    private Path folder;

    private Framework framework;
    private AdmissionEngine engine;
    private DropGate drops;

    @BeforeEach
    void start() throws Exception {
        framework = new FrameworkFactory()
                .newFramework(Map.of(
                        Constants.FRAMEWORK_STORAGE, folder.resolve("cache").toString(), "felix.log.level", "0"));
        framework.start();
        var context = framework.getBundleContext();
        var trusted = new TrustedCertificates(folder.resolve("trusted"));
        trusted.keep(ADA.certificate());
        var before = BundlesBefore.of(Optional.of(folder.resolve("before")), true, context.getBundles());
        engine = new AdmissionEngine(
                AdmissionMode.SIGNED,
                new Guard(false),
                trusted,
                before,
                Set.of(framework.getSymbolicName()),
                folder.resolve("work"),
                new JarLimits(1_000_000, 2_000_000, 100),
                InstantSource.system(),
                Duration.ZERO);
        var gatekeeper = new Gatekeeper(AdmissionMode.SIGNED, before, Duration.ZERO);
        gatekeeper.ask(engine);
        var gate = new ResolveGate(gatekeeper);
        context.addBundleListener(gate);
        context.registerService(ResolverHookFactory.class, gate, null);
        drops = new DropGate(gatekeeper, folder.resolve("kept"), Optional.empty(), Optional.empty());
        Files.createDirectories(folder.resolve("tmp"));
    }

    @AfterEach
    void stop() throws Exception {
        framework.stop();
        framework.waitForStop(10_000);
    }

    private Path file() {
        return folder.resolve("acme.jar");
    }

    private Path bundle(String... headers) {
        return Jar.bundle("acme", headers).write(file());
    }

    private Jar signed() {
        return Jar.of(ADA.sign(bundle()));
    }

    private Bundle install(Path jar) throws Exception {
        try (InputStream in = Files.newInputStream(jar)) {
            return framework.getBundleContext().installBundle(jar.toUri().toString(), in);
        }
    }

    private void refusesDropped(Path jar, String reason) {
        assertThat(drops.transform(jar.toFile(), folder.resolve("tmp").toFile()))
                .isNull();
        assertThat(engine.verdicts("shell", new Bundle[0]))
                .singleElement()
                .extracting(AdmissionVerdict::reason)
                .asString()
                .contains(reason);
        assertThat(folder.resolve("tmp")).isEmptyDirectory();
    }

    private boolean resolves(Bundle bundle) {
        return framework.adapt(FrameworkWiring.class).resolveBundles(List.of(bundle));
    }

    private void refusesInstalled(Path jar, String reason) throws Exception {
        Bundle bundle = install(jar);
        assertThat(resolves(bundle)).isFalse();
        assertThat(bundle.getState()).isEqualTo(Bundle.INSTALLED);
        assertThat(engine.judge(bundle).reason()).contains(reason);
        bundle.uninstall();
    }

    private void refuses(Path jar, String reason) throws Exception {
        refusesDropped(jar, reason);
        refusesInstalled(jar, reason);
    }

    @Test
    void takesWhatIsSigned() throws Exception {
        Path jar = ADA.sign(bundle());
        assertThat(drops.transform(jar.toFile(), folder.resolve("tmp").toFile()))
                .isNotNull();
        assertThat(resolves(install(jar))).isTrue();
    }

    @Test
    void refusesOneThatIsNotSigned() throws Exception {
        refuses(bundle(), "it is not signed");
    }

    @Test
    void refusesOneOfAnotherSigner() throws Exception {
        refuses(Signatory.named("bob").sign(bundle()), "it is signed by CN=bob");
    }

    @Test
    void refusesOneWhoseCertificateHasEnded() throws Exception {
        var ended = Signatory.issued("ended", null, Use.CODE, Duration.ofDays(-1));
        new TrustedCertificates(folder.resolve("trusted")).keep(ended.certificate());
        refuses(ended.sign(bundle()), "which does not count: NotAfter");
    }

    @Test
    void refusesOneWithAChangedClass() throws Exception {
        refuses(signed().with(Jar.HANDLER, "another handler").write(file()), "it was changed after it was signed");
    }

    @Test
    void refusesOneWithAnAddedClass() throws Exception {
        refuses(signed().with("acme/Evil.class", "evil").write(file()), "entry acme/Evil.class is not signed");
    }

    @Test
    void refusesOneWithoutAClass() throws Exception {
        refuses(signed().without(Jar.HANDLER).write(file()), "acme/Handler.class was signed and is missing");
    }

    /** The framework has one of the two; what it has is judged, and is what runs. */
    @Test
    void runsNothingElseOfOneThatHasAClassTwice() throws Exception {
        String evil = "acme/Handles.class"; // renamed below
        String handler = "a handler, says a test";
        List<Jar> jars = List.of(
                signed().with(evil, "evil"),
                signed().without(Jar.HANDLER).with(evil, "evil").with(Jar.HANDLER, handler));
        for (Jar each : jars) {
            byte[] jar = Files.readAllBytes(each.write(file()));
            replaceAll(jar, evil.getBytes(StandardCharsets.UTF_8), Jar.HANDLER.getBytes(StandardCharsets.UTF_8));
            Path twice = Files.write(file(), jar);
            refusesDropped(twice, "it has entry acme/Handler.class twice");
            Bundle bundle = install(twice);
            if (resolves(bundle)) {
                assertThat(bundle.getEntry(Jar.HANDLER).openStream()).hasContent(handler);
            } else {
                assertThat(engine.judge(bundle).reason()).contains("it was changed after it was signed");
            }
            bundle.uninstall();
        }
    }

    private static void replaceAll(byte[] bytes, byte[] from, byte[] to) {
        for (int i = 0; i <= bytes.length - from.length; i++) {
            if (Arrays.equals(bytes, i, i + from.length, from, 0, from.length)) {
                System.arraycopy(to, 0, bytes, i, to.length);
            }
        }
    }

    @Test
    void refusesABomb() throws Exception {
        refuses(ADA.sign(Jar.bundle("acme").with("zeros", new byte[10_000_000]).write(file())), "unpacked.bytes");
    }

    @Test
    void refusesOneWithManyEntries() throws Exception {
        Jar jar = Jar.bundle("acme");
        for (int i = 0; i < 200; i++) {
            jar.with("text" + i, "");
        }
        Path many = ADA.sign(jar.write(file()));
        refuses(many, "100 are allowed; see entries in PID symphony.admission");
    }

    @Test
    void refusesOneWithNamesThatLeadOut() throws Exception {
        for (String name : List.of("../evil", "a/../../evil", "..\\evil")) {
            refuses(ADA.sign(Jar.bundle("acme").with(name, "evil").write(file())), "leads out of the jar");
        }
        assertThat(folder.resolve("evil")).doesNotExist();
        assertThat(folder.resolve("tmp/evil")).doesNotExist();
    }

    /** Installed otherwise it would be a part of the framework before anybody is asked. */
    @Test
    void refusesAnExtensionOfTheFramework() throws Exception {
        refusesDropped(
                ADA.sign(bundle("Fragment-Host: system.bundle; extension:=framework")),
                "an extension of the framework");
        refusesDropped(ADA.sign(bundle("ExtensionBundle-Activator: acme.Evil")), "for extensions of the framework");
    }

    @Test
    void refusesAFragmentOfOurs() throws Exception {
        refuses(ADA.sign(bundle("Fragment-Host: symphony.crypto")), "it is a fragment of symphony.crypto");
    }

    @Test
    void refusesOneWithOurPackages() throws Exception {
        refuses(
                ADA.sign(bundle("Export-Package: acme,symphony.api.rbac;version=9")),
                "it exports package symphony.api.rbac");
    }
}
