package symphony.api.audit;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Which records are wanted: all that have each of these. Immutable.
 *
 * @param sequence from this one on, 1 or more
 * @param after written at this time or later, if given
 * @param before written before this time, if given
 * @param kinds of one of these kinds; empty means of any
 * @param actor who; empty means anybody. Here and in the two below a final {@code *} stands for any rest
 * @param action what; empty means anything
 * @param target to what; empty means to anything
 * @param outcome with this outcome, if given
 */
@ProviderType
public record AuditQuery(
        long sequence,
        Optional<Instant> after,
        Optional<Instant> before,
        Set<AuditRecord.Kind> kinds,
        String actor,
        String action,
        String target,
        Optional<Outcome> outcome) {
    private static final AuditQuery ALL =
            new AuditQuery(1, Optional.empty(), Optional.empty(), Set.of(), "", "", "", Optional.empty());

    /**
     * Checks that nothing is null and copies the kinds.
     *
     * @throws IllegalArgumentException if the sequence is less than 1
     */
    public AuditQuery {
        if (sequence < 1) {
            throw new IllegalArgumentException("sequence is " + sequence + ", must be 1 or more");
        }
        Objects.requireNonNull(after, "after");
        Objects.requireNonNull(before, "before");
        kinds = Set.copyOf(kinds);
        Objects.requireNonNull(actor, "actor");
        Objects.requireNonNull(action, "action");
        Objects.requireNonNull(target, "target");
        Objects.requireNonNull(outcome, "outcome");
    }

    /**
     * Every record.
     *
     * @return what the others are made from
     */
    public static AuditQuery all() {
        return ALL;
    }

    /**
     * From a record on.
     *
     * @param first its sequence, 1 or more
     * @return the same from there
     */
    public AuditQuery from(long first) {
        return new AuditQuery(first, after, before, kinds, actor, action, target, outcome);
    }

    /**
     * In a range of time.
     *
     * @param since at this time or later, if given
     * @param until before this time, if given
     * @return the same in there
     */
    public AuditQuery between(Optional<Instant> since, Optional<Instant> until) {
        return new AuditQuery(sequence, since, until, kinds, actor, action, target, outcome);
    }

    /**
     * Of some kinds.
     *
     * @param wanted of one of these; empty means of any
     * @return the same of those
     */
    public AuditQuery of(Set<AuditRecord.Kind> wanted) {
        return new AuditQuery(sequence, after, before, wanted, actor, action, target, outcome);
    }

    /**
     * By an actor.
     *
     * @param wanted who; a final {@code *} stands for any rest
     * @return the same by that
     */
    public AuditQuery by(String wanted) {
        return new AuditQuery(sequence, after, before, kinds, wanted, action, target, outcome);
    }

    /**
     * An action.
     *
     * @param wanted what; a final {@code *} stands for any rest
     * @return the same of that
     */
    public AuditQuery doing(String wanted) {
        return new AuditQuery(sequence, after, before, kinds, actor, wanted, target, outcome);
    }

    /**
     * To a target.
     *
     * @param wanted to what; a final {@code *} stands for any rest
     * @return the same of that
     */
    public AuditQuery to(String wanted) {
        return new AuditQuery(sequence, after, before, kinds, actor, action, wanted, outcome);
    }

    /**
     * With an outcome.
     *
     * @param wanted how it ended
     * @return the same of that
     */
    public AuditQuery ended(Outcome wanted) {
        return new AuditQuery(sequence, after, before, kinds, actor, action, target, Optional.of(wanted));
    }

    /**
     * Whether a record is wanted. One that cannot be opened is, if nothing is asked of what is done.
     *
     * @param candidate never null
     * @return whether it has all that is asked for
     */
    public boolean matches(AuditRecord candidate) {
        return candidate.sequence() >= sequence
                && after.filter(time -> candidate.time().isBefore(time)).isEmpty()
                && before.filter(time -> !candidate.time().isBefore(time)).isEmpty()
                && (kinds.isEmpty() || kinds.contains(candidate.kind()))
                && candidate.entry().map(this::matches).orElseGet(this::wantsAnyEntry);
    }

    private boolean matches(AuditEntry entry) {
        return matches(actor, entry.actor())
                && matches(action, entry.action())
                && matches(target, entry.target())
                && outcome.filter(wanted -> wanted != entry.outcome()).isEmpty();
    }

    private boolean wantsAnyEntry() {
        return actor.isEmpty() && action.isEmpty() && target.isEmpty() && outcome.isEmpty();
    }

    private static boolean matches(String wanted, String given) {
        return wanted.isEmpty()
                || wanted.equals(given)
                || wanted.endsWith("*") && given.startsWith(wanted.substring(0, wanted.length() - 1));
    }
}
