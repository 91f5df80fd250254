package symphony.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A table of Markdown, its columns aligned: first text, then numbers. One thread only. */
final class Table {
    private final List<List<String>> rows = new ArrayList<>();
    private final int texts;

    /**
     * Begins a table.
     *
     * @param texts how many columns, from the left, are texts
     * @param titles of all columns
     */
    Table(int texts, String... titles) {
        this.texts = texts;
        rows.add(List.of(titles));
    }

    void row(String... cells) {
        if (cells.length != rows.get(0).size()) {
            throw new IllegalArgumentException("row " + Arrays.toString(cells) + " has " + cells.length
                    + " cells, must have " + rows.get(0).size());
        }
        rows.add(Arrays.stream(cells).map(cell -> cell.replace("|", "\\|")).toList());
    }

    boolean isEmpty() {
        return rows.size() == 1;
    }

    @Override
    public String toString() {
        int[] widths = IntStream.range(0, rows.get(0).size())
                .map(column -> rows.stream()
                        .mapToInt(row -> row.get(column).length())
                        .max()
                        .orElse(0))
                .map(width -> Math.max(3, width))
                .toArray();
        var text = new StringBuilder(line(rows.get(0), widths));
        text.append(IntStream.range(0, widths.length)
                .mapToObj(column ->
                        column < texts ? "-".repeat(widths[column] + 2) : "-".repeat(widths[column] + 1) + ":")
                .collect(Collectors.joining("|", "|", "|\n")));
        rows.stream().skip(1).forEach(row -> text.append(line(row, widths)));
        return text.toString();
    }

    private String line(List<String> row, int[] widths) {
        return IntStream.range(0, widths.length)
                .mapToObj(column -> {
                    String blank = " ".repeat(widths[column] - row.get(column).length());
                    return column < texts ? row.get(column) + blank : blank + row.get(column);
                })
                .collect(Collectors.joining(" | ", "| ", " |\n"));
    }
}
