package symphony.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import symphony.api.event.Recurrence;

final class CronExpressionTest {
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
    private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z"); // a Tuesday

    private static List<String> times(String expression, ZoneId zone, String from, int most) {
        var cron = CronExpression.of(expression, zone);
        var times = new ArrayList<String>();
        Optional<Instant> time = cron.after(Instant.parse(from));
        while (time.isPresent() && times.size() < most) {
            times.add(time.get().toString().replace(":00Z", "Z"));
            time = cron.after(time.get());
        }
        return times;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 7 * * MON-FRI    | 2026-11-25T07:00:00Z",
                "30 12 * * *        | 2026-11-24T12:30:00Z",
                "0 12 * * *         | 2026-11-25T12:00:00Z",
                "*/15 * * * *       | 2026-11-24T12:15:00Z",
                "0 0 1 jan *        | 2027-01-01T00:00:00Z",
                "0 0 29 2 *         | 2028-02-29T00:00:00Z",
                "0 0 13 * FRI       | 2026-11-27T00:00:00Z",
                "0 0 * * 0          | 2026-11-29T00:00:00Z",
                "0 0 * * 7          | 2026-11-29T00:00:00Z",
                "5,10 3-4 1-7/3 */2 * | 2027-01-01T03:05:00Z",
                "*/20 * * * * *     | 2026-11-24T12:00:20Z",
                "59 59 23 31 12 *   | 2026-12-31T23:59:59Z",
            })
    void findsTheNextTime(String expression, Instant next) {
        assertThat(CronExpression.of(expression, ZoneOffset.UTC).after(NOW)).contains(next);
    }

    @Test
    void isStrictlyLaterAlsoWithinASecond() {
        var cron = CronExpression.of("* * * * * *", BERLIN);
        assertThat(cron.after(NOW)).contains(NOW.plusSeconds(1));
        assertThat(cron.after(NOW.plusNanos(999_999_999))).contains(NOW.plusSeconds(1));
        assertThat(cron.after(NOW.minusNanos(1))).contains(NOW);
    }

    /** 2026-03-29: 02:00 becomes 03:00, at 01:00 UTC. */
    @Test
    void takesATimeThatAGapLeavesOutOnceAtTheMomentAfterIt() {
        assertThat(times("30 2 * * *", BERLIN, "2026-03-27T12:00:00Z", 3))
                .containsExactly("2026-03-28T01:30Z", "2026-03-29T01:00Z", "2026-03-30T00:30Z");
        assertThat(times("0,20,40 2-3 * * *", BERLIN, "2026-03-29T00:30:00Z", 4))
                .containsExactly("2026-03-29T01:00Z", "2026-03-29T01:20Z", "2026-03-29T01:40Z", "2026-03-30T00:00Z");
    }

    /** 2026-10-25: 03:00 becomes 02:00, at 01:00 UTC. */
    @Test
    void takesATimeThatComesTwiceOnceTheFirstTime() {
        assertThat(times("30 2 * * *", BERLIN, "2026-10-24T12:00:00Z", 2))
                .containsExactly("2026-10-25T00:30Z", "2026-10-26T01:30Z");
        assertThat(times("30 2 * * *", BERLIN, "2026-10-25T01:10:00Z", 1)) // begun within the second 02:xx
                .containsExactly("2026-10-26T01:30Z");
        assertThat(times("0 2-3 * * *", BERLIN, "2026-10-24T12:00:00Z", 2))
                .containsExactly("2026-10-25T00:00Z", "2026-10-25T02:00Z");
    }

    @Test
    void goesOnEvenlyThroughChangesOfTheClocksIfEachHourIsMeant() {
        assertThat(times("*/30 * * * *", BERLIN, "2026-10-24T23:45:00Z", 6))
                .containsExactly(
                        "2026-10-25T00:00Z",
                        "2026-10-25T00:30Z",
                        "2026-10-25T01:00Z",
                        "2026-10-25T01:30Z",
                        "2026-10-25T02:00Z",
                        "2026-10-25T02:30Z");
        assertThat(times("*/30 * * * *", BERLIN, "2026-03-29T00:15:00Z", 3))
                .containsExactly("2026-03-29T00:30Z", "2026-03-29T01:00Z", "2026-03-29T01:30Z");
    }

    /** Samoa had no 30 December 2011. */
    @Test
    void takesTheTimesOfADayThatThereWasNotOnce() {
        assertThat(times("0 6,12 * * *", ZoneId.of("Pacific/Apia"), "2011-12-29T23:00:00Z", 3))
                .containsExactly("2011-12-30T10:00Z", "2011-12-30T16:00Z", "2011-12-30T22:00Z");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "60 0 * * *   | the minute is '60'; Value 60 not in range [0, 59]",
                "0 24 * * *   | the hour is '24'; Value 24 not in range [0, 23]",
                "0 0 0 * *    | the day of month is '0'; Value 0 not in range [1, 31]",
                "0 0 * 13 *   | the month is '13'; Value 13 not in range [1, 12]",
                "0 0 * * 8    | the day of week is '8'; Value 8 not in range [0, 7]",
                "60 0 0 * * * | the second is '60'; Value 60 not in range [0, 59]",
                "0 0 * FOO *  | the month is 'FOO'",
                "5-1 * * * *  | the minute is '5-1'; Invalid range! [5,1]",
                "*/0 * * * *  | the minute is '*/0'; Period 0 not in range [0, 59]",
                "-1 * * * *   | the minute is '-1'",
                "0 0 L * *    | the day of month is 'L'",
                "0 0 ? * *    | the day of month is '?'",
                "0 0 * * 1#2  | the day of week is '1#2'",
                "1,,2 * * * * | the minute is '1,,2'",
                "*-5 0 * * *  | the minute is '*-5'",
                "9999999999 * * * * | the minute is '9999999999'",
                "@daily       | has 1 fields, must have 5",
                "0 7 * *      | has 4 fields, must have 5",
                "0 0 7 * * * 2026 | has 7 fields, must have 5",
            })
    void namesTheExpressionAndTheFieldThatIsWrong(String expression, String message) {
        assertThatThrownBy(() -> CronExpression.of(expression, BERLIN))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("cron expression '" + expression + "'")
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0 7|8 * * *", "* 7|8 * * *", "* | * * *", "* || * * *", "* |8 * * *", "* 7| * * *"})
    void refusesUnions(String expression) {
        assertThatThrownBy(() -> CronExpression.of(expression, BERLIN))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("cron expression '" + expression + "': the hour is '"
                        + expression.split(" ")[1]
                        + "'; unions with | are not taken: use a list with commas, or schedule each");
    }

    @Test
    void namesWhatIsWrongWithNoExpressionAtAll() {
        assertThatThrownBy(() -> CronExpression.of("", BERLIN))
                .hasMessageStartingWith("cron expression '' has 0 fields, must have 5");
    }

    /** What cron daemons and their libraries know, what nobody does, and times at the ends of what a zone has. */
    @Property(tries = 1_500)
    void readsAnythingOrSaysWhatIsWrongWithIt(
            @ForAll("texts") String text, @ForAll("allZones") ZoneId zone, @ForAll("moments") Instant moment) {
        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> readOrSayWhatIsWrong(text, zone, moment));
    }

    private static void readOrSayWhatIsWrong(String text, ZoneId zone, Instant moment) {
        CronExpression cron;
        try {
            cron = CronExpression.of(text, zone);
        } catch (IllegalArgumentException e) {
            assertThat(e).hasMessageStartingWith("cron expression '" + text + "'");
            return;
        }
        Instant from = moment;
        for (int i = 0; i < 20; i++) {
            Optional<Instant> next = cron.after(from);
            if (next.isEmpty()) {
                return;
            }
            assertThat(next.get()).as("%s in %s after %s", text, zone, from).isAfter(from);
            from = next.get();
        }
    }

    @Provide
    Arbitrary<String> texts() {
        Arbitrary<String> wild =
                Arbitraries.strings().withCharRange(' ', '~').ofMinLength(0).ofMaxLength(Recurrence.MAX_EXPRESSION);
        Arbitrary<String> field = Arbitraries.frequencyOf(
                Tuple.of(8, field(0, 31).map(CronOracle.Field::text)),
                Tuple.of(
                        4,
                        Arbitraries.of(
                                "*",
                                "?",
                                "L",
                                "W",
                                "LW",
                                "15W",
                                "1#2",
                                "6L",
                                "L-3",
                                "JAN",
                                "sun",
                                "MON-FRI",
                                "FRI-MON",
                                "1|2",
                                "*/0",
                                "*/-1",
                                "/5",
                                "5/",
                                "*/*",
                                "1/2/3",
                                "1-2-3",
                                "-",
                                ",",
                                "1,",
                                ",1",
                                "1-",
                                "-1",
                                "+1",
                                "0x1",
                                "1e1",
                                "00",
                                "007",
                                "7",
                                "60",
                                "2147483648",
                                "99999999999999999999",
                                "@daily",
                                "H",
                                "H/5",
                                "~",
                                "$",
                                "%",
                                "1;2",
                                "2-1",
                                "*,*",
                                "*-5",
                                "MON#",
                                "#1",
                                "L,W",
                                "SUN/2",
                                "JAN-DEC/3",
                                "L/2",
                                "1L",
                                "WW",
                                "?/2",
                                "*#1",
                                "*L",
                                "*W")),
                Tuple.of(
                        3,
                        Arbitraries.strings()
                                .withChars("0123456789*,-/|?#LWHAEFJMNORSTUV@+.;:%~")
                                .ofMinLength(1)
                                .ofMaxLength(8)),
                Tuple.of(
                        1,
                        Arbitraries.strings()
                                .withChars("0123456789*,-/")
                                .ofMinLength(20)
                                .ofMaxLength(50)));
        return Arbitraries.frequencyOf(
                Tuple.of(9, field.list().ofMinSize(4).ofMaxSize(7).map(fields -> String.join(" ", fields))),
                Tuple.of(1, wild));
    }

    @Provide
    Arbitrary<ZoneId> allZones() {
        return Arbitraries.of(ZoneId.getAvailableZoneIds().stream().sorted().toList())
                .map(ZoneId::of);
    }

    @Provide
    Arbitrary<Instant> moments() {
        return Arbitraries.longs()
                .between(
                        Instant.parse("1800-01-01T00:00:00Z").getEpochSecond(),
                        Instant.parse("9999-12-31T00:00:00Z").getEpochSecond())
                .map(Instant::ofEpochSecond);
    }

    /** Expressions that never come true, or name all there is, are answered at once. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 0 30 2 *",
                "0 0 31 2,4,6,9,11 *",
                "59 59 23 30,31 2 *",
                "0-59 0-23 30-31 2 *",
                "* * 30 2 *",
                "0-59/1,0-59/2,0-59/3,1-58 0-23/1 31 2-2/1,4-4/1 *"
            })
    @Timeout(120)
    void findsNoTimeWhereThereIsNone(String expression) {
        assertThat(CronExpression.of(expression, BERLIN).after(NOW)).isEmpty();
    }

    @Property(tries = 400)
    void agreesWithALookAtEachMinute(
            @ForAll("expressions") CronOracle oracle,
            @ForAll("zones") ZoneId zone,
            @ForAll @IntRange(min = -300, max = 300) int minutes,
            @ForAll @IntRange(min = 0, max = 59) int seconds,
            @ForAll @IntRange(min = 0, max = 40) int change) {
        var cron = CronExpression.of(oracle.text(), zone);
        Instant from =
                nearChange(zone, change).plus(minutes, ChronoUnit.MINUTES).plusSeconds(seconds);
        for (int i = 0; i < 4; i++) {
            Optional<Instant> expected = oracle.after(from, zone, 7 * 1440);
            Optional<Instant> found = cron.after(from);
            if (expected.isEmpty()) {
                Instant seen = from.plus(Duration.ofDays(7)).minusSeconds(60);
                assertThat(found.filter(time -> time.isBefore(seen)))
                        .as("%s in %s after %s", oracle, zone, from)
                        .isEmpty();
                return;
            }
            assertThat(found).as("%s in %s after %s", oracle, zone, from).isEqualTo(expected);
            from = expected.get();
        }
    }

    /** A change of the clocks, some twenty years back or ahead; a moment where there are none. */
    private static Instant nearChange(ZoneId zone, int number) {
        Instant moment = Instant.parse("2006-01-01T00:00:00Z");
        for (int i = 0; i <= number; i++) {
            var next = zone.getRules().nextTransition(moment);
            moment = next == null ? moment.plus(Duration.ofDays(97)) : next.getInstant();
        }
        return moment;
    }

    @Provide
    Arbitrary<ZoneId> zones() {
        return Arbitraries.of(
                        "UTC",
                        "Europe/Berlin",
                        "America/New_York",
                        "America/Sao_Paulo", // its gaps were at midnight
                        "Australia/Lord_Howe", // half an hour
                        "Asia/Kathmandu",
                        "Africa/Casablanca",
                        "Pacific/Apia", // a day
                        "Asia/Tehran")
                .map(ZoneId::of);
    }

    @Provide
    Arbitrary<CronOracle> expressions() {
        return Combinators.combine(field(0, 59), field(0, 23), field(1, 31), field(1, 12), weekdays())
                .as(CronOracle::new);
    }

    private static Arbitrary<CronOracle.Field> weekdays() {
        return field(0, 7).map(field -> {
            var fits = (BitSet) field.fits().clone();
            fits.set(0, fits.get(0) || fits.get(7));
            return new CronOracle.Field(field.text(), fits);
        });
    }

    private static Arbitrary<CronOracle.Field> field(int least, int most) {
        var any = new BitSet();
        any.set(least, most + 1);
        Arbitrary<CronOracle.Field> list = part(least, most)
                .list()
                .ofMinSize(1)
                .ofMaxSize(3)
                .map(parts -> {
                    var text = new StringJoiner(",");
                    var fits = new BitSet();
                    for (CronOracle.Field part : parts) {
                        text.add(part.text());
                        fits.or(part.fits());
                    }
                    return new CronOracle.Field(text.toString(), fits);
                });
        return Arbitraries.frequencyOf(
                Tuple.of(2, Arbitraries.just(new CronOracle.Field("*", any))), Tuple.of(3, list));
    }

    /** A number, a range, or steps. */
    private static Arbitrary<CronOracle.Field> part(int least, int most) {
        Arbitrary<Integer> value = Arbitraries.integers().between(least, most);
        Arbitrary<Integer> step = Arbitraries.integers().between(1, Math.min(6, most));
        return Combinators.combine(value, value, step).as((a, b, by) -> {
            int from = Math.min(a, b);
            int to = Math.max(a, b);
            var fits = new BitSet();
            for (int i = from; i <= to; i += by) {
                fits.set(i);
            }
            String range = from == to ? "" + from : from + "-" + to;
            return new CronOracle.Field(from == to || by == 1 ? range : range + "/" + by, fits);
        });
    }
}
