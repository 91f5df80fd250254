package symphony.it.container;

import static org.junit.Assert.assertEquals;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.Test;

/** What the documentation promises about deliveries: each row names tests that there are, and that are not switched off. */
public class DeliveryTableIT {
    private static final String FILE = "docs/delivery.md";
    private static final int LEAST_ROWS = 103;
    private static final Pattern SEEN = Pattern.compile("([\\w ]+) of (`[^`]+`)");

    private final TableOfTests table = new TableOfTests(3, "| when |");

    @Test
    public void eachRowNamesTestsThatRun() throws IOException {
        table.check(FILE, "", LEAST_ROWS);
    }

    /** Or says that there is none, and why. */
    @Test
    public void eachRowNamesACounterThatIsExplained() throws IOException {
        Map<String, Set<String>> counters = CounterTable.read(TableOfTests.ROOT).names();
        List<String> unknown = table.rows(FILE).stream()
                .map(line -> line.split("\\| ")[3].strip())
                .filter(seen -> !namesCounters(seen, counters))
                .toList();
        assertEquals(List.of(), unknown);
    }

    private static boolean namesCounters(String seen, Map<String, Set<String>> counters) {
        int known = 0;
        for (Matcher named = SEEN.matcher(seen); named.find(); ) {
            if (!named.group(2).equals("`Schedule`")) { // whose state is its own
                for (String name : named.group(1).strip().split(" and ")) {
                    String counter = name.strip()
                            .replaceFirst("^state \\w+$", "STATE")
                            .replaceFirst("^outcome \\w+$", "OUTCOME");
                    if (!counters.getOrDefault(named.group(2), Set.of()).contains(counter)) {
                        return false;
                    }
                    known++;
                }
            }
        }
        return known > 0 || seen.contains("no counter: ");
    }
}
