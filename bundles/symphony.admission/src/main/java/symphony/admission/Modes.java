package symphony.admission;

import java.util.Locale;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.api.admission.AdmissionMode;
import symphony.component.Environment;
import symphony.component.Excerpt;
import symphony.component.Guard;

/** The mode that launch properties ask for. */
final class Modes {
    /** Launch property: {@code off}, {@code open} or {@code signed}. */
    static final String MODE = "symphony.admission";

    private static final Logger log = LoggerFactory.getLogger(Modes.class);

    private Modes() {}

    /**
     * What is said; else {@code signed} where security is required, or {@code open} there for development, or {@code off}. What it cannot
     * mean is reported, and taken for {@code signed}: fail closed.
     */
    static AdmissionMode of(UnaryOperator<String> property) {
        String said = property.apply(MODE);
        if (said == null || said.isEmpty()) {
            if (!Guard.of(property.apply(Guard.SECURITY)).required()) {
                return AdmissionMode.OFF;
            }
            return Environment.isDevelopment(property) ? AdmissionMode.OPEN : AdmissionMode.SIGNED;
        }
        for (AdmissionMode mode : AdmissionMode.values()) {
            if (said.equals(mode.name().toLowerCase(Locale.ROOT))) {
                return mode;
            }
        }
        log.error(
                "launch property {} is {}, must be off, open or signed; going on as signed",
                MODE,
                Excerpt.of(said, 80));
        return AdmissionMode.SIGNED;
    }
}
