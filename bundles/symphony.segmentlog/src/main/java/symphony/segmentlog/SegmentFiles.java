package symphony.segmentlog;

import java.nio.file.Path;
import java.util.Collection;
import java.util.Locale;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** The names in a log's folder; all others are left alone. */
record SegmentFiles(Path folder) {
    private static final Pattern NAME = Pattern.compile("[0-9]{16}\\.segment");
    private static final Pattern UNFINISHED_NAME = Pattern.compile("[0-9]{16}\\.segment\\.new");
    private static final int DIGITS = 16;

    /** The greatest number, so that there is a position behind each segment. */
    static final long MOST = Position.MAX_SEGMENT - 1;

    /** What messages begin with. */
    String prefix() {
        return "segment log " + folder + ": ";
    }

    Path lock() {
        return folder.resolve("lock");
    }

    Path file(long segment) {
        return folder.resolve(name(segment));
    }

    /** What a segment is called until its header is on the disk. */
    Path unfinished(long segment) {
        return folder.resolve(name(segment) + ".new");
    }

    private static String name(long segment) {
        return String.format(Locale.ROOT, "%0" + DIGITS + "d.segment", segment);
    }

    /** Numbers of the segments among these names, in order; those that no log gives are none. */
    static TreeSet<Long> numbers(Collection<String> names) {
        var numbers = new TreeSet<Long>();
        names.stream()
                .filter(name -> NAME.matcher(name).matches())
                .mapToLong(name -> Long.parseLong(name.substring(0, DIGITS)))
                .filter(number -> number > 0 && number <= MOST)
                .forEach(numbers::add);
        return numbers;
    }

    static boolean isUnfinished(String name) {
        return UNFINISHED_NAME.matcher(name).matches();
    }
}
