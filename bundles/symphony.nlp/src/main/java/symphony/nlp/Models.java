package symphony.nlp;

import java.util.Objects;
import java.util.regex.Pattern;
import symphony.api.nlp.IntentRecognizer;
import symphony.component.Excerpt;

/** Names of models; each is a folder, too, so that nothing may be one that leads elsewhere. */
final class Models {
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9_-]*(\\.[a-z0-9_-]+)*");
    /** A file of ours beside the folders of models, and what Windows takes for devices. */
    private static final Pattern RESERVED = Pattern.compile("text\\.key|(con|prn|aux|nul|com[0-9]|lpt[0-9])(\\..*)?");

    private static final String FORM = "must be 1 to " + IntentRecognizer.MODEL_CHARS
            + " of a to z, 0 to 9, - _ and single dots between them, the first a letter or digit, and not text.key, con, nul or the like";

    private Models() {}

    static boolean isName(String text) {
        return text.length() <= IntentRecognizer.MODEL_CHARS
                && NAME.matcher(text).matches()
                && !RESERVED.matcher(text).matches();
    }

    /** Throws if it is none; the message goes on after what it is the name of. */
    static void check(String text) {
        if (!isName(text)) {
            throw new IllegalArgumentException(FORM);
        }
    }

    static String checked(String model) {
        if (!isName(Objects.requireNonNull(model, "model"))) {
            throw new IllegalArgumentException(
                    "model '" + Excerpt.of(model, IntentRecognizer.MODEL_CHARS) + "' " + FORM);
        }
        return model;
    }
}
