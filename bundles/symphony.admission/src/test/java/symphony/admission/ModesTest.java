package symphony.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import symphony.api.admission.AdmissionMode;

final class ModesTest {
    @ParameterizedTest
    @CsvSource({
        ",,,OFF",
        ",open,,OFF",
        ",open,dev,OFF",
        ",required,,SIGNED",
        ",required,prod,SIGNED",
        ",required,dev,OPEN",
        ",nonsense,,SIGNED",
        "off,required,,OFF",
        "open,required,,OPEN",
        "signed,,,SIGNED",
        "signed,required,dev,SIGNED",
        "SIGNED,,,SIGNED",
        "none,,,SIGNED",
        "' ',,dev,SIGNED",
        "'',,dev,OFF",
        "'',required,,SIGNED",
        "'',required,dev,OPEN"
    })
    void areAsThePropertiesSay(String mode, String security, String environment, AdmissionMode expected) {
        Map<String, String> properties = new HashMap<>();
        properties.put("symphony.admission", mode);
        properties.put("symphony.security", security);
        properties.put("symphony.environment", environment);
        assertThat(Modes.of(properties::get)).isEqualTo(expected);
    }

    @Test
    void areOffWhereNothingIsSaid() {
        assertThat(Modes.of(name -> null)).isEqualTo(AdmissionMode.OFF);
    }
}
