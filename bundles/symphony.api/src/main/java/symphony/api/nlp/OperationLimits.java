package symphony.api.nlp;

import java.time.Duration;
import java.util.Objects;
import org.osgi.annotation.versioning.ProviderType;

/**
 * How much an operation may take.
 *
 * @param maxChars most characters ({@code char}) of its input, 1 or more
 * @param timeLimit longest time, 1 ms to 1 day
 */
@ProviderType
public record OperationLimits(int maxChars, Duration timeLimit) {
    private static final Duration LEAST = Duration.ofMillis(1);
    private static final Duration MOST = Duration.ofDays(1);

    /** What the configuration allows, and no less. */
    public static final OperationLimits CONFIGURED = new OperationLimits(Integer.MAX_VALUE, MOST);

    /**
     * Checks both.
     *
     * @throws IllegalArgumentException if one is out of range
     */
    public OperationLimits {
        if (maxChars < 1) {
            throw new IllegalArgumentException("maxChars is " + maxChars + ", must be 1 or more");
        }
        if (Objects.requireNonNull(timeLimit, "timeLimit").compareTo(LEAST) < 0 || timeLimit.compareTo(MOST) > 0) {
            throw new IllegalArgumentException("timeLimit is " + timeLimit + ", must be 1 ms to 1 day");
        }
    }

    /**
     * What both of two allow.
     *
     * @param other another one
     * @return the smaller input, the shorter time
     */
    public OperationLimits and(OperationLimits other) {
        return new OperationLimits(
                Math.min(maxChars, other.maxChars),
                timeLimit.compareTo(other.timeLimit) <= 0 ? timeLimit : other.timeLimit);
    }
}
