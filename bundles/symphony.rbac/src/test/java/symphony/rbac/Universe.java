package symphony.rbac;

import java.util.ArrayList;
import java.util.List;

/** All topics up to a depth: what patterns mean, written out. */
final class Universe {
    private Universe() {}

    static List<String> topics(List<String> names, int depth) {
        var all = new ArrayList<>(names);
        List<String> last = names;
        for (int i = 1; i < depth; i++) {
            last = last.stream()
                    .flatMap(start -> names.stream().map(name -> start + "/" + name))
                    .toList();
            all.addAll(last);
        }
        return all;
    }
}
