package symphony.benchmarks;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The arguments of a command all of whose options are whole numbers or none. One thread only. */
final class Arguments {
    private final List<String> all;
    private final Map<String, String> numbers = new HashMap<>();
    private final Set<String> flags = new HashSet<>();

    /**
     * Reads them.
     *
     * @param all the command and its options
     * @param numbers options that a number follows
     * @param flags options alone
     * @throws IllegalArgumentException if there is another
     */
    Arguments(List<String> all, Set<String> numbers, Set<String> flags) {
        this.all = List.copyOf(all);
        for (int i = 1; i < all.size(); i++) {
            String name = all.get(i);
            if (flags.contains(name)) {
                this.flags.add(name);
            } else if (numbers.contains(name) && i + 1 < all.size()) {
                this.numbers.put(name, all.get(++i));
            } else {
                throw new IllegalArgumentException("unknown argument or missing value: '" + name + "'; " + all.get(0)
                        + " takes " + String.join(", ", new TreeSet<>(numbers)) + ", each with a number, and "
                        + String.join(", ", new TreeSet<>(flags)));
            }
        }
    }

    int number(String name, int fallback, int least, int most) {
        String value = numbers.get(name);
        return value == null ? fallback : Options.number(name, value, least, most);
    }

    boolean has(String flag) {
        return flags.contains(flag);
    }

    /** The command that they were given to. */
    String command() {
        return "bench " + String.join(" ", all);
    }
}
