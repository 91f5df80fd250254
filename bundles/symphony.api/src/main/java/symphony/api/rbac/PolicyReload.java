package symphony.api.rbac;

import java.util.Objects;
import org.osgi.annotation.versioning.ProviderType;

/** What became of a look at the policy file. */
@ProviderType
public sealed interface PolicyReload {
    /**
     * The file's policy was put in force.
     *
     * @param before SHA-256 of the policy before, in hexadecimal; empty if there was none
     * @param after SHA-256 of the one in force now
     * @param epoch its epoch
     */
    record Swapped(String before, String after, long epoch) implements PolicyReload {
        /** Checks that nothing is null. */
        public Swapped {
            Objects.requireNonNull(before, "before");
            Objects.requireNonNull(after, "after");
        }
    }

    /**
     * It is in force already.
     *
     * @param hash its SHA-256, in hexadecimal
     */
    record Unchanged(String hash) implements PolicyReload {
        /** Checks that it is not null. */
        public Unchanged {
            Objects.requireNonNull(hash, "hash");
        }
    }

    /**
     * It cannot be put in force; the policy before stays.
     *
     * @param reason for people: what is wrong, where, and how to mend it
     */
    record Refused(String reason) implements PolicyReload {
        /** Checks that it is not null. */
        public Refused {
            Objects.requireNonNull(reason, "reason");
        }
    }

    /**
     * Nobody has answered yet: the caller was interrupted, or the file system is slow. It may still be put in force.
     *
     * @param reason for people
     */
    record Unanswered(String reason) implements PolicyReload {
        /** Checks that it is not null. */
        public Unanswered {
            Objects.requireNonNull(reason, "reason");
        }
    }
}
