package symphony.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The product's bundles by start level: the jars of {@code bundle/<start level>/}, sorted by name within a level. */
final class BundleLevels {
    private BundleLevels() {}

    /**
     * Lists the jars; hidden files are passed over.
     * @param highest the level the framework goes to; a bundle above it would never start, so such a folder is an error
     */
    static SortedMap<Integer, List<Path>> of(Path folder, int highest) throws LaunchException {
        SortedMap<Integer, List<Path>> levels = new TreeMap<>();
        for (Path entry : list(folder)) {
            levels.put(level(entry, highest), jars(entry));
        }
        if (levels.values().stream().allMatch(List::isEmpty)) {
            throw LaunchException.usage("there is no bundle in " + folder + "; unpack the archive again");
        }
        return levels;
    }

    private static List<Path> list(Path folder) throws LaunchException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(entry -> !name(entry).startsWith("."))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw LaunchException.failure("bundle folder " + folder + " cannot be read", e);
        }
    }

    private static int level(Path folder, int highest) throws LaunchException {
        String name = name(folder);
        if (Files.isDirectory(folder) && name.matches("[1-9]\\d{0,8}") && Integer.parseInt(name) <= highest) {
            return Integer.parseInt(name);
        }
        throw LaunchException.usage(folder + " is not a folder named after a start level, 1 to " + highest
                + "; move it out of " + folder.getParent());
    }

    private static List<Path> jars(Path folder) throws LaunchException {
        List<Path> files = list(folder);
        for (Path file : files) {
            if (!file.toString().endsWith(".jar") || !Files.isRegularFile(file)) {
                throw LaunchException.usage(file + " is not a .jar; move it out of " + folder);
            }
        }
        return files;
    }

    private static String name(Path path) {
        return String.valueOf(path.getFileName());
    }
}
