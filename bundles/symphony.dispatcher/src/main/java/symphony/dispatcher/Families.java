package symphony.dispatcher;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/**
 * Who is served: the usable handlers by the symbolic name of their bundle, and of each family the newest bundle's in all lanes
 * that they share. Guarded by the registry's lock.
 */
final class Families {
    private final Map<String, Family> families = new HashMap<>();
    private final Lanes lanes;
    private final Parking parking;
    private final Quarantines quarantines;

    Families(Lanes lanes, Parking parking, Quarantines quarantines) {
        this.lanes = lanes;
        this.parking = parking;
        this.quarantines = quarantines;
    }

    /** The bundle of a family that is served; null if there is none. */
    Owner served(String bundle) {
        Family found = families.get(bundle);
        return found == null ? null : found.newest();
    }

    /** A member has joined its lane. */
    void add(Member member) {
        Family family = families.computeIfAbsent(member.source.owner().name(), n -> new Family());
        settle(family, family.add(member), member.lane());
    }

    /** A member has left its lane. */
    void remove(Member member) {
        String name = member.source.owner().name();
        Family family = families.get(name);
        settle(family, family.remove(member), member.lane());
        if (family.members().isEmpty()) {
            families.remove(name);
        }
    }

    /** After somebody joined or left: who is served now, in this lane and, if another bundle is the newest, in all. */
    private void settle(Family family, boolean newestChanged, Lane changed) {
        if (newestChanged) {
            var others = new LinkedHashSet<Lane>();
            family.members().forEach(member -> others.add(member.lane()));
            others.remove(changed);
            others.forEach(this::refresh);
        }
        refresh(changed);
    }

    /** Sets a lane up for those who are to be served; parks it if there is nobody. */
    void refresh(Lane lane) {
        List<Member> active = activeOf(lane);
        boolean had = !lane.active().isEmpty();
        if (active.isEmpty()) {
            lanes.idle(lane);
            if (had) {
                parking.park(lane);
            }
            return;
        }
        boolean other = !had || lane.lastOwner() != active.get(0).source.owner().id();
        lanes.resume(lane);
        parking.resumed(lane);
        lanes.configure(lane, active.get(0));
        lanes.serve(lane, active);
        if (other) {
            quarantines.lift(lane, "another handler arrived");
        }
    }

    private List<Member> activeOf(Lane lane) {
        Owner served = served(Identities.bundleOf(lane.identity));
        return lane.members.stream()
                .filter(member -> member.source.owner().equals(served))
                .sorted(Member.ORDER)
                .toList();
    }

    /** The dispatcher closes. */
    void clear() {
        families.clear();
    }
}
