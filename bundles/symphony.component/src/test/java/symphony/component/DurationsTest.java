package symphony.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {
    @ParameterizedTest
    @CsvSource({
        "0,0",
        "250ms,250",
        "5s,5000",
        "1.5m,90000",
        "2h,7200000",
        "1d,86400000",
        "PT5S,5000",
        " 3 s ,3000",
        "0.5s,500"
    })
    void readsWhatPeopleWrite(String text, long millis) {
        assertThat(Durations.parse(text)).isEqualTo(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "5",
                "-5s",
                "PT-5S",
                "s",
                "5 parsecs",
                "999999999999999d",
                "1e3s",
                "9999999999999999999s",
                "1..5s"
            })
    void refusesTheRestAndSaysHowToWriteIt(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Durations.parse(text))
                .withMessageContaining("write it like 250ms, 5s");
    }

    @Test
    void writesThemShort() {
        assertThat(Durations.format(Duration.ZERO)).isEqualTo("0s");
        assertThat(Durations.format(Duration.ofNanos(61_000))).isEqualTo("61us");
        assertThat(Durations.format(Duration.ofMillis(1_500))).isEqualTo("1.5s");
        assertThat(Durations.format(Duration.ofSeconds(200))).isEqualTo("3.3m");
        assertThat(Durations.format(Duration.ofDays(12))).isEqualTo("12d");
    }
}
