package symphony.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a process has used up to now, by Linux' {@code /proc}.
 *
 * @param cpuTicks of all its threads, a hundredth of a second each
 * @param residentBytes of memory
 */
record ProcessUse(long cpuTicks, long residentBytes) {
    /** Ticks a second that {@code /proc} counts in, whatever the kernel's own are: USER_HZ of all that Java runs on. */
    static final int TICKS_PER_SECOND = 100;

    private static final int UTIME = 11;
    private static final int STIME = 12;
    private static final int BYTES_PER_KIB = 1024;

    static boolean isKnown() {
        return Files.isReadable(Path.of("/proc/self/stat"));
    }

    static ProcessUse of(long pid) throws IOException {
        Path folder = Path.of("/proc", Long.toString(pid));
        return parse(Files.readString(folder.resolve("stat")), Files.readString(folder.resolve("status")));
    }

    /**
     * Reads the two files.
     *
     * @param stat one line; the name of the program, in parentheses, may have spaces and parentheses
     * @param status a line for each value
     */
    static ProcessUse parse(String stat, String status) {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        String resident = status.lines()
                .filter(line -> line.startsWith("VmRSS:"))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no VmRSS in " + status))
                .replaceAll("\\D", "");
        return new ProcessUse(
                Long.parseLong(fields[UTIME]) + Long.parseLong(fields[STIME]),
                Long.parseLong(resident) * BYTES_PER_KIB);
    }
}
