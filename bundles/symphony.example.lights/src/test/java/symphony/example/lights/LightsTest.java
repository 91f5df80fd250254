package symphony.example.lights;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import symphony.testing.SymphonyTest;

@Timeout(120)
class LightsTest {
    @Test
    void switchesTheLightsAsSomebodySays() {
        try (var s = SymphonyTest.start()) {
            var lights = new Lights();
            s.handler(lights);
            s.publish("nlp/intent/lights-on", Map.of("text", "more light", "intent", "lights-on", "confidence", 0.9));
            s.awaitIdle();
            assertThat(lights.isOn()).isTrue();
            s.publish("nlp/intent/lights-off", Map.of("text", "dark", "intent", "lights-off", "confidence", 0.9));
            s.awaitIdle();
            assertThat(lights.isOn()).isFalse();
        }
    }

    @Test
    void doesNothingUnlessItIsSure() {
        try (var s = SymphonyTest.start()) {
            var lights = new Lights();
            s.handler(lights);
            s.publish("nlp/intent/lights-on", Map.of("text", "light?", "intent", "lights-on", "confidence", 0.4));
            s.awaitIdle();
            assertThat(lights.isOn()).isFalse();
        }
    }
}
