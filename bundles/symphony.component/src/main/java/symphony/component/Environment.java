package symphony.component;

import java.util.function.UnaryOperator;

/** Whether a process was started for development, which allows what must not be allowed in production: launch property {@value #PROPERTY}. */
public final class Environment {
    /** Launch property. */
    public static final String PROPERTY = "symphony.environment";

    /** The value that allows it. */
    public static final String DEVELOPMENT = "dev";

    private Environment() {}

    /**
     * Whether the launch property says so, letter by letter; whatever else it says is production.
     *
     * @param property gives the value of a launch property, or null
     * @return whether it does
     */
    public static boolean isDevelopment(UnaryOperator<String> property) {
        return DEVELOPMENT.equals(property.apply(PROPERTY));
    }
}
