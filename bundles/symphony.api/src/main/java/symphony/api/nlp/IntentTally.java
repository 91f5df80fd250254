package symphony.api.nlp;

import org.osgi.annotation.versioning.ProviderType;

/**
 * How one intent fared in an evaluation. The most confident intent of each example counts, whether it is taken for out of scope
 * or not.
 *
 * @param intent its name
 * @param examples how many examples have it
 * @param given to how many examples it was given
 * @param right how many have it and were given it
 */
@ProviderType
public record IntentTally(String intent, int examples, int given, int right) {
    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if more are right than there are, or than it was given to, or one is negative
     */
    public IntentTally {
        Names.intent(intent);
        if (right < 0 || right > examples || right > given) {
            throw new IllegalArgumentException(
                    "of " + examples + " examples of intent '" + intent + "', which was given to " + given + ", "
                            + right + " are right; must be 0 or more, and no more than either");
        }
    }

    /**
     * Share of right ones among those that it was given to.
     *
     * @return 0 to 1; 0 if it was given to none
     */
    public double precision() {
        return share(right, given);
    }

    /**
     * Share of its examples that it was given to.
     *
     * @return 0 to 1; 0 if there are none
     */
    public double recall() {
        return share(right, examples);
    }

    /**
     * Harmonic mean of both.
     *
     * @return 0 to 1
     */
    public double f1() {
        return share(2 * (long) right, (long) examples + given);
    }

    private static double share(long part, long all) {
        return all == 0 ? 0 : (double) part / all;
    }
}
