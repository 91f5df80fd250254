package symphony.nlp;

import java.time.DateTimeException;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.component.Settings;

/** The lists that are declared, one configuration each, and what finds slots with them. Thread-safe. */
final class SlotLists {
    /** Factory PID of the configurations. */
    static final String PID = "symphony.nlp.list";

    private static final Logger log = LoggerFactory.getLogger(SlotLists.class);
    private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_-]{0,49}");
    /** Of a list whose configuration names it nowhere. */
    private static final String UNNAMED = "list";

    private static final Set<String> TAKEN = Set.of("date", "time", "duration", "amount", "number");
    private static final String ENTRY_END = ";";
    private static final String OTHERS = "=";
    private static final String OTHER_END = ",";

    private final Map<Object, SlotList> lists = new LinkedHashMap<>(); // guarded by this
    private final InstantSource clock;
    private String zone; // guarded by this
    private volatile SlotFinder finder;

    SlotLists(InstantSource clock, String zone) {
        this.clock = clock;
        this.zone = zone;
        rebuild();
    }

    /** Finds slots by what is declared now. */
    SlotFinder finder() {
        return finder;
    }

    synchronized void zone(String changed) {
        zone = changed;
        rebuild();
    }

    synchronized void put(Object owner, SlotList list) {
        boolean twice = lists.entrySet().stream()
                .anyMatch(
                        each -> each.getKey() != owner && each.getValue().name().equals(list.name()));
        if (twice) {
            log.warn(
                    "{}: list {} is declared more than once; the first counts, name the others otherwise",
                    PID,
                    list.name());
        }
        lists.put(owner, list);
        rebuild();
    }

    synchronized void remove(Object owner) {
        lists.remove(owner);
        rebuild();
    }

    private synchronized void rebuild() {
        var first = new LinkedHashMap<String, SlotList>();
        lists.values().forEach(list -> first.putIfAbsent(list.name(), list));
        ZoneId today = zoneOf(zone);
        finder = new SlotFinder(List.copyOf(first.values()), () -> LocalDate.ofInstant(clock.instant(), today));
    }

    // ---- configuration ----

    /** Throws if it is no time zone; the message goes on after what it is. */
    static void checkZone(String zone) {
        try {
            zoneOf(zone);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "must be a time zone, as Europe/Berlin, or empty for that of the process", e);
        }
    }

    private static ZoneId zoneOf(String zone) {
        return zone.isEmpty() ? ZoneId.systemDefault() : ZoneId.of(zone);
    }

    /** The keys of a configuration, whose PID is named in what is said of bad values. */
    static Settings settings(String pid) {
        return Settings.of(pid)
                .text("name", "", SlotLists::checkName)
                .text("entries", "", SlotLists::checkEntries)
                .build();
    }

    private static void checkName(String name) {
        if (!name.isEmpty() && !NAME.matcher(name).matches() || TAKEN.contains(name)) {
            throw new IllegalArgumentException(
                    "must be 1 to 50 letters, digits, dashes and underscores, the first a letter, and none of date, time,"
                            + " duration, amount, number");
        }
    }

    private static void checkEntries(String entries) {
        try {
            list("it", entries);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "must be entries as living room = lounge, den; kitchen: " + e.getMessage(), e);
        }
    }

    /** The list that a configuration declares; without a name it has that of the PID's last part. */
    static SlotList list(String pid, Settings.Values values) {
        String name = values.text("name");
        return list(name.isEmpty() ? nameOf(pid) : name, values.text("entries"));
    }

    private static String nameOf(String pid) {
        String last = pid.substring(pid.lastIndexOf('~') + 1);
        if (NAME.matcher(last).matches() && !TAKEN.contains(last)) {
            return last;
        }
        log.warn("{}: what stands behind ~ cannot be the name of a slot, which is {} now; set name", pid, UNNAMED);
        return UNNAMED;
    }

    private static SlotList list(String name, String entries) {
        var parsed = new LinkedHashMap<String, List<String>>();
        for (String entry : parts(entries, ENTRY_END)) {
            int at = entry.indexOf(OTHERS);
            String value = (at < 0 ? entry : entry.substring(0, at)).strip();
            parsed.computeIfAbsent(value, key -> new ArrayList<>())
                    .addAll(at < 0 ? List.of() : parts(entry.substring(at + 1), OTHER_END));
        }
        return new SlotList(name, parsed);
    }

    private static List<String> parts(String text, String separator) {
        return Arrays.stream(text.split(Pattern.quote(separator)))
                .map(String::strip)
                .filter(part -> !part.isEmpty())
                .toList();
    }
}
