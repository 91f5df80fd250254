package symphony.it.karaf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** Where the project lies, and folders below the build folder for what a test writes. */
final class Folder {
    private Folder() {}

    /** The project's. */
    static Path root() throws IOException {
        return Path.of(System.getProperty("root")).toRealPath();
    }

    /** A new one, of its owner alone, since keys may lie there. */
    static Path create(String name) throws IOException {
        return Files.createTempDirectory(
                Files.createDirectories(Path.of(System.getProperty("work"))),
                name,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    /** Unpacks an archive, as a user would, and gives the one folder that is in it. */
    static Path unpack(Path archive, Path place) throws IOException, InterruptedException {
        run(place, "tar xzf '" + archive + "'", null);
        String name = archive.getFileName().toString();
        return place.resolve(name.substring(0, name.length() - ".tar.gz".length()));
    }

    /** Runs lines of the operating system's shell. */
    static void run(Path folder, String lines, Path karaf) throws IOException, InterruptedException {
        var builder = new ProcessBuilder("sh", "-e", "-c", lines)
                .directory(folder.toFile())
                .redirectErrorStream(true);
        if (karaf != null) {
            builder.environment().put("KARAF_HOME", karaf.toString());
        }
        Process process = builder.start();
        String printed = new String(process.getInputStream().readAllBytes());
        if (process.waitFor() != 0) {
            throw new AssertionError(lines + "\n" + printed);
        }
    }
}
