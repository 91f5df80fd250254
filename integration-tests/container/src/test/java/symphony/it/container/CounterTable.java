package symphony.it.container;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The counters that the documentation explains to operators. */
final class CounterTable {
    private static final String BEGIN = "| where | counter | in the API | counts | do |";

    /**
     * One line of it.
     *
     * @param where what shows it, in quotes
     * @param counters their names there
     * @param api where a program reads them, as {@code QueueStats.dead}
     * @param meaning what they count
     * @param remedy what to do about it
     */
    record Row(String where, List<String> counters, List<String> api, String meaning, String remedy) {}

    private final List<Row> rows;

    private CounterTable(List<Row> rows) {
        this.rows = rows;
    }

    static CounterTable read(Path root) throws IOException {
        List<String> lines = Files.readAllLines(root.resolve("docs/operations.md"));
        var rows = new ArrayList<Row>();
        String where = "";
        for (int i = lines.indexOf(BEGIN) + 2; lines.get(i).startsWith("|"); i++) {
            String[] cells = Arrays.stream(lines.get(i).split("\\|", -1))
                    .map(String::strip)
                    .toArray(String[]::new);
            if (cells.length != 7) {
                throw new IllegalStateException("must have 5 cells: " + lines.get(i));
            }
            where = cells[1].isEmpty() ? where : cells[1];
            rows.add(new Row(where, list(cells[2]), list(cells[3]), cells[4], cells[5]));
        }
        return new CounterTable(rows);
    }

    private static List<String> list(String cell) {
        return cell.isEmpty()
                ? List.of()
                : Arrays.stream(cell.replace("`", "").split(", ")).toList();
    }

    List<Row> rows() {
        return rows;
    }

    /** The names of all counters, by what shows them. */
    Map<String, Set<String>> names() {
        var names = new LinkedHashMap<String, Set<String>>();
        rows.forEach(row -> names.computeIfAbsent(row.where(), where -> new LinkedHashSet<>())
                .addAll(row.counters()));
        return names;
    }
}
