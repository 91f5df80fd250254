package symphony.component;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads and writes times as people do: {@code 250ms}, {@code 5s}, {@code 1.5m}, {@code 2h}, {@code 1d}; or ISO 8601. */
public final class Durations {
    private static final Pattern SIMPLE = Pattern.compile("(\\d{1,15})(?:\\.(\\d{1,9}))?\\s*(ns|us|ms|s|m|h|d)");
    private static final int NANO_DIGITS = 9;

    private Durations() {}

    /**
     * Reads a time.
     *
     * @param text a number with a unit ({@code ns us ms s m h d}), {@code 0}, or ISO 8601 as {@code PT5S}
     * @return the time, not negative
     * @throws IllegalArgumentException if it is no time, negative or too large
     */
    public static Duration parse(String text) {
        String trimmed = text.strip();
        if (trimmed.equals("0")) {
            return Duration.ZERO;
        }
        try {
            Matcher simple = SIMPLE.matcher(trimmed);
            Duration time = simple.matches() ? simple(simple) : Duration.parse(trimmed);
            if (!time.isNegative()) {
                return time;
            }
        } catch (java.time.DateTimeException | ArithmeticException e) {
            throw new IllegalArgumentException(explain(text), e);
        }
        throw new IllegalArgumentException(explain(text));
    }

    private static Duration simple(Matcher text) {
        Duration unit = unit(text.group(3));
        Duration whole = unit.multipliedBy(Long.parseLong(text.group(1)));
        if (text.group(2) == null) {
            return whole;
        }
        String digits = text.group(2);
        long billionths = Long.parseLong(digits + "0".repeat(NANO_DIGITS - digits.length()));
        return whole.plus(unit.multipliedBy(billionths).dividedBy(1_000_000_000L));
    }

    private static Duration unit(String name) {
        return switch (name) {
            case "ns" -> Duration.ofNanos(1);
            case "us" -> Duration.ofNanos(1_000);
            case "ms" -> Duration.ofMillis(1);
            case "s" -> Duration.ofSeconds(1);
            case "m" -> Duration.ofMinutes(1);
            case "h" -> Duration.ofHours(1);
            default -> Duration.ofDays(1);
        };
    }

    private static String explain(String text) {
        return "'" + Excerpt.of(text, 40) + "' is no time; write it like 250ms, 5s, 1.5m, 2h or 1d, not negative";
    }

    /**
     * Writes a time, short: three digits at most and the unit that fits.
     *
     * @param time not negative
     * @return as {@code 250ms}, {@code 1.5s}, {@code 3m}, {@code 2.5h}, {@code 12d}
     */
    public static String format(Duration time) {
        double seconds = time.getSeconds() + time.getNano() / 1e9;
        if (seconds == 0) {
            return "0s";
        }
        if (seconds < 0.001) {
            return number(seconds * 1e6) + "us";
        }
        if (seconds < 1) {
            return number(seconds * 1e3) + "ms";
        }
        if (seconds < 120) {
            return number(seconds) + "s";
        }
        if (seconds < 7_200) {
            return number(seconds / 60) + "m";
        }
        return seconds < 172_800 ? number(seconds / 3_600) + "h" : number(seconds / 86_400) + "d";
    }

    private static String number(double value) {
        String text = String.format(Locale.ROOT, value < 10 ? "%.1f" : "%.0f", value);
        return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    }
}
