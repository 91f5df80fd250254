package symphony.nlp;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Durations of up to {@value #MOST_DAYS} days: {@code 90 seconds}, {@code 1h30m}, {@code two and a half hours}, {@code half an
 * hour}, {@code 2 hours and 10 minutes}. Months and years are amounts. The value is a {@code Duration}.
 */
final class DurationReader implements SlotReader {
    static final int MOST_DAYS = 10_000;

    private static final long MINUTE = 60;
    private static final long HOUR = 3_600;
    private static final long DAY = 86_400;
    private static final long WEEK = 7 * DAY;
    private static final int MOST_PARTS = 5;
    private static final BigDecimal HALF = new BigDecimal("0.5");
    private static final BigDecimal MILLIS = BigDecimal.valueOf(1000);
    private static final BigDecimal MOST = BigDecimal.valueOf(MOST_DAYS * DAY);

    private static final Map<String, Long> UNITS = new HashMap<>();

    /** Those that stand for a duration only where they touch a number, and {@code m} only besides another part. */
    private static final Map<String, Long> LETTERS = Map.of("s", 1L, "m", MINUTE, "h", HOUR, "d", DAY);

    static {
        unit(1, "second", "seconds", "sec", "secs");
        unit(MINUTE, "minute", "minutes", "min", "mins");
        unit(HOUR, "hour", "hours", "hr", "hrs");
        unit(DAY, "day", "days");
        unit(WEEK, "week", "weeks");
    }

    private static void unit(long seconds, String... names) {
        for (String name : names) {
            UNITS.put(name, seconds);
        }
    }

    /** A number with its unit. */
    private record Part(BigDecimal number, long unit, int end, boolean letter) {
        BigDecimal seconds() {
            return number.multiply(BigDecimal.valueOf(unit));
        }
    }

    @Override
    public Found read(Tokens tokens, int at) {
        Part part = first(tokens, at);
        if (part == null) {
            return NOTHING;
        }
        BigDecimal seconds = part.seconds();
        boolean minutesAlone = part.letter && part.unit == MINUTE;
        for (int i = 1; i < MOST_PARTS; i++) {
            Part next = next(tokens, part);
            if (next == null) {
                break;
            }
            minutesAlone = false;
            seconds = seconds.add(next.seconds());
            part = next;
        }
        if (minutesAlone || seconds.compareTo(MOST) > 0) {
            return NOTHING;
        }
        return new Found(
                part.end,
                Duration.ofMillis(seconds.multiply(MILLIS)
                        .setScale(0, RoundingMode.HALF_UP)
                        .longValueExact()));
    }

    private static Part first(Tokens tokens, int at) {
        if (tokens.get(at).is("half")) {
            return one(tokens, at + 1, HALF);
        }
        if (tokens.are(at, "quarter", "of")) {
            return one(tokens, at + 2, new BigDecimal("0.25"));
        }
        if (tokens.are(at, "a", "quarter", "of")) {
            return one(tokens, at + 3, new BigDecimal("0.25"));
        }
        Part single = one(tokens, at, BigDecimal.ONE);
        if (single != null) {
            return tokens.are(single.end, "and", "a", "half")
                    ? new Part(BigDecimal.ONE.add(HALF), single.unit, single.end + 3, false)
                    : single;
        }
        return part(tokens, at);
    }

    /** {@code an hour}. */
    private static Part one(Tokens tokens, int at, BigDecimal number) {
        boolean article = tokens.get(at).is("a") || tokens.get(at).is("an");
        Long unit = UNITS.get(tokens.get(at + 1).text());
        return article && unit != null ? new Part(number, unit, at + 2, false) : null;
    }

    private static Part part(Tokens tokens, int at) {
        Found number = NumberReader.unsigned(tokens, at);
        if (number == NOTHING) {
            return null;
        }
        BigDecimal value = NumberReader.decimal(number.value());
        int end = number.end();
        if (tokens.are(end, "and", "a", "half")) {
            value = value.add(HALF);
            end += 3;
        }
        String word = tokens.get(end).text();
        Long unit = UNITS.get(word);
        Long letter = tokens.touches(end) && tokens.get(end - 1).isDigits() ? LETTERS.get(word) : null;
        if (unit == null && letter == null) {
            return null;
        }
        return new Part(value, unit == null ? letter : unit, end + 1, unit == null);
    }

    /** What goes on a duration: a part of a smaller unit. */
    private static Part next(Tokens tokens, Part before) {
        int at = before.end;
        if (tokens.get(at).is(",")) {
            at++;
        }
        if (tokens.get(at).is("and")) {
            at++;
        }
        Part next =
                tokens.get(at).is("a") || tokens.get(at).is("an") ? one(tokens, at, BigDecimal.ONE) : part(tokens, at);
        return next != null && next.unit < before.unit ? next : null;
    }
}
