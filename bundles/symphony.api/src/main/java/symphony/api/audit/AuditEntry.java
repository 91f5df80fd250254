package symphony.api.audit;

import java.util.Map;
import java.util.Objects;
import org.osgi.annotation.versioning.ProviderType;

/**
 * One operation that matters for security. Never holds payloads, keys or texts that people typed.
 *
 * @param actor who did it: a principal
 * @param action what was done, written {@code domain:action}, as {@code dead:redrive}
 * @param target what it was done to: a topic, an identity, a key's id
 * @param outcome how it ended
 * @param details more about it, names in lower case; copied, at most a few short values
 */
@ProviderType
public record AuditEntry(String actor, String action, String target, Outcome outcome, Map<String, String> details) {
    /**
     * Name of a detail: the {@linkplain symphony.api.rbac.Decision#id() id} of the access decision that the operation rests
     * on; of two, with a blank between, where a user was asked for besides. Two denials that differ in it only are alike.
     */
    public static final String DECISION = "decision";
    /** Name of a detail: the id of the key that was used or changed. */
    public static final String KEY = "key";
    /** Name of a detail: the epoch of the policy by which it was decided, see {@link symphony.api.rbac.Decision#epoch()}. */
    public static final String EPOCH = "epoch";

    /** Checks that nothing is null and copies the details. */
    public AuditEntry {
        Objects.requireNonNull(actor, "actor");
        Objects.requireNonNull(action, "action");
        Objects.requireNonNull(target, "target");
        Objects.requireNonNull(outcome, "outcome");
        details = Map.copyOf(details);
    }
}
