package symphony.shell;

import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * A column of a table.
 *
 * @param <T> what a row shows
 * @param header its name
 * @param right whether numbers stand in it
 * @param flexible whether its text may be cut to fit the width
 * @param value the text
 * @param paint colours the padded text
 */
record Column<T>(
        String header,
        boolean right,
        boolean flexible,
        Function<T, String> value,
        BiFunction<Paint, T, Function<String, String>> paint) {

    static <T> Column<T> name(String header, Function<T, String> value) {
        return new Column<>(header, false, true, value, (p, t) -> Function.identity());
    }

    static <T> Column<T> word(String header, Function<T, String> value) {
        return new Column<>(header, false, false, value, (p, t) -> Function.identity());
    }

    static <T> Column<T> number(String header, Function<T, String> value) {
        return new Column<>(header, true, false, value, (p, t) -> Function.identity());
    }

    Column<T> painted(BiFunction<Paint, T, Function<String, String>> colour) {
        return new Column<>(header, right, flexible, value, colour);
    }

    String text(T row) {
        return Text.clean(value.apply(row));
    }
}
