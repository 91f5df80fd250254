package symphony.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Figures that may have limits, each measured once or some times. One thread only. */
final class Figures {
    private final Map<Limit, List<Double>> values = new LinkedHashMap<>();

    void add(Limit limit, double value) {
        values.computeIfAbsent(limit, l -> new ArrayList<>()).add(value);
    }

    /** In the order in which each was first measured. */
    Table table() {
        var table = new Table(1, "what", "is", "min", "max", "times", "bound", "aim", "");
        values.forEach((limit, all) -> {
            Spread spread =
                    Spread.of(all.stream().mapToDouble(Double::doubleValue).toArray());
            table.row(
                    limit.name(),
                    limit.text(spread.median()),
                    all.size() == 1 ? "" : limit.text(spread.min()),
                    all.size() == 1 ? "" : limit.text(spread.max()),
                    Integer.toString(all.size()),
                    limit.limitText(limit.bound()),
                    limit.limitText(limit.aim()),
                    limit.verdict(spread.median()));
        });
        return table;
    }
}
