package symphony.nlp;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Map;
import java.util.Set;

/**
 * Numbers in digits and in English words: {@code 1,250.5}, {@code -3}, {@code two hundred and five}, {@code 2.5 million}. The
 * value is a {@code Long}, or a {@code BigDecimal} if it has a fraction.
 */
final class NumberReader implements SlotReader {
    /*
     * Words are summed up as people say them: a group below a thousand, then a scale, then a smaller group with a smaller
     * scale. What cannot go on a number ends it, so "twenty twenty six" is 20 and 26.
     */
    private static final int MOST_DIGITS = 18;
    private static final int MOST_WORDS = 24;
    private static final int MOST_DECIMALS = 12;
    private static final int THOUSAND = 1000;
    private static final int DOZEN = 12;

    private static final Map<String, Integer> ONES = Map.ofEntries(
            Map.entry("zero", 0),
            Map.entry("one", 1),
            Map.entry("two", 2),
            Map.entry("three", 3),
            Map.entry("four", 4),
            Map.entry("five", 5),
            Map.entry("six", 6),
            Map.entry("seven", 7),
            Map.entry("eight", 8),
            Map.entry("nine", 9),
            Map.entry("ten", 10),
            Map.entry("eleven", 11),
            Map.entry("twelve", 12),
            Map.entry("thirteen", 13),
            Map.entry("fourteen", 14),
            Map.entry("fifteen", 15),
            Map.entry("sixteen", 16),
            Map.entry("seventeen", 17),
            Map.entry("eighteen", 18),
            Map.entry("nineteen", 19));

    private static final Map<String, Integer> TENS = Map.of(
            "twenty", 20, "thirty", 30, "forty", 40, "fifty", 50, "sixty", 60, "seventy", 70, "eighty", 80, "ninety",
            90);

    private static final Map<String, Long> SCALES =
            Map.of("thousand", 1_000L, "million", 1_000_000L, "billion", 1_000_000_000L);

    /** After them {@code one} stands for a thing. */
    private static final Set<String> POINTING =
            Set.of("this", "that", "which", "the", "another", "other", "each", "every", "any", "no", "wrong", "right");

    @Override
    public Found read(Tokens tokens, int at) {
        Found number = signed(tokens, at);
        boolean thing = number.end() == at + 1
                && tokens.get(at).is("one")
                && POINTING.contains(tokens.get(at - 1).text());
        return thing ? NOTHING : number;
    }

    private static Found signed(Tokens tokens, int at) {
        Token first = tokens.get(at);
        boolean sign = (first.is("-") || first.is("\u2212")) && tokens.touches(at + 1) && !tokens.touches(at);
        if (!sign && !first.is("minus")) {
            return unsigned(tokens, at);
        }
        Found number = unsigned(tokens, at + 1);
        return number == NOTHING
                ? NOTHING
                : found(number.end(), decimal(number.value()).negate());
    }

    /** One without a sign before it. */
    static Found unsigned(Tokens tokens, int at) {
        return tokens.get(at).isDigits() ? digits(tokens, at) : words(tokens, at);
    }

    /** A number of digits that nothing but digits belongs to, within bounds; -1 if there is none. */
    static int plain(Tokens tokens, int at, int least, int most) {
        String text = tokens.get(at).isDigits() ? tokens.get(at).text() : "";
        if (text.isEmpty() || text.length() > 4) {
            return -1;
        }
        int value = Integer.parseInt(text);
        return value >= least && value <= most ? value : -1;
    }

    static BigDecimal decimal(Object number) {
        return number instanceof BigDecimal decimal ? decimal : BigDecimal.valueOf((Long) number);
    }

    // ---- digits ----

    private static Found digits(Tokens tokens, int at) {
        if (tokens.touches(at)
                && tokens.get(at - 1).is(".")
                && tokens.touches(at - 1)
                && tokens.get(at - 2).isDigits()) {
            return NOTHING; // of a version, or an address
        }
        var whole = new StringBuilder(tokens.get(at).text());
        int next = at + 1;
        while (whole.length() <= MOST_DIGITS && isSeparated(tokens, next, ",") && isThousands(tokens, next + 1)) {
            whole.append(tokens.get(next + 1).text());
            next += 2;
        }
        var fraction = "";
        boolean point = isSeparated(tokens, next, ".");
        if (point && isSeparated(tokens, next + 2, ".")) {
            return NOTHING;
        }
        if (point || isDecimalComma(tokens, at, next)) {
            fraction = tokens.get(next + 1).text();
            next += 2;
        }
        if (whole.isEmpty() || whole.length() > MOST_DIGITS || fraction.length() > MOST_DECIMALS) {
            return NOTHING;
        }
        var value = new BigDecimal(fraction.isEmpty() ? whole.toString() : whole + "." + fraction);
        Long scale = tokens.get(next).is("hundred")
                ? Long.valueOf(100)
                : SCALES.get(tokens.get(next).text());
        return scale == null ? found(next, value) : found(next + 1, value.multiply(BigDecimal.valueOf(scale)));
    }

    /** Of {@code 2,5}; not one of a list, and not one of thousands. */
    private static boolean isDecimalComma(Tokens tokens, int at, int next) {
        return next == at + 1
                && isSeparated(tokens, next, ",")
                && !isThousands(tokens, next + 1)
                && !isSeparated(tokens, next + 2, ",")
                && !(tokens.touches(at) && tokens.get(at - 1).is(","));
    }

    /** Whether a sign and digits follow without a gap. */
    private static boolean isSeparated(Tokens tokens, int at, String sign) {
        return tokens.get(at).is(sign)
                && tokens.touches(at)
                && tokens.touches(at + 1)
                && tokens.get(at + 1).isDigits();
    }

    private static boolean isThousands(Tokens tokens, int at) {
        return tokens.get(at).text().length() == 3;
    }

    // ---- words ----

    private static Found words(Tokens tokens, int at) {
        var sum = new Sum();
        int next = at;
        int end = at;
        while (next - at < MOST_WORDS) {
            String word = tokens.get(next).text();
            boolean joint =
                    next > at && (word.equals("and") && sum.mayGoOn() || word.equals("-") && tokens.touches(next));
            if (joint) {
                next++;
                word = tokens.get(next).text();
            }
            if (!sum.add(word)) {
                break;
            }
            next++;
            end = next;
        }
        if (end == at || !sum.isNumber()) {
            return NOTHING;
        }
        return decimals(tokens, end, BigDecimal.valueOf(sum.value()));
    }

    /** {@code point five}. */
    private static Found decimals(Tokens tokens, int at, BigDecimal whole) {
        var digits = new StringBuilder();
        int next = at + 1;
        while (tokens.get(at).is("point") && digits.length() < MOST_DECIMALS) {
            Integer digit = ONES.get(tokens.get(next).text());
            if (digit == null || digit > 9) {
                break;
            }
            digits.append(digit);
            next++;
        }
        return digits.isEmpty() ? found(at, whole) : found(next, whole.add(new BigDecimal("0." + digits)));
    }

    private static Found found(int end, BigDecimal value) {
        BigInteger whole = value.stripTrailingZeros().scale() <= 0 ? value.toBigInteger() : null;
        boolean isLong = whole != null && whole.bitLength() < Long.SIZE;
        return new Found(end, isLong ? (Object) whole.longValue() : value);
    }

    /** What was said up to now. */
    private static final class Sum {
        private long total;
        private int group;
        private boolean open = true; // whether a scale, or a dozen, may follow
        private long smallest = Long.MAX_VALUE;
        private boolean any;
        private boolean begun;
        private boolean tens;
        private boolean ones;
        private boolean hundred;
        private boolean article;

        /** Adds a word; false, and nothing has changed, if it does not belong to the number. */
        boolean add(String word) {
            if (!begun && (word.equals("a") || word.equals("an"))) {
                begun = true;
                article = true;
                return true;
            }
            begun = true;
            boolean added = word.equals("dozen")
                    ? dozen()
                    : word.equals("hundred")
                            ? hundred()
                            : SCALES.containsKey(word) ? scale(SCALES.get(word)) : small(word);
            any |= added;
            return added;
        }

        private boolean small(String word) {
            if (article && !any) {
                return false;
            }
            Integer one = ONES.get(word);
            Integer ten = TENS.get(word);
            if (one != null && open && !ones && (!tens || one > 0 && one < 10)) {
                group += one;
                ones = true;
                return true;
            }
            if (ten != null && open && !tens && !ones) {
                group += ten;
                tens = true;
                return true;
            }
            return false;
        }

        private boolean hundred() {
            boolean fits = open && !hundred && (group > 0 && group < 100 || article && !any);
            if (fits) {
                group = Math.max(1, group) * 100;
                hundred = true;
                tens = false;
                ones = false;
            }
            return fits;
        }

        private boolean scale(long scale) {
            boolean fits = open && scale < smallest && (group > 0 || article && !any);
            if (fits) {
                total += Math.max(1, group) * scale;
                smallest = scale;
                group = 0;
                hundred = false;
                tens = false;
                ones = false;
            }
            return fits;
        }

        private boolean dozen() {
            boolean fits = open && total == 0 && (group > 0 && group < THOUSAND || article && !any);
            if (fits) {
                group = Math.max(1, group) * DOZEN;
                open = false;
            }
            return fits;
        }

        /** Whether {@code and} may stand here. */
        boolean mayGoOn() {
            return open && (hundred || smallest != Long.MAX_VALUE) && !tens && !ones;
        }

        boolean isNumber() {
            return any;
        }

        long value() {
            return total + group;
        }
    }
}
