package symphony.shell;

import java.util.List;

/**
 * A closure or a route.
 *
 * @param name its name
 * @param filter the topics it gets
 * @param user principal of who made it, in whose name it works; empty if nobody was logged in
 * @param target what it does with them
 */
public record WiringRow(String name, String filter, String user, String target) implements Report {
    static WiringRow of(Wiring wiring) {
        return new WiringRow(wiring.name(), wiring.filter(), wiring.user(), wiring.what());
    }

    static Rows<WiringRow> table(List<Wiring> wirings) {
        return new Rows<>(
                wirings.stream().map(WiringRow::of).toList(),
                "nothing is on",
                row -> "",
                List.of(
                        Column.name("NAME", WiringRow::name),
                        Column.name("TOPICS", WiringRow::filter),
                        Column.name("USER", row -> row.user.isEmpty() ? "-" : row.user),
                        Column.name("TO", WiringRow::target)));
    }

    @Override
    public List<String> lines(int width, Paint paint) {
        return List.of(Text.clean(name + " is on for " + filter + "; end it with symphony:off " + name));
    }
}
