package symphony.nlp;

import java.util.List;
import symphony.nlp.Calibration.HeldOut;

/**
 * Whether a model by sentences has n-grams, too. With many examples n-grams know something that the sentences do not tell, with
 * few they know next to nothing; where the border is depends on the intents. What was held out tells that only if it differs
 * clearly: by McNemar's test (Note on the sampling error of the difference between correlated proportions or percentages, 1947),
 * which looks at the examples that only one of the two models got right. A difference by chance would choose the worse one about as
 * often as the better.
 */
final class FormChoice {
    /** Examples of an intent: between ten, where sentences alone were better, and a hundred, where both were. */
    private static final double MANY = 30;

    /** Standard deviations: once in about twenty times by chance. */
    private static final double CLEARLY = 2;

    private FormChoice() {}

    /**
     * Decides by how much there is to learn from, unless what was held out says clearly otherwise.
     *
     * @param examples of an intent, on average
     * @param alone what the model by sentences alone said to what was held out; may be empty
     * @param both what the model with n-grams besides said to the same
     */
    static boolean isWithGrams(double examples, List<HeldOut> alone, List<HeldOut> both) {
        int onlyAlone = 0;
        int onlyBoth = 0;
        for (int i = 0; i < alone.size(); i++) {
            boolean aloneIsRight = alone.get(i).isRight();
            boolean bothIsRight = both.get(i).isRight();
            onlyAlone += aloneIsRight && !bothIsRight ? 1 : 0;
            onlyBoth += bothIsRight && !aloneIsRight ? 1 : 0;
        }
        double clearly = CLEARLY * Math.sqrt(onlyAlone + onlyBoth);
        return examples >= MANY ? onlyAlone - onlyBoth <= clearly : onlyBoth - onlyAlone > clearly;
    }
}
