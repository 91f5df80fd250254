package symphony.scheduler;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * The values that fit a cron expression, a bit each, and the next date and time of a calendar that has them.
 *
 * @param seconds bits 0 to 59
 * @param minutes bits 0 to 59
 * @param hours bits 0 to 23
 * @param days of the month, bits 1 to 31
 * @param months bits 1 to 12
 * @param weekdays bits 0 (Sunday) to 6
 * @param anyHour whether hours are not restricted
 * @param eitherDay whether both kinds of days are restricted, so that one that fits is enough
 */
record CronFields(
        long seconds,
        long minutes,
        long hours,
        long days,
        long months,
        long weekdays,
        boolean anyHour,
        boolean eitherDay) {
    /** A leap day is eight years after the one before where a century has none. */
    private static final int MOST_MONTHS = 9 * 12;

    /** Strictly later; empty if there is none. */
    Optional<LocalDateTime> after(LocalDateTime moment) {
        LocalDateTime from = moment.truncatedTo(ChronoUnit.SECONDS).plusSeconds(1);
        if (isDay(from.toLocalDate())) {
            Optional<LocalTime> time = timeFrom(from.toLocalTime());
            if (time.isPresent()) {
                return Optional.of(from.toLocalDate().atTime(time.get()));
            }
        }
        return dayAfter(from.toLocalDate())
                .map(day -> day.atTime(timeFrom(LocalTime.MIN).orElseThrow()));
    }

    private Optional<LocalDate> dayAfter(LocalDate before) {
        LocalDate day = before.plusDays(1);
        for (int month = 0; month < MOST_MONTHS; month++) {
            LocalDate nextMonth = day.withDayOfMonth(1).plusMonths(1);
            while (isBit(months, day.getMonthValue()) && day.isBefore(nextMonth)) {
                if (isDay(day)) {
                    return Optional.of(day);
                }
                day = day.plusDays(1);
            }
            day = nextMonth;
        }
        return Optional.empty();
    }

    private boolean isDay(LocalDate date) {
        boolean day = isBit(days, date.getDayOfMonth());
        boolean weekday = isBit(weekdays, date.getDayOfWeek().getValue() % DayOfWeek.values().length);
        return isBit(months, date.getMonthValue()) && (eitherDay ? day || weekday : day && weekday);
    }

    /** The first time of a day that fits, not before another. */
    private Optional<LocalTime> timeFrom(LocalTime from) {
        int hour = next(hours, from.getHour());
        if (hour == from.getHour()) {
            int minute = next(minutes, from.getMinute());
            if (minute == from.getMinute()) {
                int second = next(seconds, from.getSecond());
                if (second < Long.SIZE) {
                    return Optional.of(LocalTime.of(hour, minute, second));
                }
                minute = next(minutes, minute + 1);
            }
            if (minute < Long.SIZE) {
                return Optional.of(LocalTime.of(hour, minute, next(seconds, 0)));
            }
            hour = next(hours, hour + 1);
        }
        return hour < Long.SIZE
                ? Optional.of(LocalTime.of(hour, next(minutes, 0), next(seconds, 0)))
                : Optional.empty();
    }

    private static boolean isBit(long bits, int number) {
        return (bits >>> number & 1) != 0;
    }

    /** The first bit not before one, {@link Long#SIZE} if there is none. */
    private static int next(long bits, int from) {
        return Long.numberOfTrailingZeros(bits & -1L << from);
    }
}
