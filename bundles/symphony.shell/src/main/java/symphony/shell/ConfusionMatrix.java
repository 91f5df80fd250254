package symphony.shell;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import symphony.api.nlp.Evaluation.Confusion;
import symphony.api.nlp.IntentTally;

/**
 * A picture of which intents are taken for which, as SVG: a row for each intent of the examples, a column for each that was given.
 * Of many intents those with the most errors are shown. One thread only.
 */
final class ConfusionMatrix {
    /** More would be too small to see. */
    static final int MOST_INTENTS = 150;

    private static final int SIDE = 900;
    private static final int LEAST_CELL = 7;
    private static final int MOST_CELL = 26;
    private static final int MOST_LETTERS = 30;
    private static final int LEAST_FONT = 6;
    private static final int MOST_FONT = 12;
    private static final double LETTER = 0.62;
    private static final int GAP = 4;
    private static final String NONE = "";

    /** By name; the last one may be none, where none was found. */
    private final List<String> names;

    private final Map<String, Integer> places = new HashMap<>();
    private final Map<String, IntentTally> tallies = new HashMap<>();
    private final List<Confusion> confusions;
    private final int cell;
    private final int font;
    private final int margin;

    ConfusionMatrix(List<IntentTally> intents, List<Confusion> confusions) {
        intents.forEach(tally -> tallies.put(tally.intent(), tally));
        this.confusions = confusions;
        this.names = names(intents, confusions);
        for (int i = 0; i < names.size(); i++) {
            places.put(names.get(i), i);
        }
        this.cell = Math.max(LEAST_CELL, Math.min(MOST_CELL, SIDE / Math.max(1, names.size())));
        this.font = Math.max(LEAST_FONT, Math.min(MOST_FONT, cell - 1));
        int letters =
                names.stream().mapToInt(name -> label(name).length()).max().orElse(0);
        this.margin = (int) Math.ceil(letters * font * LETTER) + 2 * GAP;
    }

    private static List<String> names(List<IntentTally> intents, List<Confusion> confusions) {
        var names = new ArrayList<>(intents.stream()
                .sorted(Comparator.comparingInt(ConfusionMatrix::errors)
                        .reversed()
                        .thenComparing(IntentTally::intent))
                .limit(MOST_INTENTS)
                .map(IntentTally::intent)
                .sorted()
                .toList());
        if (confusions.stream().anyMatch(confusion -> confusion.given().equals(NONE))) {
            names.add(NONE);
        }
        return names;
    }

    private static int errors(IntentTally tally) {
        return tally.examples() + tally.given() - 2 * tally.right();
    }

    private static String label(String name) {
        return name.equals(NONE) ? "(none)" : Text.cut(Text.clean(name), MOST_LETTERS);
    }

    /** The picture, without anything that is run. */
    String svg() {
        int side = cell * names.size();
        var svg = new StringBuilder();
        svg.append(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"%1$d\" height=\"%1$d\" viewBox=\"0 0"
                        + " %1$d %1$d\" font-size=\"%2$d\"><title>Which intents are taken for which</title>%n",
                margin + side + GAP,
                font));
        grid(svg, side);
        for (int i = 0; i < names.size(); i++) {
            label(svg, i);
            right(svg, i);
        }
        confusions.forEach(confusion -> wrong(svg, confusion));
        return svg.append("</svg>\n").toString();
    }

    private void grid(StringBuilder svg, int side) {
        svg.append("<path stroke=\"#ddd\" fill=\"none\" d=\"");
        for (int i = 0; i <= names.size(); i++) {
            int at = margin + i * cell;
            svg.append(String.format(Locale.ROOT, "M%1$d %2$dv%3$dM%2$d %1$dh%3$d", at, margin, side));
        }
        svg.append("\"/>\n");
    }

    private void label(StringBuilder svg, int i) {
        String text = Html.text(label(names.get(i)));
        int at = margin + i * cell + (cell + font) / 2 - 1;
        int end = margin - GAP;
        if (!names.get(i).equals(NONE)) {
            svg.append(String.format(
                    Locale.ROOT, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>%n", end, at, text));
        }
        svg.append(String.format(
                Locale.ROOT, "<text transform=\"translate(%d %d) rotate(-90)\">%s</text>%n", at, end, text));
    }

    private void right(StringBuilder svg, int i) {
        IntentTally tally = tallies.get(names.get(i));
        if (tally != null && tally.right() > 0) {
            cell(
                    svg,
                    i,
                    i,
                    "#2a7",
                    (double) tally.right() / tally.examples(),
                    names.get(i) + ": " + tally.right() + " of " + tally.examples() + " are right");
        }
    }

    private void wrong(StringBuilder svg, Confusion confusion) {
        Integer row = places.get(confusion.expected());
        Integer column = places.get(confusion.given());
        IntentTally tally = tallies.get(confusion.expected());
        if (row != null && column != null && tally != null) {
            cell(
                    svg,
                    row,
                    column,
                    "#c22",
                    Math.sqrt((double) confusion.count() / tally.examples()),
                    confusion.count() + " of " + tally.examples() + " of " + confusion.expected() + " are taken for "
                            + label(confusion.given()));
        }
    }

    private void cell(StringBuilder svg, int row, int column, String colour, double share, String title) {
        svg.append(String.format(
                Locale.ROOT,
                "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\""
                        + " fill-opacity=\"%.2f\"><title>%s</title></rect>%n",
                margin + column * cell,
                margin + row * cell,
                cell,
                cell,
                colour,
                Math.max(0.2, Math.min(1, share)),
                Html.text(title)));
    }
}
