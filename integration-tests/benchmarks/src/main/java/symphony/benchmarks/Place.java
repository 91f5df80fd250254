package symphony.benchmarks;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;

/**
 * Where things are.
 *
 * @param root the project's folder
 * @param module this module's
 * @param work this run's own, for what processes write; it stays
 */
record Place(Path root, Path module, Path work) {
    static Place of(Path root) throws IOException {
        Path module = root.resolve("integration-tests/benchmarks");
        String now = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").format(LocalDateTime.now());
        return new Place(root, module, Files.createDirectories(module.resolve("target/work/" + now)));
    }

    /** The assembled product. */
    Path product() {
        return root.resolve("bndrun/target/symphony");
    }

    /** Bundles of a contestant that runs in a framework. */
    Path bundles(String contestant) {
        return module.resolve("target/contestants").resolve(contestant);
    }

    Path classes() {
        return module.resolve("target/classes");
    }

    /** The jar on the class path whose file name begins so. */
    static Path jar(String name) {
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            Path file = Path.of(entry).getFileName();
            if (file != null && file.toString().startsWith(name)) {
                return Path.of(entry);
            }
        }
        throw new IllegalStateException("there is no " + name + "… on the class path; build anew");
    }

    /** The java that runs this. */
    static Path java() {
        return Path.of(System.getProperty("java.home"), "bin", "java");
    }
}
