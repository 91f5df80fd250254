package symphony.crypto;

import java.util.function.UnaryOperator;
import symphony.component.Environment;

/**
 * Whether this process encrypts, decided once, at launch. Only {@code symphony.encryption=off} together with
 * {@code symphony.environment=dev} turns it off; anything else that is not plainly "on" is refused.
 */
enum Encryption {
    ON,
    OFF;

    static final String SWITCH = "symphony.encryption";

    /** Takes launch properties; throws {@code IllegalStateException} with one clear line. */
    static Encryption of(UnaryOperator<String> property) {
        String wanted = property.apply(SWITCH);
        if (wanted == null || wanted.equals("on")) {
            return ON;
        }
        if (!wanted.equals("off")) {
            throw new IllegalStateException(
                    "symphony.crypto: launch property " + SWITCH + " is '" + wanted + "', must be on or off");
        }
        if (!Environment.isDevelopment(property)) {
            String environment = property.apply(Environment.PROPERTY);
            throw new IllegalStateException("symphony.crypto: launch property " + SWITCH + " is off, which needs "
                    + Environment.PROPERTY + "=" + Environment.DEVELOPMENT + " beside it, but that is "
                    + (environment == null ? "not set" : "'" + environment + "'") + "; remove " + SWITCH
                    + ", or set both to develop with events in plaintext, and restart the framework");
        }
        return OFF;
    }
}
