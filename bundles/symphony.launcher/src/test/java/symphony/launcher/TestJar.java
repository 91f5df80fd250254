package symphony.launcher;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/** Writes small bundles, each with one of the activators of these tests. */
final class TestJar {
    private TestJar() {}

    static Path bundle(Path file, String symbolicName, Class<?> activator) throws IOException {
        Manifest manifest = manifest();
        Attributes headers = manifest.getMainAttributes();
        headers.putValue("Bundle-ManifestVersion", "2");
        headers.putValue("Bundle-SymbolicName", symbolicName);
        headers.putValue("Bundle-Activator", activator.getName());
        headers.putValue("Import-Package", "org.osgi.framework, org.osgi.framework.startlevel");
        return write(file, manifest, activator);
    }

    static Path plain(Path file) throws IOException {
        return write(file, manifest(), TestJar.class);
    }

    private static Manifest manifest() {
        var manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        return manifest;
    }

    private static Path write(Path file, Manifest manifest, Class<?> type) throws IOException {
        Files.createDirectories(file.getParent());
        String entry = type.getName().replace('.', '/') + ".class";
        try (var jar = new JarOutputStream(Files.newOutputStream(file), manifest);
                InputStream in = type.getClassLoader().getResourceAsStream(entry)) {
            jar.putNextEntry(new JarEntry(entry));
            in.transferTo(jar);
            jar.closeEntry();
        }
        return file;
    }
}
