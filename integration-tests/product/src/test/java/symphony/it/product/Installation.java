package symphony.it.product;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.stream.Stream;

/** The product's folder, unpacked from the archive as a user would. */
final class Installation {
    private static final String VERSION = System.getProperty("version");

    private final Path folder;

    private Installation(Path folder) {
        this.folder = folder;
    }

    /** The one of all tests that change nothing in it; its path has a space. */
    static Installation shared() {
        return Shared.INSTALLATION;
    }

    private static final class Shared {
        static final Installation INSTALLATION = unpackedAnew();

        private static Installation unpackedAnew() {
            try {
                Path place = Path.of(System.getProperty("work"), "shared product");
                if (Files.exists(place)) { // of an earlier run
                    delete(place);
                }
                return unpack(Files.createDirectories(place));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** One of a test's own. */
    static Installation unpack(Path place) throws IOException {
        Path archive = root().resolve("bndrun/target/symphony-" + VERSION + ".tar.gz");
        Process tar = new ProcessBuilder("tar", "xzf", archive.toString(), "-C", place.toString())
                .inheritIO()
                .start();
        if (tar.onExit().join().exitValue() != 0) {
            throw new IOException("cannot unpack " + archive);
        }
        return new Installation(place.resolve("symphony-" + VERSION));
    }

    /** Deletes a file, or a folder with all that is in it. */
    static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /** The project's. */
    static Path root() {
        return Path.of(System.getProperty("root")).toAbsolutePath().normalize();
    }

    /** The jar of a bundle that is no part of the product. */
    static Path built(String bundle) {
        return root().resolve("bundles/" + bundle + "/target/" + bundle + "-" + VERSION + ".jar");
    }

    Path folder() {
        return folder;
    }

    Path command() {
        return folder.resolve("bin/symphony");
    }

    /** The jar of one of the product's bundles. */
    Path bundle(String level, String name) throws IOException {
        try (var jars = Files.newDirectoryStream(folder.resolve("bundle").resolve(level), name + "-*.jar")) {
            return jars.iterator().next();
        }
    }

    /** How long what waits may be handled when it stops. */
    void drainFor(String time) throws IOException {
        Files.writeString(load().resolve("symphony.dispatcher.cfg"), "stop.deadline=" + time + "\n");
    }

    Path load() {
        return folder.resolve("load");
    }

    /** Puts a jar into the drop folder, by a rename as users are told to. */
    void drop(Path jar, String name) throws IOException {
        Path part = load().resolve("." + name + ".part");
        Files.copy(jar, part, StandardCopyOption.REPLACE_EXISTING);
        Files.move(part, load().resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }
}
