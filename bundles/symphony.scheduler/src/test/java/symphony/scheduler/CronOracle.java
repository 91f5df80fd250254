package symphony.scheduler;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;
import java.util.BitSet;
import java.util.Optional;

/**
 * What a cron expression of five fields means, said as plainly as possible: looks at each minute that passes, one by one.
 *
 * @param text the expression
 * @param minutes those that fit
 * @param hours those that fit
 * @param days days of the month that fit
 * @param months those that fit, from 1
 * @param weekdays those that fit, Sunday is 0
 */
record CronOracle(String text, Field minutes, Field hours, Field days, Field months, Field weekdays) {
    /** A field as it is written, and what fits. */
    record Field(String text, BitSet fits) {
        boolean isAny() {
            return text.equals("*");
        }
    }

    CronOracle(Field minutes, Field hours, Field days, Field months, Field weekdays) {
        this(
                String.join(" ", minutes.text(), hours.text(), days.text(), months.text(), weekdays.text()),
                minutes,
                hours,
                days,
                months,
                weekdays);
    }

    Optional<Instant> after(Instant instant, ZoneId zone, long mostMinutes) {
        Instant minute = instant.truncatedTo(ChronoUnit.MINUTES);
        for (long i = 0; i < mostMinutes; i++) {
            minute = minute.plus(1, ChronoUnit.MINUTES);
            if (fits(minute, zone)) {
                return Optional.of(minute);
            }
        }
        return Optional.empty();
    }

    private boolean fits(Instant minute, ZoneId zone) {
        ZonedDateTime here = minute.atZone(zone);
        boolean fits = fits(here.toLocalDateTime());
        if (hours.isAny()) {
            return fits;
        }
        boolean isFirstTime = here.equals(here.withEarlierOffsetAtOverlap());
        return fits && isFirstTime || endsGapThatFits(minute, zone);
    }

    private boolean endsGapThatFits(Instant minute, ZoneId zone) {
        ZoneOffsetTransition change = zone.getRules().previousTransition(minute.plusNanos(1));
        if (change == null || !change.getInstant().equals(minute) || !change.isGap()) {
            return false;
        }
        for (LocalDateTime lost = change.getDateTimeBefore();
                lost.isBefore(change.getDateTimeAfter());
                lost = lost.plusMinutes(1)) {
            if (fits(lost)) {
                return true;
            }
        }
        return false;
    }

    private boolean fits(LocalDateTime local) {
        return minutes.fits().get(local.getMinute())
                && hours.fits().get(local.getHour())
                && months.fits().get(local.getMonthValue())
                && fitsDay(local);
    }

    private boolean fitsDay(LocalDateTime local) {
        boolean day = days.fits().get(local.getDayOfMonth());
        boolean weekday = weekdays.fits().get(local.getDayOfWeek().getValue() % 7);
        return days.isAny() || weekdays.isAny() ? day && weekday : day || weekday;
    }

    @Override
    public String toString() {
        return text;
    }
}
