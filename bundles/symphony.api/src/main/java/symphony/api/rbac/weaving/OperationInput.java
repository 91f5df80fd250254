package symphony.api.rbac.weaving;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The texts, characters and bytes among arguments, and in arrays that are arguments, one after the other. One thread only.
 *
 * <p>Of a text that is no {@code String} a copy is made at once: what it says of its length is for whoever wrote it to decide.
 */
final class OperationInput implements CharSequence {
    private static final int BYTE = 0xff;

    /** Each a String, a char[] or a byte[]. */
    private final List<Object> parts;

    private final int length;

    private OperationInput(List<Object> parts, int length) {
        this.parts = parts;
        this.length = length;
    }

    /**
     * Of a call.
     *
     * @param method for the message
     * @param arguments those of the call, and before them what is none
     * @param first number of the first argument
     * @throws IllegalArgumentException if it is longer than any text may be
     */
    static OperationInput of(String method, Object[] arguments, int first) {
        var parts = new ArrayList<Object>();
        for (int i = first; i < arguments.length; i++) {
            if (arguments[i] instanceof Object[] several) {
                for (Object one : several) {
                    add(parts, one);
                }
            } else {
                add(parts, arguments[i]);
            }
        }
        long length = parts.stream().mapToLong(OperationInput::length).sum();
        if (length > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "the input of " + method + " has " + length + " characters, must be at most " + Integer.MAX_VALUE);
        }
        return new OperationInput(List.copyOf(parts), (int) length);
    }

    private static void add(List<Object> parts, Object argument) {
        if (argument instanceof CharSequence text) {
            parts.add(Objects.requireNonNull(text.toString(), "the text of an argument"));
        } else if (argument instanceof char[] || argument instanceof byte[]) {
            parts.add(argument);
        }
    }

    private static int length(Object part) {
        if (part instanceof String text) {
            return text.length();
        }
        return part instanceof char[] characters ? characters.length : ((byte[]) part).length;
    }

    @Override
    public int length() {
        return length;
    }

    @Override
    public char charAt(int index) {
        Objects.checkIndex(index, length);
        int at = index;
        int number = 0;
        while (at >= length(parts.get(number))) {
            at -= length(parts.get(number));
            number++;
        }
        Object part = parts.get(number);
        if (part instanceof String text) {
            return text.charAt(at);
        }
        return part instanceof char[] characters ? characters[at] : (char) (((byte[]) part)[at] & BYTE);
    }

    @Override
    public CharSequence subSequence(int start, int end) {
        return toString().subSequence(start, end);
    }

    @Override
    public String toString() {
        if (parts.size() == 1) {
            return text(parts.get(0));
        }
        var all = new StringBuilder(length);
        parts.forEach(part -> all.append(text(part)));
        return all.toString();
    }

    private static String text(Object part) {
        if (part instanceof String text) {
            return text;
        }
        return part instanceof char[] characters
                ? new String(characters)
                : new String((byte[]) part, StandardCharsets.ISO_8859_1);
    }
}
