package symphony.component;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * One key's default and how its value is read.
 *
 * @param fallback used if it is not set
 * @param reader gives the value for what was configured, or throws {@code IllegalArgumentException} with what it must be
 */
record Setting(Object fallback, Function<Object, Object> reader) {
    Object read(Object given) {
        return reader.apply(given);
    }

    static Setting number(long fallback, long least, long most) {
        return new Setting(fallback, given -> {
            try {
                long value = new BigDecimal(text(given)).longValueExact();
                if (value >= least && value <= most) {
                    return value;
                }
            } catch (NumberFormatException | ArithmeticException e) {
                throw new IllegalArgumentException("must be a whole number, " + least + " to " + most, e);
            }
            throw new IllegalArgumentException("must be " + least + " to " + most);
        });
    }

    static Setting real(double fallback, double least, double most) {
        return new Setting(fallback, given -> {
            try {
                double value = Double.parseDouble(text(given)) + 0.0; // no negative zero
                if (value >= least && value <= most) {
                    return value;
                }
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("must be a number, " + least + " to " + most, e);
            }
            throw new IllegalArgumentException("must be " + least + " to " + most);
        });
    }

    static Setting time(Duration fallback, Duration least, Duration most) {
        return new Setting(fallback, given -> {
            String text = text(given);
            String range = Durations.format(least) + " to " + Durations.format(most);
            Duration value;
            try {
                value = Durations.parse(text);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("must be a time like 250ms, 5s or 2m, " + range, e);
            }
            if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
                throw new IllegalArgumentException("must be " + range);
            }
            return value;
        });
    }

    static Setting flag(boolean fallback) {
        return new Setting(fallback, given -> switch (text(given)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("must be true or false");
        });
    }

    static Setting text(String fallback, Consumer<String> check) {
        return new Setting(fallback, given -> {
            String value = text(given);
            check.accept(value);
            return value;
        });
    }

    static Setting choice(String fallback, List<String> words) {
        return new Setting(fallback, given -> {
            String value = text(given);
            if (!words.contains(value)) {
                throw new IllegalArgumentException("must be one of " + String.join(", ", words));
            }
            return value;
        });
    }

    /** A single value as text. Whatever it is and does, it is an {@code IllegalArgumentException} that comes of it. */
    private static String text(Object given) {
        if (given.getClass().isArray() || given instanceof Collection || given instanceof Map) {
            throw new IllegalArgumentException("must be one value");
        }
        String text;
        try {
            text = given.toString();
        } catch (RuntimeException | Error e) {
            throw new IllegalArgumentException("must be a text, a number or a truth value", e);
        }
        if (text == null) {
            throw new IllegalArgumentException("must be a text, a number or a truth value");
        }
        return text.strip();
    }
}
