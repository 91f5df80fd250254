package symphony.queue.contract;

import java.time.Duration;

/**
 * The configuration that a test wants of a provider.
 *
 * @param memoryBytes the budget, bytes
 * @param aging time waited that counts as one level more urgent, 0 = off
 * @param deadLetters most dead letters
 * @param deadLetterBytes most bytes of dead letters, at most half of the budget
 */
public record Limits(long memoryBytes, Duration aging, int deadLetters, long deadLetterBytes) {
    /** 16 MiB, no aging, 1 000 dead letters of 4 MiB. */
    public static final Limits DEFAULT = new Limits(16 << 20, Duration.ZERO, 1_000, 4 << 20);

    /**
     * The same with aging.
     *
     * @param time for one level
     * @return new limits
     */
    public Limits aging(Duration time) {
        return new Limits(memoryBytes, time, deadLetters, deadLetterBytes);
    }

    /**
     * The same with another budget.
     *
     * @param bytes 1 MiB or more
     * @return new limits
     */
    public Limits memory(long bytes) {
        return new Limits(bytes, aging, deadLetters, deadLetterBytes);
    }

    /**
     * The same with other bounds of the dead letters.
     *
     * @param count most of them
     * @param bytes most bytes
     * @return new limits
     */
    public Limits dead(int count, long bytes) {
        return new Limits(memoryBytes, aging, count, bytes);
    }
}
