package symphony.api.rbac;

import java.util.List;
import java.util.Objects;
import org.osgi.annotation.versioning.ProviderType;

/** What a policy would be good for. */
@ProviderType
public sealed interface PolicyTrial {
    /**
     * It could be in force. The difference is told by principal: what it has by itself and by its roles, as
     * {@code shop.orders event:publish:orders/new}; what begins with {@code !} after the name is forbidden.
     *
     * @param hash SHA-256 of its text, in hexadecimal
     * @param added what it has and the policy in force has not
     * @param removed what the policy in force has and it has not
     * @param complete whether that is all; the lists are cut where they are long
     */
    record Valid(String hash, List<String> added, List<String> removed, boolean complete) implements PolicyTrial {
        /** Checks that nothing is null and copies the lists. */
        public Valid {
            Objects.requireNonNull(hash, "hash");
            added = List.copyOf(added);
            removed = List.copyOf(removed);
        }
    }

    /**
     * It would be refused.
     *
     * @param reason for people: what is wrong, where, and how to mend it
     */
    record Refused(String reason) implements PolicyTrial {
        /** Checks that it is not null. */
        public Refused {
            Objects.requireNonNull(reason, "reason");
        }
    }
}
