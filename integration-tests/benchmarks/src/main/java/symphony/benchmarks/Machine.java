package symphony.benchmarks;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Locale;

/**
 * What a result was measured on.
 *
 * @param date of the beginning
 * @param commit of the project, {@code -dirty} if there are changes beside it
 * @param jvm its version
 * @param cores that the JVM sees
 * @param cpu its name
 * @param busy load average of the last minute before the run; a quiet machine has less than 0.5
 */
record Machine(LocalDate date, String commit, String jvm, int cores, String cpu, double busy) {
    static Machine here(Place place) throws IOException, InterruptedException {
        return new Machine(
                LocalDate.now(),
                commit(place.root()),
                System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"),
                Runtime.getRuntime().availableProcessors(),
                cpuName(),
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    }

    private static String commit(Path root) throws IOException, InterruptedException {
        Process git = new ProcessBuilder("git", "describe", "--always", "--dirty", "--abbrev=10")
                .directory(root.toFile())
                .redirectErrorStream(true)
                .start();
        String name = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        return git.waitFor() == 0 ? name : "unknown";
    }

    private static String cpuName() throws IOException {
        Path info = Path.of("/proc/cpuinfo");
        if (!Files.isReadable(info)) {
            return System.getProperty("os.arch");
        }
        return Files.readAllLines(info).stream()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse(System.getProperty("os.arch"));
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT, "%s, commit %s, %d cores (%s), %s, load %.1f before", date, commit, cores, cpu, jvm, busy);
    }
}
