package symphony.shell;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What became of a file.
 *
 * @param events lines that are events and were published
 * @param accepted events that no subscription refused and one at least took
 * @param unwanted events that no subscription wanted
 * @param refused events that a subscription refused
 * @param bad lines that are no events, skipped
 * @param millis how long it took
 * @param finished whether the whole file was read
 */
public record LoadReport(
        long events, long accepted, long unwanted, long refused, long bad, long millis, boolean finished)
        implements Report {
    /** Events in a second. */
    public double perSecond() {
        return millis == 0 ? 0 : events * 1000.0 / millis;
    }

    @Override
    public List<String> lines(int width, Paint paint) {
        var parts = new ArrayList<String>();
        if (!finished) {
            parts.add("interrupted");
        }
        parts.add(Text.count(events, "event", "events") + ": " + Text.grouped(accepted) + " accepted, "
                + Text.grouped(refused) + " refused"
                + (unwanted > 0 ? ", " + Text.grouped(unwanted) + " unwanted" : ""));
        if (bad > 0) {
            parts.add(Text.count(bad, "bad line", "bad lines"));
        }
        String seconds = String.format(Locale.ROOT, "%.1f s", millis / 1000.0);
        parts.add(seconds + (millis == 0 ? "" : ", " + Text.rate(perSecond())));
        return packed(parts, width);
    }

    /** Parts in as few lines as hold them whole: a number must not be parted at its spaces. */
    private static List<String> packed(List<String> parts, int width) {
        var lines = new ArrayList<String>();
        var line = new StringBuilder();
        for (String part : parts) {
            if (line.length() > 0) {
                line.append(';');
                if (line.length() + 1 + part.length() < width) {
                    line.append(' ');
                } else {
                    lines.add(line.toString());
                    line.setLength(0);
                }
            }
            line.append(part);
        }
        lines.add(line.toString());
        return lines;
    }
}
