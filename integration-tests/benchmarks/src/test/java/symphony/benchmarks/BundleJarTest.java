package symphony.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BundleJarTest {
    @TempDir
    private Path folder;

    @Test
    void hasTheActivatorWhatItNeedsAndNothingElse() throws IOException {
        // given
        Path root = folder.resolve("root");
        Path classes = root.resolve("integration-tests/benchmarks/target/classes");
        for (String name : List.of("watch/Activator.class", "load/Load.class", "parts/QueueBenchmark.class")) {
            Path file = classes.resolve("symphony/benchmarks").resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, name);
        }
        Path inner = Files.writeString(folder.resolve("inner.jar"), "inner");
        var bundle = new BundleJar(
                "some.name",
                symphony.benchmarks.watch.Activator.class,
                "some.api",
                List.of(symphony.benchmarks.load.Load.class),
                List.of(inner));
        // when
        Path file = bundle.write(Place.of(root), folder.resolve("bundle.jar"));
        // then
        try (var jar = new JarFile(file.toFile())) {
            assertThat(jar.stream().map(JarEntry::getName))
                    .containsExactlyInAnyOrder(
                            "META-INF/MANIFEST.MF",
                            "symphony/benchmarks/watch/Activator.class",
                            "symphony/benchmarks/load/Load.class",
                            "inner.jar");
            Attributes headers = jar.getManifest().getMainAttributes();
            assertThat(headers.getValue("Bundle-SymbolicName")).isEqualTo("some.name");
            assertThat(headers.getValue("Bundle-Activator")).isEqualTo("symphony.benchmarks.watch.Activator");
            assertThat(headers.getValue("Bundle-ClassPath")).isEqualTo(".,inner.jar");
            assertThat(headers.getValue("Import-Package"))
                    .isEqualTo("org.osgi.framework,org.osgi.util.tracker,some.api");
        }
    }
}
