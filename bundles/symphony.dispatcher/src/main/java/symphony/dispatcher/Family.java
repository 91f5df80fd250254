package symphony.dispatcher;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.TreeMap;

/**
 * The usable handlers of all bundles with one symbolic name; the newest of these bundles is the one that is served. Guarded
 * by the registry's lock.
 */
final class Family {
    private final Set<Member> members = new LinkedHashSet<>();
    private final TreeMap<Owner, Integer> owners = new TreeMap<>();

    Set<Member> members() {
        return members;
    }

    /** The bundle that is served; null if there is none. */
    Owner newest() {
        return owners.isEmpty() ? null : owners.lastKey();
    }

    /** Adds a handler; whether another bundle is the newest now. */
    boolean add(Member member) {
        Owner before = newest();
        members.add(member);
        owners.merge(member.source.owner(), 1, Integer::sum);
        return !newest().equals(before);
    }

    /** Removes a handler; whether another bundle is the newest now. */
    boolean remove(Member member) {
        Owner before = newest();
        members.remove(member);
        owners.computeIfPresent(member.source.owner(), (owner, count) -> count == 1 ? null : count - 1);
        return !before.equals(newest());
    }
}
