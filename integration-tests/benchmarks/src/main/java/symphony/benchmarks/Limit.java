package symphony.benchmarks;

import java.util.Locale;

/**
 * A figure that is to stay below something.
 *
 * @param name what is measured, with its unit
 * @param format of its values
 * @param bound what must be kept; 0 for no bound
 * @param aim what would be good; 0 for none
 */
record Limit(String name, String format, double bound, double aim) {
    /** A figure that is only told. */
    static Limit none(String name, String format) {
        return new Limit(name, format, 0, 0);
    }

    /** What became of it, for a table. */
    String verdict(double value) {
        if (bound == 0 && aim == 0) {
            return "";
        }
        if (aim > 0 && value <= aim) {
            return "aim reached";
        }
        if (bound == 0) {
            return "aim not reached";
        }
        return value <= bound ? "reached" : "missed";
    }

    /** A value for a table. */
    String text(double value) {
        return String.format(Locale.ROOT, format, value);
    }

    /** A bound for a table. */
    String limitText(double limit) {
        return limit == 0 ? "" : "≤ " + text(limit);
    }
}
