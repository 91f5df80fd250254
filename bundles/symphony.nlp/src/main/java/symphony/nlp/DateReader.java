package symphony.nlp;

import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.Month;
import java.time.temporal.TemporalAdjusters;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Dates: {@code 2026-12-24}, {@code 24.12.2026}, {@code December 24th}, {@code tomorrow}, {@code next Friday}. Without a year it is the
 * next such day, today included; a day of the week is the first one after today, with {@code next} that of the week which begins
 * on the next Monday. What could be two days, as {@code 03/04/2026}, is none. The value is a text as ISO 8601 has it.
 */
final class DateReader implements SlotReader {
    private static final int LEAST_YEAR = 1900;
    private static final int MOST_YEAR = 2199;
    private static final int MONTHS = 12;
    private static final int DAYS = 31;

    /** 29 February comes again within eight years. */
    private static final int YEARS_TO_LOOK = 9;

    private static final Set<String> ORDINALS = Set.of("st", "nd", "rd", "th");
    private static final Map<String, Month> MONTH_NAMES = new HashMap<>();
    private static final Map<String, DayOfWeek> DAY_NAMES = new HashMap<>();

    static {
        for (Month month : Month.values()) {
            String name = month.name().toLowerCase(Locale.ROOT);
            MONTH_NAMES.put(name, month);
            MONTH_NAMES.put(name.substring(0, 3), month);
        }
        MONTH_NAMES.put("sept", Month.SEPTEMBER);
        for (DayOfWeek day : DayOfWeek.values()) {
            DAY_NAMES.put(day.name().toLowerCase(Locale.ROOT), day);
        }
    }

    private final Supplier<LocalDate> today;

    DateReader(Supplier<LocalDate> today) {
        this.today = today;
    }

    @Override
    public Found read(Tokens tokens, int at) {
        Found found = tokens.get(at).isDigits() ? numbers(tokens, at) : named(tokens, at);
        if (found != NOTHING) {
            return found;
        }
        found = dayAndMonth(tokens, at);
        return found == NOTHING ? monthAndDay(tokens, at) : found;
    }

    // ---- in words ----

    private Found named(Tokens tokens, int at) {
        LocalDate now = today.get();
        if (tokens.are(at, "the", "day", "after", "tomorrow")) {
            return found(at + 4, now.plusDays(2));
        }
        if (tokens.are(at, "day", "after", "tomorrow")) {
            return found(at + 3, now.plusDays(2));
        }
        switch (tokens.get(at).text()) {
            case "today":
            case "tonight":
                return found(at + 1, now);
            case "tomorrow":
                return found(at + 1, now.plusDays(1));
            case "yesterday":
                return found(at + 1, now.minusDays(1));
            default:
                return dayOfWeek(tokens, at, now);
        }
    }

    private static Found dayOfWeek(Tokens tokens, int at, LocalDate now) {
        boolean next = tokens.get(at).is("next");
        int dayAt = next || tokens.get(at).is("this") ? at + 1 : at;
        DayOfWeek day = DAY_NAMES.get(tokens.get(dayAt).text());
        if (day == null) {
            return NOTHING;
        }
        return found(
                dayAt + 1,
                next
                        ? now.with(TemporalAdjusters.next(DayOfWeek.MONDAY)).with(TemporalAdjusters.nextOrSame(day))
                        : now.with(TemporalAdjusters.next(day)));
    }

    // ---- with the name of a month ----

    /** {@code 24 December 2026}, {@code the 24th of December}. */
    private Found dayAndMonth(Tokens tokens, int at) {
        int dayAt = tokens.get(at).is("the") ? at + 1 : at;
        int day = NumberReader.plain(tokens, dayAt, 1, DAYS);
        int monthAt = afterDay(tokens, dayAt);
        if (tokens.get(monthAt).is("of")) {
            monthAt++;
        }
        Month month = MONTH_NAMES.get(tokens.get(monthAt).text());
        return day < 0 || month == null ? NOTHING : withYear(tokens, afterDot(tokens, monthAt + 1), month, day);
    }

    /** {@code December 24th, 2026}. */
    private Found monthAndDay(Tokens tokens, int at) {
        Month month = MONTH_NAMES.get(tokens.get(at).text());
        int dayAt = afterDot(tokens, at + 1);
        if (tokens.get(dayAt).is("the")) {
            dayAt++;
        }
        int day = NumberReader.plain(tokens, dayAt, 1, DAYS);
        return month == null || day < 0 || isClock(tokens, dayAt)
                ? NOTHING
                : withYear(tokens, afterDay(tokens, dayAt), month, day);
    }

    /** Of {@code may 7:30} the number is an hour. */
    private static boolean isClock(Tokens tokens, int at) {
        String behind = tokens.get(at + 1).text();
        return tokens.touches(at + 1) && behind.equals(":") || behind.equals("am") || behind.equals("pm");
    }

    private static int afterDay(Tokens tokens, int at) {
        boolean ordinal =
                tokens.touches(at + 1) && ORDINALS.contains(tokens.get(at + 1).text());
        return ordinal ? at + 2 : afterDot(tokens, at + 1);
    }

    /** Behind the dot of {@code 24. Dec.} */
    private static int afterDot(Tokens tokens, int at) {
        boolean dot = tokens.get(at).is(".") && tokens.touches(at) && !tokens.touches(at + 1);
        return dot && at + 1 < tokens.size() ? at + 1 : at;
    }

    private Found withYear(Tokens tokens, int at, Month month, int day) {
        int yearAt = tokens.get(at).is(",") ? at + 1 : at;
        int year = year(tokens, yearAt);
        if (year > 0) {
            return found(yearAt + 1, year, month.getValue(), day);
        }
        LocalDate now = today.get();
        for (int i = 0; i < YEARS_TO_LOOK; i++) {
            Found found = found(at, now.getYear() + i, month.getValue(), day);
            if (found != NOTHING && !LocalDate.parse((String) found.value()).isBefore(now)) {
                return found;
            }
        }
        return NOTHING;
    }

    private static int year(Tokens tokens, int at) {
        return tokens.get(at).text().length() == 4 ? NumberReader.plain(tokens, at, LEAST_YEAR, MOST_YEAR) : -1;
    }

    // ---- in digits ----

    private static Found numbers(Tokens tokens, int at) {
        String sign = tokens.get(at + 1).text();
        boolean joined = tokens.touches(at + 1)
                && tokens.touches(at + 2)
                && tokens.touches(at + 3)
                && tokens.touches(at + 4)
                && tokens.get(at + 3).is(sign);
        if (!joined) {
            return NOTHING;
        }
        if (sign.equals("-")) {
            return found(
                    at + 5,
                    year(tokens, at),
                    NumberReader.plain(tokens, at + 2, 1, MONTHS),
                    NumberReader.plain(tokens, at + 4, 1, DAYS));
        }
        int year = year(tokens, at + 4);
        int first = NumberReader.plain(tokens, at, 1, DAYS);
        int second = NumberReader.plain(tokens, at + 2, 1, DAYS);
        if (sign.equals(".")) {
            return found(at + 5, year, second, first);
        }
        if (!sign.equals("/") || first <= MONTHS && second <= MONTHS && first != second) {
            return NOTHING;
        }
        return first > MONTHS ? found(at + 5, year, second, first) : found(at + 5, year, first, second);
    }

    private static Found found(int end, int year, int month, int day) {
        if (year < 0 || month < 0 || day < 0) {
            return NOTHING;
        }
        try {
            return found(end, LocalDate.of(year, month, day));
        } catch (DateTimeException e) { // as 31 April
            return NOTHING;
        }
    }

    private static Found found(int end, LocalDate date) {
        return new Found(end, date.toString());
    }
}
