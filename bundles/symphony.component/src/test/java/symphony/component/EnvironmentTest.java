package symphony.component;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class EnvironmentTest {
    @Test
    void isForDevelopmentOnlyIfTheLaunchPropertySaysSo() {
        assertThat(Environment.isDevelopment(Map.of("symphony.environment", "dev")::get))
                .isTrue();
        assertThat(Environment.isDevelopment(Map.of("other", "dev")::get)).isFalse();
        assertThat(Stream.of("", " dev", "DEV", "development", "production"))
                .noneMatch(value -> Environment.isDevelopment(name -> value));
    }
}
