package symphony.nlp;

import java.io.IOException;

/** Bytes are no model, or none that can be read. Says what is wrong with them. */
final class ModelFormatException extends IOException {
    private static final long serialVersionUID = 1L;

    ModelFormatException(String problem) {
        super(problem);
    }

    ModelFormatException(String problem, Throwable cause) {
        super(problem, cause);
    }
}
