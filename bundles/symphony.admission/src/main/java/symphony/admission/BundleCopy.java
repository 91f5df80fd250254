package symphony.admission;

import java.io.BufferedOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Enumeration;
import java.util.HashSet;
import java.util.Set;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.osgi.framework.Bundle;
import symphony.component.Excerpt;

/**
 * Writes what a bundle holds into a jar: the jar it came from only the framework has. What is read is what classes are loaded from.
 * Entries are asked for by their folders, as looking for them would resolve the bundle.
 */
final class BundleCopy {
    private static final int CHUNK = 1 << 16;

    private final Bundle bundle;
    private final JarLimits limits;
    private final ZipOutputStream out;
    private final Set<String> names = new HashSet<>();
    private final byte[] buffer = new byte[CHUNK];
    private long bytes;

    private BundleCopy(Bundle bundle, JarLimits limits, ZipOutputStream out) {
        this.bundle = bundle;
        this.limits = limits;
        this.out = out;
    }

    /**
     * Copies.
     *
     * @param jar is made, or written anew
     * @throws RefusedException if it is too much, or has no manifest
     * @throws IOException if it cannot be read or written
     */
    static void write(Bundle bundle, JarLimits limits, Path jar) throws RefusedException, IOException {
        try (var out = new ZipOutputStream(new BufferedOutputStream(Files.newOutputStream(jar), CHUNK))) {
            out.setLevel(Deflater.BEST_SPEED);
            var copy = new BundleCopy(bundle, limits, out);
            copy.entry(SignatureFiles.MANIFEST);
            copy.folder("/");
        }
    }

    private void folder(String path) throws RefusedException, IOException {
        Enumeration<String> paths = bundle.getEntryPaths(path);
        if (paths == null) {
            return;
        }
        for (String each : Collections.list(paths)) {
            String name = each.startsWith("/") ? each.substring(1) : each;
            check(name);
            if (name.endsWith("/")) {
                if (names.add(name)) { // each folder once, whatever the framework says is in it
                    checkEntries();
                    checkHasNoContent(name);
                    folder(name);
                }
            } else if (!names.contains(name)) {
                entry(name);
            }
        }
    }

    /** So that names are bounded, and their number of segments. */
    private static void check(String name) throws RefusedException {
        if (name.length() > JarLimits.NAME_CHARS || JarForm.leadsElsewhere(name)) {
            throw new RefusedException(
                    "the name of entry " + Excerpt.of(name, 80) + " is too long, leads out of the jar, or is none");
        }
    }

    /** Frameworks find a folder that has some under the name of a file. */
    private void checkHasNoContent(String folder) throws RefusedException {
        URL file = bundle.getEntry(folder.substring(0, folder.length() - 1));
        if (file != null) {
            try (InputStream in = file.openStream()) {
                if (in.read() < 0) {
                    return;
                }
            } catch (IOException e) {
                return; // a folder
            }
            throw JarForm.folderWithContent(folder);
        }
    }

    private void entry(String name) throws RefusedException, IOException {
        names.add(name);
        checkEntries();
        long before = bytes;
        URL url = bundle.getEntry(name);
        if (url == null) {
            throw new FileNotFoundException("entry " + name + " of bundle " + bundle + " cannot be read");
        }
        out.putNextEntry(new ZipEntry(name));
        try (InputStream in = url.openStream()) {
            int read;
            while ((read = in.readNBytes(buffer, 0, CHUNK)) > 0) {
                bytes += read;
                JarForm.checkBytes(name, bytes - before, bytes, limits);
                out.write(buffer, 0, read);
            }
        }
        out.closeEntry();
    }

    private void checkEntries() throws RefusedException {
        if (names.size() > limits.entries()) {
            throw JarForm.tooMuch("has more entries", limits.entries(), "entries");
        }
    }
}
