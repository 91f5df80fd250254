package symphony.shell;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.RandomAccess;
import java.util.function.Function;

/**
 * A list that is printed as a table. Public, and no list of the JDK's own, since Gogo calls methods by reflection and the
 * JDK's unmodifiable lists do not let it in. Immutable.
 *
 * @param <T> what a row shows
 */
public final class Rows<T> extends AbstractList<T> implements Report, RandomAccess {
    private static final int LEAST_COLUMN = 8;
    private static final String GAP = "  ";

    private final List<T> rows;
    private final List<Column<T>> columns;
    private final Function<T, String> note;
    private final String none;
    private final Optional<Long> next;

    /** A table; {@code none} is printed if there are no rows, a note that is not empty under its row. */
    Rows(List<T> rows, String none, Function<T, String> note, List<Column<T>> columns) {
        this(rows, none, note, columns, Optional.empty());
    }

    private Rows(List<T> rows, String none, Function<T, String> note, List<Column<T>> columns, Optional<Long> next) {
        this.rows = new ArrayList<>(rows);
        this.columns = columns;
        this.note = note;
        this.none = none;
        this.next = next;
    }

    /** The same, of which there may be more from a number on: a last line says so. */
    Rows<T> goingOn(long from) {
        return new Rows<>(rows, none, note, columns, Optional.of(from));
    }

    /** From which number on there may be more. */
    Optional<Long> next() {
        return next;
    }

    @Override
    public T get(int index) {
        return rows.get(index);
    }

    @Override
    public int size() {
        return rows.size();
    }

    @Override
    public List<String> lines(int width, Paint paint) {
        if (rows.isEmpty()) {
            return List.of(none);
        }
        List<String[]> cells = cells();
        int[] widths = widths(cells, width);
        var lines = new ArrayList<String>();
        lines.add(paint.strong(join(header(), widths, null, paint)));
        for (int i = 0; i < rows.size(); i++) {
            lines.add(join(cells.get(i), widths, rows.get(i), paint));
            addNote(lines, rows.get(i), width);
        }
        next.ifPresent(from -> lines.add("… there may be more; go on with --from " + from));
        return lines;
    }

    @Override
    public String brief() {
        return rows.isEmpty() ? none : "table of " + Text.count(rows.size(), "row", "rows");
    }

    private void addNote(List<String> lines, T row, int width) {
        String text = Text.clean(note.apply(row));
        if (!text.isEmpty()) {
            Text.wrap(text, width - 4).forEach(line -> lines.add("    " + line));
        }
    }

    private String[] header() {
        return columns.stream().map(Column::header).toArray(String[]::new);
    }

    private List<String[]> cells() {
        var cells = new ArrayList<String[]>();
        for (T row : rows) {
            cells.add(columns.stream().map(column -> column.text(row)).toArray(String[]::new));
        }
        return cells;
    }

    /** As wide as the contents, unless that is too much: then the widest of the flexible columns give way. */
    private int[] widths(List<String[]> cells, int width) {
        var widths = new int[columns.size()];
        int total = GAP.length() * (widths.length - 1);
        for (int c = 0; c < widths.length; c++) {
            widths[c] = DisplayWidth.of(columns.get(c).header());
            for (String[] row : cells) {
                widths[c] = Math.max(widths[c], DisplayWidth.of(row[c]));
            }
            total += widths[c];
        }
        for (int widest = widest(widths); total > width && widest >= 0; widest = widest(widths)) {
            widths[widest]--;
            total--;
        }
        return widths;
    }

    private int widest(int[] widths) {
        int widest = -1;
        for (int c = 0; c < widths.length; c++) {
            boolean gives = columns.get(c).flexible() && widths[c] > LEAST_COLUMN;
            if (gives && (widest < 0 || widths[c] > widths[widest])) {
                widest = c;
            }
        }
        return widest;
    }

    private String join(String[] cells, int[] widths, T row, Paint paint) {
        var line = new StringBuilder();
        for (int c = 0; c < cells.length; c++) {
            Column<T> column = columns.get(c);
            String text = Text.pad(Text.fit(cells[c], widths[c]), widths[c], column.right());
            if (c == cells.length - 1) {
                text = text.stripTrailing();
            }
            line.append(c == 0 ? "" : GAP)
                    .append(
                            row == null
                                    ? text
                                    : column.paint().apply(paint, row).apply(text));
        }
        return line.toString().stripTrailing();
    }
}
