package symphony.api.nlp;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * Makes vectors of sentences, so that sentences that mean the same have vectors that are near each other. As a service it is used by
 * the trainer, which learns from its vectors besides, and by recognisers of models that were trained with it. Of several services the
 * one with the highest ranking is used. Thread-safe.
 */
@ConsumerType
public interface SentenceEncoder {
    /** Most characters of an id. */
    int ID_CHARS = 64;

    /** Most dimensions. */
    int MOST_DIMENSIONS = 4_096;

    /**
     * Which encoder it is. A model that was trained with one is used with no other, so whatever changes its vectors by more than
     * rounding changes its id.
     *
     * @return 1 to {@link #ID_CHARS} characters of ASCII that can be seen
     */
    String id();

    /**
     * How long its vectors are.
     *
     * @return 1 to {@link #MOST_DIMENSIONS}, always the same
     */
    int dimensions();

    /**
     * Makes the vector of a sentence. Called by many threads at once.
     *
     * @param sentence any text, also an empty or a long one; an encoder may look at its beginning only
     * @return its vector, of {@link #dimensions()} elements, all of them finite; the caller's from now on
     * @throws IllegalStateException if it cannot, as an encoder that was closed
     */
    float[] encode(String sentence);
}
