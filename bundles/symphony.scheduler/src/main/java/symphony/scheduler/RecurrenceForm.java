package symphony.scheduler;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import symphony.api.event.Recurrence;
import symphony.api.event.Recurrence.Kind;
import symphony.api.event.Recurrence.Misfire;

/** A recurrence as an array of JDK values, null where nothing is given; for the {@link Shelf}. */
final class RecurrenceForm {
    private static final int KIND = 0;
    private static final int PERIOD = 1;
    private static final int EXPRESSION = 2;
    private static final int ZONE = 3;
    private static final int START_AFTER = 4;
    private static final int START_AT = 5;
    private static final int UNTIL = 6;
    private static final int TIMES = 7;
    private static final int MISFIRE = 8;
    private static final int MOST = 9;
    private static final int KEPT = 10;

    private RecurrenceForm() {}

    static Object[] of(Recurrence recurrence) {
        return new Object[] {
            recurrence.kind().name(),
            recurrence.period(),
            recurrence.expression(),
            recurrence.zone().orElse(null),
            recurrence.startAfter().orElse(null),
            recurrence.startAt().orElse(null),
            recurrence.until().orElse(null),
            recurrence.times().orElse(0),
            recurrence.misfire().name(),
            recurrence.mostCaughtUp(),
            recurrence.isKeptWithoutOwner()
        };
    }

    /** Fails if this version has no such recurrence. */
    static Recurrence read(Object[] form) {
        Recurrence recurrence = begin(form);
        if (form[START_AFTER] instanceof Duration delay) {
            recurrence = recurrence.startAfter(delay);
        }
        if (form[START_AT] instanceof Instant instant) {
            recurrence = recurrence.startAt(instant);
        }
        if (form[UNTIL] instanceof Instant instant) {
            recurrence = recurrence.until(instant);
        }
        if (form[TIMES] instanceof Long times && times > 0) {
            recurrence = recurrence.times(times);
        }
        recurrence = Misfire.valueOf((String) form[MISFIRE]) == Misfire.CATCH_UP
                ? recurrence.catchUp((Integer) form[MOST])
                : recurrence.misfire(Misfire.valueOf((String) form[MISFIRE]));
        return (Boolean) form[KEPT] ? recurrence.keptWithoutOwner() : recurrence;
    }

    private static Recurrence begin(Object[] form) {
        return switch (Kind.valueOf((String) form[KIND])) {
            case FIXED_RATE -> Recurrence.fixedRate((Duration) form[PERIOD]);
            case FIXED_DELAY -> Recurrence.fixedDelay((Duration) form[PERIOD]);
            case CRON -> Recurrence.cron((String) form[EXPRESSION], (ZoneId) form[ZONE]);
        };
    }
}
