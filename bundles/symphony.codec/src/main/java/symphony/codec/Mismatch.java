package symphony.codec;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Data, or bytes, that will not do. Knows what is wrong where it is thrown; learns where that is from the containers it
 * passes on its way out. Never leaves {@link CodecEngine}, which makes an {@code IllegalArgumentException} of it.
 */
final class Mismatch extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private static final int MOST_KEY_CHARS = 40;
    private static final int MOST_PATH_CHARS = 200;

    private final transient Deque<String> path = new ArrayDeque<>();

    /**
     * Something is wrong with a value.
     *
     * @param what goes on after the value's path and a colon
     */
    Mismatch(String what) {
        this(what, null);
    }

    /**
     * Something is wrong with a value, for a reason that somebody else gave.
     *
     * @param what goes on after the value's path and a colon
     * @param cause the reason
     */
    Mismatch(String what, Throwable cause) {
        super(what, cause, false, false);
    }

    Mismatch in(String key) {
        path.addFirst(isWord(key) ? "." + key : "['" + shown(key) + "']");
        return this;
    }

    Mismatch in(int index) {
        path.addFirst("[" + index + "]");
        return this;
    }

    IllegalArgumentException refusal() {
        return new IllegalArgumentException(
                shortened("data" + String.join("", path)) + ": " + getMessage(), getCause());
    }

    private static boolean isWord(String key) {
        return !key.isEmpty()
                && key.length() <= MOST_KEY_CHARS
                && key.chars().allMatch(c -> c == '_' || c == '-' || Character.isLetterOrDigit(c));
    }

    /** A key for a message: short, and nothing in it that a terminal would obey. */
    static String shown(String key) {
        String start = key.length() > MOST_KEY_CHARS ? key.substring(0, MOST_KEY_CHARS) + "…" : key;
        return start.replaceAll("[^\\x20-\\x7e\\p{L}\\p{N}…]", "?");
    }

    private static String shortened(String path) {
        int half = MOST_PATH_CHARS / 2;
        return path.length() <= MOST_PATH_CHARS
                ? path
                : path.substring(0, half) + " … " + path.substring(path.length() - half);
    }
}
