package symphony.api.nlp;

import java.util.Optional;

/**
 * An exception as it may be logged where somebody's words must not be: of what was thrown, and of its causes, the classes and where
 * that was, not what they say. A {@code NumberFormatException} says for which text.
 */
final class Wordless extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private static final int MOST_CAUSES = 10;

    private Wordless(String className, Throwable cause) {
        super(className, cause, false, true);
    }

    /** Of an exception; null of null. */
    static Throwable of(Throwable thrown) {
        return of(thrown, MOST_CAUSES).orElse(null);
    }

    private static Optional<Throwable> of(Throwable thrown, int most) {
        if (thrown == null || most == 0) {
            return Optional.empty();
        }
        var wordless = new Wordless(
                thrown.getClass().getName(), of(thrown.getCause(), most - 1).orElse(null));
        wordless.setStackTrace(thrown.getStackTrace());
        return Optional.of(wordless);
    }
}
