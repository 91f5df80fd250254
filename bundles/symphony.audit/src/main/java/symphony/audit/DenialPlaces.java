package symphony.audit;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import symphony.audit.DenialKind.Width;

/**
 * How many kinds of denials there are, and whether there is room for one more. Half of the places are for who comes first, a few of the
 * others for each actor: so who is denied very much makes his own kinds coarser before he does those of others. Whoever holds it
 * guards it.
 */
final class DenialPlaces {
    /** The part of all places that each actor may have of the second half. */
    private static final int PART = 10;

    private final Map<Width, Taken> taken = new EnumMap<>(Width.class);

    /** Kinds of one width. */
    private static final class Taken {
        private int all;
        private final Map<String, Integer> ofActor = new HashMap<>();
    }

    DenialPlaces() {
        for (Width width : Width.values()) {
            taken.put(width, new Taken());
        }
    }

    boolean hasRoom(DenialKind kind, int most) {
        Taken now = taken.get(kind.width());
        int share = Math.max(1, most / PART);
        return switch (kind.width()) {
            case EXACT, ACTOR_AND_ACTION ->
                now.all < most
                        && (now.all < most / 2
                                || now.ofActor.getOrDefault(kind.entry().actor(), 0) < share);
            case ACTION -> now.all < share;
            case NOTHING -> true;
        };
    }

    void add(DenialKind kind) {
        Taken now = taken.get(kind.width());
        now.ofActor.merge(kind.entry().actor(), 1, Integer::sum);
        now.all++;
    }

    void remove(DenialKind kind) {
        Taken now = taken.get(kind.width());
        now.ofActor.computeIfPresent(kind.entry().actor(), (actor, count) -> count == 1 ? null : count - 1);
        now.all--;
    }
}
