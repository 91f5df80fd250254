package symphony.api.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventTest {
    @Test
    void hasDefaults() {
        Event event = Event.on("a").build();
        assertThat(event.priority()).isEqualTo(5);
        assertThat(event.data()).isEqualTo(Map.of());
        assertThat(event.id()).isEmpty();
        assertThat(event.timeToLive()).isEmpty();
    }

    @Test
    void isNotChangedByItsBuilderAfterwards() {
        Event.Builder builder = Event.on("a").with("x", 1).attribute("n", "1");
        Event first = builder.build();
        Event second = builder.with("y", null).attribute("m", "2").priority(0).build();
        assertThat(first.data()).isEqualTo(Map.of("x", 1));
        assertThat(first.attributes()).containsOnlyKeys("n");
        assertThat(first.priority()).isEqualTo(5);
        assertThat((Map<?, ?>) second.data()).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 10, Integer.MIN_VALUE, Integer.MAX_VALUE})
    void refusesAPriorityOutOfRange(int priority) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Event.on("a").priority(priority))
                .withMessageContaining("priority is " + priority + ", must be 0");
    }

    @Test
    void refusesToMixARecordWithEntries() {
        Event.Builder builder = Event.on("a").data("text");
        for (int again = 0; again < 2; again++) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> builder.with("x", 1))
                    .withMessageContaining("cannot add 'x' to data of type java.lang.String");
        }
    }

    @Test
    void refusesKeysThatAreNoStrings() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Event.on("a").data(Map.of(7, 1)).with("x", 1))
                .withMessage("event on a: a key of the data is 7 of type java.lang.Integer; keys must be strings");
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        Event.on("a").data(Collections.singletonMap(null, 1)).with("x", 1))
                .withMessageContaining("a key of the data is null");
    }

    @Test
    void refusesATimeToLiveThatIsOver() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Event.on("a").timeToLive(Duration.ZERO))
                .withMessageContaining("must be at least 1 ms");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Event.on("a").timeToLive(Duration.ofSeconds(-1)))
                .withMessageContaining("time to live is PT-1S");
    }

    @Test
    void refusesAnEmptyOrEndlessKey() {
        assertThatIllegalArgumentException().isThrownBy(() -> Event.on("a").key(""));
        assertThatIllegalArgumentException().isThrownBy(() -> Event.on("a").key("k".repeat(256)));
    }

    @Test
    void showsNoDataInItsText() {
        var id = UUID.randomUUID();
        assertThat(Event.on("a").with("password", "secret").id(id).build().toString())
                .contains("a", id.toString())
                .doesNotContain("secret");
    }
}
