package symphony.component;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {
    private static final Settings SETTINGS = Settings.of("symphony.test")
            .number("capacity", 7, 1, 100)
            .real("share", 0.5, 0, 1)
            .time("wait", Duration.ofSeconds(1), Duration.ZERO, Duration.ofMinutes(1))
            .flag("loud", false)
            .choice("full", "refuse", "refuse", "dead-letter")
            .build();

    private final Settings texts =
            Settings.of("symphony.it").text("text", "nothing", text -> {}).build();

    @Test
    void readsEachTypeFromTextAndFromItsOwnType() {
        var fromText = SETTINGS.orDefaults(
                Map.of("capacity", " 9 ", "share", "0.25", "wait", "250ms", "loud", "true", "full", "dead-letter"));
        assertThat(fromText.integer("capacity")).isEqualTo(9);
        assertThat(fromText.real("share")).isEqualTo(0.25);
        assertThat(fromText.time("wait")).isEqualTo(Duration.ofMillis(250));
        assertThat(fromText.flag("loud")).isTrue();
        assertThat(fromText.text("full")).isEqualTo("dead-letter");
        assertThat(SETTINGS.orDefaults(Map.of("capacity", 9, "loud", true)).number("capacity"))
                .isEqualTo(9);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "many", "0", "101", "-1", "1.5", "99999999999999999999", "1e9"})
    void usesTheDefaultAtStartForABadNumber(String bad) {
        assertThat(SETTINGS.orDefaults(Map.of("capacity", bad)).number("capacity"))
                .isEqualTo(7);
    }

    @Test
    void appliesAllOrNothing() {
        var applied = new AtomicReference<Settings.Values>();
        var config = new HashMap<String, Object>(Map.of("capacity", 9, "wait", "soon"));
        assertThat(SETTINGS.ifValid(config, applied::set)).isFalse();
        assertThat(applied.get()).isNull();
        config.put("wait", "2s");
        assertThat(SETTINGS.ifValid(config, applied::set)).isTrue();
        assertThat(applied.get().number("capacity")).isEqualTo(9);
        assertThat(applied.get().time("wait")).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void knowsWhichKeysAreNotItsOwn() {
        var config =
                Map.of("capasity", 1, "symphony.capacity", 2, "capacity", 3, "service.pid", 4, "component.name", 5);
        assertThat(SETTINGS.unknown(config)).containsExactly("capasity", "symphony.capacity");
        assertThat(SETTINGS.unknown(Map.of("symphony.queue.kind", "memory", "timer.target", "(a=b)")))
                .isEmpty();
    }

    @Test
    void ignoresUnknownKeysAndAppliesTheRest() {
        var applied = new AtomicReference<Settings.Values>();
        assertThat(SETTINGS.ifValid(Map.of("capasity", 9, "capacity", 8), applied::set))
                .isTrue();
        assertThat(applied.get().number("capacity")).isEqualTo(8);
    }

    @Test
    void refusesSeveralValuesAndObjectsThatHaveNoText() {
        var mute = new Object() {
            @Override
            public String toString() {
                return null;
            }
        };
        for (Object bad : new Object[] {new String[] {"a"}, List.of("a"), Map.of("a", 1), mute}) {
            var applied = new ArrayList<Settings.Values>();
            assertThat(texts.ifValid(Map.of("text", bad), applied::add))
                    .as("%s", Excerpt.of(bad, 50))
                    .isFalse();
            assertThat(applied).isEmpty();
            assertThat(texts.orDefaults(Map.of("text", bad)).text("text")).isEqualTo("nothing");
        }
    }
}
