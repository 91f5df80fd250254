package symphony.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.felix.fileinstall.ArtifactTransformer;
import org.apache.felix.framework.FrameworkFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.Constants;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.wiring.FrameworkWiring;
import symphony.api.admission.BundleAdmission;

/** In a real framework, in the place of its system bundle. */
final class ActivatorTest {
    private static final Signatory ADA = Signatory.named("ada");

    @TempDir
    private Path folder;

    private final Activator activator = new Activator();
    private Framework framework;

    private void start(String mode) throws Exception {
        framework = new FrameworkFactory()
                .newFramework(new HashMap<>(Map.of(
                        Constants.FRAMEWORK_STORAGE,
                        folder.resolve("cache").toString(),
                        "felix.log.level",
                        "0",
                        "symphony.home",
                        folder.resolve("home").toString(),
                        "symphony.admission",
                        mode)));
        framework.start();
        activator.start(framework.getBundleContext());
        new TrustedCertificates(folder.resolve("home/trusted")).keep(ADA.certificate());
    }

    @AfterEach
    void stop() throws Exception {
        framework.stop();
        framework.waitForStop(10_000);
    }

    private Bundle install(Path jar) throws Exception {
        try (var in = Files.newInputStream(jar)) {
            return framework.getBundleContext().installBundle(jar.toUri().toString(), in);
        }
    }

    private Path jar(String name) {
        return Jar.bundle(name).write(folder.resolve(name + ".jar"));
    }

    private boolean resolves(Bundle bundle) {
        return framework.adapt(FrameworkWiring.class).resolveBundles(List.of(bundle));
    }

    /** There may be no component runtime, or the component cannot begin. */
    @Test
    void letsNothingPassWithoutTheComponent() throws Exception {
        start("signed");
        Bundle signed = install(ADA.sign(jar("signed")));
        Bundle plain = install(jar("plain"));
        assertThat(resolves(signed)).isFalse();
        assertThat(resolves(plain)).isFalse();

        var component = new Admission(Map.of(), framework.getBundleContext());
        component.activate();
        assertThat(resolves(signed)).isTrue();
        assertThat(resolves(plain)).isFalse();
        assertThat(framework.getBundleContext().getServiceReference(BundleAdmission.class))
                .isNotNull();

        component.deactivate();
        assertThat(resolves(install(ADA.sign(jar("later"))))).isFalse();
        activator.stop(framework.getBundleContext());
        assertThat(resolves(plain)).as("the bundle has left").isTrue();
    }

    @Test
    void asksNothingOfBundlesWhereItIsOff() throws Exception {
        start("off");
        assertThat(resolves(install(jar("plain")))).isTrue();
        assertThat(framework.getBundleContext().getServiceReference(ArtifactTransformer.class))
                .isNull();
    }

    @Test
    void looksOnlyAtWhatIsDroppedWhereItIsOpen() throws Exception {
        start("open");
        assertThat(resolves(install(jar("plain")))).isTrue();
        assertThat(framework.getBundleContext().getServiceReference(ArtifactTransformer.class))
                .isNotNull();
    }

    @Test
    void isNoComponentOfABundleThatIsNotStarted() throws Exception {
        start("off");
        activator.stop(framework.getBundleContext());
        assertThatThrownBy(() -> new Admission(Map.of(), framework.getBundleContext()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("is not started");
    }
}
