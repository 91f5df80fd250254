package symphony.api.nlp;

import java.util.Objects;
import java.util.regex.Pattern;

/** Rules for what is named. */
final class Names {
    private static final Pattern MODEL = Pattern.compile("[a-z0-9][a-z0-9_-]*(\\.[a-z0-9_-]+)*");
    private static final int SHOWN = 80;

    private Names() {}

    static String model(String name) {
        Objects.requireNonNull(name, "model");
        if (name.length() > IntentRecognizer.MODEL_CHARS || !MODEL.matcher(name).matches()) {
            throw new IllegalArgumentException("model '" + shown(name) + "' must be 1 to "
                    + IntentRecognizer.MODEL_CHARS
                    + " of a to z, 0 to 9, - _ and single dots between them, the first a letter or digit");
        }
        return name;
    }

    static String intent(String name) {
        Objects.requireNonNull(name, "intent");
        boolean plain = name.equals(name.strip()) && name.codePoints().noneMatch(Names::isUnprintable);
        if (name.isEmpty() || name.length() > RankedIntent.NAME_CHARS || !plain) {
            throw new IllegalArgumentException("intent '" + shown(name) + "' must be 1 to " + RankedIntent.NAME_CHARS
                    + " printable characters, no blank first or last");
        }
        return name;
    }

    private static boolean isUnprintable(int c) {
        int type = Character.getType(c);
        return Character.isISOControl(c)
                || type == Character.FORMAT
                || type == Character.SURROGATE
                || type == Character.UNASSIGNED
                || type == Character.LINE_SEPARATOR
                || type == Character.PARAGRAPH_SEPARATOR;
    }

    private static String shown(String text) {
        var result = new StringBuilder();
        text.codePoints().limit(SHOWN).forEach(c -> result.appendCodePoint(isUnprintable(c) ? '?' : c));
        return result.toString();
    }
}
