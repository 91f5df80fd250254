package symphony.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import symphony.benchmarks.load.Load;

/**
 * The load and one contestant's activator as a bundle.
 *
 * @param activator its package comes along
 * @param imports what it needs of the contestant
 */
record LoadBundle(Class<?> activator, String imports) {
    private static final String HISTOGRAM = "HdrHistogram.jar";

    Path write(Path classes, Path file) throws IOException {
        var manifest = new Manifest();
        Attributes headers = manifest.getMainAttributes();
        headers.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        headers.putValue("Bundle-ManifestVersion", "2");
        headers.putValue("Bundle-SymbolicName", "symphony.benchmarks.load");
        headers.putValue("Bundle-Version", "1.0.0");
        headers.putValue("Bundle-Activator", activator.getName());
        headers.putValue("Bundle-ClassPath", ".," + HISTOGRAM);
        headers.putValue(
                "Import-Package", "com.sun.management,jdk.jfr,org.osgi.framework,org.osgi.util.tracker," + imports);
        try (var jar = new JarOutputStream(Files.newOutputStream(file), manifest)) {
            for (Class<?> type : List.of(Load.class, activator)) {
                addPackage(classes, type.getPackageName().replace('.', '/'), jar);
            }
            jar.putNextEntry(new JarEntry(HISTOGRAM));
            Files.copy(Place.jar("HdrHistogram-"), jar);
            jar.closeEntry();
        }
        return file;
    }

    private static void addPackage(Path classes, String folder, JarOutputStream jar) throws IOException {
        try (Stream<Path> files = Files.list(classes.resolve(folder))) {
            for (Path file : files.sorted().toList()) {
                jar.putNextEntry(new JarEntry(folder + "/" + file.getFileName()));
                Files.copy(file, jar);
                jar.closeEntry();
            }
        }
    }
}
