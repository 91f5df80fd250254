package symphony.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;

/**
 * A bundle of classes of ours.
 *
 * @param name symbolic name
 * @param activator its package comes along
 * @param imports packages that it needs of others
 * @param classes whose packages come along, too
 * @param jars that lie within
 */
record BundleJar(String name, Class<?> activator, String imports, List<Class<?>> classes, List<Path> jars) {
    private static final String FRAMEWORK = "org.osgi.framework,org.osgi.util.tracker";

    /** Writes it. */
    Path write(Place place, Path file) throws IOException {
        try (var jar = new JarOutputStream(Files.newOutputStream(file), manifest())) {
            addPackage(place.classes(), activator, jar);
            for (Class<?> type : classes) {
                addPackage(place.classes(), type, jar);
            }
            for (Path inner : jars) {
                add(inner, nameOf(inner), jar);
            }
        }
        return file;
    }

    private Manifest manifest() {
        var manifest = new Manifest();
        Attributes headers = manifest.getMainAttributes();
        headers.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        headers.putValue("Bundle-ManifestVersion", "2");
        headers.putValue("Bundle-SymbolicName", name);
        headers.putValue("Bundle-Version", "1.0.0");
        headers.putValue("Bundle-Activator", activator.getName());
        var classPath = new ArrayList<String>(List.of("."));
        jars.forEach(jar -> classPath.add(nameOf(jar)));
        headers.putValue("Bundle-ClassPath", String.join(",", classPath));
        headers.putValue("Import-Package", imports.isEmpty() ? FRAMEWORK : FRAMEWORK + "," + imports);
        return manifest;
    }

    private static void addPackage(Path root, Class<?> type, JarOutputStream jar) throws IOException {
        String folder = type.getPackageName().replace('.', '/');
        try (Stream<Path> files = Files.list(root.resolve(folder))) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                add(file, folder + "/" + nameOf(file), jar);
            }
        }
    }

    private static String nameOf(Path file) {
        return String.valueOf(file.getFileName());
    }

    private static void add(Path file, String name, JarOutputStream jar) throws IOException {
        jar.putNextEntry(new JarEntry(name));
        Files.copy(file, jar);
        jar.closeEntry();
    }
}
