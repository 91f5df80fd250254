package symphony.it.product;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** A copy of the product's folder, and a state folder, both of one test's own. */
final class Installation {
    private final Path folder;
    private final Path home;

    private Installation(Path folder, Path home) {
        this.folder = folder;
        this.home = home;
    }

    /** Unpacked from the archive, as a user would. */
    static Installation of(String test) throws IOException, InterruptedException {
        Path work = Files.createDirectories(Path.of(System.getProperty("work")));
        Path place = Files.createTempDirectory(work, test + " "); // a path with a space
        Path archive = root().resolve("bndrun/target/symphony-" + System.getProperty("version") + ".tar.gz");
        Process tar = new ProcessBuilder("tar", "xzf", archive.toString(), "-C", place.toString())
                .inheritIO()
                .start();
        if (tar.waitFor() != 0) {
            throw new IOException("cannot unpack " + archive);
        }
        return new Installation(place.resolve("symphony-" + System.getProperty("version")), place.resolve("home"));
    }

    static Path root() {
        return Path.of(System.getProperty("root")).toAbsolutePath().normalize();
    }

    Path folder() {
        return folder;
    }

    Path home() {
        return home;
    }

    Path load() {
        return folder.resolve("load");
    }

    /** Puts a jar into the drop folder by a rename. */
    void drop(Path jar, String name) throws IOException {
        Path part = folder.resolve(name + ".part");
        Files.copy(jar, part, StandardCopyOption.REPLACE_EXISTING);
        Files.move(part, load().resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }

    static Path example(String name) {
        return root().resolve("bundles/" + name + "/target/" + name + "-" + System.getProperty("version") + ".jar");
    }

    /** Starts it headless: standard input is nothing. */
    Running headless(String... javaOptions) throws IOException {
        return start(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()), javaOptions);
    }

    /** Starts it with a script on standard input. */
    Running script(String lines, String... javaOptions) throws IOException {
        Path script = Files.writeString(Files.createTempFile(folder.getParent(), "script", ".gogo"), lines);
        return start(ProcessBuilder.Redirect.from(script.toFile()), javaOptions);
    }

    private Running start(ProcessBuilder.Redirect input, String... javaOptions) throws IOException {
        var command = new ArrayList<String>(List.of(folder.resolve("bin/symphony").toString()));
        Path out = Files.createTempFile(folder.getParent(), "out", ".txt");
        var builder = new ProcessBuilder(command)
                .directory(folder.getParent().toFile())
                .redirectInput(input)
                .redirectErrorStream(true)
                .redirectOutput(out.toFile());
        Map<String, String> environment = builder.environment();
        environment.put("SYMPHONY_HOME", home.toString());
        environment.put("SYMPHONY_OPTS", String.join(" ", javaOptions));
        return new Running(builder.start(), out);
    }

    String log() {
        try {
            Path log = home.resolve("symphony.log");
            return Files.exists(log) ? Files.readString(log) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return folder + " " + Arrays.toString(folder.toFile().list());
    }
}
