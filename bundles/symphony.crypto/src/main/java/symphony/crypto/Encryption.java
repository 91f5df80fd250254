package symphony.crypto;

import java.util.function.UnaryOperator;

/**
 * Whether this process encrypts, decided once, at launch. Only {@code symphony.encryption=off} together with
 * {@code symphony.environment=dev} turns it off; anything else that is not plainly "on" is refused.
 */
enum Encryption {
    ON,
    OFF;

    static final String SWITCH = "symphony.encryption";
    static final String ENVIRONMENT = "symphony.environment";

    private static final String DEVELOPMENT = "dev";

    /** Takes launch properties; throws {@code IllegalStateException} with one clear line. */
    static Encryption of(UnaryOperator<String> property) {
        String wanted = property.apply(SWITCH);
        if (wanted == null || wanted.equals("on")) {
            return ON;
        }
        String environment = property.apply(ENVIRONMENT);
        if (!wanted.equals("off")) {
            throw new IllegalStateException(
                    "symphony.crypto: launch property " + SWITCH + " is '" + wanted + "', must be on or off");
        }
        if (!DEVELOPMENT.equals(environment)) {
            throw new IllegalStateException("symphony.crypto: launch property " + SWITCH + " is off, which needs "
                    + ENVIRONMENT + "=" + DEVELOPMENT + " beside it, but that is "
                    + (environment == null ? "not set" : "'" + environment + "'") + "; remove " + SWITCH
                    + ", or set both to develop with events in plaintext, and restart the framework");
        }
        return OFF;
    }
}
