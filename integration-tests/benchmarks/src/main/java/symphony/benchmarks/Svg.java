package symphony.benchmarks;

import java.util.Locale;

/** A picture, written element by element from top to bottom; legible on light and dark pages. One thread only. */
final class Svg {
    static final int WIDTH = 760;

    private final StringBuilder elements = new StringBuilder();

    void text(double x, double y, String style, String text) {
        add("<text x=\"%.1f\" y=\"%.1f\" class=\"%s\">%s</text>", x, y, style, escape(text));
    }

    void bar(double x, double y, double width, double height, String style) {
        add("<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" class=\"%s\"/>", x, y, width, height, style);
    }

    void dot(double x, double y, String style) {
        add("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"5\" class=\"%s\"/>", x, y, style);
    }

    void line(double x1, double y1, double x2, double y2) {
        add("<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>", x1, y1, x2, y2);
    }

    private void add(String format, Object... values) {
        elements.append(String.format(Locale.ROOT, format, values)).append('\n');
    }

    String toString(double height) {
        return String.format(
                        Locale.ROOT,
                        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %.0f\" font-family=\"sans-serif\""
                                + " font-size=\"13\">",
                        WIDTH,
                        height)
                + "\n<style>text{fill:#24292f} .head{font-weight:bold} .small{font-size:11px;fill:#57606a}"
                + " .name{text-anchor:end} .tick{text-anchor:middle;font-size:11px;fill:#57606a} line{stroke:#d0d7de}"
                + " .ours{fill:#0969da} .other{fill:#8c959f} .p50{fill:#0969da} .p99{fill:#bf8700} .p999{fill:#cf222e}"
                + "</style>\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n" + elements + "</svg>\n";
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
