package symphony.component;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StateHomeTest {
    private final Map<String, String> properties = new HashMap<>();

    private Path home() {
        return StateHome.of(properties::get);
    }

    @Test
    void isTheFirstThatIsSet() {
        assertThat(home()).isEqualTo(Path.of("symphony-data").toAbsolutePath());
        properties.put(StateHome.ECLIPSE, "file:/tmp/my%20area/");
        assertThat(home()).isEqualTo(Path.of("/tmp/my area"));
        properties.put(StateHome.KARAF, "/tmp/karaf/data");
        assertThat(home()).isEqualTo(Path.of("/tmp/karaf/data"));
        properties.put(StateHome.HOME, "/tmp/home");
        assertThat(home()).isEqualTo(Path.of("/tmp/home"));
    }

    @Test
    void takesWhatEclipseWrites() {
        properties.put(StateHome.ECLIPSE, "file:/tmp/my area/");
        assertThat(home()).isEqualTo(Path.of("/tmp/my area"));
        properties.put(StateHome.ECLIPSE, "@none");
        assertThat(home()).isEqualTo(Path.of("symphony-data").toAbsolutePath());
    }

    @Test
    void takesNoBlankForAFolder() {
        properties.put(StateHome.HOME, " ");
        assertThat(home()).isEqualTo(Path.of("symphony-data").toAbsolutePath());
    }
}
