package symphony.api.event;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.osgi.annotation.versioning.ProviderType;

/**
 * When an event is published again and again: at a fixed rate, with a fixed delay or by a cron expression; from when and until
 * when; what to do about times that were missed; and what becomes of it without its owner. Each method gives a changed copy.
 * Immutable.
 *
 * <p>A time is <em>missed</em> if the scheduler comes to it more than {@link #TOLERANCE} late, or not before the next one:
 * because the process stood still, the wall clock was set, or a part of the system was away. {@link Misfire} says what happens
 * then. However much was missed, no time is used twice.
 */
@ProviderType
public final class Recurrence {
    /** Shortest period of a fixed rate, and shortest fixed delay. */
    public static final Duration MIN_PERIOD = Duration.ofMillis(1);

    /** Longest period of a fixed rate, longest fixed delay, and longest time before the first event. */
    public static final Duration MAX_PERIOD = Duration.ofDays(3653);

    /** How late an event may be published and still count as in time. */
    public static final Duration TOLERANCE = Duration.ofSeconds(5);

    /** Most missed times that can be caught up with. */
    public static final int MOST_CAUGHT_UP = 1_000;

    /** Most characters of a cron expression. */
    public static final int MAX_EXPRESSION = 255;

    /** How the times are given. */
    public enum Kind {
        /** Each time is one period after the one before, by the monotonic clock: jumps of the wall clock do not move it. */
        FIXED_RATE,
        /** Each time is one delay after the event before was handed over completely, by the monotonic clock. */
        FIXED_DELAY,
        /** By a cron expression and the wall clock of a zone. */
        CRON
    }

    /** What happens about times that were missed. */
    public enum Misfire {
        /** Nothing; it goes on with the next time. */
        SKIP,
        /** One event at once, however many were missed. */
        FIRE_ONCE,
        /** One event for each, up to a number, the latest ones; see {@link Recurrence#catchUp}. */
        CATCH_UP
    }

    /** What can be said of each kind; null where nothing was, and 0 times for no end. */
    private record Options(
            Duration startAfter, Instant startAt, Instant until, long times, Misfire misfire, int most, boolean kept) {
        static final Options NONE = new Options(null, null, null, 0, Misfire.FIRE_ONCE, 1, false);

        Options start(Duration delay, Instant instant) {
            return new Options(delay, instant, until, times, misfire, most, kept);
        }

        Options until(Instant instant) {
            return new Options(startAfter, startAt, instant, times, misfire, most, kept);
        }

        Options times(long number) {
            return new Options(startAfter, startAt, until, number, misfire, most, kept);
        }

        Options misfire(Misfire policy, int number) {
            return new Options(startAfter, startAt, until, times, policy, number, kept);
        }

        Options keptWithoutOwner() {
            return new Options(startAfter, startAt, until, times, misfire, most, true);
        }
    }

    private final Kind kind;
    private final Duration period;
    private final String expression;
    private final ZoneId zone;
    private final Options options;

    private Recurrence(Kind kind, Duration period, String expression, ZoneId zone, Options options) {
        this.kind = kind;
        this.period = period;
        this.expression = expression;
        this.zone = zone;
        this.options = options;
    }

    private Recurrence with(Options changed) {
        return new Recurrence(kind, period, expression, zone, changed);
    }

    /**
     * At a fixed rate, the first time after one period.
     *
     * @param period {@link #MIN_PERIOD} to {@link #MAX_PERIOD}
     * @return a recurrence without end
     * @throws IllegalArgumentException if the period is out of range
     */
    public static Recurrence fixedRate(Duration period) {
        return new Recurrence(Kind.FIXED_RATE, checkPeriod("period of a fixed rate", period), "", null, Options.NONE);
    }

    /**
     * With a fixed delay between one event and the next, the first time after one delay.
     *
     * @param delay {@link #MIN_PERIOD} to {@link #MAX_PERIOD}
     * @return a recurrence without end
     * @throws IllegalArgumentException if the delay is out of range
     */
    public static Recurrence fixedDelay(Duration delay) {
        return new Recurrence(Kind.FIXED_DELAY, checkPeriod("fixed delay", delay), "", null, Options.NONE);
    }

    /**
     * A single time: as an event that is scheduled with a delay, but that all that can be said of a recurrence can be said of it,
     * as {@link #keptWithoutOwner()}.
     *
     * @param delay 0 (at once) to {@link #MAX_PERIOD}
     * @return a fixed rate that ends after its first time
     * @throws IllegalArgumentException if the delay is out of range
     */
    public static Recurrence once(Duration delay) {
        return fixedRate(MAX_PERIOD).startAfter(delay).times(1);
    }

    /**
     * A single time, see {@link #once(Duration)}.
     *
     * @param instant of the wall clock, at most {@link #MAX_PERIOD} ahead when it is scheduled; at once if it has passed
     * @return a fixed rate that ends after its first time
     */
    public static Recurrence once(Instant instant) {
        return fixedRate(MAX_PERIOD).startAt(instant).times(1);
    }

    private static Duration checkPeriod(String what, Duration period) {
        if (period.compareTo(MIN_PERIOD) < 0 || period.compareTo(MAX_PERIOD) > 0) {
            throw new IllegalArgumentException(
                    what + " is " + period + ", must be 1 ms to " + MAX_PERIOD.toDays() + " days");
        }
        return period;
    }

    /**
     * By a cron expression of five fields, {@code minute hour day-of-month month day-of-week}, or six, with the second in front.
     * A field is {@code *}, a number, a range {@code 1-5}, steps {@code *}{@code /15} or {@code 10-40/10}, or a list of these with commas;
     * months and days of the week also by name, {@code JAN} and {@code MON-FRI}; day 0 and 7 are both Sunday. If both the day of
     * the month and that of the week are given, one that fits is enough, as in Unix.
     *
     * <p>Where clocks are put forward, a time that the gap leaves out is taken at the moment after it. Where they are put back,
     * a time that comes twice is taken the first time. An expression whose hour is {@code *} means each hour that passes, and so
     * goes on evenly through both.
     *
     * <p>Whether it can be read, and ever comes true, is checked when it is scheduled.
     *
     * @param expression at most {@value #MAX_EXPRESSION} printable ASCII characters; blanks between fields count as one
     * @param zone whose wall clock it goes by
     * @return a recurrence without end
     * @throws IllegalArgumentException if the expression is too long or has other characters
     */
    public static Recurrence cron(String expression, ZoneId zone) {
        Objects.requireNonNull(zone, "zone");
        return new Recurrence(Kind.CRON, Duration.ZERO, checkExpression(expression), zone, Options.NONE);
    }

    private static String checkExpression(String expression) {
        if (expression.length() > MAX_EXPRESSION) {
            throw new IllegalArgumentException("cron expression '" + shown(expression.substring(0, 20)) + "…' has "
                    + expression.length() + " characters, must have at most " + MAX_EXPRESSION);
        }
        String shown = shown(expression);
        if (!shown.equals(expression.replace('\t', ' '))) {
            throw new IllegalArgumentException("cron expression '" + shown
                    + "' has a character that no field takes, shown as ?; see Recurrence.cron");
        }
        return shown.strip().replaceAll(" +", " ");
    }

    private static String shown(String text) {
        return text.replace('\t', ' ').replaceAll("[^ -~]", "?");
    }

    /**
     * The first time comes after a delay; of a cron expression, none before it.
     *
     * @param delay 0 (at once) to {@link #MAX_PERIOD}
     * @return a copy
     * @throws IllegalArgumentException if the delay is out of range
     */
    public Recurrence startAfter(Duration delay) {
        if (delay.isNegative() || delay.compareTo(MAX_PERIOD) > 0) {
            throw new IllegalArgumentException(
                    "delay before the first time is " + delay + ", must be 0 to " + MAX_PERIOD.toDays() + " days");
        }
        return with(options.start(delay, null));
    }

    /**
     * The first time is an instant of the wall clock, or at once if that has passed; of a cron expression, none before it.
     *
     * @param instant at most {@link #MAX_PERIOD} ahead when it is scheduled
     * @return a copy
     */
    public Recurrence startAt(Instant instant) {
        return with(options.start(null, Objects.requireNonNull(instant, "instant")));
    }

    /**
     * No time is later than an instant of the wall clock.
     *
     * @param instant the last that can be one
     * @return a copy
     */
    public Recurrence until(Instant instant) {
        return with(options.until(Objects.requireNonNull(instant, "instant")));
    }

    /**
     * It ends after so many events; times that were skipped do not count.
     *
     * @param number at least 1
     * @return a copy
     * @throws IllegalArgumentException if the number is less
     */
    public Recurrence times(long number) {
        if (number < 1) {
            throw new IllegalArgumentException("number of times is " + number + ", must be at least 1");
        }
        return with(options.times(number));
    }

    /**
     * What happens about times that were missed. {@link Misfire#FIRE_ONCE} if not said otherwise.
     *
     * @param policy {@link Misfire#SKIP} or {@link Misfire#FIRE_ONCE}
     * @return a copy
     * @throws IllegalArgumentException if it is {@link Misfire#CATCH_UP}, which needs a number
     */
    public Recurrence misfire(Misfire policy) {
        if (policy == Misfire.CATCH_UP) {
            throw new IllegalArgumentException("misfire policy is CATCH_UP, which needs a bound; call catchUp(most)");
        }
        return with(options.misfire(Objects.requireNonNull(policy, "policy"), 1));
    }

    /**
     * Times that were missed are caught up with, one event each. A fixed delay has one missed time at most.
     *
     * @param number at most so many, the latest ones; 1 to {@value #MOST_CAUGHT_UP}
     * @return a copy
     * @throws IllegalArgumentException if the number is out of range
     */
    public Recurrence catchUp(int number) {
        if (number < 1 || number > MOST_CAUGHT_UP) {
            throw new IllegalArgumentException(
                    "most times to catch up with is " + number + ", must be 1 to " + MOST_CAUGHT_UP);
        }
        return with(options.misfire(Misfire.CATCH_UP, number));
    }

    /**
     * It goes on when its owner's bundle has stopped, and publishes in its name; else it is cancelled then.
     *
     * @return a copy
     */
    public Recurrence keptWithoutOwner() {
        return with(options.keptWithoutOwner());
    }

    /**
     * How the times are given.
     *
     * @return the kind
     */
    public Kind kind() {
        return kind;
    }

    /**
     * Period of a fixed rate, or fixed delay.
     *
     * @return zero for a cron expression
     */
    public Duration period() {
        return period;
    }

    /**
     * The cron expression.
     *
     * @return empty for another kind
     */
    public String expression() {
        return expression;
    }

    /**
     * The zone of the cron expression.
     *
     * @return empty for another kind
     */
    public Optional<ZoneId> zone() {
        return Optional.ofNullable(zone);
    }

    /**
     * When the first time comes, as a delay.
     *
     * @return empty if not given in this way
     */
    public Optional<Duration> startAfter() {
        return Optional.ofNullable(options.startAfter);
    }

    /**
     * When the first time comes, as an instant.
     *
     * @return empty if not given in this way
     */
    public Optional<Instant> startAt() {
        return Optional.ofNullable(options.startAt);
    }

    /**
     * The last instant that can be a time of it.
     *
     * @return empty if there is none
     */
    public Optional<Instant> until() {
        return Optional.ofNullable(options.until);
    }

    /**
     * After how many events it ends.
     *
     * @return empty if it does not
     */
    public OptionalLong times() {
        return options.times == 0 ? OptionalLong.empty() : OptionalLong.of(options.times);
    }

    /**
     * What happens about times that were missed.
     *
     * @return the policy
     */
    public Misfire misfire() {
        return options.misfire;
    }

    /**
     * How many events are published for times that were missed, at most.
     *
     * @return 1 or more; 1 unless {@link Misfire#CATCH_UP}
     */
    public int mostCaughtUp() {
        return options.most;
    }

    /**
     * Whether it goes on without its owner.
     *
     * @return whether {@link #keptWithoutOwner()}
     */
    public boolean isKeptWithoutOwner() {
        return options.kept;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Recurrence that && parts().equals(that.parts());
    }

    @Override
    public int hashCode() {
        return parts().hashCode();
    }

    private boolean isOnce() {
        return period.equals(MAX_PERIOD) && options.times == 1;
    }

    private List<Object> parts() {
        return Arrays.asList(kind, period, expression, zone, options);
    }

    /** For people, as {@code every 5s}, {@code once, first after 1h} or {@code cron 0 7 * * MON-FRI Europe/Berlin, 3 times}. */
    @Override
    public String toString() {
        var text = new StringBuilder(
                switch (kind) {
                    case FIXED_RATE -> isOnce() ? "once" : "every " + shortest(period);
                    case FIXED_DELAY -> shortest(period) + " after each";
                    case CRON -> "cron " + expression + ' ' + zone;
                });
        startAfter().ifPresent(delay -> text.append(", first after ").append(shortest(delay)));
        startAt().ifPresent(instant -> text.append(", first at ").append(instant));
        until().ifPresent(instant -> text.append(", until ").append(instant));
        times().stream()
                .filter(number -> !isOnce())
                .forEach(number -> text.append(", ").append(number).append(number == 1 ? " time" : " times"));
        text.append(misfire() == Misfire.SKIP ? ", missed ones skipped" : "");
        text.append(misfire() == Misfire.CATCH_UP ? ", up to " + mostCaughtUp() + " missed ones caught up with" : "");
        return text.append(isKeptWithoutOwner() ? ", kept without owner" : "").toString();
    }

    /** Exact: the largest unit that leaves no rest, else ISO 8601. */
    private static String shortest(Duration time) {
        if (time.isZero()) {
            return "0s";
        }
        if (time.toNanosPart() % 1_000_000 != 0) {
            return time.toString();
        }
        long millis = time.toMillis();
        long[] units = {86_400_000, 3_600_000, 60_000, 1_000, 1};
        String[] names = {"d", "h", "m", "s", "ms"};
        int unit = 0;
        while (millis % units[unit] != 0) {
            unit++;
        }
        return millis / units[unit] + names[unit];
    }
}
