package symphony.shell;

import java.util.List;

/**
 * A closure or a route.
 *
 * @param name its name
 * @param filter the topics it gets
 * @param target what it does with them
 */
public record WiringRow(String name, String filter, String target) implements Report {
    static WiringRow of(Wiring wiring) {
        return new WiringRow(wiring.name(), wiring.filter(), wiring.what());
    }

    static Rows<WiringRow> table(List<Wiring> wirings) {
        return new Rows<>(
                wirings.stream().map(WiringRow::of).toList(),
                "nothing is on",
                row -> "",
                List.of(
                        Column.name("NAME", WiringRow::name),
                        Column.name("TOPICS", WiringRow::filter),
                        Column.name("TO", WiringRow::target)));
    }

    @Override
    public List<String> lines(int width, Paint paint) {
        return List.of(Text.clean(name + " is on for " + filter + "; end it with symphony:off " + name));
    }
}
