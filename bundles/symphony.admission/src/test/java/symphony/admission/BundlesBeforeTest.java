package symphony.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.apache.felix.framework.FrameworkFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.Constants;
import org.osgi.framework.launch.Framework;

/** With bundles of a real framework. */
final class BundlesBeforeTest {
    @TempDir
    private Path folder;

    private Framework framework;
    private Path file;
    private Bundle bundle;

    @BeforeEach
    void start() throws Exception {
        file = folder.resolve("data/before");
        framework = new FrameworkFactory()
                .newFramework(Map.of(
                        Constants.FRAMEWORK_STORAGE, folder.resolve("cache").toString(), "felix.log.level", "0"));
        framework.start();
        bundle = install("acme orders", "file:acme orders%20+.jar\nnext");
    }

    @AfterEach
    void stop() throws Exception {
        framework.stop();
        framework.waitForStop(10_000);
    }

    private Bundle install(String name, String location) throws Exception {
        try (InputStream in = jar(name)) {
            return framework.getBundleContext().installBundle(location, in);
        }
    }

    private InputStream jar(String name) throws Exception {
        return Files.newInputStream(Jar.bundle(name).write(folder.resolve("some.jar")));
    }

    private void update() throws Exception {
        long before = bundle.getLastModified();
        do { // the framework's clock has ticked
            try (InputStream in = jar("acme orders")) {
                bundle.update(in);
            }
        } while (bundle.getLastModified() == before);
    }

    private BundlesBefore first() {
        return BundlesBefore.of(
                Optional.of(file), true, framework.getBundleContext().getBundles());
    }

    private BundlesBefore later() {
        return BundlesBefore.of(
                Optional.of(file), false, framework.getBundleContext().getBundles());
    }

    @Test
    void knowsThemAgainWhateverTheirNamesAre() throws Exception {
        Files.createDirectories(file.getParent());
        first();
        Bundle newcomer = install("newcomer", "file:newcomer");
        BundlesBefore later = later();
        assertThat(later.contains(bundle)).isTrue();
        assertThat(later.contains(newcomer)).isFalse();
        assertThat(later.contains(framework)).isTrue();
        assertThat(later.hasName("acme orders", "file:elsewhere")).isTrue();
        assertThat(later.hasName("acme orders", bundle.getLocation())).isFalse();
    }

    /** Else whoever fills the disk lets all run that comes until the next start. */
    @Test
    void takesNoneLaterIfTheyCouldNotBeKept() {
        assertThat(first().contains(bundle)).isTrue(); // there is no folder to write to
        assertThat(later().contains(bundle)).isFalse();
        assertThat(later().hasName("acme orders", "file:elsewhere")).isFalse();
    }

    @Test
    void keepsThemAsSoonAsItCan() throws Exception {
        BundlesBefore first = first();
        Files.createDirectories(file.getParent());
        Bundle newcomer = install("newcomer", "file:newcomer");
        first.arrived(newcomer);
        assertThat(later().contains(bundle)).isTrue();
        assertThat(later().contains(newcomer)).isFalse();
    }

    @Test
    void takesNoneOfAFileThatIsNone() throws Exception {
        Files.createDirectories(file.getParent());
        first();
        Files.writeString(file, Files.readString(file) + "7 half");
        assertThat(later().contains(bundle)).isFalse();
    }

    @Test
    void takesNoneThatWasUpdatedSinceWhateverIsPutBack() throws Exception {
        Files.createDirectories(file.getParent());
        BundlesBefore first = first();
        String asItWas = line();
        update();
        assertThat(first.contains(bundle)).isFalse();
        first.arrived(bundle);
        assertThat(line()).isEqualTo(asItWas.replaceFirst(" \\d+ ", " -1 "));
        assertThat(later().contains(bundle)).isFalse();
        assertThat(later().hasName("acme orders", "file:elsewhere")).isTrue();
    }

    @Test
    void noticesWhatWasUpdatedOrHasGoneMeanwhile() throws Exception {
        Files.createDirectories(file.getParent());
        Bundle other = install("other", "file:other");
        first();
        update();
        other.uninstall();
        assertThat(later().hasName("other", "file:elsewhere")).isFalse();
        assertThat(line()).contains(" -1 ");
        assertThat(Files.readString(file)).doesNotContain("other");
    }

    private String line() throws Exception {
        String start = bundle.getBundleId() + " ";
        return Files.readAllLines(file).stream()
                .filter(line -> line.startsWith(start))
                .findFirst()
                .orElseThrow();
    }
}
