package symphony.shell;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The system on one screen. Numbers of parts that are not there are 0, texts are empty.
 *
 * @param version of the product
 * @param uptimeMillis since the process began
 * @param running whether handlers are called
 * @param paused whether no handler is called until it is resumed
 * @param published events that came in
 * @param delivered calls of handlers that returned normally
 * @param failed calls of handlers that threw
 * @param unhandled events that no subscription wanted
 * @param publishedPerSecond mean of the last seconds
 * @param deliveredPerSecond mean of the last seconds
 * @param refused refusals by reason
 * @param subscriptions how many there are
 * @param troubled subscriptions that are not active
 * @param depths events that wait, by priority
 * @param leased events with handlers
 * @param oldestMillis how long the oldest of those that wait has waited
 * @param usedBytes bytes of events in memory
 * @param limitBytes bytes of events that may be in memory
 * @param pools of threads, a line each
 * @param publishers those that have limits, a line each
 * @param encryption how events are encrypted; empty if nothing is there to do it
 * @param encrypting whether they are
 * @param security open or required, and whether somebody decides
 * @param audit how the audit trail stands
 * @param auditing whether what needs an entry there can be done
 * @param schedules events that are published later
 * @param deadLetters events that were given up
 * @param discarded dead letters that made room for newer ones
 * @param missing parts that are not there
 */
public record StatusReport(
        String version,
        long uptimeMillis,
        boolean running,
        boolean paused,
        long published,
        long delivered,
        long failed,
        long unhandled,
        double publishedPerSecond,
        double deliveredPerSecond,
        Map<String, Long> refused,
        int subscriptions,
        int troubled,
        List<Long> depths,
        long leased,
        long oldestMillis,
        long usedBytes,
        long limitBytes,
        List<String> pools,
        List<String> publishers,
        String encryption,
        boolean encrypting,
        String security,
        String audit,
        boolean auditing,
        int schedules,
        int deadLetters,
        long discarded,
        List<String> missing)
        implements Report {
    private static final int NAME = 14;

    @Override
    public List<String> lines(int width, Paint paint) {
        var lines = new ArrayList<String>();
        lines.add(paint.strong("Symphony Events " + version) + ", up " + Text.time(uptimeMillis)
                + (running ? "" : paint.warn(", handlers are not called"))
                + (paused ? paint.warn(", paused, see symphony:resume --all") : ""));
        if (!missing.isEmpty()) {
            add(lines, "missing", paint.bad(Text.clean(String.join(", ", missing))) + "; the log says why");
        }
        add(lines, "published", Text.grouped(published) + ", " + Text.rate(publishedPerSecond));
        add(
                lines,
                "delivered",
                Text.grouped(delivered) + ", " + Text.rate(deliveredPerSecond)
                        + (failed == 0 ? "" : "; " + paint.warn(Text.grouped(failed) + " failed")));
        if (unhandled > 0) {
            add(lines, "unhandled", Text.grouped(unhandled) + ", see symphony:unhandled");
        }
        if (!refused.isEmpty()) {
            add(lines, "refused", paint.warn(Text.clean(refused.toString().replaceAll("[{}]", ""))));
        }
        add(
                lines,
                "subscriptions",
                subscriptions
                        + (troubled == 0
                                ? ""
                                : ", " + paint.warn(troubled + " not active, see symphony:subscriptions")));
        addDepths(lines);
        add(lines, "memory", Text.bytes(usedBytes) + " of " + Text.bytes(limitBytes));
        for (int i = 0; i < pools.size(); i++) {
            add(lines, i == 0 ? "pools" : "", Text.cut(Text.clean(pools.get(i)), Math.max(20, width - NAME)));
        }
        for (int i = 0; i < publishers.size(); i++) {
            add(lines, i == 0 ? "publishers" : "", Text.cut(Text.clean(publishers.get(i)), Math.max(20, width - NAME)));
        }
        String cipher = encryption.isEmpty() ? "not there" : Text.clean(encryption);
        add(lines, "encryption", encrypting ? cipher : paint.bad(cipher));
        add(lines, "security", security);
        add(lines, "audit", auditing ? audit : paint.bad(audit));
        add(lines, "scheduled", Text.grouped(schedules));
        add(
                lines,
                "dead letters",
                (deadLetters == 0 ? "0" : paint.warn(Text.grouped(deadLetters)) + ", see symphony:dead list")
                        + (discarded == 0 ? "" : "; " + paint.bad(Text.grouped(discarded) + " discarded")));
        return lines;
    }

    private void addDepths(List<String> lines) {
        long waiting = depths.stream().mapToLong(Long::longValue).sum();
        add(
                lines,
                "waiting",
                Text.grouped(waiting) + ", " + Text.grouped(leased) + " being handled, oldest "
                        + (oldestMillis == 0 ? "-" : Text.time(oldestMillis)));
        if (waiting > 0) {
            var byPriority = new ArrayList<String>();
            for (int priority = 0; priority < depths.size(); priority++) {
                if (depths.get(priority) > 0) {
                    byPriority.add(priority + ": " + Text.grouped(depths.get(priority)));
                }
            }
            add(lines, "by priority", String.join("  ", byPriority));
        }
    }

    private static void add(List<String> lines, String name, String value) {
        lines.add(Text.pad(name, NAME, false) + value);
    }
}
