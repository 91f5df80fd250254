package symphony.dispatcher;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Members that have left their lanes while calls of theirs run: those that are waited for, and those that another member took
 * the place of, which the departure of their service or bundle must wait for, too. Guarded by the registry's lock.
 */
final class Leavers {
    private final Set<Member> leavers = new HashSet<>();

    /** A member leaves its lane. Those whose last call has ended since are forgotten. */
    void add(Member member) {
        leavers.removeIf(earlier -> callsOf(earlier).isEmpty());
        if (!callsOf(member).isEmpty()) {
            leavers.add(member);
        }
    }

    /** They were waited for. One stays whose call runs on without being abandoned: it is the one that asked for it. */
    void remove(Collection<Member> members) {
        members.stream()
                .filter(member -> callsOf(member).stream().allMatch(Call::isAbandoned))
                .forEach(leavers::remove);
    }

    /** Those of a service or a bundle. */
    List<Member> of(Predicate<HandlerSource> whose) {
        return leavers.stream().filter(member -> whose.test(member.source)).toList();
    }

    /** The calls of members that run. */
    static List<Call> callsOf(Collection<Member> members) {
        var calls = new ArrayList<Call>();
        members.forEach(member -> calls.addAll(callsOf(member)));
        return calls;
    }

    private static List<Call> callsOf(Member member) {
        Lane lane = member.lane();
        return lane == null ? List.of() : lane.callsOf(member);
    }
}
