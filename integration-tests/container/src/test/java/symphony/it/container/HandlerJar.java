package symphony.it.container;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.osgi.framework.BundleActivator;
import symphony.it.handler.CountingActivator;

/** Builds handler bundles while a test runs. */
final class HandlerJar {
    private HandlerJar() {}

    /** A bundle with one handler, subscribed to topic filters separated by blanks. */
    static byte[] of(String symbolicName, String version, String topics) {
        return of(symbolicName, version, topics, Map.of());
    }

    /** With further manifest headers. */
    static byte[] of(String symbolicName, String version, String topics, Map<String, String> headers) {
        var all = new HashMap<>(Map.of("Bundle-Version", version, "Topics", topics));
        all.putAll(headers);
        return of(CountingActivator.class, symbolicName, all);
    }

    /** A bundle of its activator and further classes, with further manifest headers. */
    static byte[] of(
            Class<? extends BundleActivator> activator,
            String symbolicName,
            Map<String, String> headers,
            Class<?>... classes) {
        return of(activator, symbolicName, headers, Map.of(), classes);
    }

    /** With further files. */
    static byte[] of(
            Class<? extends BundleActivator> activator,
            String symbolicName,
            Map<String, String> headers,
            Map<String, byte[]> files,
            Class<?>... classes) {
        var manifest = new Manifest();
        Attributes main = manifest.getMainAttributes();
        main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        main.putValue("Bundle-ManifestVersion", "2");
        main.putValue("Bundle-SymbolicName", symbolicName);
        main.putValue("Bundle-Activator", activator.getName());
        main.putValue("Import-Package", "org.osgi.framework,symphony.api.event;version=\"[1.0,2)\"");
        headers.forEach(main::putValue);
        var bytes = new ByteArrayOutputStream();
        try (var jar = new JarOutputStream(bytes, manifest)) {
            add(jar, activator);
            for (Class<?> type : classes) {
                add(jar, type);
            }
            for (var file : files.entrySet()) {
                jar.putNextEntry(new JarEntry(file.getKey()));
                jar.write(file.getValue());
                jar.closeEntry();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static void add(JarOutputStream jar, Class<?> type) throws IOException {
        jar.putNextEntry(new JarEntry(fileName(type)));
        jar.write(classFile(type));
        jar.closeEntry();
    }

    private static String fileName(Class<?> type) {
        return type.getName().replace('.', '/') + ".class";
    }

    static byte[] classFile(Class<?> type) {
        try (InputStream in = type.getClassLoader().getResourceAsStream(fileName(type))) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static InputStream stream(String symbolicName, String version, String topics) {
        return new ByteArrayInputStream(of(symbolicName, version, topics));
    }
}
