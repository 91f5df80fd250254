package symphony.example.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import symphony.testing.SymphonyTest;

@Timeout(120)
class AlertsTest {
    @Test
    void alertsOfASensorThatIsTooHot() {
        try (var s = SymphonyTest.start()) {
            s.handler(new Thermometer(s.eventSystem()));
            var alerts = s.probe("alerts/*");
            s.publish("sensors/boiler", Map.of("celsius", 97.5));
            var alert = alerts.awaitCount(1).last();
            assertThat(alert.topic()).isEqualTo("alerts/overheating");
            assertThat(alert.priority()).isZero();
            assertThat(alert.getString("text")).isEqualTo("sensors/boiler has 97.5 degrees");
        }
    }

    @Test
    void leavesReadingsAloneThatAreFineOrNone() {
        try (var s = SymphonyTest.start()) {
            var thermometer = s.handler(new Thermometer(s.eventSystem()));
            assertThat(thermometer.identity()).isEqualTo("test/thermometer");
            var alerts = s.probe("alerts/*");
            s.publish("sensors/boiler", Map.of("celsius", 79));
            s.publish("sensors/door", Map.of("open", true));
            alerts.awaitCount(0);
            assertThat(s.status(thermometer).queue().accepted()).isZero();
        }
    }

    @Test
    void pagesForEachAlertAlsoWithoutDetails() {
        try (var s = SymphonyTest.start()) {
            var pager = s.handler(new Pager());
            assertThat(pager.identity()).isEqualTo("test/pager");
            s.publish("alerts/door", Map.of("text", "open"));
            s.publish("alerts/window", Map.of());
            assertThat(s.status(pager).queue().handled()).isEqualTo(2);
            assertThat(s.deadLetters()).isEmpty();
        }
    }
}
