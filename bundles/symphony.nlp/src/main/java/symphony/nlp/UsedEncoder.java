package symphony.nlp;

import java.util.regex.Pattern;
import symphony.api.nlp.SentenceEncoder;
import symphony.component.Excerpt;

/**
 * A sentence encoder that came as a service, of anybody's: what it says of itself is asked and checked once, so that it cannot change
 * while models are trained and used.
 *
 * @param service makes the vectors
 * @param id which encoder it is
 * @param dimensions of its vectors
 */
record UsedEncoder(SentenceEncoder service, String id, int dimensions) implements SentenceEncoder {
    private static final Pattern ID = Pattern.compile("[!-~]{1," + ID_CHARS + '}');

    /**
     * One to use.
     *
     * @throws IllegalArgumentException if it says of itself what no encoder may
     */
    static UsedEncoder of(SentenceEncoder service) {
        String id = service.id();
        int dimensions = service.dimensions();
        if (id == null || !ID.matcher(id).matches()) {
            throw new IllegalArgumentException("its id is " + Excerpt.of(id, ID_CHARS) + ", must be 1 to " + ID_CHARS
                    + " characters of ASCII that can be seen");
        }
        if (dimensions < 1 || dimensions > MOST_DIMENSIONS) {
            throw new IllegalArgumentException(
                    "its vectors have " + dimensions + " dimensions, must have 1 to " + MOST_DIMENSIONS);
        }
        return new UsedEncoder(service, id, dimensions);
    }

    @Override
    public float[] encode(String sentence) {
        return service.encode(sentence);
    }
}
