package symphony.admission;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/** Makes jars of bundles. */
final class Jar {
    static final String HANDLER = "acme/Handler.class";

    private final Map<String, byte[]> entries = new LinkedHashMap<>();

    private Jar() {}

    /** A bundle with two entries. */
    static Jar bundle(String name, String... headers) {
        var manifest = new StringBuilder("Manifest-Version: 1.0\r\nBundle-ManifestVersion: 2\r\n")
                .append("Bundle-SymbolicName: ")
                .append(name)
                .append("\r\nBundle-Version: 1.0.0\r\n");
        for (String header : headers) {
            manifest.append(header).append("\r\n");
        }
        return new Jar()
                .with(SignatureFiles.MANIFEST, manifest.append("\r\n").toString())
                .with(HANDLER, "a handler, says a test")
                .with("acme/Order.class", "an order, says a test");
    }

    /** What is in a jar. */
    static Jar of(Path file) {
        var result = new Jar();
        try (var zip = new ZipFile(file.toFile())) {
            for (var each = zip.entries(); each.hasMoreElements(); ) {
                ZipEntry entry = each.nextElement();
                result.entries.put(entry.getName(), zip.getInputStream(entry).readAllBytes());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return result;
    }

    Jar with(String name, String content) {
        return with(name, content.getBytes(StandardCharsets.UTF_8));
    }

    Jar with(String name, byte[] content) {
        entries.put(name, content);
        return this;
    }

    Jar without(String name) {
        entries.remove(name);
        return this;
    }

    byte[] bytes(String name) {
        return entries.get(name);
    }

    String text(String name) {
        return new String(entries.get(name), StandardCharsets.UTF_8);
    }

    Path write(Path file) {
        try (OutputStream out = Files.newOutputStream(file);
                var zip = new ZipOutputStream(out)) {
            for (var entry : entries.entrySet()) {
                zip.putNextEntry(new ZipEntry(entry.getKey()));
                zip.write(entry.getValue());
                zip.closeEntry();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return file;
    }
}
