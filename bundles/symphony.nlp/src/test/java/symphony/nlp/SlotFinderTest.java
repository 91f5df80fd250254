package symphony.nlp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SlotFinderTest {
    /** A Monday. */
    private static final LocalDate TODAY = LocalDate.of(2026, 11, 30);

    private static final SlotList ROOMS = new SlotList(
            "room", Map.of("living room", List.of("lounge", "sitting-room"), "Meeting Room 2", List.of("mr2")));

    private final SlotFinder finder = new SlotFinder(List.of(ROOMS), () -> TODAY);

    private String found(String utterance) {
        return finder.find(utterance).stream()
                .map(slot -> slot.name() + " " + slot.value() + (slot.unit().isEmpty() ? "" : " " + slot.unit()))
                .collect(Collectors.joining(", "));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "two hundred and five apples|number 205",
                "twenty-one|number 21",
                "twenty twenty six|number 20, number 26",
                "a hundred|number 100",
                "a dozen eggs|number 12",
                "two dozen|number 24",
                "three thousand two hundred and one|number 3201",
                "2.5 million|number 2500000",
                "1,250,000|number 1250000",
                "1,2,3|number 1, number 2, number 3",
                "2,5|number 2.5",
                "two point five|number 2.5",
                "-3|number -3",
                "minus five|number -5",
                "5-3|number 5, number 3",
                "0.30|number 0.30",
                "\u0664\u0662|number 42",
                "the 5th|number 5",
                "999999999999999999|number 999999999999999999"
            })
    void readsNumbers(String utterance, String slots) {
        assertThat(found(utterance)).isEqualTo(slots);
    }

    @ParameterizedTest
    @CsvSource({
        "turn that one off",
        "version 1.2.3",
        "call 192.168.0.1",
        "12345678901234567890",
        "a half",
        "and",
        "a",
        "''",
        "+ - * / . , :"
    })
    void takesNothingElseForANumber(String utterance) {
        assertThat(found(utterance)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "2026-12-24|date 2026-12-24",
                "24.12.2026|date 2026-12-24",
                "13/04/2026|date 2026-04-13",
                "04/13/2026|date 2026-04-13",
                "on the 24th of December|date 2026-12-24",
                "December 24th, 2027|date 2027-12-24",
                "24. Dec. 2027|date 2027-12-24",
                "Nov 30|date 2026-11-30",
                "november 29|date 2027-11-29",
                "29 February|date 2028-02-29",
                "today|date 2026-11-30",
                "tomorrow|date 2026-12-01",
                "the day after tomorrow|date 2026-12-02",
                "on Monday|date 2026-12-07",
                "this Friday|date 2026-12-04",
                "next Friday|date 2026-12-11"
            })
    void readsDates(String utterance, String slots) {
        assertThat(found(utterance)).isEqualTo(slots);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "03/04/2026|number 3, number 4, number 2026",
                "June 31|number 31",
                "2026-13-01|number 2026, number 13, number 1",
                "may 7:30|time 07:30"
            })
    void takesNoDateThatMightBeAnotherOrIsNone(String utterance, String slots) {
        assertThat(found(utterance)).isEqualTo(slots);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "18:30|time 18:30",
                "18:30:05|time 18:30:05",
                "6pm|time 18:00",
                "6.30 p.m.|time 18:30",
                "12 am|time 00:00",
                "12 pm|time 12:00",
                "six thirty pm|time 18:30",
                "half past six|time 06:30",
                "a quarter to one|time 12:45",
                "quarter to eight in the evening|time 19:45",
                "ten minutes past five|time 05:10",
                "7 o\u2019clock in the morning|time 07:00",
                "at noon|time 12:00",
                "13:00 pm|time 13:00",
                "13pm|number 13",
                "at 7|number 7",
                "24:00|number 24, number 0"
            })
    void readsTimesOfDay(String utterance, String slots) {
        assertThat(found(utterance)).isEqualTo(slots);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "90 seconds|PT1M30S",
                "1h30m|PT1H30M",
                "two and a half hours|PT2H30M",
                "half an hour|PT30M",
                "an hour and a half|PT1H30M",
                "1 hour, 5 minutes and 30 seconds|PT1H5M30S",
                "1.5 hours|PT1H30M",
                "a week|PT168H",
                "0 seconds|PT0S"
            })
    void readsDurations(String utterance, Duration duration) {
        assertThat(finder.find(utterance))
                .extracting(Slot::name, Slot::value, Slot::text)
                .containsExactly(tuple("duration", duration, utterance));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "$1,250.50|amount 1250.50 USD",
                "20\u20ac|amount 20 EUR",
                "5 euros|amount 5 EUR",
                "20 %|amount 20 %",
                "twenty per cent|amount 20 %",
                "21.5 degrees|amount 21.5 \u00b0",
                "-3\u00b0C|amount -3 \u00b0C",
                "70 degrees fahrenheit|amount 70 \u00b0F",
                "two point five kg|amount 2.5 kg",
                "5 months|amount 5 month",
                "5 m|number 5",
                "10001 days|number 10001"
            })
    void readsAmounts(String utterance, String slots) {
        assertThat(found(utterance)).isEqualTo(slots);
    }

    @Test
    void readsDeclaredListsFirstAndTheirLongestEntry() {
        assertThat(found("Book MEETING  room 2, then the Sitting Room"))
                .isEqualTo("room Meeting Room 2, room living room");
        assertThat(found("the living")).isEmpty();
    }

    @Test
    void refusesListsThatCannotBeMeant() {
        assertThatThrownBy(() -> new SlotList("room", Map.of("a", List.of("x"), "b", List.of("X"))))
                .isInstanceOf(IllegalArgumentException.class)
                .satisfies(e -> assertThat(e.getMessage().toLowerCase(Locale.ROOT))
                        .startsWith("list room: 'x' stands for both '"));
        assertThatThrownBy(() -> new SlotList("room", Map.of(" ", List.of())))
                .hasMessage("list room: ' ' has 0 words, must be 1 to 10");
        assertThatThrownBy(() -> new SlotList("room", Map.of("a b c d e f g h i j k", List.of())))
                .hasMessageContaining("has 11 words, must be 1 to 10");
        String word = "x".repeat(65);
        assertThatThrownBy(() -> new SlotList("room", Map.of("a", List.of(word))))
                .hasMessage("list room: a word of an entry of 'a' is too long");
    }

    @Test
    void saysWhereEachStands() {
        String utterance = "book mr2 tomorrow at 6pm for $5";
        assertThat(finder.find(utterance))
                .allSatisfy(slot -> assertThat(utterance.substring(slot.begin(), slot.end()))
                        .isEqualTo(slot.text()))
                .extracting(Slot::text)
                .containsExactly("mr2", "tomorrow", "6pm", "$5");
    }

    @Test
    void putsThemIntoAnEventByName() {
        Map<String, Object> data = SlotFinder.data(finder.find("5 kg and 2 lounge 7"));
        assertThat(data).containsOnlyKeys("amount", "number", "room");
        assertThat(data.get("amount"))
                .isEqualTo(List.of(Map.of("text", "5 kg", "value", 5L, "unit", "kg", "begin", 0, "end", 4)));
        assertThat((List<?>) data.get("number")).hasSize(2);
    }

    @Test
    void stopsAtAsManyAsAnybodyNeeds() {
        assertThat(finder.find("7 ".repeat(1_000))).hasSize(SlotFinder.MOST_SLOTS);
    }

    /** Pieces of what it reads, and of what it does not, in any order: it gives slots in order that do not overlap. */
    @Test
    void takesAnything() {
        String[] pieces = {
            "two",
            "hundred",
            "and",
            "a",
            "an",
            "half",
            "hour",
            "h",
            "m",
            "5",
            "30",
            "2026",
            ":",
            ".",
            ",",
            "-",
            "/",
            "$",
            "%",
            "\u00b0",
            "past",
            "to",
            "the",
            "24th",
            "December",
            "next",
            "Friday",
            "pm",
            "a.m.",
            "o'clock",
            "point",
            "million",
            "dozen",
            "living",
            "room",
            "\ud83d\ude00",
            "\ud800",
            "\u0301",
            "\u202e",
            "\u0663",
            "\n",
            "'",
            "9999999999",
            "x".repeat(70),
            "minus",
            "quarter",
            "of"
        };
        for (int seed = 0; seed < 20_000; seed++) {
            var random = new Random(seed);
            var text = new StringBuilder();
            for (int i = random.nextInt(14); i >= 0; i--) {
                text.append(pieces[random.nextInt(pieces.length)]).append(random.nextBoolean() ? " " : "");
            }
            int before = 0;
            for (Slot slot : finder.find(text.toString())) {
                assertThat(slot.begin()).as("seed %d: %s", seed, text).isGreaterThanOrEqualTo(before);
                assertThat(slot.end()).as("seed %d: %s", seed, text).isGreaterThan(slot.begin());
                before = slot.end();
            }
        }
    }

    @Test
    void readsALongUtteranceOnce() {
        assertThat(finder.find("and a half hundred point twenty ".repeat(20_000)))
                .hasSize(SlotFinder.MOST_SLOTS);
        assertThat(finder.find("x".repeat(1 << 20))).isEmpty();
        assertThat(finder.find("1,".repeat(1 << 18))).hasSize(SlotFinder.MOST_SLOTS);
        assertThat(finder.find("a ".repeat(1 << 18))).isEmpty();
    }
}
