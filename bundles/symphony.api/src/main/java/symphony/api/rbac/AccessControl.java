package symphony.api.rbac;

import org.osgi.annotation.versioning.ProviderType;

/**
 * Decides what a principal may do. The core asks it at each of its entry points: publish, subscribe, receive, schedule,
 * cancel, and each administrative operation.
 *
 * <p>Optional: while no such service is there everything is allowed, or, under the launch property
 * {@code symphony.security=required}, nothing. Thread-safe; a decision must not block, the hot path waits for it.
 *
 * <p>A permission whose instance has wildcards ({@link symphony.api.event.TopicFilter}), as that for a subscription has, is
 * for everything that they match: a principal has it only if it has the permission for each of them.
 */
@ProviderType
public interface AccessControl {
    /**
     * Service property, a {@code Long}: it grows each time what this service decides may have changed. Who refused somebody
     * looks again when the service is modified. It comes later than the change: whoever keeps answers asks for {@link #mark}.
     */
    String POLICY_EPOCH = "symphony.policy.epoch";

    /**
     * Decides.
     *
     * @param principal who asks: the symbolic name of a bundle, or {@code user:} and the name of a user; never null
     * @param permission what for, never null
     * @return the answer, never null; without the rule, and without its id, where the caller might learn from it what others may
     * @throws AccessUndecidedException if nobody can decide now
     */
    Decision decide(String principal, Permission permission);

    /**
     * Marks answers. Whoever keeps an answer asks for the mark before the question, and again each time it would use the answer:
     * that still holds as long as it is the same object. So the mark is another one from the very moment that answers may be
     * others; reading it costs no more than a field.
     *
     * @return compared by identity; by default a new one each time, so that no answer is kept
     */
    default Object mark() {
        return new Object();
    }

    /**
     * Returns if the principal has the permission.
     *
     * @param principal who asks, as above
     * @param permission what for, never null
     * @throws AccessDeniedException if it has not; an {@link AccessUndecidedException} if nobody can decide now
     */
    default void check(String principal, Permission permission) {
        Decision decision = decide(principal, permission);
        if (!decision.allowed()) {
            throw new AccessDeniedException(principal, permission, decision.rule());
        }
    }
}
